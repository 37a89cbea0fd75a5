// SPDX-License-Identifier: MIT
//
// rule_parser.h - what the two halves of reading a rule share; nobody else includes it.
//
// rule_phrase.c reads one phrase, rule.c what phrases are put together to.

#ifndef CORE_RULE_PARSER_H
#define CORE_RULE_PARSER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/keywords/rule.h"

/**
 * struct rule_parser - the reading of one rule
 * @line:  where the rule stands
 * @text:  the line
 * @end:   its bytes
 * @at:    where reading is
 * @stop:  behind the last thing read that is no blank
 * @diags: for complaints; NULL = nobody wants to know
 * @rule:  what is being filled
 */
struct rule_parser {
    const struct diag_place *line;
    const char *text;
    size_t end;
    size_t at;
    size_t stop;
    struct diag_list *diags;
    struct rule *rule;
};

// Complains about @size bytes at @start of the line. Return: RULE_WRONG.
int rule_wrong(const struct rule_parser *p, size_t start, size_t size, const char *mend,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

// Reads a phrase with its '=' and '*', and the blanks behind it. Return: 0 or RULE_WRONG.
int rule_read_phrase(struct rule_parser *p, struct phrase_source *ret);

// Bytes of the blank at @at; 0 when there is none.
size_t rule_blank_at(const struct rule_parser *p, size_t at);

void rule_skip_blanks(struct rule_parser *p);

bool rule_is_end_or_blank(const struct rule_parser *p, size_t at);

bool rule_begins_with(const struct rule_parser *p, size_t at, const char *what);

// Is there, behind a blank, a sign that ends a phrase: + - # alone, or ~?
bool rule_is_operator(const struct rule_parser *p, size_t at);

// The field whose name stands at @at; MATCH_FIELD_COUNT when none does.
enum match_field rule_field_at(const struct rule_parser *p, size_t at);

// Is reading at the end of the line or at a comment?
bool rule_is_at_end(const struct rule_parser *p);

#endif
