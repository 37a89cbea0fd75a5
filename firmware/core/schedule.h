// SPDX-License-Identifier: MIT
//
// schedule.h - when may a feed be asked again?
//
// Pure: what happened and now in, next due time out. The interval is the user's, raised to what
// the server asks for, never below the floor that no configuration can break. Failures back off
// exponentially. Jitter only ever makes a request later, so that no promise to a server is broken
// by it. Times are boot time: a wall clock that jumps causes no burst.

#ifndef CORE_SCHEDULE_H
#define CORE_SCHEDULE_H

#include <stdint.h>

#include "wirebell/reading.h"

/**
 * struct schedule_input - what the next due time depends on
 * @every_s:       interval the user asked for; 0 = DEFAULT_POLL_S
 * @outcome:       how the last look ended
 * @http_status:   its status, 0 = none
 * @failures:      looks that failed in a row, this one included; 0 after a success
 * @retry_after_s: Retry-After (RFC 9110 10.2.3); 0 = none
 * @max_age_s:     freshness left (RFC 9111 4.2.1); 0 = none
 * @ttl_s:         RSS 2.0 <ttl>; 0 = none
 * @seed:          spreads feeds apart: any number that differs from feed to feed and poll to poll
 */
struct schedule_input {
    int64_t every_s;
    enum reading_outcome outcome;
    int http_status;
    uint32_t failures;
    int64_t retry_after_s;
    int64_t max_age_s;
    int64_t ttl_s;
    uint64_t seed;
};

/**
 * schedule_next_us() - when the feed may be asked again
 * @input:  what happened
 * @now_us: boot time of the answer, microseconds
 *
 * Hints of a server that answers well are honoured up to LIMIT_HINT_MAX_S: a site that says
 * "fresh for a year" must not make an alarm deaf. ttl yields to an interval the user gave.
 * Retry-After is honoured up to a day. 410 (gone) and 401/403/404 slow down to hours.
 *
 * Return: due time in microseconds, at least LIMIT_POLL_MIN_S after @now_us.
 */
int64_t schedule_next_us(const struct schedule_input *input, int64_t now_us);

/**
 * schedule_resume_us() - when a feed is due after a restart, from the wall clock time once written
 * @due_s:       planned time, seconds since 1970; 0 = never asked
 * @wall_now_s:  the wall clock; may be wrong
 * @boot_now_us: boot time
 *
 * A plan that lies further ahead than any plan can is read by a clock that is not set (a Pi without
 * one wakes in 1970): the feed is due now, for a request too many is better than hours of deafness.
 *
 * Return: boot time in microseconds, >= @boot_now_us.
 */
int64_t schedule_resume_us(int64_t due_s, int64_t wall_now_s, int64_t boot_now_us);

#endif
