// SPDX-License-Identifier: MIT
//
// A rule is asked what it would do by trying its own words on it: an alternative whose text meets
// an exclusion can never ring, one whose text meets a rule of [never] never does.

#include "core/keywords/keywords_check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/hash.h"
#include "core/keywords/keywords_lint.h"
#include "core/keywords/rule.h"
#include "core/keywords/setting.h"

struct check {
    const struct keywords *keywords;
    struct matcher *matcher;
    struct diag_list *diags;
    struct keyword_rule written; // the rule being looked at
    struct rule *rule;
    bool has_never;
};

static struct diag_place place_of(const struct check *check, const struct keyword_rule *rule) {
    const size_t indent = keywords_indent(check->keywords, rule), size = strlen(rule->text);
    return (struct diag_place){
        .file = rule->file,
        .line = rule->line,
        .source = rule->text - indent,
        .source_size = indent + size,
        .start = indent,
        .size = size,
    };
}

__attribute__((format(printf, 4, 5))) static void warn(const struct check *check,
                                                       const struct keyword_rule *rule,
                                                       const char *mend, const char *format, ...) {
    const struct diag_place place = place_of(check, rule);
    va_list args;
    va_start(args, format);
    diag_addv(check->diags, DIAG_WARNING, &place, mend, format, args);
    va_end(args);
}

// --- words -----------------------------------------------------------------------------------

static void check_words(const struct check *check) {
    const struct rule *rule = check->rule;
    struct lint lint = {
        .diags = check->diags,
        .rule = place_of(check, &check->written),
        .is_alone = rule->term_count == 1 && rule->terms[0].kind == RULE_PHRASE,
    };
    for (size_t i = 0; i < rule->requirement_count; i++) {
        const struct rule_requirement *requirement = &rule->requirements[i];
        lint.is_excluded = requirement->is_excluded;
        for (size_t j = 0; j < requirement->term_count; j++) {
            const struct rule_term *term = &rule->terms[requirement->first_term + j];
            lint.phrase = &term->left;
            if (term->kind != RULE_REGEX)
                lint_phrase(&lint);
            lint.phrase = &term->right;
            if (term->kind == RULE_NEAR)
                lint_phrase(&lint);
        }
    }
}

// --- rules that cannot ring ------------------------------------------------------------------

// Is the phrase found in the text of another?
static bool is_found_in(const struct phrase_source *phrase, const struct phrase_source *text) {
    unsigned char code[PHRASE_CODE_MAX];
    size_t size;
    if (phrase_compile(phrase, code, &size) != 0)
        return false;
    struct words words;
    struct phrase_found found;
    for (words_begin(&words, text->text, text->size); words_next(&words);) {
        if (phrase_match(code, &words, &found))
            return true;
    }
    return false;
}

// Does an exclusion, looked for wherever the requirement is, meet this alternative's own words?
static bool is_excluded(const struct rule *rule, const struct rule_requirement *requirement,
                        const struct rule_term *term) {
    for (size_t i = 0; i < rule->requirement_count; i++) {
        const struct rule_requirement *other = &rule->requirements[i];
        if (!other->is_excluded || (requirement->fields & ~other->fields) != 0)
            continue;
        for (size_t j = 0; j < other->term_count; j++) {
            const struct rule_term *unwanted = &rule->terms[other->first_term + j];
            if (unwanted->kind == RULE_PHRASE && is_found_in(&unwanted->left, &term->left))
                return true;
        }
    }
    return false;
}

// Would a story of these words be silenced by [never]?
static int is_silenced(const struct check *check, const struct rule_term *term, bool *ret) {
    char *text = strndup(term->left.text, term->left.size);
    if (!text)
        return -ENOMEM;
    const struct story story = {
        .id = "", .title = text, .text = text, .link = "", .author = "", .category = ""};
    struct matches matches = {.items = NULL, .max = 0};
    const int r = matcher_scan(check->matcher, &story, UINT64_MAX, &matches);
    free(text);
    *ret = r == MATCHER_SILENCED;
    return r < 0 ? r : 0;
}

// Looks for a requirement of which each alternative is shut out.
static int check_idle(const struct check *check) {
    const struct rule *rule = check->rule;
    for (size_t i = 0; i < rule->requirement_count; i++) {
        const struct rule_requirement *requirement = &rule->requirements[i];
        bool all_excluded = !requirement->is_excluded, all_silenced = all_excluded;
        for (size_t j = 0; j < requirement->term_count && (all_excluded || all_silenced); j++) {
            const struct rule_term *term = &rule->terms[requirement->first_term + j];
            const bool is_phrase = term->kind == RULE_PHRASE;
            bool silenced = false;
            if (is_phrase && check->has_never && !check->written.section->is_never &&
                is_silenced(check, term, &silenced) != 0)
                return -ENOMEM;
            all_excluded = all_excluded && is_phrase && is_excluded(rule, requirement, term);
            all_silenced = all_silenced && silenced;
        }
        if (!all_excluded && !all_silenced)
            continue;
        warn(check, &check->written, NULL,
             all_excluded ? "this rule can never match: what it asks for, it also excludes"
                          : "this rule never rings: a rule of [never] is met whenever it is");
        return 0;
    }
    return 0;
}

// --- tags ------------------------------------------------------------------------------------

static void check_tags(const struct check *check, uint64_t carried) {
    const uint64_t unknown = check->written.tags & ~carried;
    for (size_t i = 0; i < 64; i++) {
        if (!(unknown >> i & 1))
            continue;
        warn(check, &check->written, "put the tag behind an address in [feeds]",
             "no feed carries the tag @%s", keywords_tag_name(check->keywords, i));
    }
}

static void check_section_tags(const struct check *check, uint64_t carried) {
    const struct keywords_section *section = check->written.section;
    const uint64_t unknown = section->tags & ~carried;
    for (size_t i = 0; i < 64; i++) {
        if (!(unknown >> i & 1))
            continue;
        const char *tag = keywords_tag_name(check->keywords, i);
        const char *head = keywords_bytes(check->keywords, section->place);
        struct diag_place place = {.file = section->file,
                                   .line = section->line,
                                   .source = head,
                                   .source_size = strcspn(head, "\r\n")};
        struct setting word;
        for (size_t at = 0; setting_next(head, place.source_size, &at, &word) == 0;) {
            // The last one may have the ']' behind it.
            if (setting_is(&word, "@") && strncmp(word.value, tag, strlen(tag)) == 0)
                place.start = word.start;
        }
        place.size = 1 + strlen(tag);
        diag_add(check->diags, DIAG_WARNING, &place, "put the tag behind an address in [feeds]",
                 "no feed carries the tag @%s of this section", tag);
    }
}

// --- duplicates ------------------------------------------------------------------------------

struct signature {
    uint64_t hash;
    uint32_t index;
};

static uint64_t hash_phrase(const struct phrase_source *phrase, uint64_t hash) {
    unsigned char code[PHRASE_CODE_MAX];
    size_t size = 0;
    (void)phrase_compile(phrase, code, &size); // it was parsed, so it compiles
    return hash_bytes(code, size, hash);
}

// Two rules with the same signature ask for the same.
static uint64_t sign(const struct rule *rule, const struct keyword_rule *written) {
    const uint64_t scope[] = {written->tags, written->section->tags, written->section->is_never};
    uint64_t hash = hash_bytes(scope, sizeof scope, 0);
    for (size_t i = 0; i < rule->requirement_count; i++) {
        const struct rule_requirement *requirement = &rule->requirements[i];
        const uint32_t kind[] = {requirement->fields, requirement->is_excluded,
                                 requirement->term_count};
        hash = hash_bytes(kind, sizeof kind, hash);
        for (size_t j = 0; j < requirement->term_count; j++) {
            const struct rule_term *term = &rule->terms[requirement->first_term + j];
            const uint32_t shape[] = {term->kind, term->distance};
            hash = hash_bytes(shape, sizeof shape, hash);
            hash = term->kind == RULE_REGEX ? hash_bytes(term->left.text, term->left.size, hash)
                                            : hash_phrase(&term->left, hash);
            if (term->kind == RULE_NEAR)
                hash = hash_phrase(&term->right, hash);
        }
    }
    return hash;
}

static int compare_signatures(const void *left, const void *right) {
    const struct signature *a = left, *b = right;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static void warn_of_duplicates(const struct check *check, struct signature *signatures,
                               size_t count) {
    if (count > 1)
        qsort(signatures, count, sizeof *signatures, compare_signatures);
    for (size_t i = 1; i < count; i++) {
        if (signatures[i].hash != signatures[i - 1].hash)
            continue;
        const struct keyword_rule first = keywords_rule(check->keywords, signatures[i - 1].index);
        const struct keyword_rule second = keywords_rule(check->keywords, signatures[i].index);
        warn(check, &second, NULL, "the same as in line %u of %s", first.line,
             strcmp(first.file, second.file) == 0 ? "this file" : first.file);
    }
}

static void check_feeds(const struct check *check) {
    // A few thousand addresses at most, and seldom more than some hundred.
    for (size_t i = 1; i < keywords_feed_count(check->keywords); i++) {
        const struct keywords_feed *feed = keywords_feed(check->keywords, i);
        const char *file = feed->settings->file;
        for (size_t j = 0; j < i; j++) {
            const struct keywords_feed *other = keywords_feed(check->keywords, j);
            if (strcmp(feed->url, other->url) != 0)
                continue;
            const struct diag_place place = {.file = file,
                                             .line = feed->line,
                                             .source = feed->url,
                                             .source_size = strlen(feed->url),
                                             .start = SIZE_MAX};
            diag_add(check->diags, DIAG_WARNING, &place, NULL,
                     "the same address as in line %u of %s", other->line,
                     strcmp(other->settings->file, file) == 0 ? "this file"
                                                              : other->settings->file);
            break;
        }
    }
}

// --- all of it -------------------------------------------------------------------------------

static int check_rules(struct check *check, struct signature *signatures) {
    const size_t count = keywords_rule_count(check->keywords);
    uint64_t carried = 0;
    for (size_t i = 0; i < keywords_feed_count(check->keywords); i++)
        carried |= keywords_feed(check->keywords, i)->settings->tags;
    for (size_t i = 0; i < count; i++)
        check->has_never |= keywords_rule(check->keywords, i).section->is_never;
    const struct keywords_section *previous = NULL;
    for (size_t i = 0; i < count; i++) {
        check->written = keywords_rule(check->keywords, i);
        const bool is_first = i == 0 || check->written.section != previous;
        previous = check->written.section;
        if (is_first)
            check_section_tags(check, carried);
        const struct diag_place place = {.source = check->written.text,
                                         .source_size = strlen(check->written.text)};
        if (rule_parse(&place, NULL, check->rule) != 0)
            continue; // cannot be: only rules that parse are kept
        check_tags(check, carried);
        check_words(check);
        const int r = check_idle(check);
        if (r != 0)
            return r;
        signatures[i] = (struct signature){sign(check->rule, &check->written), (uint32_t)i};
    }
    warn_of_duplicates(check, signatures, count);
    return 0;
}

int keywords_check(const struct keywords *keywords, struct matcher *matcher,
                   struct diag_list *diags) {
    struct check check = {.keywords = keywords, .matcher = matcher, .diags = diags};
    struct signature *signatures = calloc(keywords_rule_count(keywords) + 1, sizeof *signatures);
    check.rule = malloc(sizeof *check.rule);
    int r = -ENOMEM;
    if (signatures && check.rule) {
        check_feeds(&check);
        r = check_rules(&check, signatures);
    }
    free(check.rule);
    free(signatures);
    return r;
}

// --- self-tests ------------------------------------------------------------------------------

static int find_in_section(const struct keywords *keywords, struct matcher *matcher,
                           const struct keywords_selftest *test, bool *ret) {
    // One text does not meet more rules than this.
    const size_t max = 4096;
    struct match *items = calloc(max, sizeof *items);
    if (!items)
        return -ENOMEM;
    const struct story story = {
        .id = "", .title = test->text, .text = "", .link = "", .author = "", .category = ""};
    struct matches matches = {.items = items, .max = max};
    const int r = matcher_scan(matcher, &story, UINT64_MAX, &matches);
    *ret = false;
    for (size_t i = 0; i < matches.count; i++)
        *ret |= keywords_rule(keywords, items[i].rule).section == test->section;
    free(items);
    return r < 0 ? r : 0;
}

int keywords_run_selftests(const struct keywords *keywords, struct matcher *matcher,
                           enum diag_severity severity, struct diag_list *diags) {
    for (size_t i = 0; i < keywords_selftest_count(keywords); i++) {
        const struct keywords_selftest *test = keywords_selftest(keywords, i);
        bool is_found;
        const int r = find_in_section(keywords, matcher, test, &is_found);
        if (r != 0)
            return r;
        if (is_found == test->should_ring)
            continue;
        const struct diag_place place = {.file = test->file,
                                         .line = test->line,
                                         .source = test->text - test->indent,
                                         .source_size = test->indent + strlen(test->text),
                                         .start = test->indent,
                                         .size = strlen(test->text)};
        diag_add(diags, severity, &place, NULL,
                 test->should_ring ? "self-test: no rule of this section matches this text"
                                   : "self-test: a rule of this section matches this text");
    }
    return 0;
}
