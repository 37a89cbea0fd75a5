// SPDX-License-Identifier: MIT
//
// poller.h - due feeds are read, their stories matched, and what rings is committed and handed on.
//
// One timer for the feed due next. A reading's way: which stories are new to this feed -> (first
// good look: remember all, ring none) -> the highest rule each new one meets -> one transaction
// with keys, validators and alerts -> only then the panel hears of it.

#ifndef DAEMON_POLLER_H
#define DAEMON_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

#include "core/keywords.h"
#include "core/matcher.h"
#include "core/triage.h"
#include "core/trust.h"
#include "daemon/log.h"
#include "port/reader_client.h"
#include "port/store.h"

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
 * @idle:       the last look under way has ended, or poller_poll_all() had nothing to ask
 * @userdata:   handed to all of them
 */
struct poller_events {
    void (*raised)(const struct alert *alerts, size_t count, void *userdata);
    void (*changed)(const struct alert_change *changes, size_t count, void *userdata);
    void (*looked)(const struct reading *reading, int stored, void *userdata);
    void (*idle)(void *userdata);
    void *userdata;
};

/**
 * poller_new() - a poller without feeds
 * Return: 0, -ENOMEM or -errno of sd-event; *ret (owned) is written only on success.
 */
int poller_new(const struct poller_parts *parts, const struct poller_events *events,
               struct poller **ret);

// Drops what is under way. To be called before the reader client goes. NULL is fine. Returns NULL.
struct poller *poller_free(struct poller *poller);

/**
 * poller_configure() - read these feeds by these rules from now on
 * @keywords: borrowed until the next poller_configure() or poller_free()
 * @matcher:  the same
 *
 * Feeds known before (by address) keep their due time and history; a poll under way is not
 * disturbed and is matched by the new rules.
 *
 * Return: 0; -ENOMEM, and then everything stays as it was.
 */
int poller_configure(struct poller *poller, const struct keywords *keywords,
                     struct matcher *matcher);

// Asks every feed now, whatever is due; idle is called at the end, also with no feeds at all.
void poller_poll_all(struct poller *poller);

// Starts polling what is due, now and from now on.
void poller_start(struct poller *poller);

// Writes due times, so that a restart asks no site earlier than planned. Return: 0 or -errno.
int poller_save(struct poller *poller);

// Feeds whose last look failed.
size_t poller_failing_count(const struct poller *poller);

#endif
