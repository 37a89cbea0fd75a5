// SPDX-License-Identifier: MIT
//
// Many feeds at once: the spread at start, rounds, what comes after a restart or a sleep. Tests
// named row_NN_... are about a row of the checklist of polite fetching.

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/schedule/schedule.h"
#include "wirebell/limits.h"

static const int64_t SECOND_US = 1000000;
static const int64_t now_us = INT64_C(5000000000);

static void row_26_first_looks_are_spread_and_share_no_moment(void **state) {
    (void)state;
    const size_t counts[] = {2, 3, 10, 30, 100, 1000, LIMIT_FEEDS_MAX};
    for (size_t c = 0; c < ARRAY_SIZE(counts); c++) {
        size_t count = counts[c];
        int64_t last_us = 0, window_us = 100 * SECOND_US, before_us = -1;
        if ((int64_t)count * 100000 > window_us)
            window_us = (int64_t)count * 100000;
        for (size_t i = 0; i < count; i++) {
            struct schedule_plan plan = schedule_stagger(i, count, SCHEDULE_START, now_us);
            int64_t at_us = plan.due_us - now_us;
            assert_int_equal(plan.reason, SCHEDULE_START);
            assert_true(at_us >= 0 && at_us < window_us);
            // Neighbours in the list are feeds of one host.
            assert_true(before_us < 0 || llabs(at_us - before_us) > window_us / 3);
            last_us = at_us > last_us ? at_us : last_us;
            before_us = at_us;
            for (size_t j = 0; j < i && count <= 1000; j++) {
                int64_t other_us =
                    schedule_stagger(j, count, SCHEDULE_START, now_us).due_us - now_us;
                assert_true(llabs(at_us - other_us) > window_us / (int64_t)count / 3);
            }
        }
        assert_true(last_us >= 60 * SECOND_US);
    }
    assert_int_equal(schedule_stagger(0, 1, SCHEDULE_START, now_us).due_us, now_us);
}

static void rounds_wake_rarely_and_nobody_is_asked_early(void **state) {
    (void)state;
    enum { FEEDS = 100, HOURS = 10 };
    struct schedule_plan feeds[FEEDS];
    for (size_t i = 0; i < FEEDS; i++)
        feeds[i] = schedule_stagger(i, FEEDS, SCHEDULE_START, 0);
    uint64_t seed = 1;
    size_t wakeups = 0, looks = 0;
    for (int64_t at_us = 0; at_us < HOURS * 3600 * SECOND_US; wakeups++) {
        at_us = INT64_MAX;
        for (size_t i = 0; i < FEEDS; i++)
            at_us = feeds[i].latest_us < at_us ? feeds[i].latest_us : at_us;
        for (size_t i = 0; i < FEEDS; i++) {
            if (feeds[i].due_us > at_us)
                continue;
            struct schedule_input input = {.has_validators = true, .seed = random_next(&seed)};
            feeds[i] = schedule_next(&input, at_us);
            looks++;
        }
    }
    print_message("%zu looks in %zu wakeups\n", looks, wakeups);
    assert_true(looks >= FEEDS * HOURS * 4 * 10 / 11);
    assert_true(wakeups < FEEDS + HOURS * 4 * 4);
}

static void row_43_overdue_feeds_are_told_from_a_round(void **state) {
    (void)state;
    const struct schedule_plan plan = {now_us, now_us + 45 * SECOND_US, SCHEDULE_INTERVAL};
    assert_false(schedule_is_overdue(&plan, now_us));
    assert_false(schedule_is_overdue(&plan, plan.latest_us + 30 * SECOND_US));
    assert_true(schedule_is_overdue(&plan, now_us + 8 * 3600 * SECOND_US));
    assert_int_equal(schedule_stagger(1, 30, SCHEDULE_CATCH_UP, now_us).reason, SCHEDULE_CATCH_UP);
}

static void a_restart_keeps_the_plan(void **state) {
    (void)state;
    const struct {
        const char *name;
        int64_t due_s;
        int64_t wall_now_s;
        int64_t wait_s;
        enum schedule_reason reason;
    } cases[] = {
        {"never asked", 0, 1800000000, 0, SCHEDULE_START},
        {"not yet due", 1800000600, 1800000000, 600, SCHEDULE_RESUMED},
        {"overdue", 1799990000, 1800000000, 0, SCHEDULE_CATCH_UP},
        {"Retry-After of a day", 1800086400, 1800000000, 86400, SCHEDULE_RESUMED},
        {"the clock is in 1970", 1800000600, 12, 0, SCHEDULE_CATCH_UP},
        {"the clock was in 1970", 900, 1800000000, 0, SCHEDULE_CATCH_UP},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        print_message("%s\n", cases[i].name);
        struct schedule_plan plan = schedule_resume(cases[i].due_s, cases[i].wall_now_s, now_us);
        assert_int_equal(plan.due_us, now_us + cases[i].wait_s * SECOND_US);
        assert_int_equal(plan.latest_us, plan.due_us);
        assert_int_equal(plan.reason, cases[i].reason);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_26_first_looks_are_spread_and_share_no_moment),
        cmocka_unit_test(rounds_wake_rarely_and_nobody_is_asked_early),
        cmocka_unit_test(row_43_overdue_feeds_are_told_from_a_round),
        cmocka_unit_test(a_restart_keeps_the_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
