// SPDX-License-Identifier: MIT
//
// A scan has two steps. First every field is walked once, word by word; each word is looked up, and
// what hangs on it is compared: phrases that are there become hits, each once a field. Then the
// hits are sorted, which brings those of a rule together, and each rule that was hit at all is
// asked whether all its requirements hold. A rule of which nothing was found costs nothing.

#include "core/matcher/matcher.h"

#include <stdlib.h>

#include "core/matcher/matcher_private.h"

// Notes all that is found in the story, sorted.
static int find(struct matcher *matcher, const struct story *story) {
    matcher->hit_count = matcher->candidate_count = 0;
    int r = matcher_prepare(matcher);
    for (unsigned field = 0; field < MATCH_FIELD_COUNT && r == 0; field++) {
        if (matcher->fields & 1u << field)
            r = matcher_scan_field(matcher, story, (enum match_field)field);
    }
    return r == 0 ? matcher_sort_hits(matcher, story) : r;
}

int matcher_look(struct matcher *matcher, const struct story *story, matcher_found_fn found,
                 void *userdata) {
    const int r = find(matcher, story);
    if (r == 0)
        matcher_tell_found(matcher, story, found, userdata);
    return r;
}

int matcher_scan(struct matcher *matcher, const struct story *story, uint64_t feed_tags,
                 struct matches *matches) {
    matches->count = 0;
    int r = find(matcher, story);
    if (r == 0)
        r = matcher_find_candidates(matcher, story, feed_tags);
    if (r != 0)
        return r;
    if (matcher->candidate_count > 1)
        qsort(matcher->candidates, matcher->candidate_count, sizeof *matcher->candidates,
              matcher_compare_candidates);
    size_t count = matcher->candidate_count;
    if (count > matches->max)
        count = matches->max;
    for (size_t i = 0; i < count; i++)
        matcher_fill_match(matcher, story, &matcher->candidates[i], &matches->items[i]);
    matches->count = count;
    const bool is_silenced = matcher->candidate_count > 0 && matcher->candidates[0].rank == 0;
    return is_silenced ? MATCHER_SILENCED : 0;
}
