// SPDX-License-Identifier: MIT
//
// collect.h - the stories of a reading as they are found, whichever format they are found in.

#ifndef CORE_COLLECT_H
#define CORE_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text/arena.h"
#include "core/feed/entry.h"
#include "wirebell/limits.h"
#include "wirebell/reading.h"

// Why reading ended before the document did; each is an outcome, not an error.
enum { COLLECT_TOO_MANY = 1, COLLECT_TOO_LONG };

/**
 * struct collect - a reading being made
 * @arena:      where stories and strings go; borrowed
 * @reading:    what is made; borrowed
 * @entry:      the item (or the feed itself) being gathered
 * @base:       base URL of the feed, "" = unknown
 * @has_base:   the document, or who asked for it, named the base; else the feed's own link is taken
 * @stories:    found so far; in the arena
 * @count:      how many
 * @room:       for how many there is memory
 * @hashes:     one an item, stories and those passed over; in the arena
 * @item_count: how many items there were
 * @item_room:  for how many hashes there is memory
 */
struct collect {
    struct arena *arena;
    struct reading *reading;
    struct entry entry;
    char base[LIMIT_URL_MAX];
    bool has_base;
    struct story *stories;
    size_t count;
    size_t room;
    uint64_t *hashes;
    size_t item_count;
    size_t item_room;
};

/**
 * collect_init() - start; collect_done() must follow
 * @base_url: where the document came from, "" = unknown
 */
void collect_init(struct collect *collect, struct arena *arena, struct reading *reading,
                  const char *base_url);

// Frees what it owns.
void collect_done(struct collect *collect);

// Goes on with a base the document names, itself relative to the one before.
void collect_enter_base(struct collect *collect, const char *reference);

/**
 * collect_begin() - start to gather an item, or what is said of the feed
 * @base: the element's own xml:base, NULL = none
 */
void collect_begin(struct collect *collect, const char *base);

/**
 * collect_add_story() - what was gathered is an item
 * @hash: of the item, 0 = it has none
 *
 * Return: 0, COLLECT_TOO_MANY, COLLECT_TOO_LONG (the arena is full), or -ENOMEM.
 */
int collect_add_story(struct collect *collect, uint64_t hash);

/**
 * collect_note_item() - there was an item that makes no story: it is known, or cannot be read
 * @hash: of the item, 0 = it has none
 *
 * Return: 0, COLLECT_TOO_MANY, or COLLECT_TOO_LONG (the arena is full).
 */
int collect_note_item(struct collect *collect, uint64_t hash);

/**
 * collect_take_head() - what was gathered is said of the feed: its title, its own link
 * Return: 0, COLLECT_TOO_LONG, or -ENOMEM.
 */
int collect_take_head(struct collect *collect);

// Puts the stories into the reading.
void collect_finish(struct collect *collect);

#endif
