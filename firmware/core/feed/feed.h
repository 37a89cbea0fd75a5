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
#include <stdint.h>

#include "core/text/arena.h"
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
 * @reading: @outcome (OK, PARTIAL, EMPTY, NOT_A_FEED or TOO_BIG), @detail, @feed_title, the hints
 *           of feed_hints.h, @stories, @story_count are set, the other members are left as they are
 *
 * A bad byte costs one character, a bad item costs that item, a cut-off document keeps its whole
 * items and is PARTIAL; one without a whole item is NOT_A_FEED. When the arena's cap is
 * reached the stories read so far are kept (PARTIAL).
 *
 * Return: 0, or -ENOMEM.
 */
int feed_read(const struct feed_source *source, struct arena *arena, struct reading *reading);

/**
 * struct feed_known - items read before, which need not be read again; borrowed
 * @hashes: hashes that feed_read_news() gave out, in ascending order
 * @count:  how many
 */
struct feed_known {
    const uint64_t *hashes;
    size_t count;
};

/**
 * struct feed_items - the items of a document, known or new, in document order
 * @hashes: one an item; 0 = it has none and is to be read each time. Borrowed from the arena
 * @count:  how many
 */
struct feed_items {
    const uint64_t *hashes;
    size_t count;
};

/**
 * feed_read_news() - read a document, but only the items not read before
 * @source:    the bytes and what is known of them
 * @known:     items to pass over
 * @arena:     where stories and strings are put
 * @reading:   as feed_read() has it; @stories are those of the items that are not known
 * @ret_items: what to give as @known the next time (sorted, without the zeros); written only on
 *             success, empty unless the outcome is OK or PARTIAL, and when the arena's cap was
 *             reached
 *
 * The stories are those feed_read() gives, less those whose item is known: byte for byte the same
 * item in the same feed, so it made the same story. Items have a hash only where their end can be
 * told without reading them: not in JSON, nor in a charset other than UTF-8.
 *
 * Return: 0, or -ENOMEM.
 */
int feed_read_news(const struct feed_source *source, const struct feed_known *known,
                   struct arena *arena, struct reading *reading, struct feed_items *ret_items);

/**
 * feed_read_opml() - read a list of feeds (OPML)
 * @source:  the bytes and what is known of them; its @base_url is not looked at
 * @arena:   where stories and strings are put
 * @reading: as feed_read() has it; NOT_A_FEED when it is no OPML. A "story" is a feed of the list:
 *           its @link the address as written, @title its title, @category its folders and
 *           categories. No other member of it says anything
 *
 * Return: 0, or -ENOMEM.
 */
int feed_read_opml(const struct feed_source *source, struct arena *arena, struct reading *reading);

#endif
