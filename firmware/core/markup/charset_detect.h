// SPDX-License-Identifier: MIT
//
// charset_detect.h - in which charset is this document? Only charset.c asks.

#ifndef CORE_CHARSET_DETECT_H
#define CORE_CHARSET_DETECT_H

#include <stdbool.h>
#include <stddef.h>

#define CHARSET_NAME_MAX 40
#define CHARSET_UTF_8    "UTF-8"
#define CHARSET_1252     "CP1252"

/**
 * charset_detect() - find out the charset; the rules are those of charset_open()
 * @bytes:        the document
 * @size:         its length
 * @is_utf8:      it is known to be well-formed UTF-8, which saves looking
 * @content_type: HTTP Content-Type, "" = none
 * @ret:          room for CHARSET_NAME_MAX bytes: a name for iconv
 *
 * Return: bytes of byte-order mark to skip at the start.
 */
size_t charset_detect(const char *bytes, size_t size, bool is_utf8, const char *content_type,
                      char *ret);

/**
 * charset_from_label() - what a label found in the wild means
 * @label: any text, @size bytes; letter case and blanks around it do not matter
 * @size:  its length
 * @ret:   room for CHARSET_NAME_MAX bytes: a name for iconv; "" when the label cannot be one
 */
void charset_from_label(const char *label, size_t size, char *ret);

#endif
