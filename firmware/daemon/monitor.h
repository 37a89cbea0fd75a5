// SPDX-License-Identifier: MIT
//
// monitor.h - the bell watches itself: what ails it goes to the health lamp, the log and whoever
// asks.
//
// The parts tell what they find; here it is said once when it begins and once when it is mended.

#ifndef DAEMON_MONITOR_H
#define DAEMON_MONITOR_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "core/schedule/trust.h"
#include "daemon/log.h"
#include "wirebell/health.h"
#include "wirebell/moment.h"
#include "wirebell/reading.h"

struct monitor;

/**
 * struct monitor_events - what the monitor tells its owner
 * @changed:  a cause came, went or reads differently; the health lamp is to be lit while
 *            @is_well is false
 * @userdata: handed to it
 */
struct monitor_events {
    void (*changed)(bool is_well, void *userdata);
    void *userdata;
};

/**
 * monitor_new() - all is well
 * @event: loop; a reference is taken
 * @log:   borrowed for life
 *
 * Return: 0, -ENOMEM or another -errno of sd-event; *ret (owned) is written only on success.
 */
int monitor_new(sd_event *event, struct log *log, const struct monitor_events *events,
                struct monitor **ret);

// NULL is fine. Returns NULL.
struct monitor *monitor_free(struct monitor *monitor);

/**
 * monitor_set() - a cause is on
 * @advice: what to do about it; "" = nothing to say
 * @format: a sentence saying what is wrong
 */
void monitor_set(struct monitor *monitor, enum health_cause cause, const char *advice,
                 const char *format, ...) __attribute__((format(printf, 4, 5)));

// A cause is mended; nothing happens when it was off.
void monitor_clear(struct monitor *monitor, enum health_cause cause);

/**
 * monitor_note_state() - the state was written, or could not be
 * @error: 0 or -errno
 */
void monitor_note_state(struct monitor *monitor, int error);

// The same, and says what could not be written.
void monitor_note_write(struct monitor *monitor, const char *what, int error);

// The state is in memory only: no write that succeeds mends that.
void monitor_lose_state(struct monitor *monitor, const char *why);

// Is one feed at least heard, of those that were asked? Ten minutes without are deafness.
void monitor_note_hearing(struct monitor *monitor, bool is_heard);

// A look at a feed has ended: the clock is judged by it, and deafness ends when it was good.
void monitor_note_look(struct monitor *monitor, const struct reading *reading);

// Now, with the wall clock's word as far as it goes.
struct moment monitor_now(const struct monitor *monitor);

// Borrowed for life: what is known of the wall clock.
const struct trust *monitor_trust(const struct monitor *monitor);

// The worst cause that is on, a sentence; "" = all is well.
const char *monitor_worst(const struct monitor *monitor);

bool monitor_is_well(const struct monitor *monitor);

typedef void (*monitor_item_fn)(const struct health_item *item, void *userdata);

// Calls @each for every cause that is on, worst first; the strings live during the call only.
void monitor_each(const struct monitor *monitor, monitor_item_fn each, void *userdata);

#endif
