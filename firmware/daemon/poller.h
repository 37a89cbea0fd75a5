// SPDX-License-Identifier: MIT
//
// poller.h - due feeds are read, their stories matched, and what rings is committed and handed on.
//
// Who is asked when is core/schedule's word for each feed alone, and daemon/hosts' for all of them
// together; whether a look that failed is the server's fault is daemon/outage's. A reading's way:
// which stories are new to this feed -> (first good look: remember all, ring none) -> the highest
// rule each new one meets -> one transaction with keys, validators and alerts -> only then the
// panel hears of it.

#ifndef DAEMON_POLLER_H
#define DAEMON_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

#include "core/keywords/keywords.h"
#include "core/matcher/matcher.h"
#include "core/alert/triage.h"
#include "core/schedule/trust.h"
#include "daemon/log.h"
#include "port/reader/reader_client.h"
#include "port/store/store.h"
#include "wirebell/feed_status.h"

struct poller;

/**
 * struct poller_parts - what a poller works with; all borrowed for life
 * @event:  loop; a reference is taken
 * @log:    for changes of a feed's state
 * @store:  the state
 * @reader: the way to wirebell-reader
 * @triage: what is known of stories that rang
 * @trust:  whether the wall clock can be believed
 */
struct poller_parts {
    sd_event *event;
    struct log *log;
    struct store *store;
    struct reader_client *reader;
    struct triage *triage;
    const struct trust *trust;
};

/**
 * struct poller_events - what the poller tells its owner; called from the event loop
 * @raised:     these alerts are committed (or could not be, and ring all the same: @id 0);
 *              those of stories that met a rule and do not ring are among them, see @state;
 *              borrowed during the call
 * @changed:    these alerts of before are not what they were; borrowed during the call
 * @looked:     a look has ended; @stored: how writing what it brought went, 0 (also when there was
 *              nothing to write) or -errno
 * @away:       for @seconds, over an hour, nothing was heard, for the network was gone or the
 *              machine asleep or off: the next look at each feed catches up
 * @idle:       the last look has ended and nobody waits for a turn; or there was nothing to ask
 * @userdata:   handed to all of them
 */
struct poller_events {
    void (*raised)(const struct alert *alerts, size_t count, void *userdata);
    void (*changed)(const struct alert_change *changes, size_t count, void *userdata);
    void (*looked)(const struct reading *reading, int stored, void *userdata);
    void (*away)(int64_t seconds, void *userdata);
    void (*idle)(void *userdata);
    void *userdata;
};

/**
 * poller_new() - a poller without feeds
 * Return: 0, -ENOMEM or -errno of sd-event; *ret (owned) is written only on success.
 */
int poller_new(const struct poller_parts *parts, const struct poller_events *events,
               struct poller **ret);

// Drops what is under way: the reader client must not call back any more. NULL is fine. Returns
// NULL.
struct poller *poller_free(struct poller *poller);

/**
 * poller_configure() - read these feeds by these rules from now on
 * @keywords: borrowed until the next poller_configure() or poller_free()
 * @matcher:  the same
 * @interval_s: how often a feed is asked that has no every=
 *
 * Feeds known before (by address) keep their due time and history; a poll under way is not
 * disturbed and is matched by the new rules.
 *
 * Return: 0; -ENOMEM, and then everything stays as it was.
 */
int poller_configure(struct poller *poller, const struct keywords *keywords,
                     struct matcher *matcher, int64_t interval_s);

/**
 * poller_poll_all() - a person wants every feed asked now
 *
 * Whatever is due, also those that are gone, but for those whose server told us to wait. One
 * request a host at a time, with the pause between them, as always.
 */
void poller_poll_all(struct poller *poller);

/**
 * poller_poll() - a person wants one feed asked now
 * @url: as written in the keywords file
 *
 * Return: 0, also when it is being asked or waits for its turn; -ENOENT when there is no such feed;
 * -EAGAIN when its server told us to wait, and that time is not over.
 */
int poller_poll(struct poller *poller, const char *url);

// False when a feed should have been asked, or a look have ended, ten minutes ago and more: a fault
// of ours, for hosts that are silent end a look sooner.
bool poller_is_alive(const struct poller *poller);

// Begins to ask feeds when they are due; before, only poller_poll_all() does.
void poller_start(struct poller *poller);

// The state was begun anew: every feed's next look is its first, and silent but for stories dated
// later than the last one. Plans stay.
void poller_forget(struct poller *poller);

// Writes due times, so that a restart asks no site earlier than planned. Return: 0 or -errno.
int poller_save(struct poller *poller);

// Feeds whose last look failed, and those not heard while offline.
size_t poller_failing_count(const struct poller *poller);

// Looks that have ended, and all there are to be made, of the round that is under way; for a line
// of progress. False when none is.
bool poller_progress(const struct poller *poller, size_t *ret_done, size_t *ret_total);

typedef void (*poller_feed_fn)(const struct feed_status *status, void *userdata);

// Calls @each for every feed, in the order of addresses; the strings live during the call.
void poller_each_feed(const struct poller *poller, poller_feed_fn each, void *userdata);

#endif
