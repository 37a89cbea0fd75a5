// SPDX-License-Identifier: MIT
//
// rules.h - the keywords and the matcher made of them: one thing, replaced as one.

#ifndef DAEMON_RULES_H
#define DAEMON_RULES_H

#include "core/text/diag.h"
#include "core/keywords/keywords.h"
#include "core/matcher/matcher.h"

/**
 * struct rules - a set of feeds and rules ready for use; both owned
 * @failed_selftests: "?" lines that do not hold
 */
struct rules {
    struct keywords *keywords;
    struct matcher *matcher;
    size_t failed_selftests;
};

#define RULES_NULL ((struct rules){0})

/**
 * rules_load() - read the keywords file and its drop-ins, make the matcher
 * @path:  the keywords file
 * @diags: mistakes, and as warnings the self-tests that fail; whether they matter is the caller's
 *         decision
 * @ret:   written only on success; the good lines count, whatever @diags says
 *
 * Return: 0; -errno when the file cannot be read at all (said in @diags too), or -ENOMEM.
 */
int rules_load(const char *path, struct diag_list *diags, struct rules *ret);

// Frees both. RULES_NULL is fine.
void rules_done(struct rules *rules);

#endif
