// SPDX-License-Identifier: MIT

#include "core/matcher/chars.h"

#include <utf8proc.h>

#define NONE 0xFFFFFFFFu

// clang-format off
const unsigned char CHARS_FOLDED[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4',
    ['5'] = '5', ['6'] = '6', ['7'] = '7', ['8'] = '8', ['9'] = '9',
    ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g',
    ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',
    ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u',
    ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z',
    ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g',
    ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n',
    ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u',
    ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
};
// clang-format on

// Characters whose class does not follow from their Unicode category; sorted, not overlapping.
static const struct {
    uint32_t first;
    uint32_t last;
    enum char_class class;
} RANGES[] = {
    {0x0085, 0x0085, CHAR_BLANK},
    {0x0E00, 0x0E4F, CHAR_SINGLE},     // Thai (its digits write numbers as ours do)
    {0x0E80, 0x0ECF, CHAR_SINGLE},     // Lao
    {0x0EDC, 0x0EFF, CHAR_SINGLE},     // Lao
    {0x1000, 0x103F, CHAR_SINGLE},     // Myanmar
    {0x1050, 0x108F, CHAR_SINGLE},     // Myanmar
    {0x1100, 0x11FF, CHAR_HANGUL},     // jamo
    {0x1780, 0x17D3, CHAR_SINGLE},     // Khmer
    {0x17D7, 0x17DF, CHAR_SINGLE},     // Khmer
    {0x200B, 0x200B, CHAR_BLANK},      // zero width space: an edge nobody sees
    {0x2010, 0x2013, CHAR_HYPHEN},     // hyphen, no-break hyphen, figure dash, en dash
    {0x2018, 0x201B, CHAR_APOSTROPHE}, // single quotes
    {0x2032, 0x2032, CHAR_APOSTROPHE}, // prime
    {0x2212, 0x2212, CHAR_HYPHEN},     // minus
    {0x2E80, 0x2FDF, CHAR_SINGLE},     // radicals
    {0x3005, 0x3007, CHAR_SINGLE},     // iteration marks and zero of Han
    {0x3021, 0x3029, CHAR_SINGLE},     // numerals
    {0x3031, 0x3035, CHAR_SINGLE},     // Kana repeat marks
    {0x3038, 0x303C, CHAR_SINGLE},     // numerals, masu mark
    {0x3041, 0x30FA, CHAR_SINGLE},     // Kana
    {0x30FC, 0x312F, CHAR_SINGLE},     // Kana (without the middle dot), Bopomofo
    {0x3131, 0x318E, CHAR_HANGUL},     // compatibility jamo
    {0x31A0, 0x4DBF, CHAR_SINGLE},     // Bopomofo, Kana, squared forms, Han A
    {0x4E00, 0x9FFF, CHAR_SINGLE},     // Han
    {0xA960, 0xA97F, CHAR_HANGUL},     // jamo A
    {0xAC00, 0xD7FF, CHAR_HANGUL},     // syllables, jamo B
    {0xF900, 0xFAFF, CHAR_SINGLE},     // Han compatibility
    {0xFE58, 0xFE58, CHAR_HYPHEN},     // small em dash
    {0xFE63, 0xFE63, CHAR_HYPHEN},     // small hyphen
    {0xFF07, 0xFF07, CHAR_APOSTROPHE}, // fullwidth
    {0xFF0D, 0xFF0D, CHAR_HYPHEN},     // fullwidth
    {0xFF66, 0xFF9D, CHAR_SINGLE},     // halfwidth Kana
    {0xFF9E, 0xFF9F, CHAR_MARK},       // halfwidth sound marks: letters that compose
    {0xFFA0, 0xFFDC, CHAR_HANGUL},     // halfwidth jamo
    {0x1B000, 0x1B16F, CHAR_SINGLE},   // old Kana
    {0x20000, 0x3FFFD, CHAR_SINGLE},   // Han B and on
};

static const enum char_class CATEGORIES[] = {
    [UTF8PROC_CATEGORY_LU] = CHAR_LETTER,  [UTF8PROC_CATEGORY_LL] = CHAR_LETTER,
    [UTF8PROC_CATEGORY_LT] = CHAR_LETTER,  [UTF8PROC_CATEGORY_LM] = CHAR_LETTER,
    [UTF8PROC_CATEGORY_LO] = CHAR_LETTER,  [UTF8PROC_CATEGORY_MN] = CHAR_MARK,
    [UTF8PROC_CATEGORY_MC] = CHAR_MARK,    [UTF8PROC_CATEGORY_ME] = CHAR_MARK,
    [UTF8PROC_CATEGORY_ND] = CHAR_LETTER,  [UTF8PROC_CATEGORY_NL] = CHAR_LETTER,
    [UTF8PROC_CATEGORY_NO] = CHAR_LETTER,  [UTF8PROC_CATEGORY_SO] = CHAR_SINGLE,
    [UTF8PROC_CATEGORY_SC] = CHAR_SINGLE,  [UTF8PROC_CATEGORY_ZS] = CHAR_BLANK,
    [UTF8PROC_CATEGORY_ZL] = CHAR_BLANK,   [UTF8PROC_CATEGORY_ZP] = CHAR_BLANK,
    [UTF8PROC_CATEGORY_CF] = CHAR_IGNORED, [UTF8PROC_CATEGORY_CO] = CHAR_OTHER,
};

static enum char_class ascii_class(uint32_t c) {
    if (CHARS_FOLDED[c])
        return CHAR_LETTER;
    if (c == ' ' || (c >= '\t' && c <= '\r'))
        return CHAR_BLANK;
    if (c == '-')
        return CHAR_HYPHEN;
    if (c == '\'' || c == '`')
        return CHAR_APOSTROPHE;
    return CHAR_OTHER;
}

uint32_t chars_decode(const char *text, size_t *ret_length) {
    const unsigned char first = (unsigned char)*text;
    if (first < 0x80) {
        *ret_length = 1;
        return first;
    }
    // No more than is there: a sequence ends before a byte that is no continuation.
    size_t size = 1;
    while (size < 4 && ((unsigned char)text[size] & 0xC0) == 0x80)
        size++;
    utf8proc_int32_t code_point;
    const utf8proc_ssize_t length =
        utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &code_point);
    if (length <= 0) {
        *ret_length = 1;
        return NONE;
    }
    *ret_length = (size_t)length;
    return (uint32_t)code_point;
}

enum char_class chars_class(uint32_t code_point) {
    if (code_point < 0x80)
        return ascii_class(code_point);
    if (code_point > 0x10FFFF || code_point == 0xFFFD)
        return CHAR_OTHER;
    const utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code_point);
    if (category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC)
        return CHAR_MARK;
    if (code_point == 0x02BC) // modifier letter apostrophe: a letter by category
        return CHAR_APOSTROPHE;

    size_t low = 0, high = sizeof RANGES / sizeof RANGES[0];
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (code_point > RANGES[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    const bool is_listed =
        low < sizeof RANGES / sizeof RANGES[0] && code_point >= RANGES[low].first;
    if (is_listed)
        return RANGES[low].class;
    return (size_t)category < sizeof CATEGORIES / sizeof CATEGORIES[0] ? CATEGORIES[category]
                                                                       : CHAR_OTHER;
}
