// SPDX-License-Identifier: MIT
//
// The second step of a scan: rules of which something was found are asked whether all their
// requirements hold. Hits sorted by place lie side by side by rule, requirement and alternative.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/matcher/match.h"
#include "core/matcher/matcher_private.h"

// The hits of one rule.
struct group {
    const struct matcher_hit *hits;
    size_t first;
    size_t count;
};

// Where a requirement is met: one span, or the two of a pair.
struct finding {
    struct match_span spans[2];
    size_t count;
};

static int compare_hits(const void *left, const void *right) {
    const struct matcher_hit *a = left, *b = right;
    return (a->place > b->place) - (a->place < b->place);
}

static bool is_earlier(const struct match_span *a, const struct match_span *b) {
    return a->field != b->field ? a->field < b->field : a->start < b->start;
}

static bool has_hit(struct group group, uint32_t place, enum match_field field) {
    for (size_t i = group.first; i < group.first + group.count; i++) {
        if (group.hits[i].place == place && group.hits[i].span.field == field)
            return true;
    }
    return false;
}

// From a hit of an alternative to where it is met.
static bool find_term(const struct story *story, const struct rule_term *term,
                      const struct matcher_hit *hit, struct finding *ret) {
    ret->count = 1;
    ret->spans[0] = hit->span;
    if (term->kind != RULE_NEAR)
        return true;
    ret->count = 2;
    return matcher_find_near(story, hit->span.field, term, ret->spans);
}

// Is the hit one of the alternative? Of a pair it is the left half's, with the right one there too.
static bool is_of_term(const struct matcher *matcher, const struct matcher_hit *hit,
                       const struct rule_term *term, struct group group) {
    if (matcher_place(matcher, term->left.written) != hit->place)
        return false;
    return term->kind != RULE_NEAR ||
           has_hit(group, matcher_place(matcher, term->right.written), hit->span.field);
}

// The first place in the story that meets a requirement of the rule in matcher::rule.
static bool find_requirement(const struct matcher *matcher, const struct story *story,
                             const struct rule_requirement *requirement, struct group group,
                             struct finding *ret) {
    const struct rule_term *term = &matcher->rule->terms[requirement->first_term];
    const struct rule_term *const end = term + requirement->term_count;
    bool is_found = false;
    for (size_t i = 0; i < group.count; i++) {
        const struct matcher_hit *hit = &group.hits[group.first + i];
        while (term < end && matcher_place(matcher, term->left.written) < hit->place)
            term++;
        if (term == end)
            break;
        const bool is_asked = requirement->fields & 1u << hit->span.field;
        struct finding finding;
        if (!is_asked || !is_of_term(matcher, hit, term, group) ||
            !find_term(story, term, hit, &finding))
            continue;
        if (!is_found || is_earlier(&finding.spans[0], &ret->spans[0]))
            *ret = finding;
        is_found = true;
    }
    return is_found;
}

// Do the hits meet each requirement of the rule? With @but_regex those with a regular expression
// are not asked.
static bool is_met(struct matcher *matcher, size_t index, const struct story *story,
                   struct group group, bool but_regex) {
    const struct rule *rule = matcher_read_rule(matcher, index);
    for (size_t i = 0; i < rule->requirement_count; i++) {
        const struct rule_requirement *requirement = &rule->requirements[i];
        struct finding finding;
        const bool is_asked = !(but_regex && matcher_has_regex(rule, requirement));
        if (is_asked && find_requirement(matcher, story, requirement, group, &finding) ==
                            requirement->is_excluded)
            return false;
    }
    return true;
}

// The hits of a rule; those of rules before it are passed over from @first on.
static struct group group_of(const struct matcher *matcher, const struct keyword_rule *rule,
                             size_t first, size_t hit_count) {
    const struct matcher_hit *hits = matcher->hits;
    const size_t end = rule->place + strlen(rule->text);
    while (first < hit_count && hits[first].place < rule->place)
        first++;
    size_t next = first;
    while (next < hit_count && hits[next].place < end)
        next++;
    return (struct group){hits, first, next - first};
}

// --- regular expressions ---------------------------------------------------------------------

static int run_regex(struct matcher *matcher, struct matcher_regex *regex,
                     const struct story *story) {
    for (unsigned i = 0; i < MATCH_FIELD_COUNT; i++) {
        if (!(regex->fields & 1u << i))
            continue;
        const enum match_field field = (enum match_field)i;
        const char *text = match_field_text(story, field);
        size_t start, stop;
        if (!regex_find(regex->regex, text, strlen(text), &start, &stop)) {
            regex->was_stopped |= regex_was_stopped(regex->regex);
            continue;
        }
        return matcher_add_hit(
            matcher, &(struct matcher_hit){regex->place,
                                           MATCHER_NO_POSTING,
                                           {field, (uint32_t)start, (uint32_t)(stop - start)}});
    }
    return 0;
}

// Runs the expressions of the rules whose other requirements are met. Both the expressions and the
// sorted hits come in the order of their rules.
static int run_regexes(struct matcher *matcher, const struct story *story) {
    const size_t hit_count = matcher->hit_count;
    size_t at = 0;
    for (size_t i = 0; i < matcher->regex_count; i++) {
        struct matcher_regex *regex = &matcher->regexes[i];
        const struct keyword_rule written = keywords_rule(matcher->keywords, regex->rule);
        const struct group group = group_of(matcher, &written, at, hit_count);
        at = group.first;
        const bool is_wanted =
            group.count > 0 ? is_met(matcher, regex->rule, story, group, /* but_regex= */ true)
                            : regex->is_enough;
        const int r = is_wanted ? run_regex(matcher, regex, story) : 0;
        if (r != 0)
            return r;
    }
    return 0;
}

static void sort_hits(struct matcher *matcher) {
    if (matcher->hit_count > 1)
        qsort(matcher->hits, matcher->hit_count, sizeof *matcher->hits, compare_hits);
}

int matcher_sort_hits(struct matcher *matcher, const struct story *story) {
    sort_hits(matcher);
    if (matcher->regex_count == 0)
        return 0;
    const int r = run_regexes(matcher, story);
    sort_hits(matcher);
    return r;
}

bool matcher_next_stopped(struct matcher *matcher, size_t *ret_rule) {
    for (size_t i = 0; i < matcher->regex_count; i++) {
        struct matcher_regex *regex = &matcher->regexes[i];
        if (!regex->was_stopped || regex->was_told)
            continue;
        regex->was_told = true;
        *ret_rule = regex->rule;
        return true;
    }
    return false;
}

// --- rules -----------------------------------------------------------------------------------

static int add_candidate(struct matcher *matcher, const struct keyword_rule *rule,
                         const struct matcher_candidate *candidate) {
    struct matcher_candidate *candidates =
        matcher_reserve(matcher->candidates, matcher->candidate_count, &matcher->candidate_room,
                        sizeof *candidates);
    if (!candidates)
        return -ENOMEM;
    matcher->candidates = candidates;
    candidates[matcher->candidate_count] = *candidate;
    candidates[matcher->candidate_count++].rank =
        rule->section->is_never ? 0 : (uint32_t)(LEVEL_COUNT - rule->level);
    return 0;
}

static bool is_for_feed(const struct keyword_rule *rule, uint64_t feed_tags) {
    return (rule->tags == 0 || (rule->tags & feed_tags)) &&
           (rule->section->tags == 0 || (rule->section->tags & feed_tags));
}

// One phrase never is enough where several requirements must be met; that is told without reading
// the rule, for many may begin with the same common word.
static bool is_too_little(const struct keyword_rule *rule, struct group group) {
    const struct matcher_hit *hits = group.hits + group.first;
    return rule->is_joint && hits[0].place == hits[group.count - 1].place;
}

int matcher_find_candidates(struct matcher *matcher, const struct story *story,
                            uint64_t feed_tags) {
    for (size_t first = 0, next; first < matcher->hit_count; first = next) {
        const size_t index = keywords_rule_at(matcher->keywords, matcher->hits[first].place);
        const struct keyword_rule rule = keywords_rule(matcher->keywords, index);
        const struct group group = group_of(matcher, &rule, first, matcher->hit_count);
        next = first + group.count;
        if (!is_for_feed(&rule, feed_tags) || is_too_little(&rule, group) ||
            !is_met(matcher, index, story, group, /* but_regex= */ false))
            continue;
        const struct matcher_candidate candidate = {
            .rule = (uint32_t)index, .first = first, .count = group.count};
        const int r = add_candidate(matcher, &rule, &candidate);
        if (r != 0)
            return r;
    }
    return 0;
}

void matcher_tell_found(struct matcher *matcher, const struct story *story, matcher_found_fn found,
                        void *userdata) {
    for (size_t first = 0, next; first < matcher->hit_count; first = next) {
        const size_t index = keywords_rule_at(matcher->keywords, matcher->hits[first].place);
        const struct keyword_rule written = keywords_rule(matcher->keywords, index);
        const struct group group = group_of(matcher, &written, first, matcher->hit_count);
        next = first + group.count;
        const struct rule *rule = matcher_read_rule(matcher, index);
        uint32_t set = 0;
        for (size_t i = 0; i < rule->requirement_count; i++) {
            struct finding finding;
            if (find_requirement(matcher, story, &rule->requirements[i], group, &finding))
                set |= UINT32_C(1) << i;
        }
        if (set != 0)
            found(index, set, userdata);
    }
}

int matcher_compare_candidates(const void *left, const void *right) {
    const struct matcher_candidate *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule);
}

void matcher_fill_match(struct matcher *matcher, const struct story *story,
                        const struct matcher_candidate *candidate, struct match *ret) {
    *ret = (struct match){.rule = candidate->rule};
    const struct rule *rule = matcher_read_rule(matcher, candidate->rule);
    const struct group group = {matcher->hits, candidate->first, candidate->count};
    for (size_t i = 0; i < rule->requirement_count; i++) {
        struct finding finding;
        if (!find_requirement(matcher, story, &rule->requirements[i], group, &finding))
            continue;
        for (size_t j = 0; j < finding.count && ret->span_count < LIMIT_MATCH_SPANS; j++)
            ret->spans[ret->span_count++] = finding.spans[j];
    }
}
