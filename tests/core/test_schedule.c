// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/schedule.h"
#include "wirebell/limits.h"

static const int64_t now_us = INT64_C(5000000000);

// Smallest wait over many seeds, in seconds; checks that jitter is late only and bounded.
static int64_t wait_s(struct schedule_input input) {
    int64_t least_us = INT64_MAX, most_us = 0;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        input.seed = seed * 7919;
        input.has_validators = true;
        int64_t due_us = schedule_next(&input, now_us).due_us - now_us;
        least_us = due_us < least_us ? due_us : least_us;
        most_us = due_us > most_us ? due_us : most_us;
    }
    int64_t seconds = least_us / 1000000;
    assert_true(most_us - seconds * 1000000 <= seconds * 100000);
    assert_true(most_us - least_us > 10000000); // it does spread
    return seconds;
}

static void success_waits_as_asked_by_user_and_server(void **state) {
    (void)state;
    const struct {
        const char *name;
        struct schedule_input input;
        int64_t wait_s;
    } cases[] = {
        {"default interval", {.outcome = READING_OK}, DEFAULT_POLL_S},
        {"every= counts", {.every_s = 3600}, 3600},
        {"floor holds", {.every_s = 5}, LIMIT_POLL_MIN_S},
        {"max-age is a floor", {.every_s = 600, .max_age_s = 1800}, 1800},
        {"shorter max-age changes nothing", {.every_s = 600, .max_age_s = 60}, 600},
        {"a year of freshness is capped", {.max_age_s = 31536000}, LIMIT_HINT_MAX_S},
        {"ttl is a floor", {.ttl_s = 3600}, 3600},
        {"ttl yields to every=", {.every_s = 600, .ttl_s = 3600}, 600},
        {"304 counts as success", {.outcome = READING_UNCHANGED, .max_age_s = 1200}, 1200},
        {"a day is the most", {.every_s = INT64_C(1) << 40}, LIMIT_POLL_MAX_S},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        print_message("%s\n", cases[i].name);
        assert_int_equal(wait_s(cases[i].input), cases[i].wait_s);
    }
}

static void failures_wait_longer_and_longer_up_to_the_cap(void **state) {
    (void)state;
    int64_t before_s = 0;
    for (uint32_t failures = 1; failures < 30; failures++) {
        int64_t waited_s = wait_s((struct schedule_input){
            .outcome = READING_HTTP_ERROR, .http_status = 500, .failures = failures});
        assert_true(before_s == 0 || before_s == LIMIT_BACKOFF_MAX_S ||
                    waited_s == LIMIT_BACKOFF_MAX_S || 2 * waited_s >= 3 * before_s - 2);
        assert_true(waited_s <= LIMIT_BACKOFF_MAX_S);
        before_s = waited_s;
    }
    assert_int_equal(before_s, LIMIT_BACKOFF_MAX_S);
}

static void retry_after_is_kept_up_to_a_day(void **state) {
    (void)state;
    struct schedule_input input = {
        .outcome = READING_HTTP_ERROR, .http_status = 429, .failures = 1, .retry_after_s = 7200};
    assert_int_equal(wait_s(input), 7200);
    input.retry_after_s = 99999999;
    assert_int_equal(wait_s(input), LIMIT_RETRY_AFTER_MAX_S);
    input.retry_after_s = 10;
    assert_int_equal(wait_s(input), DEFAULT_POLL_S);
}

static void refused_and_gone_feeds_are_left_in_peace(void **state) {
    (void)state;
    struct schedule_input input = {.outcome = READING_HTTP_ERROR, .failures = 1};
    for (int status = 401; status <= 404; status++) {
        input.http_status = status;
        assert_int_equal(wait_s(input), status == 402 ? DEFAULT_POLL_S : LIMIT_BACKOFF_MAX_S);
    }
    input.http_status = 410;
    assert_int_equal(wait_s(input), LIMIT_GONE_S);
}

static void no_input_beats_the_floor_or_runs_over(void **state) {
    (void)state;
    const char *given = getenv("SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    print_message("SEED=%ju\n", (uintmax_t)seed);
    for (int i = 0; i < 100000; i++) {
        struct schedule_input input = {
            .every_s = (int64_t)(unit_random(&seed) >> 1) * (i % 3 != 0),
            .outcome = (enum reading_outcome)(unit_random(&seed) % READING_OUTCOME_COUNT),
            .http_status = (int)(unit_random(&seed) % 600),
            .is_clock_trusted = true,
            .failures = (uint32_t)unit_random(&seed),
            .retry_after_s = (int64_t)(unit_random(&seed) >> 1),
            .max_age_s = (int64_t)(unit_random(&seed) >> 1),
            .ttl_s = (int64_t)(unit_random(&seed) >> 1),
            .seed = unit_random(&seed),
        };
        int64_t due_us = schedule_next(&input, now_us).due_us;
        assert_true(due_us >= now_us + LIMIT_POLL_MIN_S * INT64_C(1000000));
        assert_true(due_us <= now_us + (LIMIT_GONE_S + 60) * INT64_C(1000000));
    }
}

static void a_restart_keeps_the_plan(void **state) {
    (void)state;
    const struct {
        const char *name;
        int64_t due_s;
        int64_t wall_now_s;
        int64_t wait_s;
    } cases[] = {
        {"never asked", 0, 1800000000, 0},
        {"not yet due", 1800000600, 1800000000, 600},
        {"overdue", 1799990000, 1800000000, 0},
        {"Retry-After of a day", 1800086400, 1800000000, 86400},
        {"the clock is in 1970", 1800000600, 12, 0},
        {"the clock was in 1970", 900, 1800000000, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        print_message("%s\n", cases[i].name);
        assert_int_equal(schedule_resume(cases[i].due_s, cases[i].wall_now_s, now_us).due_us,
                         now_us + cases[i].wait_s * 1000000);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_waits_as_asked_by_user_and_server),
        cmocka_unit_test(failures_wait_longer_and_longer_up_to_the_cap),
        cmocka_unit_test(retry_after_is_kept_up_to_a_day),
        cmocka_unit_test(refused_and_gone_feeds_are_left_in_peace),
        cmocka_unit_test(a_restart_keeps_the_plan),
        cmocka_unit_test(no_input_beats_the_floor_or_runs_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
