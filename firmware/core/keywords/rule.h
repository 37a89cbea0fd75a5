// SPDX-License-Identifier: MIT
//
// rule.h - the grammar of one rule.
//
// A rule is a list of requirements, a requirement a list of alternatives; no parentheses, no
// precedence. The result points into the text and copies nothing, so reading a rule again later
// is cheap, and nobody needs to keep one. What the words mean to the matcher is not known here.

#ifndef CORE_RULE_H
#define CORE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text/diag.h"
#include "core/matcher/phrase.h"
#include "wirebell/match.h"

// More of them in one line is a list that should be several lines.
enum { RULE_REQUIREMENTS_MAX = 32, RULE_TERMS_MAX = 512, RULE_TAGS_MAX = 16 };
// "a ~100 b" already means: somewhere in the same few paragraphs.
enum { RULE_DISTANCE_MAX = 100 };

enum rule_term_kind {
    RULE_PHRASE, // @left
    RULE_NEAR,   // @left and @right within @distance words, either order
    RULE_REGEX   // @left is the expression, without its slashes
};

/**
 * struct rule_term - one alternative
 * @kind:     see above
 * @left:     the phrase
 * @right:    with RULE_NEAR the other phrase
 * @distance: 1..RULE_DISTANCE_MAX words from the one to the other; next to each other is 1
 */
struct rule_term {
    enum rule_term_kind kind;
    struct phrase_source left;
    struct phrase_source right;
    uint32_t distance;
};

/**
 * struct rule_requirement - alternatives, one of which must (or must not) be found
 * @first_term:  index into the rule's terms
 * @term_count:  >= 1
 * @fields:      set of 1 << enum match_field to look in
 * @is_excluded: after " - ": none may be found
 * @text:        as written, from its field's name or its first sign on
 * @size:        bytes of it
 */
struct rule_requirement {
    uint32_t first_term;
    uint32_t term_count;
    unsigned fields;
    bool is_excluded;
    const char *text;
    size_t size;
};

// Where a requirement without a field name looks.
#define RULE_DEFAULT_FIELDS (1u << MATCH_TITLE | 1u << MATCH_TEXT)

/**
 * struct rule_tag - a "@tag" before the rule, without '@'
 */
struct rule_tag {
    const char *name;
    size_t size;
};

/**
 * struct rule - one rule, read; big, so it is filled in place and reused
 * @text:              first character of the rule in the line
 * @size:              bytes, without comment and blanks at the end
 * @tags:              feeds it is for; any of them
 * @tag_count:         0 = all feeds
 * @requirements:      all must hold; at least one is no exclusion
 * @requirement_count: >= 1
 * @terms:             the alternatives of all requirements
 * @term_count:        >= 1
 */
struct rule {
    const char *text;
    size_t size;
    struct rule_tag tags[RULE_TAGS_MAX];
    size_t tag_count;
    struct rule_requirement requirements[RULE_REQUIREMENTS_MAX];
    size_t requirement_count;
    struct rule_term terms[RULE_TERMS_MAX];
    size_t term_count;
};

// What rule_parse() returns besides 0.
enum rule_result { RULE_WRONG = 1 };

/**
 * rule_parse() - read one rule
 * @line:  the line it stands in; @line->start is where it begins, @line->size is not used.
 *         source[source_size] must be there, and be no letter
 * @diags: what is wrong is added here; NULL = it was read before and found right
 * @ret:   filled; on a mistake with nothing of use
 *
 * Return: 0 or RULE_WRONG.
 */
int rule_parse(const struct diag_place *line, struct diag_list *diags, struct rule *ret);

/**
 * rule_phrase_at() - read again one phrase of a rule, without the rest
 * @written: phrase_source::written of a rule that could be parsed; terminated as its text is
 *
 * Return: 0; RULE_WRONG cannot be.
 */
int rule_phrase_at(const char *written, struct phrase_source *ret);

#endif
