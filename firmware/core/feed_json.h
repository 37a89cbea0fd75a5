// SPDX-License-Identifier: MIT
//
// feed_json.h - JSON Feed 1.0 and 1.1 (jsonfeed.org), read with yajl. Only feed.c asks.
//
// yajl and not a library that builds a tree: it is fed piece by piece and calls back, so that
// memory does not grow with the feed, a feed cut off keeps its whole items, and a string too long
// for us never gets to it.

#ifndef CORE_FEED_JSON_H
#define CORE_FEED_JSON_H

#include <stdbool.h>

#include "core/charset.h"
#include "core/collect.h"

/**
 * struct feed_json_report - what was seen of the document
 * @is_feed:   an object with an array of items, or a version of JSON Feed
 * @is_broken: not well-formed JSON from some place on, or cut off; an item open there was left out
 */
struct feed_json_report {
    bool is_feed;
    bool is_broken;
};

/**
 * feed_json_read() - read stories
 * @text:    the document
 * @collect: where they go
 * @ret:     written only when the return is not negative
 *
 * Return: 0, COLLECT_TOO_MANY, COLLECT_TOO_LONG, or -ENOMEM.
 */
int feed_json_read(struct charset *text, struct collect *collect, struct feed_json_report *ret);

#endif
