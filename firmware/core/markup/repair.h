// SPDX-License-Identifier: MIT
//
// repair.h - a feed as it is served to small XML documents that any parser can read.
//
// Mini-XML gives up at the first bare '&', the first mismatched tag; it is quadratic in attributes,
// holds every open element, and cannot be stopped. So it is never shown the document itself. What
// it gets is one small document an item, and one for what is said of the feed as a whole:
//
//     <item about="..."><title>...</title><link href="..."/></item>
//
// but with one letter for each name (feed_tag.h).
//
// - only elements and attributes that are read, under one name each, whatever namespace prefix they
//   came with; an element that is further away from its item than a child says so by depth="n";
// - markup inside an element, escaped or not, is text in the document: it was never XML to us;
// - every reference is decoded, and text that had some stands in a CDATA section; every tag is
//   closed; nothing is deeper than two.
//
// So a broken item costs that item, memory is that of the largest item at any number of them, the
// caps of limits.h hold before the parser starts, and an item that was seen before can be passed
// over without parsing it.

#ifndef CORE_REPAIR_H
#define CORE_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/markup/charset.h"

struct repair;

/**
 * struct repair_piece - one small document
 * @xml:     terminated; borrowed, holds until the next repair_next()
 * @size:    its length
 * @is_item: an item; else something said of the feed
 * @is_known: an item whose hash was among those given to repair_new(); @xml is ""
 * @hash:    of the item's bytes and what they depend on; 0 = it has none (split.h)
 */
struct repair_piece {
    const char *xml;
    size_t size;
    bool is_item;
    bool is_known;
    uint64_t hash;
};

/**
 * struct repair_known - items that need not be read again
 * @hashes: as given out in repair_piece::hash, in ascending order; borrowed
 * @count:  how many
 */
struct repair_known {
    const uint64_t *hashes;
    size_t count;
};

/**
 * struct repair_report - what was seen of the document as a whole
 * @is_feed:   there was the root of a feed
 * @is_html:   there was <html> and no root of a feed
 * @is_cut:    the root was not closed; an item not closed either was left out
 * @root_name: name of the first element, cut to fit; "" = none
 */
struct repair_report {
    bool is_feed;
    bool is_html;
    bool is_cut;
    char root_name[32];
};

/**
 * repair_new() - start on a text
 * @text:  where the text comes from; borrowed, must outlive this
 * @known: items to pass over; what it points to must outlive this
 * @ret:   owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int repair_new(struct charset *text, struct repair_known known, struct repair **ret);

// NULL is fine. Returns NULL.
struct repair *repair_free(struct repair *repair);

/**
 * repair_next() - make the next piece
 *
 * Return: 1 and *ret_piece; 0 at the end of the text; -ENOMEM.
 */
int repair_next(struct repair *repair, struct repair_piece *ret_piece);

// True to its name only after repair_next() returned 0. Borrowed.
const struct repair_report *repair_report(const struct repair *repair);

#endif
