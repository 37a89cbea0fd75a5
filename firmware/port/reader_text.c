// SPDX-License-Identifier: MIT

#include "port/reader_text.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

// The character at @text and its length in bytes; false where sd-bus would refuse it.
static bool next_character(const char *text, size_t size, size_t *ret_length) {
    if (!((unsigned char)text[0] & 0x80)) {
        *ret_length = 1;
        return true;
    }
    utf8proc_int32_t c;
    utf8proc_ssize_t length =
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &c);
    *ret_length = length > 0 ? (size_t)length : 1;
    bool is_noncharacter = (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE;
    return length > 0 && !is_noncharacter;
}

size_t reader_text_clean(const char *text, size_t size, size_t max) {
    size_t at = 0;
    for (size_t length; at < size; at += length)
        if (!next_character(text + at, size - at, &length) || at + length > max)
            break;
    return at;
}

const char *reader_text_mend(struct arena *arena, const char *text, size_t max) {
    static const char replacement[] = "\xEF\xBF\xBD";
    size_t size = strlen(text);
    size_t used = reader_text_clean(text, size, max);
    if (used == size)
        return text;
    char *copy = arena_alloc(arena, max + 1);
    if (!copy)
        return NULL;
    memcpy(copy, text, used);
    for (size_t at = used, length; at < size; at += length) {
        bool is_clean = next_character(text + at, size - at, &length);
        const char *piece = is_clean ? text + at : replacement;
        size_t piece_size = is_clean ? length : sizeof replacement - 1;
        if (piece_size > max - used)
            break;
        memcpy(copy + used, piece, piece_size);
        used += piece_size;
    }
    return copy;
}
