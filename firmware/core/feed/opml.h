// SPDX-License-Identifier: MIT
//
// opml.h - a list of feeds (OPML 1.0 and 2.0) to small XML documents, one a feed, in the form that
// repair.h gives items: the title, the address as its link, the folders and categories as its
// categories.
//
// Everything is in attributes of <outline> elements within each other, so that the list's own
// structure is all there is to follow. As with feeds, Mini-XML never sees the list itself: a bare
// '&', a missing end tag or another charset costs nothing but what it spoils. Outlines without the
// address of a feed (folders, links to pages, other lists) make no document; nothing is fetched.

#ifndef CORE_OPML_H
#define CORE_OPML_H

#include <stdbool.h>
#include <stddef.h>

#include "core/markup/charset.h"
#include "core/markup/repair.h"

struct opml;

/**
 * struct opml_report - what was seen of the document as a whole
 * @is_opml:   there was <opml>, or at least an <outline>
 * @is_cut:    it was not closed
 * @lost:      outlines so broken that they were passed over
 * @root_name: name of the first element, cut to fit; "" = none
 */
struct opml_report {
    bool is_opml;
    bool is_cut;
    size_t lost;
    char root_name[32];
};

/**
 * opml_new() - start on a text
 * @text: where the text comes from; borrowed, must outlive this
 * @ret:  owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int opml_new(struct charset *text, struct opml **ret);

// NULL is fine. Returns NULL.
struct opml *opml_free(struct opml *opml);

/**
 * opml_next() - the next feed of the list, as an item
 * @ret_piece: its hash is 0
 *
 * The address is the outline's xmlUrl, in any letter case; its url where there is no xmlUrl and the
 * type is not that of a page ("link") or of another list ("include"). A category attribute holds
 * several, with commas between and slashes inside (OPML 2.0, "What is a category"): each part is a
 * category.
 *
 * Return: 1 and *ret_piece; 0 at the end of the text; -ENOMEM.
 */
int opml_next(struct opml *opml, struct repair_piece *ret_piece);

// True to its name only after opml_next() returned 0. Borrowed.
const struct opml_report *opml_report(const struct opml *opml);

#endif
