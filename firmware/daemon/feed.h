// SPDX-License-Identifier: MIT
//
// feed.h - one feed as the daemon keeps it between looks, and what a person is told of it.

#ifndef DAEMON_FEED_H
#define DAEMON_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/keywords/keywords.h"
#include "core/schedule/schedule.h"
#include "daemon/delivery.h"
#include "daemon/hosts.h"
#include "port/store/store.h"
#include "wirebell/feed_status.h"
#include "wirebell/moment.h"

struct poller;

/**
 * struct feed - outlives its line in the keywords file while a look is under way
 * @poller:         whose feed it is; borrowed
 * @line:           its line; borrowed from the keywords in force, gone when @is_dropped
 * @turn:           its place among those who wait to ask
 * @plan:           when it is asked next; means nothing while it waits or is asked
 * @stored:         what is kept of it over a restart; @stored.move is owned
 * @unsaved:        keys a store that failed could not take; owned
 * @habit:          when it publishes; owned, NULL = it is not asked now, or without memory
 * @detail:         of a look that failed; owned, NULL = none
 * @unheard_us:     boot time of the first look without an answer since any server was heard last;
 *                  0 = none
 * @judged_s:       wall clock of the last look whose stories were judged, by this process: what is
 *                  dated later is news even where the state was lost since; 0 = none
 * @local_failures: looks in a row that failed at this end
 * @is_in_doubt:    that look is not counted yet: the server's fault, or this end's?
 * @is_rechecking:  its old address is asked, though it has moved
 * @is_strayed:     the new address failed: the old one is to be asked next
 * @had_validators: there were some when it was asked
 * @is_asked_whole: no item known was to be passed over when it was asked
 * @is_catch_up:    its next look is the first after an outage
 * @is_told:        the log has said that it fails
 * @is_warned:      the log has said why it is asked otherwise than one would think
 * @is_due_written: its due time was written since this process began
 * @is_dropped:     its line is gone; to be freed when the look ends
 * @is_unread:      what is kept of it could not be read, for memory was short, say
 */
struct feed {
    struct poller *poller;
    const struct keywords_feed *line;
    struct hosts_turn turn;
    struct schedule_plan plan;
    struct store_feed stored;
    struct key_list unsaved;
    struct habit *habit;
    char *detail;
    int64_t unheard_us;
    int64_t judged_s;
    uint32_t local_failures;
    bool is_in_doubt : 1;
    bool is_rechecking : 1;
    bool is_strayed : 1;
    bool had_validators : 1;
    bool is_asked_whole : 1;
    bool is_catch_up : 1;
    bool is_told : 1;
    bool is_warned : 1;
    bool is_due_written : 1;
    bool is_dropped : 1;
    bool is_unread : 1;
};

// NULL is fine. Returns NULL.
struct feed *feed_free(struct feed *feed);

// The address that is asked: the one of its line, or the one it has moved to.
const char *feed_address(const struct feed *feed);

// Is it neither asked nor waiting for its turn?
bool feed_is_resting(const struct feed *feed);

// Has its server told us to wait, and is that time not over at @now_us (boot time)?
bool feed_is_told_to_wait(const struct feed *feed, int64_t now_us);

// Keeps the sentence of a look that failed; "" forgets it.
void feed_set_detail(struct feed *feed, const char *detail);

/**
 * feed_tell() - what a person is told of it
 * @is_offline: this end has no network
 * @ret:        its strings live as long as the feed and its keywords
 */
void feed_tell(const struct feed *feed, const struct moment *now, bool is_offline,
               struct feed_status *ret);

#endif
