// SPDX-License-Identifier: MIT
//
// matcher_index.h - from the hash of a word to the phrases that hang on it.
//
// A posting is where in the files a phrase is written, and eight bits of a hash it is found under:
// four bytes. Postings lie in one array, ordered by bucket; a directory tells where each bucket
// begins. Before it is a filter, 12 bits a posting: of the words on which nothing hangs it turns 12
// of 13 away for one load, whether there are ten rules or a hundred thousand. With its share of
// both a posting takes 6.9 bytes; sizes are exact, not powers of two.
//
// A prefix is a posting under the hash of its bytes. For its first four there is an entry of 32
// bits that tells what may follow, so that one load says of most words that they begin with no
// prefix of any length. Where the entry does not, the filter is asked for the first six.

#ifndef CORE_MATCHER_INDEX_H
#define CORE_MATCHER_INDEX_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/matcher/phrase.h"

static_assert(PHRASE_PREFIX_KEY_MAX < 16, "sets of lengths have 16 bits");

/**
 * struct matcher_posting - a phrase, under one of its hashes
 * @place: see keywords_bytes()
 * @tag:   bits of the hash that its bucket does not tell: most others are turned away by them
 */
struct matcher_posting {
    uint32_t place : 24;
    uint32_t tag : 8;
};

/**
 * struct matcher_key - what a posting is made of
 * @prefix_size: bytes of a prefix, at most PHRASE_PREFIX_KEY_MAX; 0 = it is none
 * @start:       matcher_index_start() of the first four
 * @long_start:  of the first six
 */
struct matcher_key {
    uint32_t hash;
    uint32_t place : 24;
    uint32_t prefix_size : 8;
    uint32_t start;
    uint32_t long_start;
};

/**
 * struct matcher_index - see above; all zero is an empty one, to be added to
 * @keys:           owned; NULL after matcher_index_build()
 * @count:          of postings
 * @key_room:       for how many keys there is memory
 * @postings:       owned; NULL until matcher_index_build()
 * @directory:      owned; where each bucket begins, and behind the last one its end
 * @buckets:        how many
 * @filter:         owned
 * @filter_bits:    how many; bit i: some hash is i of @filter_bits
 * @has_pairs:      some of the postings are of two words
 * @has_prefixes:   some are of beginnings
 * @short_lengths:  bit n: there is a prefix of n bytes, n < 4
 * @middle_lengths: the same for 4 and 5 bytes
 * @long_lengths:   for more
 * @followers:      owned; for a hash of the first four bytes: bit 0: a prefix of 4 or 5 bytes
 *                  begins so; another: a longer one does, see matcher_index_follower()
 * @start_count:    how many
 */
struct matcher_index {
    struct matcher_key *keys;
    size_t count;
    size_t key_room;
    struct matcher_posting *postings;
    uint32_t *directory;
    uint32_t buckets;
    uint32_t *filter;
    uint32_t filter_bits;
    bool has_pairs;
    bool has_prefixes;
    uint16_t short_lengths;
    uint16_t middle_lengths;
    uint16_t long_lengths;
    uint32_t *followers;
    uint32_t start_count;
};

// Adds a phrase written at @place. Return: 0 or -ENOMEM.
int matcher_index_add(struct matcher_index *index, const struct phrase_key *key, uint32_t place);

/**
 * matcher_index_build() - order what was added; afterwards nothing may be added
 * Return: 0 or -ENOMEM.
 */
int matcher_index_build(struct matcher_index *index);

void matcher_index_done(struct matcher_index *index);

// A hash as a number below @count.
static inline uint32_t matcher_index_reduce(uint32_t hash, uint32_t count) {
    return (uint32_t)((uint64_t)hash * count >> 32);
}

// False: nothing was added with this hash. True: perhaps.
static inline bool matcher_index_may_have(const struct matcher_index *index, uint32_t hash) {
    const uint32_t bit = matcher_index_reduce(hash, index->filter_bits);
    return index->filter[bit / 32] >> (bit % 32) & 1;
}

static inline uint32_t matcher_index_tag(uint32_t hash) {
    return hash & 0xFF;
}

// The first posting from @at on, below @end, with the hash's tag; @end when there is none.
static inline size_t matcher_index_next(const struct matcher_index *index, uint32_t hash, size_t at,
                                        size_t end) {
    while (at < end && index->postings[at].tag != matcher_index_tag(hash))
        at++;
    return at;
}

// The first posting that may be of the hash; *ret_end is where matcher_index_next() is to end.
static inline size_t matcher_index_first(const struct matcher_index *index, uint32_t hash,
                                         size_t *ret_end) {
    const uint32_t *entry = index->directory + matcher_index_reduce(hash, index->buckets);
    *ret_end = entry[1];
    return matcher_index_next(index, hash, entry[0], entry[1]);
}

enum { MATCHER_INDEX_MIDDLE = 4, MATCHER_INDEX_LONG = 6 };

// The hash of the first @size bytes, at most eight, of eight.
static inline uint32_t matcher_index_start(const void *eight_bytes, size_t size) {
    const uint64_t hash =
        phrase_first_bytes((const char *)eight_bytes, size) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(hash >> 32);
}

// The bit, 1..31, of @followers for prefixes of six bytes or more that begin with these.
static inline uint32_t matcher_index_follower(uint32_t long_start) {
    const uint32_t bit = long_start >> 27;
    return UINT32_C(1) << (bit + (bit == 0));
}

// Lengths of prefixes the word may begin with: bit n = n bytes.
static inline unsigned matcher_index_lengths(const struct matcher_index *index,
                                             const struct words *word) {
    unsigned set = index->short_lengths;
    if (word->size >= MATCHER_INDEX_MIDDLE) {
        const uint32_t start = matcher_index_start(word->folded, MATCHER_INDEX_MIDDLE);
        const uint32_t followers =
            index->followers[matcher_index_reduce(start, index->start_count)];
        const uint32_t long_start = matcher_index_start(word->folded, MATCHER_INDEX_LONG);
        if (followers & 1)
            set |= index->middle_lengths;
        if ((followers & matcher_index_follower(long_start)) &&
            matcher_index_may_have(index, long_start))
            set |= index->long_lengths;
    }
    const bool is_all = set == 0 || word->size >= PHRASE_PREFIX_KEY_MAX;
    return is_all ? set : set & ((2u << word->size) - 1);
}

#endif
