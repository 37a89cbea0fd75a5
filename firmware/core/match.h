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

#endif
