// SPDX-License-Identifier: MIT
//
// matcher_private.h - what the making of a matcher and its scanning share; nobody else includes it.
//
// Nothing is kept of a rule but its postings (and its regular expressions): where in the files each
// of its phrases is written. What a phrase is, and what its rule asks for, is read again from there
// when a hash of it was met, which is seldom. Places follow each other as rules, requirements and
// alternatives do: whoever sorts what was found by place has it sorted by all of these.

#ifndef CORE_MATCHER_PRIVATE_H
#define CORE_MATCHER_PRIVATE_H

#include "core/matcher/matcher.h"
#include "core/matcher/matcher_index.h"
#include "core/matcher/regex.h"
#include "core/keywords/rule.h"
#include "wirebell/limits.h"

// Instead of a posting, of what was found by a regular expression.
#define MATCHER_NO_POSTING UINT32_MAX

/**
 * struct matcher_regex - a regular expression
 * @regex:       owned
 * @rule:        whose
 * @place:       where it is written, see keywords_bytes()
 * @fields:      set of 1 << enum match_field to look in
 * @is_enough:   no phrase has to be found in the story as well
 * @was_stopped: it reached a bound on some story
 * @was_told:    that was told by matcher_next_stopped()
 */
struct matcher_regex {
    struct regex *regex;
    uint32_t rule;
    uint32_t place;
    uint8_t fields;
    bool is_enough;
    bool was_stopped;
    bool was_told;
};

/**
 * struct matcher_hit - a phrase or regular expression found, the first time in a field
 * @place:   where it is written
 * @posting: by which it was found
 */
struct matcher_hit {
    uint32_t place;
    uint32_t posting;
    struct match_span span;
};

/**
 * struct matcher_candidate - a rule that is met
 * @rank:  small is first: never, then the levels from flash down
 * @first: its hits
 * @count: how many
 */
struct matcher_candidate {
    uint32_t rank;
    uint32_t rule;
    size_t first;
    size_t count;
};

struct matcher {
    const struct keywords *keywords;
    struct matcher_index index;
    struct matcher_regex *regexes; // in the order of their places; owned
    size_t regex_count;
    size_t regex_room;
    unsigned fields; // set of those any rule looks in
    // working memory of a scan; all owned, and but for @seen gone after matcher_rest()
    struct rule *rule;
    size_t rule_index; // which one @rule is; SIZE_MAX = none yet
    uint32_t *seen;    // a bit for each posting: it was found in this field
    struct matcher_hit *hits;
    size_t hit_count;
    size_t hit_room;
    struct matcher_candidate *candidates;
    size_t candidate_count;
    size_t candidate_room;
};

// Makes room for a rule to be read into, if there is none. Return: 0 or -ENOMEM.
int matcher_prepare(struct matcher *matcher);

// Reads a rule again into matcher::rule, which stays so until the next call.
const struct rule *matcher_read_rule(struct matcher *matcher, size_t index);

// Where in the files something of a rule just read is written.
uint32_t matcher_place(const struct matcher *matcher, const char *written);

// Is an alternative of the requirement a regular expression?
bool matcher_has_regex(const struct rule *rule, const struct rule_requirement *requirement);

// Notes that something was found. Return: 0 or -ENOMEM.
int matcher_add_hit(struct matcher *matcher, const struct matcher_hit *hit);

// Notes all that is found in a field. Return: 0 or -ENOMEM.
int matcher_scan_field(struct matcher *matcher, const struct story *story, enum match_field field);

/**
 * matcher_next_piece() - the next part of a field that phrases do not reach out of
 * @text: the field: of categories each line is a piece, of others all is one
 * @from: where it begins; 0 at first, afterwards *to
 *
 * Return: false when there is none; *from and *to are its first byte and the one behind its last.
 */
bool matcher_next_piece(const char *text, enum match_field field, size_t *from, size_t *to);

/**
 * matcher_find_near() - find the first pair of phrases that are as near as a rule wants them
 * @term: a RULE_NEAR one
 * @ret:  the left phrase and the right one; written only when found
 */
bool matcher_find_near(const struct story *story, enum match_field field,
                       const struct rule_term *term, struct match_span ret[static 2]);

// Sorts the hits, those of the regular expressions that are asked for included. Return: 0 or
// -ENOMEM.
int matcher_sort_hits(struct matcher *matcher, const struct story *story);

// From the sorted hits to the rules that are met, in no order. Return: 0 or -ENOMEM.
int matcher_find_candidates(struct matcher *matcher, const struct story *story, uint64_t feed_tags);

// Tells of each rule with a hit, see matcher_look().
void matcher_tell_found(struct matcher *matcher, const struct story *story, matcher_found_fn found,
                        void *userdata);

// For qsort: as matcher_scan() promises them.
int matcher_compare_candidates(const void *left, const void *right);

// The first place in the story that meets each requirement.
void matcher_fill_match(struct matcher *matcher, const struct story *story,
                        const struct matcher_candidate *candidate, struct match *ret);

// The list with room for one more item, or NULL; then it is as it was.
void *matcher_reserve(void *items, size_t count, size_t *room, size_t item_size);

#endif
