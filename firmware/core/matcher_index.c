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
    index->shift = shift_for((index->count + 1) / 2);
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

static int build_lengths(struct matcher_index *index) {
    if (index->prefix_count == 0)
        return 0;
    index->lengths_shift = shift_for(index->prefix_count);
    index->lengths = calloc((size_t)1 << (32 - index->lengths_shift), sizeof *index->lengths);
    if (!index->lengths)
        return -ENOMEM;
    for (size_t i = 0; i < index->prefix_count; i++) {
        const struct matcher_prefix *prefix = &index->prefixes[i];
        const uint64_t bit = UINT64_C(1) << prefix->size;
        if (prefix->size < 4)
            index->short_lengths |= bit;
        else
            index->lengths[matcher_index_start_hash(prefix->start) >> index->lengths_shift] |= bit;
    }
    free(index->prefixes);
    index->prefixes = NULL;
    return 0;
}

int matcher_index_build(struct matcher_index *index) {
    const int r = build_directory(index);
    return r != 0 ? r : build_lengths(index);
}

void matcher_index_done(struct matcher_index *index) {
    free(index->postings);
    free(index->directory);
    free(index->prefixes);
    free(index->lengths);
    *index = (struct matcher_index){0};
}
