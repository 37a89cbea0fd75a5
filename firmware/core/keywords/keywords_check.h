// SPDX-License-Identifier: MIT
//
// keywords_check.h - rules that are right and probably not meant, and a file's own self-tests.
//
// What is warned of here rings for the wrong stories or never rings. The daemon does not ask; it
// rings by what is written. `wirebell check` does.

#ifndef CORE_KEYWORDS_CHECK_H
#define CORE_KEYWORDS_CHECK_H

#include "core/text/diag.h"
#include "core/keywords/keywords.h"
#include "core/matcher/matcher.h"

/**
 * keywords_check() - warn of rules that are risky or idle
 * @keywords: all files read
 * @matcher:  made of them
 * @diags:    warnings are added here: acronyms found in any letter case, very common words alone,
 *            operators of other languages, look-alike letters, rules that can never match,
 *            duplicates, tags no feed carries, rules that [never] silences
 *
 * Return: 0 or -ENOMEM.
 */
int keywords_check(const struct keywords *keywords, struct matcher *matcher,
                   struct diag_list *diags);

/**
 * keywords_run_selftests() - try each "?" line on the rules of its section
 * @severity: of a self-test that fails: an error for `check`, a warning at reload
 *
 * The text stands as title; the story counts as one of every tag.
 *
 * Return: 0 or -ENOMEM.
 */
int keywords_run_selftests(const struct keywords *keywords, struct matcher *matcher,
                           enum diag_severity severity, struct diag_list *diags);

#endif
