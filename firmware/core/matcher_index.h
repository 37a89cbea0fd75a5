// SPDX-License-Identifier: MIT
//
// matcher_index.h - from the hash of a word to what hangs on it.
//
// Postings (a hash, a value) lie in one array, ordered by bucket; a directory tells where each
// bucket begins. There are about as many buckets as postings, so a word that hangs nothing costs
// two loads and a comparison or two, whether there are ten rules or a hundred thousand; a posting
// takes 8 bytes and its share of the directory 2 to 4.
//
// Prefixes are postings too, under the hash of their bytes. Which lengths are worth a look is told
// by a set of lengths for each beginning of four bytes, so that most words need no look at all.

#ifndef CORE_MATCHER_INDEX_H
#define CORE_MATCHER_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/phrase.h"

struct matcher_posting {
    uint32_t hash;
    uint32_t value;
};

/**
 * struct matcher_prefix - a prefix, until the table of lengths is made
 */
struct matcher_prefix {
    unsigned char start[4];
    uint32_t size;
};

/**
 * struct matcher_index - see above; all zero is an empty one, to be added to
 * @postings:      owned
 * @count:         how many
 * @room:          for how many there is memory
 * @directory:     owned; NULL until matcher_index_build()
 * @shift:         bucket = hash >> shift
 * @has_pairs:     some of the postings are of two words
 * @prefixes:      owned; NULL after matcher_index_build()
 * @prefix_count:  how many of the postings are prefixes
 * @prefix_room:   for how many there is memory
 * @short_lengths: bit n: there is a prefix of n bytes, n < 4
 * @lengths:       owned; for a hash of four bytes the set of lengths of prefixes, bit n = n bytes
 * @lengths_shift: its bucket = hash of the four bytes >> lengths_shift
 */
struct matcher_index {
    struct matcher_posting *postings;
    size_t count;
    size_t room;
    uint32_t *directory;
    unsigned shift;
    bool has_pairs;
    struct matcher_prefix *prefixes;
    size_t prefix_count;
    size_t prefix_room;
    uint64_t short_lengths;
    uint64_t *lengths;
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

static inline uint32_t matcher_index_start_hash(const void *four_bytes) {
    uint32_t bytes;
    memcpy(&bytes, four_bytes, 4);
    return bytes * 0x9E3779B1u;
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
static inline uint64_t matcher_index_lengths(const struct matcher_index *index,
                                             const struct words *word) {
    if (index->prefix_count == 0)
        return 0;
    uint64_t set = index->short_lengths;
    if (word->size >= 4)
        set |= index->lengths[matcher_index_start_hash(word->folded) >> index->lengths_shift];
    return word->size < 63 ? set & ((UINT64_C(2) << word->size) - 1) : set;
}

#endif
