// SPDX-License-Identifier: MIT
//
// conf.h - a small configuration file read by libconfuse, with complaints that show the place.
//
// libconfuse knows the grammar; its messages carry a line but no column and no excerpt. Here they
// become diagnostics like those of the keywords file. It stops at the first mistake of grammar;
// what was read until then is kept, and a key nobody knows is taken out and the rest read on. All
// values are text (CFG_STR without default): what they mean is checked afterwards by the caller,
// who goes through all of them with conf_value_...(), so that one run shows all mistakes, and a
// wrong value costs only itself.

#ifndef PORT_CONF_H
#define PORT_CONF_H

#include <confuse.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text/diag.h"

/**
 * struct conf - a file that was read
 * @file:  name to show; borrowed
 * @text:  its bytes, terminated, for excerpts; owned
 * @plain: the same with comments, and keys nobody knows, blanked, byte for byte in the same place;
 *         owned
 * @cfg:   what libconfuse made of it; owned
 * @diags: where complaints go; borrowed
 * @unknown: in @plain, while it is parsed: the key that was just refused
 */
struct conf {
    const char *file;
    char *text;
    char *plain;
    cfg_t *cfg;
    struct diag_list *diags;
    char *unknown;
};

#define CONF_NULL ((struct conf){0})

// What conf_read() returns besides 0.
enum conf_result { CONF_WRONG = 1 };

// An entry of libconfuse's table, for a text without a default.
void conf_text_option(const char *key, cfg_opt_t *ret);

// The same, for a section.
void conf_section_option(const char *name, cfg_opt_t *options, cfg_flag_t flags, cfg_opt_t *ret);

/**
 * conf_read() - read and parse a file
 * @path:  which; also shown in complaints; must outlive @ret
 * @opts:  libconfuse's option table, ended by CFG_END(); sections below it must live until
 *         conf_done()
 * @diags: mistakes are added here; must outlive @ret
 * @ret:   written with 0 and CONF_WRONG; to be given to conf_done()
 *
 * Return: 0; CONF_WRONG when there are mistakes of grammar (complained of in @diags): @ret holds
 * what could be read; -ENOENT, -EACCES and others when it cannot be read, -EFBIG when it is over
 * LIMIT_CONF_FILE_MAX (not complained of); -ENOMEM.
 */
int conf_read(const char *path, cfg_opt_t *opts, struct diag_list *diags, struct conf *ret);

// Frees all of it. CONF_NULL is fine.
void conf_done(struct conf *conf);

/**
 * conf_complain() - an error at a word of a section
 * @section: the section; conf->cfg = the whole file
 * @word:    the caret points to its first occurrence in the section; NULL, or when it is not
 *           written there, to the section's own first line
 * @mend:    what to do about it, or NULL
 * @format:  printf format of the message
 */
void conf_complain(const struct conf *conf, cfg_t *section, const char *word, const char *mend,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

/**
 * struct conf_value - the text value of a key; all borrowed
 * @conf:    the file
 * @section: the section it stands in
 * @key:     a key of that section's table
 */
struct conf_value {
    const struct conf *conf;
    cfg_t *section;
    const char *key;
};

// Does the file say anything for the key?
bool conf_value_is_given(const struct conf_value *value);

// As written; "" when it is not given. Borrowed from the file.
const char *conf_value_text(const struct conf_value *value);

/**
 * conf_value_complain() - a complaint at a value
 * @severity: an error, or a warning that takes nothing away
 * @mend:     what to do about it, or NULL
 * @format:   printf format of the message
 */
void conf_value_complain(const struct conf_value *value, enum diag_severity severity,
                         const char *mend, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/**
 * conf_value_copy() - a value into a field of fixed size
 * @size: of @ret, bytes
 * @ret:  the text, terminated; written only on success
 *
 * Return: 0, or -EINVAL after complaining that it does not fit.
 */
int conf_value_copy(const struct conf_value *value, size_t size, char *ret);

/**
 * conf_value_choice() - a value that is one of a few words
 * @words:      the words, terminated by NULL
 * @ret_choice: index of the word; written only on success
 *
 * Return: 0, or -EINVAL after complaining.
 */
int conf_value_choice(const struct conf_value *value, const char *const *words, size_t *ret_choice);

/**
 * conf_value_number() - a value that is a whole number, decimal or 0x...
 * @min:        least it may be
 * @max:        most it may be
 * @ret_number: written only on success
 *
 * Return: 0, or -EINVAL after complaining.
 */
int conf_value_number(const struct conf_value *value, int64_t min, int64_t max,
                      int64_t *ret_number);

#endif
