// SPDX-License-Identifier: MIT
//
// A scan has two steps. First every field is walked once, word by word; each word is looked up, and
// what hangs on it is compared: phrases that are there become hits, each once a story. Then the
// hits are sorted, which brings those of a rule together, and each rule that was hit at all is
// asked whether all its requirements hold. A rule of which nothing was found costs nothing.

#include "core/matcher.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/match.h"
#include "core/matcher_private.h"

int matcher_new(const struct keywords *keywords, struct matcher **ret) {
    struct matcher *matcher = calloc(1, sizeof *matcher);
    if (!matcher)
        return -ENOMEM;
    matcher->keywords = keywords;
    int r = matcher_build(matcher);
    if (r == 0) {
        const size_t bits = matcher->unit_count + keywords_rule_count(keywords);
        matcher->seen = calloc(bits / 32 + 1, sizeof *matcher->seen);
        r = matcher->seen ? 0 : -ENOMEM;
    }
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
    free(matcher->units);
    free(matcher->clauses);
    free(matcher->nears);
    free(matcher->code);
    free(matcher->seen);
    free(matcher->hits);
    free(matcher->candidates);
    free(matcher);
    return NULL;
}

// --- finding phrases -------------------------------------------------------------------------

// The place of a posting's value in the set of those seen.
static size_t seen_bit(const struct matcher *matcher, uint32_t value) {
    return value & MATCHER_PLAIN ? matcher->unit_count + (value & ~MATCHER_PLAIN) : value;
}

static bool is_seen(const struct matcher *matcher, uint32_t value) {
    const size_t bit = seen_bit(matcher, value);
    return matcher->seen[bit / 32] >> (bit % 32) & 1;
}

static void set_seen(struct matcher *matcher, uint32_t value) {
    const size_t bit = seen_bit(matcher, value);
    matcher->seen[bit / 32] |= UINT32_C(1) << (bit % 32);
}

static void clear_seen(struct matcher *matcher, uint32_t value) {
    const size_t bit = seen_bit(matcher, value);
    matcher->seen[bit / 32] &= ~(UINT32_C(1) << (bit % 32));
}

static int add_hit(struct matcher *matcher, uint32_t value, struct match_span span) {
    struct matcher_hit *hits =
        matcher_reserve(matcher->hits, matcher->hit_count, 1, &matcher->hit_room, sizeof *hits);
    if (!hits)
        return -ENOMEM;
    matcher->hits = hits;
    hits[matcher->hit_count++] = (struct matcher_hit){value, span};
    set_seen(matcher, value);
    return 0;
}

static bool is_close(const struct matcher_near *near, const struct matcher_place *a,
                     const struct matcher_place *b) {
    if (a->first_index == MATCHER_NONE || b->first_index == MATCHER_NONE)
        return false;
    if (a->last_index < b->first_index)
        return b->first_index - a->last_index <= near->distance;
    return b->last_index < a->first_index && a->first_index - b->last_index <= near->distance;
}

// Half of a pair was found: is the other near? Two places of each half are remembered, for the
// last one may overlap what it is compared with.
static int add_half(struct matcher *matcher, uint32_t unit, const struct matcher_place *place) {
    struct matcher_near *near = &matcher->nears[matcher->units[unit].near];
    if (near->pass != matcher->pass) {
        near->pass = matcher->pass;
        for (size_t i = 0; i < 4; i++)
            near->places[i / 2][i % 2].first_index = MATCHER_NONE;
    }
    const size_t side = unit - near->left;
    struct matcher_place *own = near->places[side];
    own[1] = own[0];
    own[0] = *place;
    for (size_t i = 0; i < 2; i++) {
        const struct matcher_place *other = &near->places[1 - side][i];
        if (!is_close(near, place, other))
            continue;
        const int r = add_hit(matcher, near->left, (side == 0 ? place : other)->span);
        return r != 0 ? r : add_hit(matcher, near->left + 1, (side == 0 ? other : place)->span);
    }
    return 0;
}

static int try_plain(struct matcher *matcher, uint32_t value, const struct words *word,
                     enum match_field field) {
    if (!(RULE_DEFAULT_FIELDS & 1u << field) || !phrase_is_whole_word(word))
        return 0;
    const char *text = keywords_rule(matcher->keywords, value & ~MATCHER_PLAIN).text;
    struct words rule;
    words_begin(&rule, text, strlen(text));
    if (!words_next(&rule) || rule.size != word->size ||
        memcmp(rule.folded, word->folded, word->size) != 0 || word->is_cut)
        return 0;
    const struct match_span span = {field, (uint32_t)word->start,
                                    (uint32_t)(word->stop - word->start)};
    return add_hit(matcher, value, span);
}

// A posting has the word's hash: is what hangs on it really there?
static int try_posting(struct matcher *matcher, uint32_t value, const struct words *word,
                       enum match_field field) {
    if (is_seen(matcher, value))
        return 0;
    if (value & MATCHER_PLAIN)
        return try_plain(matcher, value, word, field);
    const struct matcher_unit *unit = &matcher->units[value];
    if (!(matcher->clauses[unit->clause].fields & 1u << field))
        return 0;
    struct phrase_found found;
    if (!phrase_match(matcher->code + unit->code, word, &found))
        return 0;
    const struct match_span span = {field, (uint32_t)found.start,
                                    (uint32_t)(found.stop - found.start)};
    if (unit->near == MATCHER_NONE)
        return add_hit(matcher, value, span);
    return add_half(matcher, value, &(struct matcher_place){word->index, found.last_index, span});
}

static int look_up(struct matcher *matcher, uint32_t hash, const struct words *word,
                   enum match_field field) {
    const struct matcher_posting *end;
    const struct matcher_posting *at = matcher_index_bucket(&matcher->index, hash, &end);
    for (; at < end; at++) {
        if (at->hash != hash)
            continue;
        const int r = try_posting(matcher, at->value, word, field);
        if (r != 0)
            return r;
    }
    return 0;
}

static int scan_text(struct matcher *matcher, const char *text, size_t from, size_t to,
                     enum match_field field) {
    struct words words;
    words_begin(&words, text, to);
    words.next = from;
    matcher->pass++;
    while (words_next(&words)) {
        int r = look_up(matcher, phrase_word_hash(&words), &words, field);
        uint64_t lengths = matcher_index_lengths(&matcher->index, &words);
        for (; lengths != 0 && r == 0; lengths &= lengths - 1) {
            const size_t length = (size_t)__builtin_ctzll(lengths);
            r = look_up(matcher, phrase_prefix_hash(words.folded, length), &words, field);
        }
        if (r != 0)
            return r;
    }
    return 0;
}

static int scan_field(struct matcher *matcher, const struct story *story, enum match_field field) {
    const char *text = match_field_text(story, field);
    if (field != MATCH_CATEGORY)
        return scan_text(matcher, text, 0, strlen(text), field);
    // Categories are lines; a phrase does not reach from one into the next.
    for (size_t from = 0; text[from];) {
        const size_t size = strcspn(text + from, "\n");
        const int r = scan_text(matcher, text, from, from + size, field);
        if (r != 0)
            return r;
        from += size + (text[from + size] == '\n');
    }
    return 0;
}

// --- asking rules ----------------------------------------------------------------------------

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

// Do the hits [first, first + count), all of one rule of clauses, meet each of its requirements?
static bool meets_clauses(const struct matcher *matcher, const struct matcher_hit *hits,
                          size_t count) {
    const struct matcher_clause *clauses = matcher->clauses;
    size_t clause = matcher->units[hits[0].value].clause;
    const uint32_t rule = clauses[clause].rule;
    while (clause > 0 && clauses[clause - 1].rule == rule)
        clause--;
    for (size_t at = 0; clause < matcher->clause_count && clauses[clause].rule == rule; clause++) {
        const bool is_found = at < count && matcher->units[hits[at].value].clause == clause;
        if (is_found == clauses[clause].is_excluded)
            return false;
        while (at < count && matcher->units[hits[at].value].clause == clause)
            at++;
    }
    return true;
}

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

static int find_candidates(struct matcher *matcher, uint64_t feed_tags) {
    if (matcher->hit_count > 1)
        qsort(matcher->hits, matcher->hit_count, sizeof *matcher->hits, compare_hits);
    for (size_t first = 0, next; first < matcher->hit_count; first = next) {
        const struct matcher_hit *hits = matcher->hits + first;
        const uint32_t rule = rule_of(matcher, hits);
        next = first + 1;
        while (next < matcher->hit_count && rule_of(matcher, &matcher->hits[next]) == rule)
            next++;
        const size_t count = next - first;
        if (!(hits->value & MATCHER_PLAIN) && !meets_clauses(matcher, hits, count))
            continue;
        const int r = add_candidate(matcher, rule, feed_tags, first, count);
        if (r != 0)
            return r;
    }
    return 0;
}

static int compare_candidates(const void *left, const void *right) {
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

// The first place in the story that meets each requirement.
static void fill_match(const struct matcher *matcher, const struct matcher_candidate *candidate,
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
        const uint32_t near = matcher->units[earliest->value].near;
        if (near == MATCHER_NONE) {
            add_span(ret, earliest->span);
            continue;
        }
        if (earliest->value != matcher->nears[near].left)
            earliest--;
        add_span(ret, earliest[0].span);
        add_span(ret, earliest[1].span);
    }
}

// --- the scan --------------------------------------------------------------------------------

static void forget(struct matcher *matcher) {
    for (size_t i = 0; i < matcher->hit_count; i++)
        clear_seen(matcher, matcher->hits[i].value);
    matcher->hit_count = matcher->candidate_count = 0;
}

int matcher_scan(struct matcher *matcher, const struct story *story, uint64_t feed_tags, size_t max,
                 struct match *ret, size_t *ret_count) {
    int r = 0;
    for (unsigned field = 0; field < MATCH_FIELD_COUNT && r == 0; field++) {
        if (matcher->fields & 1u << field)
            r = scan_field(matcher, story, (enum match_field)field);
    }
    if (r == 0)
        r = find_candidates(matcher, feed_tags);
    if (r != 0) {
        forget(matcher);
        return r;
    }
    if (matcher->candidate_count > 1)
        qsort(matcher->candidates, matcher->candidate_count, sizeof *matcher->candidates,
              compare_candidates);
    const bool is_silenced = matcher->candidate_count > 0 && matcher->candidates[0].rank == 0;
    size_t count = 0;
    for (; count < max && count < matcher->candidate_count; count++)
        fill_match(matcher, &matcher->candidates[count], &ret[count]);
    *ret_count = count;
    forget(matcher);
    return is_silenced ? MATCHER_SILENCED : 0;
}
