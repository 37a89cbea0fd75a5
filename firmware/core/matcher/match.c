// SPDX-License-Identifier: MIT

#include "core/matcher/match.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// Bytes shown before and behind the span of a long text, and up to where a text is short.
enum { BEFORE = 60, BEHIND = 120, SHORT = 200 };

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
        // cppcheck-suppress arrayIndexOutOfBoundsCond // it was cut: bytes[count] is there
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

void match_spans(const struct match *match, char ret[static MATCH_SPANS_SIZE]) {
    size_t at = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < match->span_count; i++) {
        const struct match_span *span = &match->spans[i];
        at += (size_t)snprintf(ret + at, MATCH_SPANS_SIZE - at, "%s%s:%u:%u", i > 0 ? " " : "",
                               match_field_name(span->field), span->start, span->length);
    }
}

// A beginning that is not inside a word, at most BEFORE bytes before @at.
static size_t find_begin(const char *text, size_t at) {
    if (at <= BEFORE)
        return 0;
    const char *blank = memchr(text + at - BEFORE, ' ', BEFORE);
    if (blank)
        return (size_t)(blank - text) + 1;
    size_t begin = at - BEFORE;
    while (((unsigned char)text[begin] & 0xC0) == 0x80)
        begin++;
    return begin;
}

static size_t find_end(const char *text, size_t size, size_t at) {
    if (size - at <= BEHIND)
        return size;
    size_t end = at + BEHIND;
    const char *blank = memrchr(text + at, ' ', BEHIND);
    if (blank)
        return (size_t)(blank - text);
    while (((unsigned char)text[end] & 0xC0) == 0x80)
        end--;
    return end;
}

void match_window(const char *text, const struct match_span *span, size_t *ret_start,
                  size_t *ret_end) {
    const size_t size = strlen(text);
    const size_t first = span ? span->start : 0, behind = span ? first + span->length : 0;
    *ret_start = size > SHORT ? find_begin(text, first) : 0;
    *ret_end = size > SHORT ? find_end(text, size, behind) : size;
}

void match_excerpt(const struct story *story, const struct match *match, size_t size, char *ret) {
    const struct match_span *span = match->span_count > 0 ? &match->spans[0] : NULL;
    const char *text = match_field_text(story, span ? span->field : MATCH_TITLE);
    size_t start, end, at = 0;
    match_window(text, span, &start, &end);
    bool fits = append(ret, size, &at, "…", start > 0 ? strlen("…") : 0) &&
                append(ret, size, &at, text + start, end - start);
    if (fits && text[end])
        (void)append(ret, size, &at, "…", strlen("…"));
}
