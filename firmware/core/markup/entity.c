// SPDX-License-Identifier: MIT

#include "core/markup/entity.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "core/text/utf8.h"
#include "core/markup/windows_1252.h"

uint32_t entity_find(const char *name, size_t size) {
    size_t low = 0, high = ENTITY_NAME_COUNT;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *candidate = ENTITY_NAMES[middle].name;
        int order = (unsigned char)name[0] - (unsigned char)candidate[0];
        if (order == 0)
            order = strncmp(name, candidate, size);
        if (order == 0)
            order = candidate[size] == '\0' ? 0 : -1;
        if (order == 0)
            return ENTITY_NAMES[middle].code;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return 0;
}

// The character a number means to a browser.
static uint32_t sanitize(uint32_t code) {
    if (code >= 0x80 && code < 0xA0)
        return windows_1252_code((unsigned char)code);
    if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        return UTF8_REPLACEMENT;
    return code;
}

static int digit_value(char c, unsigned base) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (base == 16 && isxdigit((unsigned char)c))
        return (c | 0x20) - 'a' + 10;
    return -1;
}

static size_t parse_number(const char *text, size_t size, uint32_t *ret_code) {
    size_t i = 2;
    unsigned base = 10;
    if (i < size && (text[i] == 'x' || text[i] == 'X')) {
        base = 16;
        i++;
    }
    size_t start = i;
    uint32_t code = 0;
    for (int digit; i < size && i < ENTITY_REFERENCE_MAX; i++) {
        digit = digit_value(text[i], base);
        if (digit < 0)
            break;
        if (code <= 0x10FFFF)
            code = code * base + (uint32_t)digit;
    }
    if (i == start)
        return 0;
    *ret_code = sanitize(code);
    return i < size && text[i] == ';' ? i + 1 : i;
}

// The five that make up nearly all references in feeds.
static size_t parse_common(const char *text, size_t size, uint32_t *ret_code) {
    static const struct {
        char name[8];
        uint32_t size;
        uint32_t code;
    } COMMON[] = {{"&lt;", 4, '<'},
                  {"&gt;", 4, '>'},
                  {"&quot;", 6, '"'},
                  {"&amp;", 5, '&'},
                  {"&nbsp;", 6, 0xA0}};
    for (size_t i = 0; i < sizeof COMMON / sizeof *COMMON; i++)
        if (COMMON[i].name[1] == text[1] && size >= COMMON[i].size &&
            memcmp(text, COMMON[i].name, COMMON[i].size) == 0) {
            *ret_code = COMMON[i].code;
            return COMMON[i].size;
        }
    return 0;
}

size_t entity_parse(const char *text, size_t size, uint32_t *ret_code) {
    if (size < 3)
        return 0;
    if (text[1] == '#')
        return parse_number(text, size, ret_code);
    size_t common = parse_common(text, size, ret_code);
    if (common > 0)
        return common;
    size_t i = 1;
    while (i < size && i < ENTITY_REFERENCE_MAX && isalnum((unsigned char)text[i]))
        i++;
    if (i == 1 || i == size || text[i] != ';')
        return 0;
    uint32_t code = entity_find(text + 1, i - 1);
    if (code == 0)
        return 0;
    *ret_code = code;
    return i + 1;
}
