// SPDX-License-Identifier: MIT

#include "core/matcher_index.h"

#include <errno.h>
#include <stdlib.h>

// No posting: the filter's alone.
#define NOWHERE UINT32_MAX

enum { BUCKET_POSTINGS = 3, FILTER_BITS = 16, FILTER_BITS_MIN = 4096 };

static int add(struct matcher_index *index, uint32_t hash, uint32_t place) {
    if (index->key_count == index->key_room) {
        const size_t room = index->key_room > 0 ? index->key_room + index->key_room / 2 : 16;
        struct matcher_key *keys = realloc(index->keys, room * sizeof *keys);
        if (!keys)
            return -ENOMEM;
        index->keys = keys;
        index->key_room = room;
    }
    index->keys[index->key_count++] = (struct matcher_key){hash, place};
    index->posting_count += place != NOWHERE;
    return 0;
}

// Makes known how long a prefix is and, where it is not short, how it begins.
static int add_start(struct matcher_index *index, const struct phrase_key *key) {
    const uint16_t length = (uint16_t)(1u << key->size);
    if (key->size < MATCHER_INDEX_MIDDLE) {
        index->short_lengths |= length;
        return 0;
    }
    const bool is_long = key->size >= MATCHER_INDEX_LONG;
    *(is_long ? &index->long_lengths : &index->middle_lengths) |= length;
    const size_t size = is_long ? MATCHER_INDEX_LONG : MATCHER_INDEX_MIDDLE;
    return add(index, matcher_index_start_hash(key->start, size), NOWHERE);
}

int matcher_index_add(struct matcher_index *index, const struct phrase_key *key, uint32_t place) {
    index->has_pairs |= key->kind == PHRASE_PAIR;
    const int r = key->kind == PHRASE_PREFIX ? add_start(index, key) : 0;
    return r == 0 ? add(index, key->hash, place) : r;
}

// Orders the postings by bucket, in two passes over them; within a bucket the order stays.
static void order(struct matcher_index *index) {
    for (size_t i = 0; i < index->key_count; i++) {
        if (index->keys[i].place != NOWHERE)
            index->directory[matcher_index_reduce(index->keys[i].hash, index->buckets)]++;
    }
    // Each entry becomes the end of its bucket, and by filling from behind its beginning.
    uint32_t end = 0;
    for (size_t i = 0; i < index->buckets; i++)
        index->directory[i] = end += index->directory[i];
    index->directory[index->buckets] = end;
    for (size_t i = index->key_count; i-- > 0;) {
        const struct matcher_key *key = &index->keys[i];
        if (key->place == NOWHERE)
            continue;
        const uint32_t bucket = matcher_index_reduce(key->hash, index->buckets);
        index->postings[--index->directory[bucket]] =
            (struct matcher_posting){key->place & 0xFFFFFF, matcher_index_tag(key->hash) & 0xFF};
    }
}

static void fill_filter(struct matcher_index *index) {
    for (size_t i = 0; i < index->key_count; i++) {
        const uint32_t bit = matcher_index_reduce(index->keys[i].hash, index->filter_bits);
        index->filter[bit / 32] |= UINT32_C(1) << (bit % 32);
    }
}

int matcher_index_build(struct matcher_index *index) {
    index->buckets = (uint32_t)(index->posting_count / BUCKET_POSTINGS + 1);
    index->filter_bits = (uint32_t)(index->key_count * FILTER_BITS + FILTER_BITS_MIN);
    index->postings = malloc((index->posting_count + 1) * sizeof *index->postings);
    index->directory = calloc(index->buckets + 1, sizeof *index->directory);
    index->filter = calloc(index->filter_bits / 32 + 1, sizeof *index->filter);
    if (!index->postings || !index->directory || !index->filter)
        return -ENOMEM;
    order(index);
    fill_filter(index);
    free(index->keys);
    index->keys = NULL;
    return 0;
}

void matcher_index_done(struct matcher_index *index) {
    free(index->keys);
    free(index->postings);
    free(index->directory);
    free(index->filter);
    *index = (struct matcher_index){0};
}
