// SPDX-License-Identifier: MIT
//
// Blocks double from 1 KB up to 1 MB, so the names in a keywords file cost no page, a feed of ten
// items little more than one, and one of five thousand a handful of blocks.

#include "core/text/arena.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 1024, LARGEST_BLOCK = 1 << 20 };

struct block {
    struct block *next; // chains arena::blocks, newest first
    size_t size;
    size_t used;
    alignas(max_align_t) char bytes[];
};

struct arena {
    struct block *blocks;
    size_t next_size;
    size_t used;
    size_t max_bytes;
};

int arena_new(size_t max_bytes, struct arena **ret) {
    struct arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return -ENOMEM;
    arena->next_size = FIRST_BLOCK;
    arena->max_bytes = max_bytes;
    *ret = arena;
    return 0;
}

struct arena *arena_free(struct arena *arena) {
    if (!arena)
        return NULL;
    for (struct block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    free(arena);
    return NULL;
}

static struct block *add_block(struct arena *arena, size_t need) {
    size_t size = arena->next_size - sizeof(struct block);
    if (size < need)
        size = need;
    struct block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    *block = (struct block){.next = arena->blocks, .size = size};
    arena->blocks = block;
    if (arena->next_size < LARGEST_BLOCK)
        arena->next_size *= 2;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size) {
    const size_t align = alignof(max_align_t);
    if (size > arena->max_bytes)
        return NULL;
    size = (size + align - 1) & ~(align - 1);
    if (size > arena->max_bytes - arena->used)
        return NULL;
    struct block *block = arena->blocks;
    if (!block || block->size - block->used < size) {
        block = add_block(arena, size);
        if (!block)
            return NULL;
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    return memset(memory, 0, size);
}

char *arena_copy(struct arena *arena, const char *bytes, size_t size) {
    if (size == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(arena, size + 1);
    if (copy && size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

size_t arena_used(const struct arena *arena) {
    return arena->used;
}
