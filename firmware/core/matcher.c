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
    matcher->rule = malloc(sizeof *matcher->rule);
    int r = matcher->rule ? matcher_build(matcher) : -ENOMEM;
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
    for (size_t i = 0; i < matcher->regex_count; i++)
        regex_free(matcher->regexes[i].regex);
    free(matcher->regexes);
    free(matcher->code);
    free(matcher->rule);
    free(matcher->seen);
    free(matcher->hits);
    free(matcher->candidates);
    free(matcher);
    return NULL;
}

static void clear_seen(struct matcher *matcher, uint32_t value) {
    const size_t bit = matcher_seen_bit(matcher, value);
    matcher->seen[bit / 32] &= ~(UINT32_C(1) << (bit % 32));
}

static void forget(struct matcher *matcher) {
    for (size_t i = 0; i < matcher->hit_count; i++)
        clear_seen(matcher, matcher->hits[i].value);
    matcher->hit_count = matcher->candidate_count = 0;
}

// Notes all that is found in the story.
static int find(struct matcher *matcher, const struct story *story) {
    int r = 0;
    for (unsigned field = 0; field < MATCH_FIELD_COUNT && r == 0; field++) {
        if (matcher->fields & 1u << field)
            r = matcher_scan_field(matcher, story, (enum match_field)field);
    }
    return r;
}

int matcher_look(struct matcher *matcher, const struct story *story, matcher_found_fn found,
                 void *userdata) {
    int r = find(matcher, story);
    if (r == 0)
        r = matcher_sort_hits(matcher, story);
    for (size_t at = 0; r == 0 && at < matcher->hit_count;) {
        uint32_t rule;
        const uint32_t set = matcher_next_found(matcher, &at, &rule);
        found(rule, set, userdata);
    }
    forget(matcher);
    return r;
}

int matcher_scan(struct matcher *matcher, const struct story *story, uint64_t feed_tags,
                 struct matches *matches) {
    matches->count = 0;
    int r = find(matcher, story);
    if (r == 0)
        r = matcher_find_candidates(matcher, story, feed_tags);
    if (r != 0) {
        forget(matcher);
        return r;
    }
    if (matcher->candidate_count > 1)
        qsort(matcher->candidates, matcher->candidate_count, sizeof *matcher->candidates,
              matcher_compare_candidates);
    const bool is_silenced = matcher->candidate_count > 0 && matcher->candidates[0].rank == 0;
    size_t count = matcher->candidate_count;
    if (count > matches->max)
        count = matches->max;
    for (size_t i = 0; i < count; i++)
        matcher_fill_match(matcher, &matcher->candidates[i], &matches->items[i]);
    matches->count = count;
    forget(matcher);
    return is_silenced ? MATCHER_SILENCED : 0;
}
