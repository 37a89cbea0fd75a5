// SPDX-License-Identifier: MIT

#include "core/schedule.h"

#include "wirebell/limits.h"

static int64_t max_s(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t min_s(int64_t a, int64_t b) {
    return a < b ? a : b;
}

// base * 1.5^failures, up to the cap: gaps grow, yet a short outage costs little.
static int64_t back_off_s(int64_t base_s, uint32_t failures) {
    int64_t wait_s = base_s;
    for (uint32_t i = 1; i < failures && wait_s < LIMIT_BACKOFF_MAX_S; i++)
        wait_s += wait_s / 2;
    return max_s(base_s, min_s(wait_s, LIMIT_BACKOFF_MAX_S));
}

static int64_t failure_wait_s(const struct schedule_input *input, int64_t base_s) {
    if (input->outcome == READING_HTTP_ERROR) {
        switch (input->http_status) {
        case 410:
            return LIMIT_GONE_S;
        case 401:
        case 403:
        case 404:
            base_s = max_s(base_s, LIMIT_BACKOFF_MAX_S);
            break;
        default:
            break;
        }
    }
    return max_s(back_off_s(base_s, input->failures),
                 min_s(input->retry_after_s, LIMIT_RETRY_AFTER_MAX_S));
}

static int64_t success_wait_s(const struct schedule_input *input, int64_t base_s) {
    int64_t wait_s = max_s(base_s, min_s(input->max_age_s, LIMIT_HINT_MAX_S));
    if (input->every_s == 0)
        wait_s = max_s(wait_s, min_s(input->ttl_s, LIMIT_HINT_MAX_S));
    return wait_s;
}

// 0..10 % of the interval, and never more than a minute. The multiplier is splitmix64's.
static int64_t jitter_us(uint64_t seed, int64_t wait_s) {
    uint64_t mixed = (seed ^ (seed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed ^= mixed >> 27;
    int64_t span_us = min_s(wait_s * 100000, INT64_C(60000000));
    return (int64_t)(mixed % (uint64_t)span_us);
}

int64_t schedule_next_us(const struct schedule_input *input, int64_t now_us) {
    int64_t base_s = input->every_s > 0 ? input->every_s : DEFAULT_POLL_S;
    base_s = max_s(min_s(base_s, LIMIT_POLL_MAX_S), LIMIT_POLL_MIN_S);
    int64_t wait_s = reading_is_success(input->outcome) ? success_wait_s(input, base_s)
                                                        : failure_wait_s(input, base_s);
    return now_us + wait_s * 1000000 + jitter_us(input->seed, wait_s);
}

int64_t schedule_resume_us(int64_t due_s, int64_t wall_now_s, int64_t boot_now_us) {
    if (due_s <= wall_now_s || due_s - wall_now_s > LIMIT_GONE_S + 60)
        return boot_now_us;
    return boot_now_us + (due_s - wall_now_s) * 1000000;
}
