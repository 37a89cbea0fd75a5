// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdlib.h>
#include <time.h>

#include "cli/when.h"

#define NOON INT64_C(1795345200) // 2026-11-22T11:00:00Z, noon in TEST's zone

static int set_up(void **state) {
    (void)state;
    assert_int_equal(setenv("TZ", "TEST-1", 1), 0); // an hour east of Greenwich
    tzset();
    return 0;
}

static void a_time_is_as_short_as_it_can_be_told(void **state) {
    (void)state;
    static const struct {
        int64_t at_s;
        const char *expected;
    } cases[] = {
        {NOON - 1, "11:59:59"},
        {NOON - 12 * 3600, "00:00:00"},
        {NOON - 12 * 3600 - 1, "Nov 21 23:59"},
        {NOON + 12 * 3600, "Nov 23 00:00"},
        {NOON - INT64_C(17) * 86400, "Nov  5 12:00"},
        {NOON - INT64_C(365) * 86400, "2025-11-22"},
        {0, "never"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char text[WHEN_SIZE];
        when_format(cases[i].at_s, NOON, text);
        assert_string_equal(text, cases[i].expected);
    }
}

static void a_span_is_told_in_its_two_largest_units(void **state) {
    (void)state;
    static const struct {
        int64_t span_s;
        const char *expected;
    } cases[] = {
        {-5, "0 s"},
        {0, "0 s"},
        {59, "59 s"},
        {60, "1 min"},
        {3599, "59 min"},
        {3600, "1 h"},
        {3 * 3600 + 5 * 60 + 9, "3 h 5 min"},
        {86400, "1 d"},
        {4 * 86400 + 7 * 3600, "4 d 7 h"},
        {INT64_MAX, "106751991167300 d 15 h"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char text[WHEN_SIZE];
        when_format_span(cases[i].span_s, text);
        assert_string_equal(text, cases[i].expected);
    }
}

static void a_time_is_taken_as_people_write_it(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t expected_s;
    } cases[] = {
        {"2h", NOON - 7200},
        {"7d", NOON - INT64_C(7) * 86400},
        {"2026-11-22", NOON - 12 * 3600},
        {"2026-11-22 11:30", NOON - 1800},
        {"2026-11-22T11:30", NOON - 1800},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        int64_t at_s = -1;
        assert_int_equal(when_parse(cases[i].text, NOON, &at_s), 0);
        assert_true(at_s == cases[i].expected_s);
    }
}

static void what_is_no_time_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {
        "", "yesterday", "2h ago", "2026-13-01", "2026-11-22T", "11:30", "2026-11-22 25:00"};
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        int64_t at_s = 77;
        assert_true(when_parse(texts[i], NOON, &at_s) < 0);
        assert_true(at_s == 77);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_time_is_as_short_as_it_can_be_told),
        cmocka_unit_test(a_span_is_told_in_its_two_largest_units),
        cmocka_unit_test(a_time_is_taken_as_people_write_it),
        cmocka_unit_test(what_is_no_time_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
