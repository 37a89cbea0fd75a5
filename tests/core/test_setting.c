// SPDX-License-Identifier: MIT

#include "unit.h"

#include <errno.h>
#include <string.h>

#include "core/keywords/setting.h"

static bool is(const char *bytes, size_t size, const char *expected) {
    return expected ? bytes && strlen(expected) == size && memcmp(bytes, expected, size) == 0
                    : !bytes;
}

static void a_line_is_read_word_by_word(void **state) {
    (void)state;
    static const struct {
        const char *line;
        int result;
        const char *key;
        const char *value;
        size_t start;
        size_t size;
    } CASES[] = {
        {"@bbc rest", 0, "@", "bbc", 0, 4},
        {"  every=30m", 0, "every", "30m", 2, 9},
        {"\xC2\xA0key=", 0, "key", "", 2, 4}, // a no-break blank
        {"name=\"two words\" x", 0, "name", "two words", 0, 16},
        {"a=b=c", 0, "a", "b=c", 0, 5},
        {"word", 0, "word", NULL, 0, 4},
        {"#tag", 0, "#tag", NULL, 0, 4},
        {"", SETTING_END, NULL, NULL, 0, 0},
        {" \t", SETTING_END, NULL, NULL, 0, 0},
        {"# a comment", SETTING_END, NULL, NULL, 0, 0},
        {"name=\"two words", SETTING_UNCLOSED, NULL, NULL, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        struct setting setting = {.start = 77};
        size_t at = 0;
        const size_t size = strlen(CASES[i].line);
        assert_int_equal(setting_next(CASES[i].line, size, &at, &setting), CASES[i].result);
        if (CASES[i].result == SETTING_END)
            assert_int_equal(setting.start, 77);
        if (CASES[i].result != 0) {
            assert_int_equal(at, size);
            continue;
        }
        assert_true(is(setting.key, setting.key_size, CASES[i].key));
        assert_true(is(setting.value, setting.value_size, CASES[i].value));
        assert_int_equal(setting.start, CASES[i].start);
        assert_int_equal(setting.size, CASES[i].size);
        assert_int_equal(at, setting.start + setting.size);
    }
}

static void a_setting_torn_by_blanks_is_told_from_others(void **state) {
    (void)state;
    static const struct {
        const char *line;
        size_t size; // of all of it; 0 = it is not torn
    } CASES[] = {
        {"every = 30m @bbc", 11}, {"every =30m @bbc", 10},
        {"every= 30m @bbc", 10},  {"every =", 7},
        {"every=30m @bbc", 0},    {"every= @bbc", 0},
        {"every=\"\" x", 0},      {"every= title=x", 0},
        {"word word", 0},         {"word", 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        struct setting setting;
        size_t at = 0;
        const size_t size = strlen(CASES[i].line);
        assert_int_equal(setting_next(CASES[i].line, size, &at, &setting), 0);
        const size_t before = at;
        const bool is_torn = setting_is_torn(CASES[i].line, size, &at, &setting);
        assert_int_equal(is_torn, CASES[i].size > 0);
        assert_int_equal(at, is_torn ? CASES[i].size : before);
        assert_int_equal(setting.size, at);
    }
}

static void durations_have_a_unit_and_an_end(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds; // -1 = is none
    } CASES[] = {
        {"30s", 30},           {"15m", 900}, {"2h", 7200}, {"1d", 86400}, {"0s", 0},
        {"366d", 366 * 86400}, {"367d", -1}, {"30", -1},   {"m", -1},     {"", -1},
        {"-5m", -1},           {"5 m", -1},  {"5mm", -1},  {"5w", -1},    {"999999999s", -1},
        {"1.5h", -1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        int64_t seconds = 77;
        const int r = setting_duration(CASES[i].text, strlen(CASES[i].text), &seconds);
        assert_int_equal(r, CASES[i].seconds < 0 ? -EINVAL : 0);
        assert_int_equal(seconds, CASES[i].seconds < 0 ? 77 : CASES[i].seconds);
    }
}

static void hours_may_go_over_midnight(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int from; // -1 = wrong
        int until;
    } CASES[] = {
        {"07:00-23:00", 420, 1380}, {"22:30-6:00", 1350, 360}, {"0:00-24:00", 0, 1440},
        {"24:00-6:00", 0, 360},     {"8:00-0:00", 480, 1440},  {"7-23", -1, 0},
        {"07:00", -1, 0},           {"07:00-", -1, 0},         {"07:00-07:00", -1, 0},
        {"07:60-08:00", -1, 0},     {"25:00-08:00", -1, 0},    {"24:01-08:00", -1, 0},
        {"07:00-08:00x", -1, 0},    {"7:0-8:00", -1, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        int from = 77, until = 88;
        const int r = setting_hours(CASES[i].text, strlen(CASES[i].text), &from, &until);
        const bool is_wrong = CASES[i].from < 0;
        assert_int_equal(r, is_wrong ? -EINVAL : 0);
        assert_int_equal(from, is_wrong ? 77 : CASES[i].from);
        assert_int_equal(until, is_wrong ? 88 : CASES[i].until);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_read_word_by_word),
        cmocka_unit_test(a_setting_torn_by_blanks_is_told_from_others),
        cmocka_unit_test(durations_have_a_unit_and_an_end),
        cmocka_unit_test(hours_may_go_over_midnight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
