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
// are due together follow each other, highest first. In quiet hours a level rings, shows its lamp
// only, or waits in the dark: then it comes to light, and rings, once, when they end. While the
// wall clock is not trusted there are no quiet hours. Snoozed, the desk is dark and silent until
// the snooze ends. Ill health has a lamp of its own, or flicks where nothing else shows, and never
// the bell. Times are boot time in microseconds.
//
// Whatever the plans say, the buzzer never sounds longer than ANNUNCIATOR_SOUND_US at a stretch.

#ifndef CORE_ANNUNCIATOR_H
#define CORE_ANNUNCIATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alert/pattern.h"
#include "wirebell/alert.h"
#include "wirebell/moment.h"
#include "wirebell/policy.h"

#define ANNUNCIATOR_SOUND_US       INT64_C(2000000)
#define ANNUNCIATOR_LAMP_TEST_US   INT64_C(3000000)
// One output alone: long enough to see which lamp it is; a buzzer needs less.
#define ANNUNCIATOR_ONE_LAMP_US    INT64_C(2000000)
#define ANNUNCIATOR_ONE_BUZZER_US  INT64_C(500000)
// A drill: all lamps for so long, then as its level for so long, or until its bell has rung.
#define ANNUNCIATOR_DRILL_LAMPS_US INT64_C(1000000)
#define ANNUNCIATOR_DRILL_US       INT64_C(6000000)

struct annunciator;

/**
 * struct annunciator_alert - an alert as far as it is to be shown
 * @id:        the store's number; 0 = it has none
 * @level:     its level
 * @lamp:      its lamp; ROLE_COUNT = its level's
 * @is_silent: no bell
 * @is_drill:  begins with all lamps, clears itself
 * @is_steady: its lamp does not blink: it stands for many stories
 * @rings:     rings it already had: 0 = rings at the next step; more after a restart, when only the
 *             lamp comes back at once and the repeat plan goes on
 */
struct annunciator_alert {
    int64_t id;
    enum level level;
    enum board_role lamp;
    bool is_silent;
    bool is_drill;
    bool is_steady;
    uint32_t rings;
};

/**
 * struct annunciation - what the outputs are to be, and what happened on the way
 * @is_lit:        by board_role; outputs only
 * @next_us:       when annunciator_step() must be called again; PATTERN_NEVER = only on an event
 * @is_all_lit:    all lamps are, see annunciator_light_all()
 * @shown:         level that shows, valid where @is_showing
 * @is_showing:    some alert is unacknowledged and neither snoozed nor waiting in the dark
 * @rang:          bit (1 << level) set where a ring of that level begins with this step, or was
 *                 left out for good: in quiet hours, or because all its alerts are silent
 * @cleared:       alerts that cleared by themselves with this step
 * @cleared_count: how many of them; when it equals ARRAY size call again at once for more
 */
struct annunciation {
    bool is_lit[ROLE_COUNT];
    int64_t next_us;
    bool is_all_lit;
    enum level shown;
    bool is_showing;
    uint32_t rang;
    int64_t cleared[16];
    size_t cleared_count;
};

/**
 * annunciator_new() - an empty desk, in good health
 * @policy:          levels and quiet hours; borrowed for life
 * @has_health_lamp: the board has a lamp for ROLE_HEALTH; without one amber flicks
 * @ret:             owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int annunciator_new(const struct policy *policy, bool has_health_lamp, struct annunciator **ret);

// NULL is fine. Returns NULL.
struct annunciator *annunciator_free(struct annunciator *annunciator);

// An alert of the store as it is put on the desk, and one that is there as it is now.
struct annunciator_alert annunciator_alert_of(const struct alert *alert);
struct annunciator_alert annunciator_alert_changed(const struct alert_change *change);

/**
 * annunciator_raise() - put an alert on the desk, or bring one that is there up to date
 * @alert:  one whose id (not 0) is there takes its place; with no @rings it rings again
 * @now_us: time of the event
 *
 * A full desk (LIMIT_ALERTS_MAX, or what there is memory for) drops its lowest, oldest alert: it
 * stays raised in the store.
 */
void annunciator_raise(struct annunciator *annunciator, const struct annunciator_alert *alert,
                       int64_t now_us);

/**
 * annunciator_acknowledge() - everything seen: lamps dark, bell silent at the next step
 * Return: how many alerts that were.
 */
size_t annunciator_acknowledge(struct annunciator *annunciator);

// One alert seen. Return: whether it was on the desk.
bool annunciator_remove(struct annunciator *annunciator, int64_t id);

/**
 * annunciator_snooze() - what is on the desk, and what comes, waits dark and silent
 * @until_us: then it shows and rings again; one that has passed ends a snooze
 */
void annunciator_snooze(struct annunciator *annunciator, int64_t until_us);

// Is the bell ill, so that it may not hear or ring?
void annunciator_set_health(struct annunciator *annunciator, bool is_ill, int64_t now_us);

/**
 * annunciator_light_all() - all lamps, whatever else they show: a lamp test, an answer to the
 * button
 * @for_us: how long; ANNUNCIATOR_LAMP_TEST_US
 */
void annunciator_light_all(struct annunciator *annunciator, int64_t for_us, int64_t now_us);

/**
 * annunciator_step() - bring the desk up to now
 * @now: its @boot_us is never less than in an earlier call
 * @ret: written whole
 */
void annunciator_step(struct annunciator *annunciator, const struct moment *now,
                      struct annunciation *ret);

// Unacknowledged alerts on the desk.
size_t annunciator_count(const struct annunciator *annunciator);

#endif
