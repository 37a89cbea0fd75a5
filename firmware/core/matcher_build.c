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

static int push_unit(struct matcher *matcher, size_t code, enum matcher_unit_kind kind) {
    struct matcher_unit *units =
        matcher_reserve(matcher->units, matcher->unit_count, 1, &matcher->unit_room, sizeof *units);
    if (!units)
        return -ENOMEM;
    matcher->units = units;
    units[matcher->unit_count++] = (struct matcher_unit){
        .clause = (matcher->clause_count - 1) & 0xFFFFFFF,
        .kind = kind & 0xF,
        .code = (uint32_t)code,
    };
    return 0;
}

static int add_postings(struct matcher *matcher, const struct phrase_key *keys, size_t count,
                        uint32_t value) {
    for (size_t i = 0; i < count; i++) {
        if (matcher_index_add(&matcher->index, &keys[i], value) != 0)
            return -ENOMEM;
    }
    return 0;
}

// Is the phrase one word and nothing else?
static bool is_word(const struct phrase_source *source) {
    struct words words;
    words_begin(&words, source->text, source->size);
    return !source->is_prefix && !source->is_exact && words_next(&words) &&
           words.class == CHAR_LETTER && words.start == 0 && words.stop == source->size;
}

static int add_phrase(struct matcher *matcher, const struct phrase_source *source,
                      enum matcher_unit_kind kind) {
    unsigned char *code =
        matcher_reserve(matcher->code, matcher->code_size, PHRASE_CODE_MAX, &matcher->code_room, 1);
    if (!code)
        return -ENOMEM;
    matcher->code = code;
    code += matcher->code_size;
    size_t size;
    if (phrase_compile(source, code, &size) != 0)
        return 0; // cannot be: the rule was parsed
    struct phrase_key keys[PHRASE_WORDS_MAX];
    const size_t key_count = phrase_keys(code, keys);
    if (add_postings(matcher, keys, key_count, (uint32_t)matcher->unit_count) != 0)
        return -ENOMEM;
    if (kind == MATCHER_UNIT_PHRASE && is_word(source)) {
        const uint32_t rule = matcher->clauses[matcher->clause_count - 1].rule;
        const char *text = keywords_rule(matcher->keywords, rule).text;
        return push_unit(matcher, (size_t)(source->text - text), MATCHER_UNIT_WORD);
    }
    const int r = push_unit(matcher, matcher->code_size, kind);
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
    regex->was_stopped = regex->was_told = false;
    matcher->clauses[matcher->clause_count - 1].has_regex = true;
    return push_unit(matcher, matcher->regex_count++, MATCHER_UNIT_REGEX);
}

static int add_near(struct matcher *matcher, const struct rule_term *term) {
    struct matcher_near *nears =
        matcher_reserve(matcher->nears, matcher->near_count, 1, &matcher->near_room, sizeof *nears);
    if (!nears)
        return -ENOMEM;
    matcher->nears = nears;
    nears[matcher->near_count++] = (struct matcher_near){
        .distance = term->distance,
        .left = (uint32_t)matcher->unit_count,
    };
    const int r = add_phrase(matcher, &term->left, MATCHER_UNIT_HALF);
    return r != 0 ? r : add_phrase(matcher, &term->right, MATCHER_UNIT_HALF);
}

static int add_term(struct matcher *matcher, const struct rule_term *term) {
    switch (term->kind) {
    case RULE_PHRASE:
        return add_phrase(matcher, &term->left, MATCHER_UNIT_PHRASE);
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
        .rule = index & 0xFFFFF,
        .fields = requirement->fields & 0xFF,
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

// May the rule be one phrase, of which nothing need be kept but where to find it?
static bool is_one_phrase(const struct rule *rule) {
    return rule->term_count == 1 && rule->terms[0].kind == RULE_PHRASE &&
           !rule->terms[0].left.is_exact && rule->requirements[0].fields == RULE_DEFAULT_FIELDS;
}

// Adds the rule if whatever has one of its hashes is nearly always its phrase; then its text is
// read again for each. Return: 0 or -ENOMEM.
static int add_one_phrase(struct matcher *matcher, uint32_t index, bool *ret_is_added) {
    unsigned char code[PHRASE_CODE_MAX];
    size_t size;
    *ret_is_added = phrase_compile(&matcher->rule->terms[0].left, code, &size) == 0;
    if (!*ret_is_added)
        return 0; // cannot be: the rule was parsed
    struct phrase_key keys[PHRASE_WORDS_MAX];
    const size_t count = phrase_keys(code, keys);
    for (size_t i = 0; i < count; i++)
        *ret_is_added = *ret_is_added && keys[i].is_all;
    if (!*ret_is_added)
        return 0;
    matcher->fields |= RULE_DEFAULT_FIELDS;
    return add_postings(matcher, keys, count, index | MATCHER_PLAIN);
}

static int add_rule(struct matcher *matcher, uint32_t index) {
    const struct keyword_rule written = keywords_rule(matcher->keywords, index);
    const struct diag_place line = {.source = written.text, .source_size = strlen(written.text)};
    if (rule_parse(&line, NULL, matcher->rule) != 0)
        return 0; // cannot be: a rule that cannot be parsed is not kept
    bool is_added = false;
    int r = is_one_phrase(matcher->rule) ? add_one_phrase(matcher, index, &is_added) : 0;
    if (is_added)
        return r;
    for (size_t i = 0; i < matcher->rule->requirement_count && r == 0; i++)
        r = add_clause(matcher, index, matcher->rule, &matcher->rule->requirements[i]);
    return r;
}

// The list without the room that growing took too much.
static void *shrink(void *items, size_t count, size_t *room, size_t item_size) {
    void *less = realloc(items, (count + 1) * item_size);
    if (!less)
        return items;
    *room = count + 1;
    return less;
}

int matcher_build(struct matcher *m) {
    const size_t count = keywords_rule_count(m->keywords);
    int r = 0;
    for (size_t i = 0; i < count && r == 0; i++)
        r = add_rule(m, (uint32_t)i);
    if (r != 0)
        return r;
    m->units = shrink(m->units, m->unit_count, &m->unit_room, sizeof *m->units);
    m->clauses = shrink(m->clauses, m->clause_count, &m->clause_room, sizeof *m->clauses);
    m->nears = shrink(m->nears, m->near_count, &m->near_room, sizeof *m->nears);
    m->code = shrink(m->code, m->code_size, &m->code_room, 1);
    return matcher_index_build(&m->index);
}
