// SPDX-License-Identifier: MIT
//
// entity.h - character references (&eacute; &#233; &#xE9;), as HTML and XML have them.

#ifndef CORE_ENTITY_H
#define CORE_ENTITY_H

#include <stddef.h>
#include <stdint.h>

// Longest reference understood, '&' and ';' included; zeros before a number may make it longer
// than any sensible one.
#define ENTITY_REFERENCE_MAX 32

/**
 * struct entity_name - a name and what it stands for
 * @name: up to 10 letters and digits, letter case matters; terminated
 * @code: code point
 */
struct entity_name {
    char name[12];
    uint32_t code;
};

// Sorted by name. In entity_names.c.
extern const struct entity_name ENTITY_NAMES[];
extern const size_t ENTITY_NAME_COUNT;

/**
 * entity_find() - the character a name stands for
 * @name: without '&' and ';', not terminated
 * @size: its length
 *
 * Return: a code point, or 0 when there is no such name.
 */
uint32_t entity_find(const char *name, size_t size);

/**
 * entity_parse() - read a character reference
 * @text:       starts with '&'
 * @size:       bytes there, >= 1
 * @ret_code: the character: never NUL, a surrogate or beyond U+10FFFF (those become U+FFFD), but it
 *            may be a control; numbers 128..159 mean windows-1252, as browsers have it (HTML
 *            Standard 13.2.5.80). Written only on success
 *
 * Without its ';' only a number is a reference; a name is not, for "?a=1&copy=2" is an address.
 *
 * Return: bytes the reference takes, 3 and more; 0 when this is none.
 */
size_t entity_parse(const char *text, size_t size, uint32_t *ret_code);

#endif
