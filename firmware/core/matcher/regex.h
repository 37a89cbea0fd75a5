// SPDX-License-Identifier: MIT
//
// regex.h - one regular expression of a rule, with bounds on what it may cost.
//
// PCRE2 does the work, letter case ignored, Unicode known to \w and \b. Two bounds hold whatever
// the expression and the text are: a count of steps and an amount of memory. Most texts are turned
// away before that: where every match must contain some characters as they stand, they are looked
// for first.

#ifndef CORE_REGEX_H
#define CORE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

struct regex;

/**
 * struct regex_error - why an expression cannot be taken
 * @offset:  byte of the expression where it went wrong
 * @message: in PCRE2's words
 */
struct regex_error {
    size_t offset;
    char message[120];
};

// What regex_new() returns besides 0.
enum regex_result { REGEX_WRONG = 1 };

/**
 * regex_new() - make an expression ready
 * @pattern: without the slashes
 * @size:    bytes
 * @ret:     owned; written only on success
 * @reterr:  written with REGEX_WRONG
 *
 * Return: 0, REGEX_WRONG or -ENOMEM.
 */
int regex_new(const char *pattern, size_t size, struct regex **ret, struct regex_error *reterr);

// NULL is fine. Returns NULL.
struct regex *regex_free(struct regex *regex);

/**
 * regex_find() - the first match that is not empty
 * @text:      anything; bytes that are no UTF-8 match nothing
 * @size:      bytes
 * @ret_start: its first byte, @ret_stop the one behind its last; written when found
 *
 * A text on which the expression reaches a bound counts as one it does not match.
 */
bool regex_find(struct regex *regex, const char *text, size_t size, size_t *ret_start,
                size_t *ret_stop);

// Did the last regex_find() end at a bound, so that nobody knows whether the text matches?
bool regex_was_stopped(const struct regex *regex);

#endif
