// SPDX-License-Identifier: MIT

#include "core/matcher_index.h"

#include <errno.h>
#include <stdlib.h>

// Makes room for one more. Return: the list, or NULL; then it is as it was.
static void *reserve(void *items, size_t count, size_t *room, size_t item_size) {
    if (count < *room)
        return items;
    const size_t more = *room > 0 ? *room + *room / 2 : 16;
    void *grown = realloc(items, more * item_size);
    if (grown)
        *room = more;
    return grown;
}

int matcher_index_add(struct matcher_index *index, const struct phrase_key *key, uint32_t value) {
    struct matcher_posting *postings =
        reserve(index->postings, index->count, &index->room, sizeof *postings);
    if (!postings)
        return -ENOMEM;
    index->postings = postings;
    postings[index->count++] = (struct matcher_posting){key->hash, value};
    index->has_pairs |= key->kind == PHRASE_PAIR;
    if (key->kind != PHRASE_PREFIX)
        return 0;
    struct matcher_prefix *prefixes =
        reserve(index->prefixes, index->prefix_count, &index->prefix_room, sizeof *prefixes);
    if (!prefixes)
        return -ENOMEM;
    index->prefixes = prefixes;
    struct matcher_prefix *prefix = &prefixes[index->prefix_count++];
    memcpy(prefix->start, key->start, sizeof prefix->start);
    prefix->size = (uint32_t)key->size;
    return 0;
}

// The shift that leaves at least @count buckets, at least 16.
static unsigned shift_for(size_t count) {
    unsigned shift = 28;
    while (shift > 8 && ((size_t)1 << (32 - shift)) < count)
        shift--;
    return shift;
}

// Orders the postings by bucket, in two passes over them; within a bucket the order stays.
static int build_directory(struct matcher_index *index) {
    index->shift = shift_for((index->count + 3) / 4);
    const size_t buckets = (size_t)1 << (32 - index->shift);
    uint32_t *directory = calloc(buckets + 1, sizeof *directory);
    struct matcher_posting *ordered = malloc((index->count + 1) * sizeof *ordered);
    if (!directory || !ordered) {
        free(directory);
        free(ordered);
        return -ENOMEM;
    }
    for (size_t i = 0; i < index->count; i++)
        directory[index->postings[i].hash >> index->shift]++;
    // Each entry becomes the end of its bucket, and by filling from behind its beginning.
    uint32_t end = 0;
    for (size_t i = 0; i < buckets; i++)
        directory[i] = end += directory[i];
    directory[buckets] = end;
    for (size_t i = index->count; i-- > 0;)
        ordered[--directory[index->postings[i].hash >> index->shift]] = index->postings[i];
    free(index->postings);
    index->postings = ordered;
    index->room = index->count + 1;
    index->directory = directory;
    return 0;
}

static int build_filter(struct matcher_index *index) {
    index->filter_shift = shift_for(index->count * 8 + 4096);
    index->filter = calloc(((size_t)1 << (32 - index->filter_shift)) / 32, sizeof *index->filter);
    if (!index->filter)
        return -ENOMEM;
    for (size_t i = 0; i < index->count; i++) {
        const uint32_t bit = index->postings[i].hash >> index->filter_shift;
        index->filter[bit / 32] |= UINT32_C(1) << (bit % 32);
    }
    return 0;
}

static int build_lengths(struct matcher_index *index) {
    if (index->prefix_count == 0)
        return 0;
    index->lengths_shift = shift_for(2 * index->prefix_count);
    index->lengths = calloc((size_t)1 << (32 - index->lengths_shift), sizeof *index->lengths);
    if (!index->lengths)
        return -ENOMEM;
    for (size_t i = 0; i < index->prefix_count; i++) {
        const struct matcher_prefix *prefix = &index->prefixes[i];
        const uint16_t bit = (uint16_t)(1u << prefix->size);
        if (prefix->size < MATCHER_INDEX_MIDDLE) {
            index->short_lengths |= bit;
            continue;
        }
        const bool is_long = prefix->size >= MATCHER_INDEX_LONG;
        index->has_long |= is_long;
        index->has_middle |= !is_long;
        const size_t size = is_long ? MATCHER_INDEX_LONG : MATCHER_INDEX_MIDDLE;
        index->lengths[matcher_index_start_hash(prefix->start, size) >> index->lengths_shift] |=
            bit;
    }
    free(index->prefixes);
    index->prefixes = NULL;
    return 0;
}

int matcher_index_build(struct matcher_index *index) {
    int r = build_directory(index);
    if (r == 0)
        r = build_filter(index);
    return r == 0 ? build_lengths(index) : r;
}

void matcher_index_done(struct matcher_index *index) {
    free(index->postings);
    free(index->directory);
    free(index->filter);
    free(index->prefixes);
    free(index->lengths);
    *index = (struct matcher_index){0};
}
