// SPDX-License-Identifier: MIT
//
// conf.h - a small configuration file read by libconfuse, with complaints that show the place.
//
// libconfuse knows the grammar and the types; it stops at the first mistake of grammar, and its
// messages carry a line but no column and no excerpt. Here they become diagnostics like those of
// the keywords file. What the values mean is checked afterwards by the caller, who goes through
// all of them and complains with conf_complain(), so that one run shows all such mistakes.

#ifndef PORT_CONF_H
#define PORT_CONF_H

#include <confuse.h>
#include <stddef.h>

#include "core/diag.h"

/**
 * struct conf - a file that was read
 * @file:  name to show; borrowed
 * @text:  its bytes, terminated, for excerpts; owned
 * @plain: the same with comments blanked, byte for byte in the same place; owned
 * @cfg:   what libconfuse made of it; owned
 * @diags: where complaints go; borrowed
 */
struct conf {
    const char *file;
    char *text;
    char *plain;
    cfg_t *cfg;
    struct diag_list *diags;
};

#define CONF_NULL ((struct conf){0})

/**
 * conf_read() - read and parse a file
 * @path:  which; also shown in complaints; must outlive @ret
 * @opts:  libconfuse's option table, ended by CFG_END(); sections below it must live until
 *         conf_done()
 * @diags: mistakes are added here; must outlive @ret
 * @ret:   written only on success; to be given to conf_done()
 *
 * Return: 0; -EINVAL when it is no such file (complained of in @diags); -ENOENT, -EACCES and others
 * when it cannot be read, -EFBIG when it is over LIMIT_CONF_FILE_MAX (not complained of); -ENOMEM.
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
 * conf_choice() - the value of a key that takes one of a few words
 * @key:        a string key of @section
 * @words:      the words, terminated by NULL; complained of when it is none of them
 * @ret_choice: index of the word; written only on success
 *
 * Return: 0, or -EINVAL after complaining.
 */
int conf_choice(const struct conf *conf, cfg_t *section, const char *key, const char *const *words,
                size_t *ret_choice);

#endif
