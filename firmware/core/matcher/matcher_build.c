// SPDX-License-Identifier: MIT
//
// From rules to postings. Each rule's text is parsed a second time here: that is cheaper than
// keeping what the first parse found for a hundred thousand of them.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/matcher/matcher_private.h"

void *matcher_reserve(void *items, size_t count, size_t *room, size_t item_size) {
    if (count < *room)
        return items;
    const size_t wanted = *room > 0 ? *room + *room / 2 : 16;
    void *grown = realloc(items, wanted * item_size);
    if (grown)
        *room = wanted;
    return grown;
}

const struct rule *matcher_read_rule(struct matcher *matcher, size_t index) {
    if (index == matcher->rule_index)
        return matcher->rule;
    const char *text = keywords_rule(matcher->keywords, index).text;
    const struct diag_place line = {.source = text, .source_size = strlen(text)};
    (void)rule_parse(&line, NULL, matcher->rule); // it was parsed before, so it parses
    matcher->rule_index = index;
    return matcher->rule;
}

uint32_t matcher_place(const struct matcher *matcher, const char *written) {
    return (uint32_t)(written - keywords_bytes(matcher->keywords, 0));
}

static int add_phrase(struct matcher *matcher, const struct phrase_source *source) {
    const uint32_t place = matcher_place(matcher, source->written);
    struct words word;
    if (phrase_is_word(source, &word)) {
        const struct phrase_key key = {.hash = phrase_word_hash(&word), .kind = PHRASE_WORD};
        return matcher_index_add(&matcher->index, &key, place);
    }
    unsigned char code[PHRASE_CODE_MAX];
    size_t size;
    if (phrase_compile(source, code, &size) != 0)
        return 0; // cannot be: the rule was parsed
    struct phrase_key keys[PHRASE_WORDS_MAX];
    const size_t count = phrase_keys(code, keys);
    for (size_t i = 0; i < count; i++) {
        if (matcher_index_add(&matcher->index, &keys[i], place) != 0)
            return -ENOMEM;
    }
    return 0;
}

bool matcher_has_regex(const struct rule *rule, const struct rule_requirement *requirement) {
    for (size_t i = 0; i < requirement->term_count; i++) {
        if (rule->terms[requirement->first_term + i].kind == RULE_REGEX)
            return true;
    }
    return false;
}

// Can the rule be met by regular expressions alone?
static bool needs_no_phrase(const struct rule *rule) {
    for (size_t i = 0; i < rule->requirement_count; i++) {
        if (!rule->requirements[i].is_excluded && !matcher_has_regex(rule, &rule->requirements[i]))
            return false;
    }
    return true;
}

static int add_regex(struct matcher *matcher, uint32_t index, unsigned fields,
                     const struct phrase_source *source) {
    struct matcher_regex *regexes = matcher_reserve(matcher->regexes, matcher->regex_count,
                                                    &matcher->regex_room, sizeof *regexes);
    if (!regexes)
        return -ENOMEM;
    matcher->regexes = regexes;
    struct regex_error error;
    struct regex *regex;
    const int r = regex_new(source->text, source->size, &regex, &error);
    if (r != 0)
        return r == REGEX_WRONG ? 0 : r; // cannot be wrong: the rule was parsed
    regexes[matcher->regex_count++] = (struct matcher_regex){
        .regex = regex,
        .rule = index,
        .place = matcher_place(matcher, source->written),
        .fields = (uint8_t)fields,
        .is_enough = needs_no_phrase(matcher->rule),
    };
    return 0;
}

static int add_term(struct matcher *matcher, uint32_t index, unsigned fields,
                    const struct rule_term *term) {
    if (term->kind == RULE_REGEX)
        return add_regex(matcher, index, fields, &term->left);
    const int r = add_phrase(matcher, &term->left);
    return r == 0 && term->kind == RULE_NEAR ? add_phrase(matcher, &term->right) : r;
}

static int add_rule(struct matcher *matcher, uint32_t index) {
    const struct rule *rule = matcher_read_rule(matcher, index);
    for (size_t i = 0; i < rule->requirement_count; i++) {
        const struct rule_requirement *requirement = &rule->requirements[i];
        matcher->fields |= requirement->fields;
        for (size_t j = 0; j < requirement->term_count; j++) {
            const int r = add_term(matcher, index, requirement->fields,
                                   &rule->terms[requirement->first_term + j]);
            if (r != 0)
                return r;
        }
    }
    return 0;
}

int matcher_prepare(struct matcher *matcher) {
    if (matcher->rule)
        return 0;
    matcher->rule = malloc(sizeof *matcher->rule);
    matcher->rule_index = SIZE_MAX;
    return matcher->rule ? 0 : -ENOMEM;
}

void matcher_rest(struct matcher *matcher) {
    free(matcher->rule);
    free(matcher->hits);
    free(matcher->candidates);
    matcher->rule = NULL;
    matcher->hits = NULL;
    matcher->candidates = NULL;
    matcher->hit_count = matcher->hit_room = 0;
    matcher->candidate_count = matcher->candidate_room = 0;
}

static int build(struct matcher *matcher) {
    int r = matcher_prepare(matcher);
    for (size_t i = 0; r == 0 && i < keywords_rule_count(matcher->keywords); i++)
        r = add_rule(matcher, (uint32_t)i);
    if (r == 0)
        r = matcher_index_build(&matcher->index);
    if (r != 0)
        return r;
    matcher->seen = calloc(matcher->index.count / 32 + 1, sizeof *matcher->seen);
    return matcher->seen ? 0 : -ENOMEM;
}

int matcher_new(const struct keywords *keywords, struct matcher **ret) {
    struct matcher *matcher = calloc(1, sizeof *matcher);
    if (!matcher)
        return -ENOMEM;
    matcher->keywords = keywords;
    const int r = build(matcher);
    if (r != 0) {
        matcher_free(matcher);
        return r;
    }
    *ret = matcher;
    return 0;
}

struct matcher *matcher_free(struct matcher *matcher) {
    if (!matcher)
        return NULL;
    matcher_index_done(&matcher->index);
    for (size_t i = 0; i < matcher->regex_count; i++)
        regex_free(matcher->regexes[i].regex);
    free(matcher->regexes);
    matcher_rest(matcher);
    free(matcher->seen);
    free(matcher);
    return NULL;
}
