// SPDX-License-Identifier: MIT
//
// arena.h - memory for one stage of the way: given out piece by piece, taken back at once.
//
// A reading, a parsed keywords file, a poll result: each owns one arena, and every string in it
// dies with it. Nothing is freed alone, so nothing can be freed twice or forgotten.

#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stddef.h>

struct arena;

/**
 * arena_new() - an empty arena
 * @max_bytes: cap on all it gives out; more is refused as if memory had run out
 * @ret:       written only on success; owned, to be given to arena_free()
 *
 * Return: 0 or -ENOMEM.
 */
int arena_new(size_t max_bytes, struct arena **ret);

// Frees all at once. NULL is fine. Returns NULL.
struct arena *arena_free(struct arena *arena);

/**
 * arena_alloc() - zeroed memory, aligned for any type
 * Return: borrowed from the arena; NULL when memory or the cap is reached.
 */
void *arena_alloc(struct arena *arena, size_t size);

/**
 * arena_copy() - a terminated copy of @size bytes
 * Return: borrowed from the arena; NULL when memory or the cap is reached.
 */
char *arena_copy(struct arena *arena, const char *bytes, size_t size);

// Bytes given out so far, padding included.
size_t arena_used(const struct arena *arena);

#endif
