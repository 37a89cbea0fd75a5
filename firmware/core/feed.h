// SPDX-License-Identifier: MIT
//
// feed.h - a feed document, as bytes, to stories.
//
// The whole way of ARCHITECTURE's "bytes --decode, repair--> XML --read--> stories": charset,
// repair and the Mini-XML SAX reader. The one door for the reader process, the tests and the
// fuzzers. No I/O, no clock: same bytes, same stories.

#ifndef CORE_FEED_H
#define CORE_FEED_H

#include <stddef.h>

#include "core/arena.h"
#include "wirebell/reading.h"

/**
 * struct feed_source - what is to be read; borrowed
 * @bytes:        the body, content coding (gzip) already undone; may hold anything, also NUL
 * @size:         its length, at most LIMIT_BODY_MAX
 * @content_type: the HTTP Content-Type with its parameters, "" = none known
 * @base_url:     where the document came from, to resolve relative links; "" = unknown
 */
struct feed_source {
    const char *bytes;
    size_t size;
    const char *content_type;
    const char *base_url;
};

/**
 * feed_read() - read a document
 * @source:  the bytes and what is known of them
 * @arena:   where stories and strings are put
 * @reading: @outcome (OK, PARTIAL, EMPTY, NOT_A_FEED or TOO_BIG), @detail, @feed_title, @ttl_s,
 * @stories, @story_count are set, the other members are left as they are
 *
 * A bad byte costs one character, a bad item costs that item, a cut-off document keeps its whole
 * items and is PARTIAL. When the arena's cap is reached the stories read so far are kept (PARTIAL).
 *
 * Return: 0, or -ENOMEM.
 */
int feed_read(const struct feed_source *source, struct arena *arena, struct reading *reading);

#endif
