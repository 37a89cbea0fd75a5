// SPDX-License-Identifier: MIT
//
// The second step of a scan: rules of which something was found are asked whether all their
// requirements hold. Hits sorted by unit lie side by side by rule and requirement.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/match.h"
#include "core/matcher_private.h"

static uint32_t rule_of(const struct matcher *matcher, const struct matcher_hit *hit) {
    if (hit->value & MATCHER_PLAIN)
        return hit->value & ~MATCHER_PLAIN;
    return matcher->clauses[matcher->units[hit->value].clause].rule;
}

// By rule, then by unit: hits of a rule side by side, its requirements in their order.
static int compare_hits(const void *left, const void *right) {
    const struct matcher_hit *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

static uint32_t clause_of(const struct matcher *matcher, const struct matcher_hit *hit) {
    return matcher->units[hit->value].clause;
}

// The first clause of the rule that @clause is one of.
static uint32_t first_clause(const struct matcher *matcher, uint32_t clause) {
    const uint32_t rule = matcher->clauses[clause].rule;
    while (clause > 0 && matcher->clauses[clause - 1].rule == rule)
        clause--;
    return clause;
}

// Do the hits from @at up to @end, all of the rule whose first clause is given, meet each of its
// requirements? With @but_regex only of those without a regular expression.
static bool meets_clauses(const struct matcher *matcher, uint32_t clause, size_t at, size_t end,
                          bool but_regex) {
    const struct matcher_clause *clauses = matcher->clauses;
    const uint32_t rule = clauses[clause].rule;
    for (; clause < matcher->clause_count && clauses[clause].rule == rule; clause++) {
        const size_t first = at;
        while (at < end && clause_of(matcher, &matcher->hits[at]) == clause)
            at++;
        const bool is_found = at > first;
        const bool is_asked = !(but_regex && clauses[clause].has_regex);
        if (is_asked && is_found == clauses[clause].is_excluded)
            return false;
    }
    return true;
}

// --- regular expressions ---------------------------------------------------------------------

static int run_regex(struct matcher *matcher, struct matcher_regex *regex,
                     const struct story *story) {
    const unsigned fields = matcher->clauses[matcher->units[regex->unit].clause].fields;
    for (unsigned i = 0; i < MATCH_FIELD_COUNT; i++) {
        if (!(fields & 1u << i))
            continue;
        const enum match_field field = (enum match_field)i;
        const char *text = match_field_text(story, field);
        size_t start, stop;
        if (!regex_find(regex->regex, text, strlen(text), &start, &stop)) {
            regex->was_stopped |= regex_was_stopped(regex->regex);
            continue;
        }
        const struct match_span span = {field, (uint32_t)start, (uint32_t)(stop - start)};
        return matcher_add_hit(matcher, regex->unit, span);
    }
    return 0;
}

// Steps over the sorted hits that belong to rules before @rule.
static size_t skip_rules(const struct matcher *matcher, size_t at, size_t count, uint32_t rule) {
    while (at < count && !(matcher->hits[at].value & MATCHER_PLAIN) &&
           rule_of(matcher, &matcher->hits[at]) < rule)
        at++;
    return at;
}

// Runs the expressions of the rules whose other requirements are met. Rules come in the order of
// their units both among the expressions and among the sorted hits.
static int run_regexes(struct matcher *matcher, const struct story *story) {
    const size_t hit_count = matcher->hit_count;
    size_t at = 0;
    for (size_t i = 0; i < matcher->regex_count; i++) {
        struct matcher_regex *regex = &matcher->regexes[i];
        const uint32_t clause = first_clause(matcher, matcher->units[regex->unit].clause);
        const uint32_t rule = matcher->clauses[clause].rule;
        const size_t begin = skip_rules(matcher, at, hit_count, rule);
        const size_t end = skip_rules(matcher, begin, hit_count, rule + 1);
        const bool is_wanted = meets_clauses(matcher, clause, begin, end,
                                             /* but_regex= */ true);
        at = begin;
        const int r = is_wanted ? run_regex(matcher, regex, story) : 0;
        if (r != 0)
            return r;
    }
    return 0;
}

bool matcher_next_stopped(struct matcher *matcher, size_t *ret_rule) {
    for (size_t i = 0; i < matcher->regex_count; i++) {
        struct matcher_regex *regex = &matcher->regexes[i];
        if (!regex->was_stopped || regex->was_told)
            continue;
        regex->was_told = true;
        *ret_rule = matcher->clauses[matcher->units[regex->unit].clause].rule;
        return true;
    }
    return false;
}

// --- rules -----------------------------------------------------------------------------------

static int add_candidate(struct matcher *matcher, uint32_t rule, uint64_t feed_tags, size_t first,
                         size_t count) {
    const struct keyword_rule written = keywords_rule(matcher->keywords, rule);
    const bool is_for_feed = (written.tags == 0 || (written.tags & feed_tags)) &&
                             (written.section->tags == 0 || (written.section->tags & feed_tags));
    if (!is_for_feed)
        return 0;
    struct matcher_candidate *candidates =
        matcher_reserve(matcher->candidates, matcher->candidate_count, 1, &matcher->candidate_room,
                        sizeof *candidates);
    if (!candidates)
        return -ENOMEM;
    matcher->candidates = candidates;
    candidates[matcher->candidate_count++] = (struct matcher_candidate){
        .rank = written.section->is_never ? 0 : (uint32_t)(LEVEL_COUNT - written.level),
        .rule = rule,
        .first = first,
        .count = count,
    };
    return 0;
}

static void sort_hits(struct matcher *matcher) {
    if (matcher->hit_count > 1)
        qsort(matcher->hits, matcher->hit_count, sizeof *matcher->hits, compare_hits);
}

int matcher_sort_hits(struct matcher *matcher, const struct story *story) {
    sort_hits(matcher);
    const int r = matcher->regex_count > 0 ? run_regexes(matcher, story) : 0;
    if (r == 0 && matcher->regex_count > 0)
        sort_hits(matcher);
    return r;
}

uint32_t matcher_next_found(const struct matcher *matcher, size_t *at, uint32_t *ret_rule) {
    const struct matcher_hit *hits = matcher->hits;
    const uint32_t rule = rule_of(matcher, &hits[*at]);
    const bool is_plain = hits[*at].value & MATCHER_PLAIN;
    const uint32_t first = is_plain ? 0 : first_clause(matcher, clause_of(matcher, &hits[*at]));
    uint32_t found = 0;
    for (; *at < matcher->hit_count && rule_of(matcher, &hits[*at]) == rule; (*at)++)
        found |= UINT32_C(1) << (is_plain ? 0 : clause_of(matcher, &hits[*at]) - first);
    *ret_rule = rule;
    return found;
}

int matcher_find_candidates(struct matcher *matcher, const struct story *story,
                            uint64_t feed_tags) {
    const int result = matcher_sort_hits(matcher, story);
    if (result != 0)
        return result;
    for (size_t first = 0, next; first < matcher->hit_count; first = next) {
        const struct matcher_hit *hits = matcher->hits + first;
        const uint32_t rule = rule_of(matcher, hits);
        next = first + 1;
        while (next < matcher->hit_count && rule_of(matcher, &matcher->hits[next]) == rule)
            next++;
        const bool is_met = (hits->value & MATCHER_PLAIN) ||
                            meets_clauses(matcher, first_clause(matcher, clause_of(matcher, hits)),
                                          first, next, /* but_regex= */ false);
        const int r = is_met ? add_candidate(matcher, rule, feed_tags, first, next - first) : 0;
        if (r != 0)
            return r;
    }
    return 0;
}

int matcher_compare_candidates(const void *left, const void *right) {
    const struct matcher_candidate *a = left, *b = right;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule);
}

static bool is_earlier(const struct match_span *a, const struct match_span *b) {
    return a->field != b->field ? a->field < b->field : a->start < b->start;
}

static void add_span(struct match *match, struct match_span span) {
    if (match->span_count < LIMIT_MATCH_SPANS)
        match->spans[match->span_count++] = span;
}

void matcher_fill_match(const struct matcher *matcher, const struct matcher_candidate *candidate,
                        struct match *ret) {
    *ret = (struct match){.rule = candidate->rule};
    const struct matcher_hit *hit = matcher->hits + candidate->first;
    const struct matcher_hit *end = hit + candidate->count;
    if (hit->value & MATCHER_PLAIN) {
        add_span(ret, hit->span);
        return;
    }
    while (hit < end) {
        const uint32_t clause = matcher->units[hit->value].clause;
        const struct matcher_hit *earliest = hit;
        while (hit < end && matcher->units[hit->value].clause == clause) {
            if (is_earlier(&hit->span, &earliest->span))
                earliest = hit;
            hit++;
        }
        if (matcher->units[earliest->value].kind != MATCHER_UNIT_HALF) {
            add_span(ret, earliest->span);
            continue;
        }
        if (earliest->value != matcher_near_of(matcher, earliest->value)->left)
            earliest--;
        add_span(ret, earliest[0].span);
        add_span(ret, earliest[1].span);
    }
}
