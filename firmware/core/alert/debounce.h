// SPDX-License-Identifier: MIT
//
// debounce.h - from the edges of a contact that bounces to the presses a person made.
//
// A level counts once it has stood for DEBOUNCE_US. Edges carry their own time, so presses are told
// apart even when they are looked at late, all at once. Pure: the caller waits.

#ifndef CORE_DEBOUNCE_H
#define CORE_DEBOUNCE_H

#include <stdbool.h>
#include <stdint.h>

// Push buttons bounce for 1-10 ms; a person's shortest press is some 50 ms.
enum { DEBOUNCE_US = 30000 };

/**
 * struct debounce - one contact
 * @level:       last level told
 * @level_us:    when it began, its bounces over
 * @has_pending: an edge was seen and has not settled
 * @pending:     the level after that edge
 * @pending_us:  time of that edge
 */
struct debounce {
    bool level;
    int64_t level_us;
    bool has_pending;
    bool pending;
    int64_t pending_us;
};

/**
 * debounce_edge() - the contact moved
 * @d:     state; starts as {.level = the level there is}
 * @level: after the edge
 * @at_us: when, on any clock that is the same for all edges
 *
 * Return: true when the level before this edge had settled and is news: d->level is that news.
 */
bool debounce_edge(struct debounce *d, bool level, int64_t at_us);

/**
 * debounce_settle() - DEBOUNCE_US have passed since the last edge
 * @level: the contact's level now; asked anew, for edges may be lost when many come at once
 * @at_us: since when, if no edge has told
 *
 * Return: true when that is news: d->level is the news.
 */
bool debounce_settle(struct debounce *d, bool level, int64_t at_us);

#endif
