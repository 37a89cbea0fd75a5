// SPDX-License-Identifier: MIT
//
// match.h - that a rule was met by a story, and by which words of it.

#ifndef WIREBELL_MATCH_H
#define WIREBELL_MATCH_H

#include <stddef.h>
#include <stdint.h>

#include "wirebell/limits.h"

enum match_field {
    MATCH_TITLE,
    MATCH_TEXT,
    MATCH_LINK,
    MATCH_AUTHOR,
    MATCH_CATEGORY,
    MATCH_FIELD_COUNT
};

/**
 * struct match_span - words found, as a range of bytes of the story's own text
 * @field:  which of the story's strings
 * @start:  first byte
 * @length: bytes, >= 1
 */
struct match_span {
    enum match_field field;
    uint32_t start;
    uint32_t length;
};

/**
 * struct match - one rule met by one story
 * @rule:       index into the keywords' rules
 * @spans:      what met each requirement, in the order of the requirements; at most
 *              LIMIT_MATCH_SPANS are kept
 * @span_count: how many of them
 */
struct match {
    size_t rule;
    struct match_span spans[LIMIT_MATCH_SPANS];
    size_t span_count;
};

// "title", "text", "link", "author", "category"; "unknown" when out of range.
const char *match_field_name(enum match_field field);

#endif
