// SPDX-License-Identifier: MIT
//
// matcher_private.h - what the making of a matcher and its scanning share; nobody else includes it.
//
// A rule that is one phrase, and found whole by its hash, has nothing here but its postings: its
// text is read again when the hash is met, which is seldom. Any other rule is a row of clauses (its
// requirements), a clause a row of units (its phrases), and units, clauses and rules are numbered
// in the same order: whoever sorts what was found by unit has it sorted by clause and rule.

#ifndef CORE_MATCHER_PRIVATE_H
#define CORE_MATCHER_PRIVATE_H

#include <assert.h>

#include "core/matcher.h"
#include "core/matcher_index.h"
#include "core/regex.h"
#include "core/rule.h"
#include "wirebell/limits.h"

// A posting's value is a unit, or with this bit a rule that is one phrase.
#define MATCHER_PLAIN UINT32_C(0x80000000)
#define MATCHER_NONE  UINT32_C(0xFFFFFFFF)

enum matcher_unit_kind {
    MATCHER_UNIT_PHRASE, // anything, by its code, see core/phrase.h
    MATCHER_UNIT_WORD,   // a word and nothing else
    MATCHER_UNIT_HALF,   // a phrase that is half of a pair "a ~N b"
    MATCHER_UNIT_REGEX   // a regular expression
};

/**
 * struct matcher_unit - a phrase to be found, or a regular expression
 * @clause: whose
 * @kind:   enum matcher_unit_kind
 * @code:   offset of its code; of a word its offset in the rule's text; of an expression its index
 */
struct matcher_unit {
    uint32_t clause : 28;
    uint32_t kind : 4;
    uint32_t code;
};

/**
 * struct matcher_clause - a requirement
 * @rule:        whose
 * @fields:      set of 1 << enum match_field
 * @is_excluded: must not be found
 * @has_regex:   a unit of it is a regular expression
 */
struct matcher_clause {
    uint32_t rule : 20;
    uint32_t fields : 8;
    bool is_excluded : 1;
    bool has_regex : 1;
};

static_assert(LIMIT_RULES_MAX < 1 << 20, "a clause has 20 bits for its rule");
static_assert(MATCH_FIELD_COUNT <= 8, "a clause has 8 bits for its fields");

/**
 * struct matcher_regex - a regular expression
 * @regex: owned
 * @unit:  its unit
 * @was_stopped: it reached a bound on some story
 * @was_told:    that was told by matcher_next_stopped()
 */
struct matcher_regex {
    struct regex *regex;
    uint32_t unit;
    bool was_stopped;
    bool was_told;
};

enum { MATCHER_PLACES = 4 };

/**
 * struct matcher_near - a pair "a ~N b", and the last places of its halves in the present text
 * @distance: words, at most
 * @left:     the left half's unit; the right one's is the next
 * @pass:     which text @places are of
 * @places:   of the left and the right half: the last ones found, newest first. Several, for the
 *            newest may overlap the other half (北 ~5 北北)
 */
struct matcher_near {
    uint32_t distance;
    uint32_t left;
    uint32_t pass;
    struct matcher_place {
        uint32_t first_index; // MATCHER_NONE = none
        uint32_t last_index;
        struct match_span span;
    } places[2][MATCHER_PLACES];
};

/**
 * struct matcher_hit - a unit or plain rule found, the first time in the story
 * @value: as in a posting
 */
struct matcher_hit {
    uint32_t value;
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
    // what rules are made of; all owned
    struct matcher_unit *units;
    size_t unit_count;
    size_t unit_room;
    struct matcher_clause *clauses;
    size_t clause_count;
    size_t clause_room;
    struct matcher_near *nears; // in the order of their units
    size_t near_count;
    size_t near_room;
    struct matcher_regex *regexes; // in the order of their units
    size_t regex_count;
    size_t regex_room;
    unsigned char *code;
    size_t code_size;
    size_t code_room;
    unsigned fields; // set of those any rule looks in
    // working memory of a scan; all owned
    struct rule *rule;
    uint32_t *seen; // a bit for each unit, then for each rule
    struct matcher_hit *hits;
    size_t hit_count;
    size_t hit_room;
    struct matcher_candidate *candidates;
    size_t candidate_count;
    size_t candidate_room;
    uint32_t pass;
};

// Fills everything but the working memory. Return: 0 or -ENOMEM.
int matcher_build(struct matcher *matcher);

// The place of a posting's value in @seen.
size_t matcher_seen_bit(const struct matcher *matcher, uint32_t value);

// Notes that a unit or plain rule was found. Return: 0 or -ENOMEM.
int matcher_add_hit(struct matcher *matcher, uint32_t value, struct match_span span);

// The pair a unit that is MATCHER_UNIT_HALF belongs to.
struct matcher_near *matcher_near_of(const struct matcher *matcher, uint32_t unit);

// Notes all that is found in a field. Return: 0 or -ENOMEM.
int matcher_scan_field(struct matcher *matcher, const struct story *story, enum match_field field);

// From the hits to the rules that are met, in no order. Return: 0 or -ENOMEM.
int matcher_find_candidates(struct matcher *matcher, const struct story *story, uint64_t feed_tags);

// Sorts the hits, those of the regular expressions that are asked for included. Return: 0 or
// -ENOMEM.
int matcher_sort_hits(struct matcher *matcher, const struct story *story);

// The set of requirements found of the rule whose hits begin at *at; steps over them. Writes which
// rule it is.
uint32_t matcher_next_found(const struct matcher *matcher, size_t *at, uint32_t *ret_rule);

// For qsort: as matcher_scan() promises them.
int matcher_compare_candidates(const void *left, const void *right);

// The first place in the story that meets each requirement.
void matcher_fill_match(const struct matcher *matcher, const struct matcher_candidate *candidate,
                        struct match *ret);

// The list with room for @more more items, or NULL; then it is as it was.
void *matcher_reserve(void *items, size_t count, size_t more, size_t *room, size_t item_size);

#endif
