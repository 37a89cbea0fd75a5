// SPDX-License-Identifier: MIT
//
// annunciator.h - the alerts on the desk, and what lamps and bell make of them.
//
// The state machine between "this story matched" and "this line is high": event + now go in,
// levels, actions and the time of the next change come out. It knows no lamp driver, no clock and
// no store, so days of behaviour are tested in milliseconds.
//
// Rules (ALERTS.md): the highest unacknowledged level shows, alone. A level's bell rings when an
// alert of it is raised, and again by its repeat plan until acknowledged. Several alerts of a
// level raised together ring once. A higher level cuts a lower one's ringing short; rings that
// are due together follow each other, highest first. Times are boot time in microseconds.

#ifndef CORE_ANNUNCIATOR_H
#define CORE_ANNUNCIATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/pattern.h"
#include "wirebell/alert.h"
#include "wirebell/policy.h"

struct annunciator;

/**
 * struct annunciation - what the outputs are to be, and what happened on the way
 * @is_lit:        by board_role; outputs only
 * @next_us:       when annunciator_step() must be called again; PATTERN_NEVER = only on an event
 * @shown:         level that shows, valid where @is_showing
 * @is_showing:    some alert is unacknowledged
 * @rang:          bit (1 << level) set where a ring of that level begins with this step
 * @cleared:       alerts that cleared by themselves with this step
 * @cleared_count: how many of them; when it equals ARRAY size call again at once for more
 */
struct annunciation {
    bool is_lit[ROLE_COUNT];
    int64_t next_us;
    enum level shown;
    bool is_showing;
    uint32_t rang;
    int64_t cleared[16];
    size_t cleared_count;
};

/**
 * annunciator_new() - an empty desk
 * @plans: LEVEL_COUNT plans, borrowed for life
 * @ret:   owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int annunciator_new(const struct level_plan *plans, struct annunciator **ret);

// NULL is fine. Returns NULL.
struct annunciator *annunciator_free(struct annunciator *annunciator);

/**
 * annunciator_raise() - put an alert on the desk
 * @id:     the store's number
 * @level:  its level
 * @rings:  rings it already had: 0 = new (rings at the next step); more after a restart, when only
 *          the lamp comes back at once and the repeat plan goes on
 * @now_us: time of the event
 *
 * A full desk (LIMIT_ALERTS_MAX) drops its lowest, oldest alert: it stays raised in the store.
 */
void annunciator_raise(struct annunciator *annunciator, int64_t id, enum level level,
                       uint32_t rings, int64_t now_us);

/**
 * annunciator_acknowledge() - everything seen: lamps dark, bell silent at the next step
 * Return: how many alerts that were.
 */
size_t annunciator_acknowledge(struct annunciator *annunciator);

/**
 * annunciator_step() - bring the desk up to now
 * @now_us: never less than in an earlier call
 * @ret:    written whole
 */
void annunciator_step(struct annunciator *annunciator, int64_t now_us, struct annunciation *ret);

// Unacknowledged alerts on the desk.
size_t annunciator_count(const struct annunciator *annunciator);

#endif
