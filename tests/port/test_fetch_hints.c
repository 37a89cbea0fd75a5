// SPDX-License-Identifier: MIT

#include "unit.h"

#include <string.h>

#include "port/fetch/fetch_hints.h"

// 2026-01-02T00:00:00Z, as a server would write it.
#define DATE       "Fri, 02 Jan 2026 00:00:00 GMT"
#define TWO_MIN_ON "Fri, 02 Jan 2026 00:02:00 GMT"
#define DATE_S     INT64_C(1767312000)

static void retry_after_is_read_in_both_forms(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *value;
        const char *date;
        int64_t now_s;
        int64_t expected;
    } cases[] = {
        {"seconds", "120", NULL, 0, 120},
        {"zero", "0", NULL, 0, 0},
        {"date against our clock", TWO_MIN_ON, NULL, DATE_S, 120},
        {"the server's own Date goes before a clock that was never set", TWO_MIN_ON, DATE, 0, 120},
        {"date in the past", DATE, TWO_MIN_ON, 0, 0},
        {"too big to count", "99999999999999999999", NULL, 0, INT32_MAX},
        {"negative", "-1", NULL, 0, 0},
        {"a word", "soon", NULL, 0, 0},
        {"a number and a word", "120 seconds", NULL, 0, 0},
        {"empty", "", NULL, 0, 0},
        {"none", NULL, NULL, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        int64_t got = fetch_hints_retry_after(cases[i].value, cases[i].date, cases[i].now_s);
        if (got != cases[i].expected)
            fail_msg("%s: %lld", cases[i].name, (long long)got);
    }
}

static void freshness_is_what_rfc_9111_says(void **state) {
    (void)state;
    static const struct {
        const char *name;
        struct fetch_hints_freshness headers;
        int64_t expected;
    } cases[] = {
        {"max-age", {.cache_control = "max-age=600"}, 600},
        {"among others", {.cache_control = "public, Max-Age=600 , must-revalidate"}, 600},
        {"quoted (5.2)", {.cache_control = "max-age=\"600\""}, 600},
        {"less the age it has (4.2.3)", {.cache_control = "max-age=900", .age = "300"}, 600},
        {"older than its age", {.cache_control = "max-age=300", .age = "900"}, 0},
        {"an age that is no number", {.cache_control = "max-age=300", .age = "old"}, 300},
        {"no-cache", {.cache_control = "max-age=600, no-cache"}, 0},
        {"no-store", {.cache_control = "NO-STORE", .expires = TWO_MIN_ON, .date = DATE}, 0},
        {"s-maxage is for shared caches", {.cache_control = "s-maxage=600"}, 0},
        {"max-age inside a quoted string", {.cache_control = "x=\", max-age=600\""}, 0},
        {"no-cache inside a quoted string",
         {.cache_control = "x=\"a\\\", no-cache\", max-age=5"},
         5},
        {"the first of two", {.cache_control = "max-age=10, max-age=20"}, 10},
        {"one that is no number is stale",
         {.cache_control = "max-age=ten", .expires = TWO_MIN_ON, .date = DATE},
         0},
        {"Expires", {.expires = TWO_MIN_ON, .date = DATE}, 120},
        {"max-age goes before Expires (5.3)",
         {.cache_control = "max-age=0", .expires = TWO_MIN_ON, .date = DATE},
         0},
        {"Expires: 0 (5.3)", {.expires = "0", .date = DATE}, 0},
        {"Expires without a Date, against our clock", {.expires = TWO_MIN_ON}, 120},
        {"Expires less the age", {.expires = TWO_MIN_ON, .date = DATE, .age = "20"}, 100},
        {"nothing", {0}, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        int64_t got = fetch_hints_max_age(&cases[i].headers, DATE_S);
        if (got != cases[i].expected)
            fail_msg("%s: %lld", cases[i].name, (long long)got);
    }
}

static void dates_are_read_in_all_forms_http_has_and_nothing_else_is_one(void **state) {
    (void)state;
    static const struct {
        const char *value;
        int64_t expected;
    } cases[] = {
        {DATE, DATE_S}, // RFC 9110 5.6.7, the three forms
        {"Friday, 02-Jan-26 00:00:00 GMT", DATE_S},
        {"Fri Jan  2 00:00:00 2026", DATE_S},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Wed, 31 Dec 1969 23:59:59 GMT", 0},
        {"20260102", 0},
        {"-1", 0},
        {"now", 0},
        {"", 0},
        {NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (fetch_hints_date(cases[i].value) != cases[i].expected)
            fail_msg("%s", cases[i].value);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_in_all_forms_http_has_and_nothing_else_is_one),
        cmocka_unit_test(retry_after_is_read_in_both_forms),
        cmocka_unit_test(freshness_is_what_rfc_9111_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
