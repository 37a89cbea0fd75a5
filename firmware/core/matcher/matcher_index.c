// SPDX-License-Identifier: MIT

#include "core/matcher/matcher_index.h"

#include <errno.h>
#include <stdlib.h>

enum { BUCKET_POSTINGS = 3, FILTER_BITS = 12, FILTER_BITS_MIN = 4096 };

static void note_prefix(struct matcher_index *index, const struct phrase_key *key,
                        struct matcher_key *ret) {
    const uint16_t length = (uint16_t)(1u << key->size);
    index->has_prefixes = true;
    if (key->size < MATCHER_INDEX_MIDDLE)
        index->short_lengths |= length;
    else if (key->size < MATCHER_INDEX_LONG)
        index->middle_lengths |= length;
    else
        index->long_lengths |= length;
    index->start_count += key->size >= MATCHER_INDEX_MIDDLE;
    ret->prefix_size = key->size & 0xF;
    ret->start = matcher_index_start(key->start, MATCHER_INDEX_MIDDLE);
    ret->long_start = matcher_index_start(key->start, MATCHER_INDEX_LONG);
}

int matcher_index_add(struct matcher_index *index, const struct phrase_key *key, uint32_t place) {
    if (index->count == index->key_room) {
        const size_t room = index->key_room > 0 ? index->key_room + index->key_room / 2 : 16;
        struct matcher_key *keys = realloc(index->keys, room * sizeof *keys);
        if (!keys)
            return -ENOMEM;
        index->keys = keys;
        index->key_room = room;
    }
    struct matcher_key *made = &index->keys[index->count++];
    *made = (struct matcher_key){.hash = key->hash, .place = place & 0xFFFFFF};
    index->has_pairs |= key->kind == PHRASE_PAIR;
    if (key->kind == PHRASE_PREFIX)
        note_prefix(index, key, made);
    return 0;
}

// Orders the postings by bucket, in two passes over them; within a bucket the order stays.
static void order(struct matcher_index *index) {
    for (size_t i = 0; i < index->count; i++)
        index->directory[matcher_index_reduce(index->keys[i].hash, index->buckets)]++;
    // Each entry becomes the end of its bucket, and by filling from behind its beginning.
    uint32_t end = 0;
    for (size_t i = 0; i < index->buckets; i++)
        index->directory[i] = end += index->directory[i];
    index->directory[index->buckets] = end;
    for (size_t i = index->count; i-- > 0;) {
        const struct matcher_key *key = &index->keys[i];
        const uint32_t bucket = matcher_index_reduce(key->hash, index->buckets);
        index->postings[--index->directory[bucket]] =
            (struct matcher_posting){key->place, matcher_index_tag(key->hash) & 0xFF};
    }
}

static void add_to_filter(struct matcher_index *index, uint32_t hash) {
    const uint32_t bit = matcher_index_reduce(hash, index->filter_bits);
    index->filter[bit / 32] |= UINT32_C(1) << (bit % 32);
}

static void fill(struct matcher_index *index) {
    for (size_t i = 0; i < index->count; i++) {
        const struct matcher_key *key = &index->keys[i];
        add_to_filter(index, key->hash);
        if (key->prefix_size < MATCHER_INDEX_MIDDLE)
            continue;
        uint32_t *followers =
            &index->followers[matcher_index_reduce(key->start, index->start_count)];
        if (key->prefix_size < MATCHER_INDEX_LONG) {
            *followers |= 1;
            continue;
        }
        *followers |= matcher_index_follower(key->long_start);
        add_to_filter(index, key->long_start);
    }
}

int matcher_index_build(struct matcher_index *index) {
    index->buckets = (uint32_t)(index->count / BUCKET_POSTINGS + 1);
    index->filter_bits =
        (uint32_t)((index->count + index->start_count) * FILTER_BITS + FILTER_BITS_MIN);
    index->start_count++; // so that there is one at any rate
    index->postings = malloc((index->count + 1) * sizeof *index->postings);
    index->directory = calloc(index->buckets + 1, sizeof *index->directory);
    index->filter = calloc(index->filter_bits / 32 + 1, sizeof *index->filter);
    index->followers = calloc(index->start_count, sizeof *index->followers);
    if (!index->postings || !index->directory || !index->filter || !index->followers)
        return -ENOMEM;
    order(index);
    fill(index);
    free(index->keys);
    index->keys = NULL;
    return 0;
}

void matcher_index_done(struct matcher_index *index) {
    free(index->keys);
    free(index->postings);
    free(index->directory);
    free(index->filter);
    free(index->followers);
    *index = (struct matcher_index){0};
}
