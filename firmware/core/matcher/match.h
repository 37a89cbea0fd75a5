// SPDX-License-Identifier: MIT
//
// match.h - a match shown to people: the words found, as they stand in the story.

#ifndef CORE_MATCH_H
#define CORE_MATCH_H

#include <stddef.h>

#include "wirebell/match.h"
#include "wirebell/story.h"

/**
 * match_field_text() - the string of a story that a field names; never NULL
 */
const char *match_field_text(const struct story *story, enum match_field field);

/**
 * match_words() - the words found, joined by " + "
 * @story: the story the match is of
 * @match: the match
 * @size:  of @ret, bytes, >= 1
 * @ret:   terminated; cut at a whole character when too long; controls are made blanks
 */
void match_words(const struct story *story, const struct match *match, size_t size, char *ret);

// Room for what match_spans() writes of any match.
enum { MATCH_SPANS_SIZE = LIMIT_MATCH_SPANS * sizeof "category:4294967295:4294967295" };

/**
 * match_spans() - where the words stand: "title:10:6 text:204:11", as struct alert keeps it
 * @ret: terminated
 */
void match_spans(const struct match *match, char ret[static MATCH_SPANS_SIZE]);

/**
 * match_window() - the part of a long text that is worth showing: what is around a span
 * @text:      a field of a story
 * @span:      a span of it; NULL = its beginning is shown
 * @ret_start: first byte; a whole text of up to 200 bytes is shown, of others up to 60 before the
 *             span and 120 behind it, cut at blanks where there are any
 * @ret_end:   the byte after the last
 */
void match_window(const char *text, const struct match_span *span, size_t *ret_start,
                  size_t *ret_end);

/**
 * match_excerpt() - the text around the words of the first span, on one line
 * @size: of @ret, bytes, >= 1; 320 hold any, but for a span of more than a hundred bytes
 * @ret:  terminated; "…" where something is left out; controls are made blanks
 */
void match_excerpt(const struct story *story, const struct match *match, size_t size, char *ret);

#endif
