// SPDX-License-Identifier: MIT
//
// Read from left to right by one function a level: rule, requirement, term; a phrase by
// rule_phrase.c.

#include "core/keywords/rule.h"

#include <string.h>

#include "core/matcher/regex.h"
#include "core/keywords/rule_parser.h"

// --- terms -----------------------------------------------------------------------------------

// The slash that closes an expression, SIZE_MAX when there is none.
static size_t closing_slash(const struct rule_parser *p, size_t at) {
    for (; at < p->end; at++) {
        if (p->text[at] == '\\')
            at++;
        else if (p->text[at] == '/')
            return at;
    }
    return SIZE_MAX;
}

static int check_regex(const struct rule_parser *p, size_t from, size_t size) {
    if (!p->diags)
        return 0; // read before and found right
    struct regex *regex;
    struct regex_error error;
    const int r = regex_new(p->text + from, size, &regex, &error);
    if (r == REGEX_WRONG)
        return rule_wrong(p, from + error.offset, 1, NULL, "in this regular expression: %s",
                          error.message);
    if (r == 0)
        regex_free(regex);
    return 0;
}

static int read_regex(struct rule_parser *p, struct rule_term *term) {
    const size_t start = p->at, close = closing_slash(p, start + 1);
    if (close == SIZE_MAX)
        return rule_wrong(p, start, 1,
                          "add '/' at its end; to find the sign itself, put quotes around the "
                          "phrase",
                          "this regular expression is not closed");
    const bool is_ended = rule_is_end_or_blank(p, close + 1) || p->text[close + 1] == ',';
    if (!is_ended)
        return rule_wrong(p, close, 1,
                          "write \\/ for a slash inside; letter case is ignored without being "
                          "told; for words with slashes use quotes",
                          "expected a blank or a comma behind the '/' that ends the expression");
    if (close == start + 1)
        return rule_wrong(p, start, 2, NULL, "there is nothing between these slashes");
    term->kind = RULE_REGEX;
    term->left = (struct phrase_source){
        .text = p->text + start + 1, .size = close - start - 1, .written = p->text + start};
    p->at = p->stop = close + 1;
    rule_skip_blanks(p);
    if (!rule_is_at_end(p) && p->text[p->at] != ',' &&
        !(rule_is_operator(p, p->at) && p->text[p->at] != '~'))
        return rule_wrong(p, p->at, 1, NULL,
                          "expected a comma, \" + \", \" - \" or the end of the line behind a "
                          "regular expression");
    return check_regex(p, start + 1, close - start - 1);
}

// "~N" and the other phrase.
static int read_near(struct rule_parser *p, struct rule_term *term) {
    const size_t start = p->at++;
    uint32_t distance = 0;
    while (p->at < p->end && p->text[p->at] >= '0' && p->text[p->at] <= '9') {
        if (distance <= RULE_DISTANCE_MAX)
            distance = distance * 10 + (uint32_t)(p->text[p->at] - '0');
        p->at++;
    }
    if (p->at == start + 1 || !rule_is_end_or_blank(p, p->at))
        return rule_wrong(p, start, 1, "EU ~10 hack* finds both within 10 words",
                          "expected a number and a blank behind '~'");
    if (distance < 1 || distance > RULE_DISTANCE_MAX)
        return rule_wrong(p, start, p->at - start, NULL, "expected a number of words from 1 to %d",
                          RULE_DISTANCE_MAX);
    rule_skip_blanks(p);
    if (rule_is_at_end(p) || p->text[p->at] == ',' || rule_is_operator(p, p->at))
        return rule_wrong(p, start, p->at - start, "EU ~10 hack* finds both within 10 words",
                          "expected a phrase behind \"~%u\"", distance);
    term->kind = RULE_NEAR;
    term->distance = distance;
    if (rule_read_phrase(p, &term->right) != 0)
        return RULE_WRONG;
    if (p->at < p->end && p->text[p->at] == '~')
        return rule_wrong(p, p->at, 1, "write a second requirement: a ~5 b + b ~5 c",
                          "only one '~' can stand between commas");
    return 0;
}

static int read_term(struct rule_parser *p) {
    struct rule *rule = p->rule;
    if (rule->term_count == RULE_TERMS_MAX)
        return rule_wrong(p, p->at, 1, "make it several lines",
                          "a rule can have at most %d alternatives in all", RULE_TERMS_MAX);
    struct rule_term *term = &rule->terms[rule->term_count];
    term->kind = RULE_PHRASE;
    const bool is_missing =
        rule_is_at_end(p) || p->text[p->at] == ',' || rule_is_operator(p, p->at);
    if (is_missing)
        return rule_wrong(p, p->at < p->end ? p->at : p->end, 1,
                          "take the sign before it away, or add "
                          "the word",
                          "expected a word here");
    if (p->text[p->at] == '/') {
        if (read_regex(p, term) != 0)
            return RULE_WRONG;
    } else {
        if (rule_read_phrase(p, &term->left) != 0)
            return RULE_WRONG;
        if (p->at < p->end && p->text[p->at] == '~' && read_near(p, term) != 0)
            return RULE_WRONG;
    }
    rule->term_count++;
    return 0;
}

// --- requirements ----------------------------------------------------------------------------

static const char *const FIELDS[MATCH_FIELD_COUNT] = {
    [MATCH_TITLE] = "title:",   [MATCH_TEXT] = "text:",         [MATCH_LINK] = "link:",
    [MATCH_AUTHOR] = "author:", [MATCH_CATEGORY] = "category:",
};

enum match_field rule_field_at(const struct rule_parser *p, size_t at) {
    unsigned field = 0;
    while (field < MATCH_FIELD_COUNT && !rule_begins_with(p, at, FIELDS[field]))
        field++;
    return (enum match_field)field;
}

static unsigned read_fields(struct rule_parser *p) {
    const enum match_field field = rule_field_at(p, p->at);
    if (field == MATCH_FIELD_COUNT)
        return RULE_DEFAULT_FIELDS;
    p->at += strlen(FIELDS[field]);
    rule_skip_blanks(p);
    return 1u << field;
}

static int read_requirement(struct rule_parser *p, bool is_excluded) {
    struct rule *rule = p->rule;
    if (rule->requirement_count == RULE_REQUIREMENTS_MAX)
        return rule_wrong(p, p->at, 1, NULL, "a rule can have at most %d requirements",
                          RULE_REQUIREMENTS_MAX);
    struct rule_requirement requirement = {
        .first_term = (uint32_t)rule->term_count,
        .is_excluded = is_excluded,
        .text = p->text + p->at,
    };
    requirement.fields = read_fields(p);
    for (;;) {
        if (read_term(p) != 0)
            return RULE_WRONG;
        if (p->at >= p->end || p->text[p->at] != ',')
            break;
        p->at++;
        rule_skip_blanks(p);
    }
    requirement.term_count = (uint32_t)rule->term_count - requirement.first_term;
    requirement.size = (size_t)(p->text + p->stop - requirement.text);
    rule->requirements[rule->requirement_count++] = requirement;
    return 0;
}

// --- the rule --------------------------------------------------------------------------------

// "@bbc: ..." or "@bbc @ncsc: ...".
static int read_tags(struct rule_parser *p) {
    struct rule *rule = p->rule;
    while (p->at < p->end && p->text[p->at] == '@') {
        const size_t start = ++p->at;
        while (p->at < p->end && p->text[p->at] != ':' && p->text[p->at] != '@' &&
               p->text[p->at] != ',' && !rule_is_end_or_blank(p, p->at))
            p->at++;
        if (p->at == start)
            return rule_wrong(p, start - 1, 1, NULL, "expected a tag behind '@'");
        if (rule->tag_count == RULE_TAGS_MAX)
            return rule_wrong(p, start - 1, p->at - start + 1, NULL,
                              "a rule can have at most %d tags", RULE_TAGS_MAX);
        rule->tags[rule->tag_count++] = (struct rule_tag){p->text + start, p->at - start};
        rule_skip_blanks(p);
        if (p->at < p->end && p->text[p->at] == ':') {
            p->at++;
            rule_skip_blanks(p);
            return 0;
        }
    }
    return rule_wrong(p, p->at, 1,
                      "@bbc @ncsc: crisis is for feeds with these tags; to find the sign itself, "
                      "put quotes around the phrase",
                      "expected ':' behind the tag");
}

static int check_positive(const struct rule_parser *p) {
    const struct rule *rule = p->rule;
    for (size_t i = 0; i < rule->requirement_count; i++) {
        if (!rule->requirements[i].is_excluded)
            return 0;
    }
    return rule_wrong(
        p, p->line->start, 1,
        "say first what is wanted: word - film, game; a list needs no signs before it",
        "a rule cannot only say what must not be there");
}

int rule_parse(const struct diag_place *line, struct diag_list *diags, struct rule *ret) {
    struct rule_parser p = {
        .line = line,
        .text = line->source,
        .end = line->source_size,
        .at = line->start,
        .stop = line->start,
        .diags = diags,
        .rule = ret,
    };
    rule_skip_blanks(&p);
    ret->text = p.text + p.at;
    ret->tag_count = ret->requirement_count = ret->term_count = 0;
    if (p.at < p.end && p.text[p.at] == '@' && read_tags(&p) != 0)
        return RULE_WRONG;

    bool is_excluded = false;
    if (p.at < p.end && p.text[p.at] == '-' && rule_is_operator(&p, p.at)) {
        is_excluded = true;
        p.at++;
        rule_skip_blanks(&p);
    }
    for (;;) {
        if (read_requirement(&p, is_excluded) != 0)
            return RULE_WRONG;
        if (rule_is_at_end(&p))
            break;
        is_excluded = p.text[p.at] == '-';
        p.at++;
        rule_skip_blanks(&p);
    }
    ret->size = (size_t)(p.text + p.stop - ret->text);
    return check_positive(&p);
}

int rule_phrase_at(const char *written, struct phrase_source *ret) {
    struct rule_parser p = {.text = written, .end = strlen(written)};
    return rule_read_phrase(&p, ret);
}
