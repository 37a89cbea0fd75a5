// SPDX-License-Identifier: MIT
//
// From rules to postings. Each rule's text is parsed a second time here: that is cheaper than
// keeping what the first parse found for a hundred thousand of them.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/matcher_private.h"
#include "core/rule.h"

void *matcher_reserve(void *items, size_t count, size_t more, size_t *room, size_t item_size) {
    if (more <= *room - count)
        return items;
    size_t wanted = *room + *room / 2;
    if (wanted < count + more)
        wanted = count + more;
    void *grown = realloc(items, wanted * item_size);
    if (grown)
        *room = wanted;
    return grown;
}

static int add_plain_word(struct matcher *matcher, uint32_t rule, const char *text) {
    struct words words;
    words_begin(&words, text, strlen(text));
    if (!words_next(&words))
        return 0;
    const struct phrase_key key = {.hash = phrase_word_hash(&words)};
    return matcher_index_add(&matcher->index, &key, rule | MATCHER_PLAIN);
}

static int push_unit(struct matcher *matcher, uint32_t code, uint32_t near) {
    struct matcher_unit *units =
        matcher_reserve(matcher->units, matcher->unit_count, 1, &matcher->unit_room, sizeof *units);
    if (!units)
        return -ENOMEM;
    matcher->units = units;
    units[matcher->unit_count++] = (struct matcher_unit){
        .clause = (uint32_t)matcher->clause_count - 1,
        .code = code,
        .near = near,
    };
    return 0;
}

static int add_phrase(struct matcher *matcher, const struct phrase_source *source, uint32_t near) {
    unsigned char *code =
        matcher_reserve(matcher->code, matcher->code_size, PHRASE_CODE_MAX, &matcher->code_room, 1);
    if (!code)
        return -ENOMEM;
    matcher->code = code;
    size_t size;
    if (phrase_compile(source, code + matcher->code_size, &size) != 0)
        return 0; // cannot be: the rule was parsed
    struct phrase_key keys[PHRASE_WORDS_MAX];
    const size_t key_count = phrase_keys(code + matcher->code_size, keys);
    for (size_t i = 0; i < key_count; i++) {
        if (matcher_index_add(&matcher->index, &keys[i], (uint32_t)matcher->unit_count) != 0)
            return -ENOMEM;
    }
    const int r = push_unit(matcher, (uint32_t)matcher->code_size, near);
    matcher->code_size += size;
    return r;
}

static int add_regex(struct matcher *matcher, const struct phrase_source *source) {
    struct matcher_regex *regexes = matcher_reserve(matcher->regexes, matcher->regex_count, 1,
                                                    &matcher->regex_room, sizeof *regexes);
    if (!regexes)
        return -ENOMEM;
    matcher->regexes = regexes;
    struct regex_error error;
    struct matcher_regex *regex = &regexes[matcher->regex_count];
    const int r = regex_new(source->text, source->size, &regex->regex, &error);
    if (r != 0)
        return r == REGEX_WRONG ? 0 : r; // cannot be wrong: the rule was parsed
    regex->unit = (uint32_t)matcher->unit_count;
    matcher->clauses[matcher->clause_count - 1].has_regex = true;
    return push_unit(matcher, (uint32_t)matcher->regex_count++, MATCHER_REGEX);
}

static int add_near(struct matcher *matcher, const struct rule_term *term) {
    struct matcher_near *nears =
        matcher_reserve(matcher->nears, matcher->near_count, 1, &matcher->near_room, sizeof *nears);
    if (!nears)
        return -ENOMEM;
    matcher->nears = nears;
    const uint32_t near = (uint32_t)matcher->near_count++;
    nears[near] = (struct matcher_near){
        .distance = term->distance,
        .left = (uint32_t)matcher->unit_count,
    };
    const int r = add_phrase(matcher, &term->left, near);
    return r != 0 ? r : add_phrase(matcher, &term->right, near);
}

static int add_term(struct matcher *matcher, const struct rule_term *term) {
    switch (term->kind) {
    case RULE_PHRASE:
        return add_phrase(matcher, &term->left, MATCHER_NONE);
    case RULE_NEAR:
        return add_near(matcher, term);
    case RULE_REGEX:
        return add_regex(matcher, &term->left);
    }
    return 0;
}

static int add_clause(struct matcher *matcher, uint32_t index, const struct rule *rule,
                      const struct rule_requirement *requirement) {
    struct matcher_clause *clauses = matcher_reserve(matcher->clauses, matcher->clause_count, 1,
                                                     &matcher->clause_room, sizeof *clauses);
    if (!clauses)
        return -ENOMEM;
    matcher->clauses = clauses;
    clauses[matcher->clause_count++] = (struct matcher_clause){
        .rule = index,
        .fields = (uint16_t)requirement->fields,
        .is_excluded = requirement->is_excluded,
    };
    matcher->fields |= requirement->fields;
    for (size_t i = 0; i < requirement->term_count; i++) {
        const int r = add_term(matcher, &rule->terms[requirement->first_term + i]);
        if (r != 0)
            return r;
    }
    return 0;
}

static int add_rule(struct matcher *matcher, uint32_t index, struct rule *rule) {
    const struct keyword_rule written = keywords_rule(matcher->keywords, index);
    const struct diag_place line = {.source = written.text, .source_size = strlen(written.text)};
    if (rule_parse(&line, NULL, rule) != 0)
        return 0; // cannot be: a rule that cannot be parsed is not kept
    if (rule_is_plain_word(rule)) {
        matcher->fields |= RULE_DEFAULT_FIELDS;
        return add_plain_word(matcher, index, written.text);
    }
    for (size_t i = 0; i < rule->requirement_count; i++) {
        const int r = add_clause(matcher, index, rule, &rule->requirements[i]);
        if (r != 0)
            return r;
    }
    return 0;
}

// Gives back what growing took too much.
static void shrink(struct matcher *matcher) {
    unsigned char *code = realloc(matcher->code, matcher->code_size + 1);
    if (code) {
        matcher->code = code;
        matcher->code_room = matcher->code_size + 1;
    }
}

int matcher_build(struct matcher *matcher) {
    struct rule *rule = malloc(sizeof *rule);
    if (!rule)
        return -ENOMEM;
    const size_t count = keywords_rule_count(matcher->keywords);
    int r = 0;
    for (size_t i = 0; i < count && r == 0; i++)
        r = add_rule(matcher, (uint32_t)i, rule);
    free(rule);
    if (r != 0)
        return r;
    shrink(matcher);
    return matcher_index_build(&matcher->index);
}
