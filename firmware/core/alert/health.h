// SPDX-License-Identifier: MIT
//
// health.h - which causes of ill health are on, and since when.
//
// Pure: who finds a cause sets it, who finds it gone clears it. One cause is found here, for it is
// a matter of time: deaf, when for ten minutes no feed is heard, whichever was asked last. Times
// are boot time, so that "since" is right also where the wall clock was set in between.

#ifndef CORE_HEALTH_H
#define CORE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "wirebell/health.h"
#include "wirebell/moment.h"

// ALERTS.md: no feed reachable for ten minutes.
#define HEALTH_DEAF_US INT64_C(600000000)

// "Nothing will change by time alone."
#define HEALTH_NEVER INT64_MAX

/**
 * struct health_entry - one cause
 * @is_on:    it is
 * @since_us: boot time
 * @what:     see struct health_item; owned
 * @advice:   the same
 */
struct health_entry {
    bool is_on;
    int64_t since_us;
    char *what;
    char *advice;
};

/**
 * struct health - all causes; HEALTH_NULL at first
 * @entries:         indexed by cause
 * @is_missing:      no feed is heard since @missing_since_us
 * @missing_since_us: when the last of them was lost
 */
struct health {
    struct health_entry entries[HEALTH_CAUSE_COUNT];
    bool is_missing;
    int64_t missing_since_us;
};

#define HEALTH_NULL ((struct health){0})

// Frees the texts and makes it HEALTH_NULL again.
void health_done(struct health *health);

/**
 * health_set() - a cause is on
 * @now_us: boot time; kept as its beginning where it was off
 * @what:   a sentence for people; copied
 * @advice: what to do about it, ""; copied
 *
 * Return: whether that is news: it was off, or the sentence differs.
 */
bool health_set(struct health *health, enum health_cause cause, int64_t now_us, const char *what,
                const char *advice);

// A cause is mended. Return: whether it was on.
bool health_clear(struct health *health, enum health_cause cause);

/**
 * health_note_hearing() - how it stands with the feeds at @now_us (boot time)
 * @is_heard: of those asked, the last look at one at least brought what it should: a server that
 *            only says "error" tells no news
 *
 * Return: whether that ended deafness.
 */
bool health_note_hearing(struct health *health, bool is_heard, int64_t now_us);

/**
 * health_step() - bring deafness up to now
 * @now_us:      boot time
 * @ret_next_us: when to call again; HEALTH_NEVER when nothing is pending
 *
 * Return: whether it began with this step.
 */
bool health_step(struct health *health, int64_t now_us, int64_t *ret_next_us);

// Is no cause on?
bool health_is_well(const struct health *health);

// One cause as people are told of it. Return: false when it is off, and then nothing was written.
bool health_item(const struct health *health, enum health_cause cause, const struct moment *now,
                 struct health_item *ret);

#endif
