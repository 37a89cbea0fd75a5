// SPDX-License-Identifier: MIT
//
// schedule.h - when may a feed be asked again, and why then?
//
// Pure: what happened and now in, next due time and its reason out. The interval is the user's,
// raised to what the server asks for, never below the floor that no configuration can break.
// Failures of a server back off exponentially; failures at this end do not, for no site is to blame
// for our cable. Whatever makes a request later than the rule says (jitter, rounds) only ever makes
// it later, and all of it together by less than a tenth, so that no promise to a server is broken.
//
// Times are boot time: a wall clock that jumps causes no burst and no silence. The wall clock is
// asked in two matters only, hours that a feed wants left out and hours in which it publishes, and
// only while it is trusted.
//
// Rounds. A plan is a span, from @due_us to @latest_us. Who sets one timer for the least @latest_us
// of all feeds, and then asks every feed that is due, wakes as rarely as those spans allow.

#ifndef CORE_SCHEDULE_H
#define CORE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wirebell/reading.h"

struct habit;

/**
 * enum schedule_reason - what decided when a feed is asked next
 * @SCHEDULE_START:          never asked; its place in the spread at start
 * @SCHEDULE_RESUMED:        as planned before this process began
 * @SCHEDULE_CATCH_UP:       overdue after suspend or an outage; its place in the catch-up
 * @SCHEDULE_INTERVAL:       the interval of the configuration
 * @SCHEDULE_EVERY:          every= of the keywords file
 * @SCHEDULE_FLOOR:          a shorter interval was asked for than any site is asked at
 * @SCHEDULE_ADAPTIVE:       the hours in which the feed publishes
 * @SCHEDULE_NO_VALIDATORS:  neither ETag nor Last-Modified: each look costs the whole document
 * @SCHEDULE_MAX_AGE:        Cache-Control: max-age or Expires
 * @SCHEDULE_TTL:            RSS <ttl>
 * @SCHEDULE_UPDATE:         sy:updatePeriod and sy:updateFrequency
 * @SCHEDULE_SKIP_HOURS:     RSS <skipHours>
 * @SCHEDULE_SKIP_DAYS:      RSS <skipDays>
 * @SCHEDULE_RETRY_AFTER:    Retry-After
 * @SCHEDULE_RETRY_CLAMPED:  Retry-After asked for more than LIMIT_RETRY_AFTER_MAX_S, and got that
 * @SCHEDULE_BACK_OFF:       the server failed, or what it sent is no feed
 * @SCHEDULE_REFUSED:        401, 403, 404
 * @SCHEDULE_GONE:           410
 * @SCHEDULE_OFFLINE:        no network at this end
 * @SCHEDULE_CLOCK_NOT_SET:  a certificate was refused while the clock is not trusted
 * @SCHEDULE_LOCAL:          something else failed at this end
 */
enum schedule_reason {
    SCHEDULE_START,
    SCHEDULE_RESUMED,
    SCHEDULE_CATCH_UP,
    SCHEDULE_INTERVAL,
    SCHEDULE_EVERY,
    SCHEDULE_FLOOR,
    SCHEDULE_ADAPTIVE,
    SCHEDULE_NO_VALIDATORS,
    SCHEDULE_MAX_AGE,
    SCHEDULE_TTL,
    SCHEDULE_UPDATE,
    SCHEDULE_SKIP_HOURS,
    SCHEDULE_SKIP_DAYS,
    SCHEDULE_RETRY_AFTER,
    SCHEDULE_RETRY_CLAMPED,
    SCHEDULE_BACK_OFF,
    SCHEDULE_REFUSED,
    SCHEDULE_GONE,
    SCHEDULE_OFFLINE,
    SCHEDULE_CLOCK_NOT_SET,
    SCHEDULE_LOCAL,
    SCHEDULE_REASON_COUNT
};

/**
 * schedule_reason_name() - a reason as a word for JSON: "interval", "max-age", "retry-after"...
 * schedule_reason_text() - the same as a phrase for people, to stand after "next look at 10:15: "
 * @reason: any value; one out of range gives "unknown"
 *
 * Return: a static string.
 */
const char *schedule_reason_name(enum schedule_reason reason);
const char *schedule_reason_text(enum schedule_reason reason);

/**
 * struct schedule_plan - when a feed is asked next
 * @due_us:    boot time before which it is not asked
 * @latest_us: boot time at which it is asked at the latest, >= @due_us; between the two it waits
 *             for a round that others begin
 * @reason:    what decided it
 */
struct schedule_plan {
    int64_t due_us;
    int64_t latest_us;
    enum schedule_reason reason;
};

/**
 * struct schedule_skip - hours and days in which a feed wants to be left alone, UTC
 * @hours: bit h, 0-23; @days: bit d, 0 = Sunday. 0 = none; a set that leaves no hour, or no day, of
 *         a week counts as none
 */
struct schedule_skip {
    uint32_t hours;
    uint8_t days;
};

/**
 * struct schedule_input - what the next due time depends on
 * @every_s:          every= of the feed's line; 0 = none
 * @interval_s:       interval of the configuration; 0 = DEFAULT_POLL_S
 * @outcome:          how the last look ended
 * @http_status:      its status, 0 = none
 * @failures:         looks in a row that failed and are no failures at this end (see
 *                    schedule_is_local()), this one included; 0 after a success
 * @local_failures:   looks in a row that failed at this end, this one included; 0 after any answer
 * @is_offline:       the caller found that the network is gone at this end (link down, or all hosts
 *                    out of reach): an UNREACHABLE or TIMED_OUT says nothing of this site
 * @has_validators:   the server offers ETag or Last-Modified: it sent one with this answer, or with
 *                    the one that this one (304) confirms
 * @is_clock_trusted: the wall clock has been set
 * @wall_s:           wall clock now, seconds since 1970; not looked at unless trusted
 * @retry_after_s:    Retry-After (RFC 9110 10.2.3); 0 = none
 * @max_age_s:        freshness left (RFC 9111 4.2.1); 0 = none
 * @ttl_s:            RSS 2.0 <ttl>; 0 = none
 * @update_s:         sy:updatePeriod over sy:updateFrequency; 0 = none
 * @skip:             RSS 2.0 <skipHours>, <skipDays>
 * @habit:            what is known of the feed's habit (core/schedule/habit.h); NULL = nothing.
 * Borrowed
 * @seed:             spreads feeds apart: any number that differs from feed to feed and poll to
 * poll
 *
 * Hints that stand in the document (ttl, update, skip) are to be kept by the caller, for a document
 * that is unchanged does not bring them again.
 */
struct schedule_input {
    int64_t every_s;
    int64_t interval_s;
    enum reading_outcome outcome;
    int http_status;
    uint32_t failures;
    uint32_t local_failures;
    bool is_offline;
    bool has_validators;
    bool is_clock_trusted;
    int64_t wall_s;
    int64_t retry_after_s;
    int64_t max_age_s;
    int64_t ttl_s;
    int64_t update_s;
    struct schedule_skip skip;
    const struct habit *habit;
    uint64_t seed;
};

/**
 * schedule_is_local() - did the look fail at this end, so that the site keeps no penalty?
 *
 * True for an UNREACHABLE or TIMED_OUT while @input->is_offline, for a TLS_REFUSED while the clock
 * is not trusted, and for FAILED. To be asked before counting: the caller adds one to
 * local_failures when true, to failures when false and the look failed; then calls schedule_next().
 * Only @outcome, @is_offline and @is_clock_trusted are looked at.
 */
bool schedule_is_local(const struct schedule_input *input);

/**
 * schedule_next() - when the feed may be asked again
 * @input:  what happened
 * @now_us: boot time of the answer, microseconds
 *
 * After a success: the interval (every=, else that of the configuration, LIMIT_POLL_MIN_S to
 * LIMIT_POLL_MAX_S); four times that, up to LIMIT_UNVALIDATED_S, without validators; raised to
 * max-age, and without every= to ttl and sy:update too, each up to LIMIT_HINT_MAX_S: a site that
 * says "fresh for a year" must not make an alarm deaf. Without every= a habit places the look
 * between those bounds.
 *
 * After a failure of the server: 1.5 times as long each time, up to LIMIT_BACKOFF_MAX_S; from there
 * up to LIMIT_REFUSED_MAX_S when refused (401, 403, 404); LIMIT_GONE_S when gone (410); Retry-After
 * up to LIMIT_RETRY_AFTER_MAX_S. After one at this end: 30 to 60 s, growing to LIMIT_POLL_MIN_S.
 *
 * skipHours and skipDays hold after any outcome.
 * Source: RSS 2.0 (ttl, skipHours, skipDays), RSS 1.0 syndication module.
 *
 * Return: a plan whose due time is at least LIMIT_POLL_MIN_S after @now_us (and so after the last
 * request), but for OFFLINE and CLOCK_NOT_SET: then no server was asked for anything.
 */
struct schedule_plan schedule_next(const struct schedule_input *input, int64_t now_us);

/**
 * schedule_interval_s() - the interval that schedule_next() keeps after a success, habit or none
 * @input: what happened; its outcome, clocks, skips, habit and seed are not looked at
 *
 * Return: seconds, LIMIT_POLL_MIN_S..LIMIT_POLL_MAX_S. What habit_learn() counts looks against.
 */
int64_t schedule_interval_s(const struct schedule_input *input);

/**
 * schedule_host_hold_us() - until when must all feeds of this host wait?
 *
 * 429 with Retry-After speaks of us, not of one address (RFC 6585 4); 503 with Retry-After does
 * not: others on the host go on.
 *
 * Return: boot time in microseconds, or 0 for no such order.
 */
int64_t schedule_host_hold_us(const struct schedule_input *input, int64_t now_us);

/**
 * schedule_skip_s() - how long from a moment until the feed may be asked, by skipHours and skipDays
 * @wall_s: the moment, seconds since 1970 by a trusted clock
 *
 * For what is placed by schedule_resume() or schedule_stagger(), which know nothing of skips.
 *
 * Return: seconds to the end of what is skipped; 0 = now is fine.
 */
int64_t schedule_skip_s(struct schedule_skip skip, int64_t wall_s);

/**
 * schedule_resume() - the plan after a restart, from the wall clock time once written
 * @due_s:       planned time, seconds since 1970; 0 = never asked
 * @wall_now_s:  the wall clock; may be wrong
 * @boot_now_us: boot time
 *
 * A plan that lies further ahead than any plan can is read by a clock that is not set (a Pi without
 * one wakes in 1970): the feed is due now, for a request too many is better than hours of deafness.
 *
 * Return: RESUMED in the future; or START (@due_s is 0) or CATCH_UP with @boot_now_us as due time:
 * those the caller places with schedule_stagger().
 */
struct schedule_plan schedule_resume(int64_t due_s, int64_t wall_now_s, int64_t boot_now_us);

/**
 * schedule_is_overdue() - has the moment passed so long ago that this is no round but a catch-up?
 *
 * True from a minute after @plan->latest_us: the machine slept, or was off.
 */
bool schedule_is_overdue(const struct schedule_plan *plan, int64_t now_us);

/**
 * schedule_stagger() - one place among feeds that are all due at once: at start, after an outage
 * @index:  0..@count - 1, each once, in the order of addresses
 * @count:  how many feeds there are to place, >= 1
 * @reason: SCHEDULE_START or SCHEDULE_CATCH_UP
 * @now_us: boot time
 *
 * Places follow the golden ratio: no two are nearer than 0.38 of an even spacing, whatever the
 * count, and neighbours in the list, which are feeds of one host, stand more than a third of the
 * time apart. The time is 100 s, so that two feeds are 61 s apart, and 0.1 s a feed where that is
 * more. One feed alone is asked at once.
 *
 * Return: a plan without slack: these do not wait for a round.
 */
struct schedule_plan schedule_stagger(size_t index, size_t count, enum schedule_reason reason,
                                      int64_t now_us);

#endif
