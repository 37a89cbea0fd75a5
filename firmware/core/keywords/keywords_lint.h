// SPDX-License-Identifier: MIT
//
// keywords_lint.h - what is risky about one phrase of a rule.

#ifndef CORE_KEYWORDS_LINT_H
#define CORE_KEYWORDS_LINT_H

#include <stdbool.h>

#include "core/text/diag.h"
#include "core/matcher/phrase.h"

/**
 * struct lint - a phrase, and where it stands in its rule
 * @phrase:      looked at; it points into the source of @rule
 * @diags:       where warnings go
 * @rule:        the rule, as a place
 * @is_excluded: of a "but not" requirement
 * @is_alone:    the rule is nothing but this phrase
 */
struct lint {
    const struct phrase_source *phrase;
    struct diag_list *diags;
    struct diag_place rule;
    bool is_excluded;
    bool is_alone;
};

/**
 * lint_phrase() - warn of acronyms that any letter case finds, very common words alone, operators
 * of other languages, a comma inside a number, and letters that look like those of another script
 */
void lint_phrase(const struct lint *lint);

#endif
