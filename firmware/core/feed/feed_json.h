// SPDX-License-Identifier: MIT
//
// feed_json.h - JSON Feed 1.0 and 1.1 (jsonfeed.org), read with json-c, item by item
// (json_split.h). Only feed.c asks.

#ifndef CORE_FEED_JSON_H
#define CORE_FEED_JSON_H

#include <stdbool.h>

#include "core/markup/charset.h"
#include "core/feed/collect.h"

/**
 * struct feed_json_report - what was seen of the document
 * @is_feed: an object with an array of items, or a version of JSON Feed
 * @is_cut:  it ends before it should; an item open there was left out
 * @bad:     items that could not be read, not well-formed or too big
 */
struct feed_json_report {
    bool is_feed;
    bool is_cut;
    size_t bad;
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
