// SPDX-License-Identifier: MIT

#include "unit.h"

#include "core/schedule/hours.h"

#define MINUTES(h, m) ((h)*60 + (m))

// 2026-03-29 was the night in which central Europe went from UTC+1 to UTC+2 at 01:00 UTC.
#define NIGHT_S INT64_C(1774742400) // 2026-03-29T00:00:00Z

static struct moment at_utc(int64_t wall_s) {
    return (struct moment){
        .boot_us = (wall_s - NIGHT_S + 100000) * 1000000,
        .wall_s = wall_s,
        .utc_offset_s = wall_s < NIGHT_S + 3600 ? 3600 : 7200,
        .is_trusted = true,
    };
}

static void hours_may_go_over_midnight(void **state) {
    (void)state;
    const struct {
        int from, until, hour, minute;
        bool is_within;
    } cases[] = {
        {MINUTES(7, 0), MINUTES(23, 0), 6, 59, false},
        {MINUTES(7, 0), MINUTES(23, 0), 7, 0, true},
        {MINUTES(7, 0), MINUTES(23, 0), 22, 59, true},
        {MINUTES(7, 0), MINUTES(23, 0), 23, 0, false},
        {MINUTES(23, 0), MINUTES(7, 0), 23, 0, true},
        {MINUTES(23, 0), MINUTES(7, 0), 0, 0, true},
        {MINUTES(23, 0), MINUTES(7, 0), 6, 59, true},
        {MINUTES(23, 0), MINUTES(7, 0), 7, 0, false},
        {0, MINUTES(24, 0), 23, 59, true},
        {MINUTES(8, 0), MINUTES(8, 0), 3, 0, true},
        {-1, -1, 12, 0, false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct moment now = {.wall_s = cases[i].hour * 3600 + cases[i].minute * 60 + 59};
        assert_int_equal(hours_is_within(cases[i].from, cases[i].until, &now), cases[i].is_within);
        now.wall_s -= 86400; // before 1970 days have the same hours
        assert_int_equal(hours_is_within(cases[i].from, cases[i].until, &now), cases[i].is_within);
    }
}

static void local_time_counts(void **state) {
    (void)state;
    const struct moment now = {.wall_s = 22 * 3600, .utc_offset_s = 5 * 3600 + 1800};
    assert_true(hours_is_within(MINUTES(3, 30), MINUTES(3, 31), &now));
}

// Asks again as told until the hours end, through the night in which the clocks change.
static void hours_end_by_the_wall_clock_when_daylight_saving_begins(void **state) {
    (void)state;
    struct moment now = at_utc(NIGHT_S - 2 * 3600 + 7); // 23:00:07
    size_t looks = 0;
    while (hours_is_within(MINUTES(23, 0), MINUTES(7, 0), &now)) {
        const int64_t next_us = hours_look_again_us(MINUTES(23, 0), MINUTES(7, 0), &now);
        assert_true(next_us > now.boot_us);
        now = at_utc(now.wall_s + (next_us - now.boot_us) / 1000000);
        assert_true(++looks < 20);
    }
    assert_int_equal(now.wall_s,
                     NIGHT_S + 5 * 3600); // 07:00 in summer time: seven hours, not eight
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hours_may_go_over_midnight),
        cmocka_unit_test(local_time_counts),
        cmocka_unit_test(hours_end_by_the_wall_clock_when_daylight_saving_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
