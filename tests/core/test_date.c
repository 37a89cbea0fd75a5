// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/feed/date.h"
#include "wirebell/story.h"

static void assert_reads(const char *text, const char *expected) {
    char date[21];
    date_format(date_parse(text, strlen(text)), date);
    if (strcmp(date, expected) != 0)
        fail_msg("\"%s\" read as \"%s\", expected \"%s\"", text, date, expected);
}

struct date_case {
    const char *text;
    const char *expected;
};

static void check(const struct date_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++)
        assert_reads(cases[i].text, cases[i].expected);
}

static void rfc_822_dates_and_their_misspellings_are_read(void **state) {
    (void)state;
    static const struct date_case CASES[] = {
        {"Sun, 22 Nov 2026 02:51:57 GMT", "2026-11-22T02:51:57Z"},
        {"Sun, 22 Nov 2026 02:51:57 +0130", "2026-11-22T01:21:57Z"},
        {"22 Nov 26 02:51 EST", "2026-11-22T07:51:00Z"},
        {"Sun,22 Nov 2026 02:51:57 UT", "2026-11-22T02:51:57Z"},
        {"Fri, 22 Nov 2026 2:51:57 Z", "2026-11-22T02:51:57Z"}, // it was a Sunday
        {"Sun, Nov 22 2026 02:51:57 -0500", "2026-11-22T07:51:57Z"},
        {"Sunday, 22 November 2026 02:51:57 PDT", "2026-11-22T09:51:57Z"},
        {"Sun Nov 22 02:51:57 2026", "2026-11-22T02:51:57Z"},
        {"Sun, 22-Nov-2026 02:51:57 GMT", "2026-11-22T02:51:57Z"},
        {"November 22nd, 2026, 2:51 pm", "2026-11-22T14:51:00Z"},
        {"22 Nov 2026", "2026-11-22T00:00:00Z"},
        {"22 Nov 99 12:00 GMT", "1999-11-22T12:00:00Z"},
        {"Sun, 22 Nov 2026 02:51:57 GMT+0100", "2026-11-22T01:51:57Z"},
        {"Sun, 22 Nov 2026 02:51:57 +01:00", "2026-11-22T01:51:57Z"},
        {"Sun, 22 Nov 2026 24:00:00 GMT", "2026-11-23T00:00:00Z"},
        {"Sun, 22 Nov 2026 12:05 AM", "2026-11-22T00:05:00Z"},
        {"\n Sun, 22 Nov 2026 02:51:57 GMT \t", "2026-11-22T02:51:57Z"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void iso_8601_dates_and_their_misspellings_are_read(void **state) {
    (void)state;
    static const struct date_case CASES[] = {
        {"2026-11-22T02:51:57Z", "2026-11-22T02:51:57Z"},
        {"2026-11-22T02:51:57.123456+02:00", "2026-11-22T00:51:57Z"},
        {"2026-11-22T02:51-05:00", "2026-11-22T07:51:00Z"},
        {"2026-11-22 02:51:57", "2026-11-22T02:51:57Z"},
        {"2026-11-22t02:51:57z", "2026-11-22T02:51:57Z"},
        {"2026-11-22", "2026-11-22T00:00:00Z"},
        {"2026-11", "2026-11-01T00:00:00Z"},
        {"2026", "2026-01-01T00:00:00Z"},
        {"20261122T025157Z", "2026-11-22T02:51:57Z"},
        {"20261122", "2026-11-22T00:00:00Z"},
        {"20261122025157", "2026-11-22T02:51:57Z"},
        {"2026-326", "2026-11-22T00:00:00Z"},
        {"2026-W47-7", "2026-11-22T00:00:00Z"},
        {"2026-W01", "2025-12-29T00:00:00Z"},
        {"2026/11/22 2:51:57 PM", "2026-11-22T14:51:57Z"},
        {"2026-22-11", "2026-11-22T00:00:00Z"},
        {"2026-11-22T02:51:57+0200", "2026-11-22T00:51:57Z"},
        {"2026-11-22 02:51:57 +0200", "2026-11-22T00:51:57Z"},
        {"2026-11-22 02:51:57 CET", "2026-11-22T01:51:57Z"},
        {"2026年11月22日 02:51", "2026-11-22T02:51:00Z"},
        {"2026년 11월 22일 오후 2:51", "2026-11-22T14:51:00Z"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void months_of_other_languages_are_read(void **state) {
    (void)state;
    static const struct date_case CASES[] = {
        {"22 novembre 2026 02:51", "2026-11-22T02:51:00Z"},
        {"mar, 10 nov 2026 02:51:57 +0100", "2026-11-10T01:51:57Z"},
        {"1. März 2026", "2026-03-01T00:00:00Z"},
        {"22 août 2026", "2026-08-22T00:00:00Z"},
        {"22 de diciembre de 2026", "2026-12-22T00:00:00Z"},
        {"Dom, 22 Fev 2026 02:51:57 -0300", "2026-02-22T05:51:57Z"},
        {"22 listopada 2026", "2026-11-22T00:00:00Z"},
        {"Вс, 22 ноя 2026 02:51:57 +0300", "2026-11-21T23:51:57Z"},
        {"22 Νοέ 2026", "2026-11-22T00:00:00Z"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void numbers_alone_are_read(void **state) {
    (void)state;
    static const struct date_case CASES[] = {
        {"22.11.2026 02:51", "2026-11-22T02:51:00Z"}, {"11/22/2026", "2026-11-22T00:00:00Z"},
        {"22/11/2026", "2026-11-22T00:00:00Z"},       {"05/06/2026", "2026-05-06T00:00:00Z"},
        {"05.06.2026", "2026-06-05T00:00:00Z"},       {"1795315917", "2026-11-22T02:51:57Z"},
        {"1795315917000", "2026-11-22T02:51:57Z"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void what_is_no_date_is_none_and_never_now(void **state) {
    (void)state;
    static const char *const CASES[] = {
        "",
        " ",
        "yesterday",
        "This pubDate is not parsable.",
        "2026-13-41",
        "32 Nov 2026",
        "22 Nov",
        "Nov 2026 25:61",
        "0001-01-01T00:00:00Z",
        "00:00",
        "2026-W",
        "2026-W99",
        "99999999999999999999",
        "-",
        "+",
        "2026-11-22T99:99:99Z",
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++)
        if (date_parse(CASES[i], strlen(CASES[i])) != STORY_NO_DATE)
            fail_msg("\"%s\" was read as a date", CASES[i]);
}

static void dates_outside_four_digits_are_not_formatted(void **state) {
    (void)state;
    char date[21] = "?";
    date_format(STORY_NO_DATE, date);
    assert_string_equal(date, "");
    date_format(INT64_MAX, date);
    assert_string_equal(date, "");
    date_format(-62135596800, date);
    assert_string_equal(date, "0001-01-01T00:00:00Z");
    date_format(-1, date);
    assert_string_equal(date, "1969-12-31T23:59:59Z");
    date_format(951782400, date);
    assert_string_equal(date, "2000-02-29T00:00:00Z");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_822_dates_and_their_misspellings_are_read),
        cmocka_unit_test(iso_8601_dates_and_their_misspellings_are_read),
        cmocka_unit_test(months_of_other_languages_are_read),
        cmocka_unit_test(numbers_alone_are_read),
        cmocka_unit_test(what_is_no_date_is_none_and_never_now),
        cmocka_unit_test(dates_outside_four_digits_are_not_formatted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
