// SPDX-License-Identifier: MIT
//
// rule_parser.h - what the two halves of reading a rule share; nobody else includes it.
//
// rule_phrase.c reads one phrase, rule.c what phrases are put together to.

#ifndef CORE_RULE_PARSER_H
#define CORE_RULE_PARSER_H

#include <string.h>

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

// Bytes of the blank at @at, which is none of ASCII; 0 when it is no blank.
size_t rule_wide_blank_at(const struct rule_parser *p, size_t at);

// Bytes of the blank at @at; 0 when there is none.
static inline size_t rule_blank_at(const struct rule_parser *p, size_t at) {
    if (at >= p->end)
        return 0;
    const unsigned char c = (unsigned char)p->text[at];
    return c < 0x80 ? c == ' ' || c == '\t' : rule_wide_blank_at(p, at);
}

static inline void rule_skip_blanks(struct rule_parser *p) {
    for (size_t length; (length = rule_blank_at(p, p->at)) > 0;)
        p->at += length;
}

static inline bool rule_is_end_or_blank(const struct rule_parser *p, size_t at) {
    return at >= p->end || rule_blank_at(p, at) > 0;
}

static inline bool rule_begins_with(const struct rule_parser *p, size_t at, const char *what) {
    return at < p->end && p->text[at] == what[0] && p->end - at >= strlen(what) &&
           memcmp(p->text + at, what, strlen(what)) == 0;
}

// Is there, behind a blank, a sign that ends a phrase: + - # alone, or ~?
static inline bool rule_is_operator(const struct rule_parser *p, size_t at) {
    if (at >= p->end)
        return false;
    const char c = p->text[at];
    return c == '~' || ((c == '+' || c == '-' || c == '#') && rule_is_end_or_blank(p, at + 1));
}

// The field whose name stands at @at, one of five; MATCH_FIELD_COUNT when none does.
enum match_field rule_find_field(const struct rule_parser *p, size_t at);

// The same; nearly always the first letter tells.
static inline enum match_field rule_field_at(const struct rule_parser *p, size_t at) {
    const char first = at < p->end ? p->text[at] : '\0';
    const bool may_be = first == 't' || first == 'l' || first == 'a' || first == 'c';
    return may_be ? rule_find_field(p, at) : MATCH_FIELD_COUNT;
}

// Is reading at the end of the line or at a comment?
static inline bool rule_is_at_end(const struct rule_parser *p) {
    return p->at >= p->end || (p->text[p->at] == '#' && rule_is_end_or_blank(p, p->at + 1));
}

#endif
