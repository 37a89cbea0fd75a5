// SPDX-License-Identifier: MIT

#include "port/reader/reader_text.h"

#include <stdint.h>
#include <string.h>

#include "core/text/utf8.h"

// What stands for a character that may not go, by what it is.
static const char REPLACEMENT[] = "\xEF\xBF\xBD", BLANK[] = " ";

// The length of the character at @text in bytes. Return: NULL where it can go, or what goes in its
// place.
static const char *next_character(const char *text, size_t size, size_t *ret_length) {
    const unsigned char first = (unsigned char)text[0];
    *ret_length = 1;
    if (first >= 0x20 && first < 0x7F)
        return NULL;
    const size_t length = utf8_length(text, size);
    if (length == 0)
        return REPLACEMENT;
    const uint32_t code = utf8_get(text, ret_length);
    if (utf8_is_noncharacter(code))
        return REPLACEMENT;
    return utf8_is_unseen(code) && code != '\n' ? BLANK : NULL;
}

size_t reader_text_clean(const char *text, size_t size, size_t max) {
    size_t at = 0;
    for (size_t length; at < size; at += length)
        if (next_character(text + at, size - at, &length) || at + length > max)
            break;
    return at;
}

const char *reader_text_mend(struct arena *arena, const char *text, size_t max) {
    size_t size = strlen(text);
    size_t used = reader_text_clean(text, size, max);
    if (used == size)
        return text;
    char *copy = arena_alloc(arena, max + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, used);
    for (size_t at = used, length; at < size; at += length) {
        const char *other = next_character(text + at, size - at, &length);
        const char *piece = other ? other : text + at;
        size_t piece_size = other ? strlen(other) : length;
        if (piece_size > max - used)
            break;
        memcpy(copy + used, piece, piece_size);
        used += piece_size;
    }
    return copy;
}
