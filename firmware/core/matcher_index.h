// SPDX-License-Identifier: MIT
//
// matcher_index.h - from the hash of a word to what hangs on it.
//
// Postings (a hash, a value) lie in one array, ordered by bucket; a directory tells where each
// bucket begins. Before it is a filter, eight bits or more a posting: of the words on which nothing
// hangs it turns nine of ten away for one load, whether there are ten rules or a hundred thousand.
// A posting takes 8 bytes, and its share of the directory and the filter 2 to 4.
//
// Prefixes are postings too, under the hash of their bytes. Which lengths are worth a look is told
// by a set of lengths for each beginning of four bytes, and of six for those that have so many, so
// that most words need no look at all.

#ifndef CORE_MATCHER_INDEX_H
#define CORE_MATCHER_INDEX_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/phrase.h"

static_assert(PHRASE_PREFIX_KEY_MAX < 16, "sets of lengths have 16 bits");

struct matcher_posting {
    uint32_t hash;
    uint32_t value;
};

/**
 * struct matcher_prefix - a prefix, until the table of lengths is made
 */
struct matcher_prefix {
    unsigned char start[8];
    uint32_t size;
};

/**
 * struct matcher_index - see above; all zero is an empty one, to be added to
 * @postings:      owned
 * @count:         how many
 * @room:          for how many there is memory
 * @directory:     owned; NULL until matcher_index_build()
 * @shift:         bucket = hash >> shift
 * @filter:        owned; a bit for each value of hash >> filter_shift: some posting has it
 * @filter_shift:  see @filter
 * @has_pairs:     some of the postings are of two words
 * @prefixes:      owned; NULL after matcher_index_build()
 * @prefix_count:  how many of the postings are prefixes
 * @prefix_room:   for how many there is memory
 * @short_lengths: bit n: there is a prefix of n bytes, n < 4
 * @has_middle:    there are prefixes of four or five bytes
 * @has_long:      there are longer ones
 * @lengths:       owned; for a hash of four or six bytes the set of lengths of prefixes that begin
 *                 so, bit n = n bytes
 * @lengths_shift: its bucket = that hash >> lengths_shift
 */
struct matcher_index {
    struct matcher_posting *postings;
    size_t count;
    size_t room;
    uint32_t *directory;
    unsigned shift;
    uint32_t *filter;
    unsigned filter_shift;
    bool has_pairs;
    struct matcher_prefix *prefixes;
    size_t prefix_count;
    size_t prefix_room;
    uint16_t short_lengths;
    bool has_middle;
    bool has_long;
    uint16_t *lengths;
    unsigned lengths_shift;
};

// Adds a posting. Return: 0 or -ENOMEM.
int matcher_index_add(struct matcher_index *index, const struct phrase_key *key, uint32_t value);

/**
 * matcher_index_build() - order the postings; afterwards nothing may be added
 * Return: 0 or -ENOMEM.
 */
int matcher_index_build(struct matcher_index *index);

void matcher_index_done(struct matcher_index *index);

// How many bytes of a prefix of so many tell its set of lengths.
enum { MATCHER_INDEX_MIDDLE = 4, MATCHER_INDEX_LONG = 6 };

static inline uint32_t matcher_index_start_hash(const void *eight_bytes, size_t size) {
    const uint64_t hash =
        phrase_first_bytes((const char *)eight_bytes, size) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(hash >> 32);
}

// False: no posting has this hash. True: perhaps.
static inline bool matcher_index_may_have(const struct matcher_index *index, uint32_t hash) {
    const uint32_t bit = hash >> index->filter_shift;
    return index->filter[bit / 32] >> (bit % 32) & 1;
}

// The postings of a bucket: first and one behind the last. Their hashes are still to be compared.
static inline const struct matcher_posting *
matcher_index_bucket(const struct matcher_index *index, uint32_t hash,
                     const struct matcher_posting **end) {
    const uint32_t *entry = index->directory + (hash >> index->shift);
    *end = index->postings + entry[1];
    return index->postings + entry[0];
}

// Lengths of prefixes the word may begin with: bit n = n bytes.
static inline unsigned matcher_index_lengths(const struct matcher_index *index,
                                             const struct words *word) {
    if (index->prefix_count == 0)
        return 0;
    unsigned set = index->short_lengths;
    if (index->has_middle && word->size >= MATCHER_INDEX_MIDDLE)
        set |= index->lengths[matcher_index_start_hash(word->folded, MATCHER_INDEX_MIDDLE) >>
                              index->lengths_shift];
    if (index->has_long && word->size >= MATCHER_INDEX_LONG)
        set |= index->lengths[matcher_index_start_hash(word->folded, MATCHER_INDEX_LONG) >>
                              index->lengths_shift];
    return word->size < PHRASE_PREFIX_KEY_MAX ? set & ((2u << word->size) - 1) : set;
}

#endif
