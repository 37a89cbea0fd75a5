// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "wirebell/story.h"

static void expect_json(void (*write)(FILE *, const char *), const char *text,
                        const char *expected) {
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    assert_non_null(out);
    write(out, text);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(written, expected);
    free(written);
}

static void what_json_must_escape_is_escaped(void **state) {
    (void)state;
    expect_json(json_write_string, "a \"b\" \\ /", "\"a \\\"b\\\" \\\\ /\"");
    expect_json(json_write_string, "\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"");
    expect_json(json_write_string, "\001\033[2J\037", "\"\\u0001\\u001b[2J\\u001f\"");
}

static void controls_above_ascii_are_escaped_too(void **state) {
    (void)state;
    expect_json(json_write_string, "\x7F\xC2\x80\xC2\x9B\xC2\x9F",
                "\"\\u007f\\u0080\\u009b\\u009f\"");
}

static void other_text_is_written_as_it_is(void **state) {
    (void)state;
    expect_json(json_write_string, "Zürich \xC2\xA0 日本 \xF0\x9F\x94\x94",
                "\"Zürich \xC2\xA0 日本 \xF0\x9F\x94\x94\"");
    expect_json(json_write_string, "", "\"\"");
}

static void nothing_is_null_where_null_is_wanted(void **state) {
    (void)state;
    expect_json(json_write_string_or_null, "", "null");
    expect_json(json_write_string_or_null, "x", "\"x\"");
}

static void times_are_written_in_utc(void **state) {
    (void)state;
    static const struct {
        int64_t time_s;
        const char *expected;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {951782400, "2000-02-29T00:00:00Z"},
        {951868799, "2000-02-29T23:59:59Z"},
        {951868800, "2000-03-01T00:00:00Z"},
        {4107542399, "2100-02-28T23:59:59Z"},
        {4107542400, "2100-03-01T00:00:00Z"},
        {2147483648, "2038-01-19T03:14:08Z"},
        {INT64_C(-62167219200), "0000-01-01T00:00:00Z"},
        {INT64_C(253402300799), "9999-12-31T23:59:59Z"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char text[CLI_TIME_SIZE];
        assert_int_equal(cli_format_time(cases[i].time_s, text), 0);
        assert_string_equal(text, cases[i].expected);
    }
}

static void a_year_that_cannot_be_written_is_refused(void **state) {
    (void)state;
    static const int64_t times[] = {STORY_NO_DATE, INT64_MAX, INT64_C(-62167219201),
                                    INT64_C(253402300800)};
    for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
        char text[CLI_TIME_SIZE] = "untouched";
        assert_true(cli_format_time(times[i], text) < 0);
        assert_string_equal(text, "untouched");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_json_must_escape_is_escaped),
        cmocka_unit_test(controls_above_ascii_are_escaped_too),
        cmocka_unit_test(other_text_is_written_as_it_is),
        cmocka_unit_test(nothing_is_null_where_null_is_wanted),
        cmocka_unit_test(times_are_written_in_utc),
        cmocka_unit_test(a_year_that_cannot_be_written_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
