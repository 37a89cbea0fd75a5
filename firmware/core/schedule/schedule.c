// SPDX-License-Identifier: MIT

#include "core/schedule/schedule.h"

#include <assert.h>

#include "core/schedule/habit.h"
#include "wirebell/limits.h"

static const int64_t SECOND_US = 1000000;

enum {
    // Lateness on purpose, in parts of the wait and at most: together less than a tenth.
    JITTER_PARTS = 25,
    JITTER_MAX_S = 30,
    SLACK_PARTS = 20,
    SLACK_MAX_S = 60,
    UNVALIDATED_FACTOR = 4,
    OVERDUE_S = 60,
    HOUR_S = 3600,
    WEEK_H = 7 * 24,
    ALL_HOURS = (1 << 24) - 1,
    ALL_DAYS = (1 << 7) - 1,
    STAGGER_S = 100,
    STAGGER_FEED_US = 100000,
    // No plan lies further ahead: gone, and then a week of skipped days.
    PLAN_MAX_S = LIMIT_GONE_S + WEEK_H * HOUR_S + JITTER_MAX_S,
};

// A moment by the wall clock further off than this (the year 36812) is no moment.
static const int64_t WALL_MAX_S = INT64_C(1) << 40;

struct wait {
    int64_t s;
    enum schedule_reason reason;
};

static int64_t max_s(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t min_s(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static void raise_to(struct wait *wait, int64_t s, enum schedule_reason reason) {
    if (s > wait->s)
        *wait = (struct wait){s, reason};
}

// --- names -----------------------------------------------------------------------------------

struct reason_words {
    const char *name;
    const char *text;
};

static const struct reason_words REASONS[] = {
    [SCHEDULE_START] = {"start", "first looks are spread"},
    [SCHEDULE_RESUMED] = {"resumed", "as planned before the restart"},
    [SCHEDULE_CATCH_UP] = {"catch-up", "overdue; looks are spread"},
    [SCHEDULE_INTERVAL] = {"interval", "the usual interval"},
    [SCHEDULE_EVERY] = {"every", "every= of its line"},
    [SCHEDULE_FLOOR] = {"floor", "no site is asked more often"},
    [SCHEDULE_ADAPTIVE] = {"adaptive", "placed by the hours in which it publishes"},
    [SCHEDULE_NO_VALIDATORS] = {"no-validators",
                                "the server offers neither ETag nor Last-Modified, "
                                "so each look costs it the whole feed"},
    [SCHEDULE_MAX_AGE] = {"max-age", "the server says it stays the same so long (Cache-Control or "
                                     "Expires)"},
    [SCHEDULE_TTL] = {"ttl", "the feed's <ttl>"},
    [SCHEDULE_UPDATE] = {"sy:update", "the feed's sy:updatePeriod"},
    [SCHEDULE_SKIP_HOURS] = {"skip-hours", "the feed's <skipHours>"},
    [SCHEDULE_SKIP_DAYS] = {"skip-days", "the feed's <skipDays>"},
    [SCHEDULE_RETRY_AFTER] = {"retry-after", "the server told us to wait so long (Retry-After)"},
    [SCHEDULE_RETRY_CLAMPED] = {"retry-after-clamped",
                                "the server told us to wait longer than a day (Retry-After); a day "
                                "is the most"},
    [SCHEDULE_BACK_OFF] = {"back-off", "it failed; longer each time"},
    [SCHEDULE_REFUSED] = {"refused", "the server refuses it (401, 403 or 404); check its address"},
    [SCHEDULE_GONE] = {"gone", "the server says it is gone for good (410); remove its line"},
    [SCHEDULE_OFFLINE] = {"offline", "no network at this end"},
    [SCHEDULE_CLOCK_NOT_SET] = {"clock-not-set",
                                "certificates cannot be checked until the clock is "
                                "set"},
    [SCHEDULE_LOCAL] = {"local", "something failed at this end"},
};
static_assert(sizeof REASONS / sizeof *REASONS == SCHEDULE_REASON_COUNT, "one row a reason");

// The casts catch a negative value too.
const char *schedule_reason_name(enum schedule_reason reason) {
    return (unsigned)reason < SCHEDULE_REASON_COUNT ? REASONS[reason].name : "unknown";
}

const char *schedule_reason_text(enum schedule_reason reason) {
    return (unsigned)reason < SCHEDULE_REASON_COUNT ? REASONS[reason].text : "unknown";
}

// --- after a success -------------------------------------------------------------------------

// What the user asked for: every= or the configuration, between floor and most.
static struct wait asked(const struct schedule_input *input) {
    struct wait wait = {DEFAULT_POLL_S, SCHEDULE_INTERVAL};
    if (input->every_s > 0)
        wait = (struct wait){input->every_s, SCHEDULE_EVERY};
    else if (input->interval_s > 0)
        wait.s = input->interval_s;
    wait.s = min_s(wait.s, LIMIT_POLL_MAX_S);
    raise_to(&wait, LIMIT_POLL_MIN_S, SCHEDULE_FLOOR);
    return wait;
}

// What the server asks for, in its headers and in the document.
static void raise_to_hints(struct wait *wait, const struct schedule_input *input) {
    if (!input->has_validators)
        raise_to(wait, min_s(UNVALIDATED_FACTOR * asked(input).s, LIMIT_UNVALIDATED_S),
                 SCHEDULE_NO_VALIDATORS);
    raise_to(wait, min_s(input->max_age_s, LIMIT_HINT_MAX_S), SCHEDULE_MAX_AGE);
    if (input->every_s > 0)
        return;
    raise_to(wait, min_s(input->ttl_s, LIMIT_HINT_MAX_S), SCHEDULE_TTL);
    raise_to(wait, min_s(input->update_s, LIMIT_HINT_MAX_S), SCHEDULE_UPDATE);
}

static struct wait interval(const struct schedule_input *input) {
    struct wait wait = asked(input);
    raise_to_hints(&wait, input);
    return wait;
}

int64_t schedule_interval_s(const struct schedule_input *input) {
    return interval(input).s;
}

static struct wait success_wait(const struct schedule_input *input) {
    struct wait wait = interval(input);
    if (!input->habit || !input->is_clock_trusted || input->every_s > 0)
        return wait;
    struct wait floor = {LIMIT_POLL_MIN_S, SCHEDULE_FLOOR};
    raise_to_hints(&floor, input);
    const struct habit_bounds bounds = {
        .interval_s = wait.s,
        .floor_s = floor.s,
        .ceiling_s = max_s(wait.s, LIMIT_ADAPT_MAX_S),
    };
    int64_t placed_s = habit_wait_s(input->habit, &bounds, input->wall_s);
    if (placed_s == wait.s)
        return wait;
    if (placed_s == floor.s && floor.reason != SCHEDULE_FLOOR)
        return floor; // it would be sooner, but for this hint
    return (struct wait){placed_s, SCHEDULE_ADAPTIVE};
}

// --- after a failure -------------------------------------------------------------------------

// 1.75 times as long each time, so that with all lateness it is still 1.5 times.
static int64_t back_off_s(int64_t base_s, uint32_t failures, int64_t most_s) {
    int64_t wait_s = base_s;
    for (uint32_t i = 1; i < failures && wait_s < most_s; i++)
        wait_s += wait_s * 3 / 4;
    return max_s(base_s, min_s(wait_s, most_s));
}

static int64_t offline_s(uint32_t failures) {
    int64_t wait_s = LIMIT_OFFLINE_RETRY_S;
    for (uint32_t i = 1; i < failures && wait_s < LIMIT_POLL_MIN_S; i++)
        wait_s += wait_s / 3;
    return min_s(wait_s, LIMIT_POLL_MIN_S);
}

static struct wait local_wait(const struct schedule_input *input) {
    if (input->outcome == READING_FAILED)
        return (struct wait){asked(input).s, SCHEDULE_LOCAL};
    return (struct wait){
        .s = offline_s(input->local_failures),
        .reason = input->outcome == READING_TLS_REFUSED ? SCHEDULE_CLOCK_NOT_SET : SCHEDULE_OFFLINE,
    };
}

static bool is_refused(const struct schedule_input *input) {
    int status = input->http_status;
    return input->outcome == READING_HTTP_ERROR &&
           (status == 401 || status == 403 || status == 404);
}

static struct wait failure_wait(const struct schedule_input *input) {
    if (schedule_is_local(input))
        return local_wait(input);
    if (input->outcome == READING_HTTP_ERROR && input->http_status == 410)
        return (struct wait){LIMIT_GONE_S, SCHEDULE_GONE};
    struct wait wait = {back_off_s(asked(input).s, input->failures, LIMIT_BACKOFF_MAX_S),
                        SCHEDULE_BACK_OFF};
    if (is_refused(input))
        wait = (struct wait){back_off_s(LIMIT_BACKOFF_MAX_S, input->failures, LIMIT_REFUSED_MAX_S),
                             SCHEDULE_REFUSED};
    if (input->retry_after_s > LIMIT_RETRY_AFTER_MAX_S)
        return (struct wait){LIMIT_RETRY_AFTER_MAX_S, SCHEDULE_RETRY_CLAMPED};
    raise_to(&wait, input->retry_after_s, SCHEDULE_RETRY_AFTER);
    return wait;
}

bool schedule_is_local(const struct schedule_input *input) {
    switch (input->outcome) {
    case READING_UNREACHABLE:
    case READING_TIMED_OUT:
        return input->is_offline;
    case READING_TLS_REFUSED:
        return !input->is_clock_trusted;
    case READING_FAILED:
        return true;
    case READING_OK:
    case READING_PARTIAL:
    case READING_UNCHANGED:
    case READING_EMPTY:
    case READING_NOT_A_FEED:
    case READING_TOO_BIG:
    case READING_HTTP_ERROR:
    case READING_REDIRECT_REFUSED:
    case READING_BAD_URL:
    case READING_READER_DIED:
    case READING_OUTCOME_COUNT:
        break;
    }
    return false;
}

int64_t schedule_host_hold_us(const struct schedule_input *input, int64_t now_us) {
    if (input->outcome != READING_HTTP_ERROR || input->http_status != 429 ||
        input->retry_after_s <= 0)
        return 0;
    return now_us + min_s(input->retry_after_s, LIMIT_RETRY_AFTER_MAX_S) * SECOND_US;
}

// --- hours and days to be left out -----------------------------------------------------------

static bool is_skipped_day(struct schedule_skip skip, int64_t wall_h) {
    // 1970-01-01 was a Thursday.
    return skip.days & 1u << ((wall_h / 24 + 4) % 7);
}

static bool is_skipped_hour(struct schedule_skip skip, int64_t wall_h) {
    return skip.hours & 1u << wall_h % 24;
}

int64_t schedule_skip_s(struct schedule_skip skip, int64_t wall_s) {
    if (wall_s < 0 || wall_s > WALL_MAX_S || (skip.hours & ALL_HOURS) == ALL_HOURS ||
        (skip.days & ALL_DAYS) == ALL_DAYS)
        return 0;
    int64_t wall_h = wall_s / HOUR_S;
    while (is_skipped_day(skip, wall_h) || is_skipped_hour(skip, wall_h))
        wall_h++;
    return max_s(wall_h * HOUR_S - wall_s, 0);
}

// A span that ends within what is skipped is cut to its beginning.
static void leave_out(struct schedule_plan *plan, const struct schedule_input *input,
                      int64_t now_us, int64_t jitter_us) {
    int64_t due_s = input->wall_s + (plan->due_us - now_us) / SECOND_US;
    int64_t skip_s = schedule_skip_s(input->skip, due_s);
    if (skip_s > 0) {
        plan->due_us += skip_s * SECOND_US + jitter_us;
        plan->latest_us += skip_s * SECOND_US + jitter_us;
        plan->reason =
            is_skipped_day(input->skip, due_s / HOUR_S) ? SCHEDULE_SKIP_DAYS : SCHEDULE_SKIP_HOURS;
    }
    int64_t latest_s = input->wall_s + (plan->latest_us - now_us) / SECOND_US + 1;
    if (schedule_skip_s(input->skip, latest_s) > 0)
        plan->latest_us = plan->due_us;
}

// --- the plan --------------------------------------------------------------------------------

// The multiplier is splitmix64's.
static int64_t jitter_us(uint64_t seed, int64_t wait_s) {
    uint64_t mixed = (seed ^ (seed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed ^= mixed >> 27;
    int64_t span_us = min_s(wait_s * SECOND_US / JITTER_PARTS, JITTER_MAX_S * SECOND_US);
    return (int64_t)(mixed % (uint64_t)span_us);
}

struct schedule_plan schedule_next(const struct schedule_input *input, int64_t now_us) {
    struct wait wait =
        reading_is_success(input->outcome) ? success_wait(input) : failure_wait(input);
    int64_t late_us = jitter_us(input->seed, wait.s);
    int64_t slack_us = min_s(wait.s * SECOND_US / SLACK_PARTS, SLACK_MAX_S * SECOND_US);
    struct schedule_plan plan = {.due_us = now_us + wait.s * SECOND_US + late_us,
                                 .reason = wait.reason};
    plan.latest_us = plan.due_us + slack_us;
    if (input->is_clock_trusted && input->wall_s >= 0 && input->wall_s <= WALL_MAX_S)
        leave_out(&plan, input, now_us, late_us);
    return plan;
}

struct schedule_plan schedule_resume(int64_t due_s, int64_t wall_now_s, int64_t boot_now_us) {
    struct schedule_plan plan = {boot_now_us, boot_now_us, SCHEDULE_CATCH_UP};
    if (due_s == 0) {
        plan.reason = SCHEDULE_START;
    } else if (due_s > wall_now_s && due_s - wall_now_s <= PLAN_MAX_S) {
        plan.due_us += (due_s - wall_now_s) * SECOND_US;
        plan.latest_us = plan.due_us;
        plan.reason = SCHEDULE_RESUMED;
    }
    return plan;
}

bool schedule_is_overdue(const struct schedule_plan *plan, int64_t now_us) {
    return now_us - plan->latest_us > OVERDUE_S * SECOND_US;
}

struct schedule_plan schedule_stagger(size_t index, size_t count, enum schedule_reason reason,
                                      int64_t now_us) {
    int64_t window_us = max_s(STAGGER_S * SECOND_US, (int64_t)count * STAGGER_FEED_US);
    // The fraction of index times the golden ratio, in 32 bits.
    uint32_t place = (uint32_t)index * UINT32_C(0x9E3779B9);
    int64_t due_us = now_us + (int64_t)((uint64_t)window_us * place >> 32);
    return (struct schedule_plan){due_us, due_us, reason};
}
