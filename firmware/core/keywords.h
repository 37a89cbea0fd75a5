// SPDX-License-Identifier: MIT
//
// keywords.h - the keywords file: which feeds to read, which words ring, how loud.
//
// Parsing goes on after a mistake, so that one run shows all of them; the good lines count. What
// is kept of a rule is what the matcher needs and what a person is shown; nothing is folded here.

#ifndef CORE_KEYWORDS_H
#define CORE_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/diag.h"
#include "wirebell/alert.h"

struct keywords;

/**
 * struct keywords_feed - a line of [feeds]; strings borrowed from the keywords
 * @url:     as written
 * @title:   title= or ""
 * @agent:   agent= or ""
 * @tags:    set of tags, bit i = tag i
 * @every_s: every= in seconds, 0 = not given; raised to LIMIT_POLL_MIN_S with a warning
 * @file:    where the line stands
 * @line:    from 1
 */
struct keywords_feed {
    const char *url;
    const char *title;
    const char *agent;
    uint64_t tags;
    int64_t every_s;
    const char *file;
    uint32_t line;
};

/**
 * struct keyword_term - one alternative of a requirement: a phrase, a prefix
 * @text:      the words as written, blanks folded; borrowed
 * @is_prefix: ended in '*': the last word may go on
 */
struct keyword_term {
    const char *text;
    bool is_prefix;
};

/**
 * struct keyword_requirement - alternatives, one of which must (or must not) be found
 * @terms:       alternatives
 * @term_count:  >= 1
 * @is_excluded: after " - ": none may be found
 */
struct keyword_requirement {
    const struct keyword_term *terms;
    size_t term_count;
    bool is_excluded;
};

/**
 * struct keyword_rule - one line of a level section; strings borrowed from the keywords
 * @text:              the rule as written, trimmed
 * @file:              where it stands
 * @line:              from 1
 * @level:             how loud
 * @requirements:      all must hold; at least one is not an exclusion
 * @requirement_count: >= 1
 */
struct keyword_rule {
    const char *text;
    const char *file;
    uint32_t line;
    enum level level;
    const struct keyword_requirement *requirements;
    size_t requirement_count;
};

/**
 * keywords_new() - an empty set of feeds and rules
 * Return: 0 or -ENOMEM; *ret (owned) is written only on success.
 */
int keywords_new(struct keywords **ret);

// NULL is fine. Returns NULL.
struct keywords *keywords_free(struct keywords *keywords);

/**
 * keywords_add_file() - parse one file and add what is good in it
 * @keywords: the set
 * @name:     file name for messages; copied
 * @bytes:    the file; UTF-8, BOM and CRLF tolerated
 * @size:     at most LIMIT_KEYWORDS_FILE_MAX
 * @diags:    mistakes and warnings are added here
 *
 * May be called for several files (drop-ins); the first word that starts a file is back in no
 * section.
 *
 * Return: 0 (mistakes are in @diags), or -ENOMEM.
 */
int keywords_add_file(struct keywords *keywords, const char *name, const char *bytes, size_t size,
                      struct diag_list *diags);

size_t keywords_feed_count(const struct keywords *keywords);
const struct keywords_feed *keywords_feed(const struct keywords *keywords, size_t index);
size_t keywords_rule_count(const struct keywords *keywords);
const struct keyword_rule *keywords_rule(const struct keywords *keywords, size_t index);

// Name of tag @index (0..63) without '@'; NULL when there is no such tag.
const char *keywords_tag_name(const struct keywords *keywords, size_t index);

#endif
