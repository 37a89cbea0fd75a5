// SPDX-License-Identifier: MIT
//
// keywords_lint.h - what is risky about one phrase of a rule.

#ifndef CORE_KEYWORDS_LINT_H
#define CORE_KEYWORDS_LINT_H

#include <stdbool.h>

#include "core/text/diag.h"
#include "core/matcher/phrase.h"

/**
 * struct lint_context - where a phrase stands in its rule
 * @rule:        the rule, as a place; the phrase points into its source
 * @is_excluded: of a "but not" requirement
 * @is_alone:    the rule is nothing but this phrase
 */
struct lint_context {
    struct diag_place rule;
    bool is_excluded;
    bool is_alone;
};

/**
 * lint_phrase() - warn of acronyms that any letter case finds, very common words alone, operators
 * of other languages, a comma inside a number, and letters that look like those of another script
 */
void lint_phrase(const struct phrase_source *phrase, const struct lint_context *context,
                 struct diag_list *diags);

#endif
