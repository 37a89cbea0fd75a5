// SPDX-License-Identifier: MIT
//
// ascii.h - letters of ASCII, whatever the locale; inline, for names are compared for every tag.

#ifndef CORE_ASCII_H
#define CORE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

static inline char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/**
 * ascii_compare() - order of a name of any letter case and a name in lower case
 * @name:   not terminated
 * @size:   its length
 * @folded: terminated, in lower case
 *
 * Return: < 0, 0 or > 0, as strcmp() has it for the folded names.
 */
static inline int ascii_compare(const char *name, size_t size, const char *folded) {
    for (size_t i = 0; i < size; i++) {
        int order = (unsigned char)ascii_lower(name[i]) - (unsigned char)folded[i];
        if (order != 0 || folded[i] == '\0')
            return order;
    }
    return folded[size] == '\0' ? 0 : -1;
}

// Does the text start with @folded, which is in lower case?
static inline bool ascii_starts_with(const char *text, size_t size, const char *folded) {
    for (size_t i = 0; folded[i] != '\0'; i++)
        if (i == size || ascii_lower(text[i]) != folded[i])
            return false;
    return true;
}

#endif
