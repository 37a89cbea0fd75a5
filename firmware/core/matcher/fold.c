// SPDX-License-Identifier: MIT

#include "core/matcher/fold.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "core/matcher/chars.h"

// One code point may become up to 18 (U+FDFA), but words of such are none.
enum { CODE_POINTS_MAX = 512, PARTS_MAX = 4 * CODE_POINTS_MAX };

static const utf8proc_option_t OPTIONS =
    UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;

static bool is_accent(int32_t code_point) {
    return code_point >= 0x0300 && code_point <= 0x036F;
}

// Takes the accents off and puts back together what is left, as Hangul or Kana.
static size_t strip_and_compose(int32_t *points, size_t count) {
    size_t kept = 0;
    int32_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_accent(points[i]))
            continue;
        points[kept++] = points[i];
        if (points[i] > largest)
            largest = points[i];
    }
    // Without accents nothing composes in Latin, Greek, Cyrillic and Armenian (below U+0590).
    if (largest < 0x0590 || kept == 0)
        return kept;
    const utf8proc_ssize_t composed = utf8proc_normalize_utf32(points, (utf8proc_ssize_t)kept,
                                                               UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    return composed > 0 ? (size_t)composed : kept;
}

// What stands for a character that has many shapes, 0 for one that goes, else itself.
static int32_t plain_shape(int32_t code_point) {
    switch (chars_class((uint32_t)code_point)) {
    case CHAR_BLANK:
        return ' ';
    case CHAR_HYPHEN:
        return '-';
    case CHAR_APOSTROPHE:
        return '\'';
    case CHAR_IGNORED:
        return 0;
    case CHAR_OTHER:
    case CHAR_MARK:
    case CHAR_LETTER:
    case CHAR_HANGUL:
    case CHAR_SINGLE:
        break;
    }
    return code_point;
}

static int encode(const int32_t *points, size_t count, size_t max, char *ret, size_t *ret_size) {
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        utf8proc_uint8_t bytes[4];
        const utf8proc_ssize_t length = utf8proc_encode_char(points[i], bytes);
        if (length <= 0)
            continue;
        if ((size_t)length > max - size) {
            *ret_size = size;
            return FOLD_CUT;
        }
        memcpy(ret + size, bytes, (size_t)length);
        size += (size_t)length;
    }
    *ret_size = size;
    return 0;
}

int fold_word(const char *text, size_t size, size_t max, char *ret, size_t *ret_size) {
    int32_t points[CODE_POINTS_MAX];
    const utf8proc_ssize_t count = utf8proc_decompose(
        (const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, points, CODE_POINTS_MAX, OPTIONS);
    if (count < 0 || count > CODE_POINTS_MAX) {
        *ret_size = 0;
        return FOLD_CUT;
    }
    return encode(points, strip_and_compose(points, (size_t)count), max, ret, ret_size);
}

int fold_exactly(const char *text, size_t size, size_t max, char *ret, size_t *ret_size) {
    int32_t points[CODE_POINTS_MAX];
    size_t count = 0;
    for (size_t at = 0, length; at < size; at += length) {
        const uint32_t code_point = chars_decode(text + at, &length);
        const int32_t shape = plain_shape((int32_t)code_point);
        const bool is_repeated_blank = shape == ' ' && count > 0 && points[count - 1] == ' ';
        if (shape <= 0 || is_repeated_blank)
            continue;
        if (count == CODE_POINTS_MAX)
            return FOLD_CUT;
        points[count++] = shape;
    }
    // The library composes what is decomposed; a composed letter has to be taken apart first.
    int32_t parts[PARTS_MAX];
    size_t part_count = 0;
    for (size_t i = 0; i < count; i++) {
        const utf8proc_ssize_t n = utf8proc_decompose_char(
            points[i], parts + part_count, (utf8proc_ssize_t)(PARTS_MAX - part_count),
            UTF8PROC_DECOMPOSE, NULL);
        if (n < 0 || (size_t)n > PARTS_MAX - part_count)
            return FOLD_CUT;
        part_count += (size_t)n;
    }
    if (part_count == 0) {
        *ret_size = 0;
        return 0;
    }
    const utf8proc_ssize_t composed = utf8proc_normalize_utf32(parts, (utf8proc_ssize_t)part_count,
                                                               UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    return encode(parts, composed > 0 ? (size_t)composed : part_count, max, ret, ret_size);
}
