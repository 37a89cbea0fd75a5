// SPDX-License-Identifier: MIT
//
// story.h - the noun everything turns around: one entry of a feed, as a person would read it.

#ifndef WIREBELL_STORY_H
#define WIREBELL_STORY_H

#include <stdint.h>

// published_s of a story whose date is missing or cannot be read. Never "now".
#define STORY_NO_DATE INT64_MIN

/**
 * struct story - one entry (RSS item, Atom entry) after decoding
 * @id:          guid (RSS), id (Atom), rdf:about (RSS 1.0), trimmed; "" when the feed gives none
 * @title:       plain text: tags gone, entities decoded, blanks folded; at most LIMIT_TITLE_MAX
 * @link:        absolute where the feed or its address allows; "" when there is none
 * @author:      plain text; "" when there is none
 * @category:    all categories, plain text, separated by '\n'; "" when there is none
 * @text:        content, else summary, as plain text; at most LIMIT_TEXT_MAX
 * @published_s: seconds since 1970-01-01T00:00:00Z, or STORY_NO_DATE
 *
 * All strings are valid UTF-8 without NUL, C0, C1 or other controls (but '\n' in @category),
 * without what turns the writing direction of all that follows, never NULL, and borrowed: they live
 * as long as the arena of the reading they came with.
 */
struct story {
    const char *id;
    const char *title;
    const char *link;
    const char *author;
    const char *category;
    const char *text;
    int64_t published_s;
};

#endif
