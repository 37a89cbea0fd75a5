// SPDX-License-Identifier: MIT
//
// json.h - writing JSON, as much of it as the sub-commands print: flat text, escaped right.
//
// A writer only, so no library: RFC 8259 asks of a writer nothing but the escapes below.

#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdint.h>
#include <stdio.h>

/**
 * json_write_string() - @text in quotes, with what RFC 8259 7 says MUST be escaped
 * @out:  errors stay in the stream, see ferror(3)
 * @text: UTF-8; U+FFFD for what is not. What utf8_is_unseen() names is escaped too: it steers a
 *        terminal
 */
void json_write_string(FILE *out, const char *text);

// The same, but null for "".
void json_write_string_or_null(FILE *out, const char *text);

// A member of an object, behind @before ('{' or ','): @text as a string, null for "".
void json_write_member(FILE *out, char before, const char *key, const char *text);

// A member behind others: a number, null for 0.
void json_write_number(FILE *out, const char *key, uint32_t number);

struct diag;

/**
 * json_write_diag() - a complaint as an object on a line of its own: severity, file, line, column,
 * width, message, mend, source. What it has not (a column, a mend) is null.
 */
void json_write_diag(FILE *out, const struct diag *diag);

#endif
