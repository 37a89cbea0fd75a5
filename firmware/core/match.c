// SPDX-License-Identifier: MIT

#include "core/match.h"

#include <stdbool.h>

const char *match_field_text(const struct story *story, enum match_field field) {
    switch (field) {
    case MATCH_TITLE:
        return story->title;
    case MATCH_TEXT:
        return story->text;
    case MATCH_LINK:
        return story->link;
    case MATCH_AUTHOR:
        return story->author;
    case MATCH_CATEGORY:
        return story->category;
    case MATCH_FIELD_COUNT:
        break;
    }
    return "";
}

// Appends at *at, staying terminated. False when not all of it fitted.
static bool append(char *ret, size_t size, size_t *at, const char *bytes, size_t count) {
    const size_t wanted = count;
    if (count > size - 1 - *at) {
        count = size - 1 - *at;
        while (count > 0 && ((unsigned char)bytes[count] & 0xC0) == 0x80)
            count--;
    }
    for (size_t i = 0; i < count; i++) {
        const unsigned char c = (unsigned char)bytes[i];
        ret[(*at)++] = c < 0x20 || c == 0x7F ? ' ' : bytes[i];
    }
    ret[*at] = '\0';
    return count == wanted;
}

void match_words(const struct story *story, const struct match *match, size_t size, char *ret) {
    size_t at = 0;
    bool fits = append(ret, size, &at, "", 0);
    for (size_t i = 0; i < match->span_count && fits; i++) {
        const struct match_span *span = &match->spans[i];
        const char *text = match_field_text(story, span->field);
        fits = (i == 0 || append(ret, size, &at, " + ", 3)) &&
               append(ret, size, &at, text + span->start, span->length);
    }
}
