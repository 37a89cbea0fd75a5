// SPDX-License-Identifier: MIT

#include "core/text/utf8.h"

#include <string.h>

size_t utf8_ascii_length(const char *text, size_t size) {
    const uint64_t high = 0x8080808080808080u;
    size_t i = 0;
    uint64_t words[4];
    for (; i + sizeof words <= size; i += sizeof words) {
        memcpy(words, text + i, sizeof words);
        if (((words[0] | words[1] | words[2] | words[3]) & high) != 0)
            break;
    }
    while (i < size && (unsigned char)text[i] < 0x80)
        i++;
    return i;
}

size_t utf8_put(uint32_t code, char *ret) {
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = UTF8_REPLACEMENT;
    if (code < 0x80) {
        ret[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        ret[0] = (char)(0xC0 | code >> 6);
        ret[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        ret[0] = (char)(0xE0 | code >> 12);
        ret[1] = (char)(0x80 | (code >> 6 & 0x3F));
        ret[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    ret[0] = (char)(0xF0 | code >> 18);
    ret[1] = (char)(0x80 | (code >> 12 & 0x3F));
    ret[2] = (char)(0x80 | (code >> 6 & 0x3F));
    ret[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

// What the first byte promises; 0 = cannot start a character.
static size_t promised_length(unsigned char lead) {
    if (lead < 0x80)
        return 1;
    if (lead < 0xC2)
        return 0;
    if (lead < 0xE0)
        return 2;
    if (lead < 0xF0)
        return 3;
    return lead < 0xF5 ? 4 : 0;
}

// The second byte is where overlong forms, surrogates and too large values show.
static bool second_fits(unsigned char lead, unsigned char second) {
    switch (lead) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return second >= 0x80 && second <= 0xBF;
    }
}

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xC0) == 0x80;
}

size_t utf8_length(const char *bytes, size_t size) {
    size_t length = promised_length((unsigned char)bytes[0]);
    if (length <= 1)
        return length;
    if (length > size || !second_fits((unsigned char)bytes[0], (unsigned char)bytes[1]))
        return 0;
    for (size_t i = 2; i < length; i++)
        if (!is_continuation(bytes[i]))
            return 0;
    return length;
}

size_t utf8_broken_length(const char *bytes, size_t size) {
    size_t length = promised_length((unsigned char)bytes[0]);
    if (length < 2 || size < 2)
        return 1;
    bool is_surrogate = (unsigned char)bytes[0] == 0xED && is_continuation(bytes[1]);
    if (!is_surrogate && !second_fits((unsigned char)bytes[0], (unsigned char)bytes[1]))
        return 1;
    size_t i = 2;
    while (i < length && i < size && is_continuation(bytes[i]))
        i++;
    return i;
}

size_t utf8_wide_length(const char *text, size_t size) {
    size_t i = 0;
    while (i < size) {
        unsigned char lead = (unsigned char)text[i];
        // Two bytes, nothing to look out for: most of what is not ASCII and not East Asian.
        if (lead >= 0xC2 && lead < 0xE0 && i + 1 < size && is_continuation(text[i + 1])) {
            i += 2;
            continue;
        }
        size_t length = lead < 0x80 ? 0 : utf8_length(text + i, size - i);
        if (length == 0)
            break;
        i += length;
    }
    return i;
}

uint32_t utf8_get(const char *bytes, size_t *ret_length) {
    const unsigned char *b = (const unsigned char *)bytes;
    size_t length = promised_length(b[0]);
    *ret_length = length > 0 ? length : 1;
    switch (length) {
    case 2:
        return (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu);
    case 3:
        return (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
    case 4:
        return (b[0] & 0x07u) << 18 | (b[1] & 0x3Fu) << 12 | (b[2] & 0x3Fu) << 6 | (b[3] & 0x3Fu);
    default:
        return b[0];
    }
}

size_t utf8_cut(const char *text, size_t size, size_t max) {
    if (size <= max)
        return size;
    while (max > 0 && is_continuation(text[max]))
        max--;
    return max;
}

bool utf8_is_unseen(uint32_t code) {
    if (code < 0x20 || (code >= 0x7F && code < 0xA0))
        return true;
    return code == 0x061C || code == 0x200E || code == 0x200F || // marks of direction
           (code >= 0x2028 && code <= 0x202E) ||                 // lines, embeddings, overrides
           (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

bool utf8_is_noncharacter(uint32_t code) {
    return (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFE) == 0xFFFE;
}

size_t utf8_drop_unseen(char *text, size_t size) {
    size_t kept = 0, length;
    for (size_t i = 0; i < size; i += length) {
        if (utf8_is_unseen(utf8_get(text + i, &length)))
            continue;
        memmove(text + kept, text + i, length);
        kept += length;
    }
    return kept;
}

void utf8_screen(char *text) {
    size_t size = strlen(text), kept = 0, length;
    utf8_mend(text, size);
    for (size_t i = 0; i < size; i += length) {
        uint32_t code = utf8_get(text + i, &length);
        bool is_kept = code == '\t' || (code == '\n' && text[i + 1] == ' ');
        if (!is_kept && (utf8_is_unseen(code) || utf8_is_noncharacter(code))) {
            text[kept++] = ' ';
            continue;
        }
        memmove(text + kept, text + i, length);
        kept += length;
    }
    text[kept] = '\0';
}

void utf8_mend(char *text, size_t size) {
    for (size_t i = utf8_ascii_length(text, size), length; i < size; i += length) {
        length = utf8_length(text + i, size - i);
        if (length > 0)
            continue;
        length = utf8_broken_length(text + i, size - i);
        if (length == 3)
            (void)utf8_put(UTF8_REPLACEMENT, text + i);
        else
            memset(text + i, '?', length);
    }
}

// The well-formed character that the characters at @text stand for byte by byte. Returns how many
// bytes of @text it takes, 0 when there is none; *ret_size bytes are written to @ret.
static size_t undo_one(const char *text, size_t size, char ret[static 4], size_t *ret_size) {
    size_t used = 0, count = 0, length;
    while (used < size && count < 4) {
        uint32_t code = utf8_get(text + used, &length);
        if (code > 0xFF)
            return 0;
        ret[count++] = (char)code;
        used += length;
        if (utf8_length(ret, count) == count) {
            *ret_size = count;
            return used;
        }
    }
    return 0;
}

size_t utf8_undo_double(char *text, size_t size) {
    char character[4];
    size_t length, first = utf8_ascii_length(text, size);
    for (size_t i = first, taken; i < size; i += taken) {
        taken = undo_one(text + i, size - i, character, &length);
        if (taken == 0)
            return size;
    }
    size_t used = first;
    for (size_t i = first; i < size; used += length) {
        i += undo_one(text + i, size - i, character, &length);
        memcpy(text + used, character, length);
    }
    return used;
}
