// SPDX-License-Identifier: MIT
//
// roster.h - the list of feeds, and what becomes of it when the keywords file is read again.
//
// A feed is its address: one that stands in both files stays the same object with its plan, its
// history and a look that is under way; only its settings change. So a reload disturbs nothing.

#ifndef DAEMON_ROSTER_H
#define DAEMON_ROSTER_H

#include <stddef.h>

#include "core/keywords/keywords.h"
#include "daemon/feed.h"

/**
 * struct roster - the feeds, sorted by address; all zero = none
 * @feeds: owned, and so is each
 * @count: how many
 */
struct roster {
    struct feed **feeds;
    size_t count;
};

/**
 * struct roster_events - what roster_update() tells
 * @added:    a feed that was not in the list; all zero but its line
 * @dropped:  a feed whose line is gone, and with it the strings of @line; it is the callee's now
 * @userdata: handed to both
 */
struct roster_events {
    void (*added)(struct feed *feed, void *userdata);
    void (*dropped)(struct feed *feed, void *userdata);
    void *userdata;
};

/**
 * roster_update() - make it the list of these keywords
 * @keywords: borrowed until the next call
 *
 * An address that stands twice is one feed: the first line counts.
 *
 * Return: 0; -ENOMEM, and then everything stays as it was and no event was told.
 */
int roster_update(struct roster *roster, const struct keywords *keywords,
                  const struct roster_events *events);

// Frees all feeds.
void roster_done(struct roster *roster);

#endif
