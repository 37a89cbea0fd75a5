// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

// Its literal is nobody's business but its own; whether it is right shows only here.
#include "core/matcher/regex.c" // NOLINT(bugprone-suspicious-include)

static struct regex *open_regex(const char *pattern) {
    struct regex *regex = NULL;
    struct regex_error error;
    if (regex_new(pattern, strlen(pattern), &regex, &error) != 0)
        fail_msg("/%s/: %s at %zu", pattern, error.message, error.offset);
    return regex;
}

static void the_literal_is_in_every_match(void **state) {
    (void)state;
    static const struct {
        const char *pattern;
        const char *literal;
    } CASES[] = {
        {"CVE-20[0-9]{2}-[0-9]{4,7}", "cve-20"},
        {"colou?r", "colo"},
        {"ab+cd", "ab"},
        {"abc*def", "def"},
        {"x{2}yz", "yz"},
        {"a|b", ""},
        {"(abc)def", "def"},
        {"(abc|d)?ef", "ef"},
        {"(?:abc)def", "def"},
        {"(?i)abc", ""},
        {"(?=abc)d", ""},
        {"[abc]def", "def"},
        {"[]]def", "def"},
        {"[[:alpha:]]def", ""},
        {"a\\.b", "a.b"},
        {"\\bword\\b", "word"},
        {"\\x41bc", ""},
        {"\\Qa|b\\E", ""},
        {"ransomware", "omware"}, // k and s have twins outside ASCII
        {"über", "ber"},
        {"^abc$", "abc"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        struct regex *regex = open_regex(CASES[i].pattern);
        assert_string_equal(regex->literal, CASES[i].literal);
        regex_free(regex);
    }
}

static void letter_case_and_bad_bytes_do_not_matter(void **state) {
    (void)state;
    struct regex *regex = open_regex("gr(ü|ue)n");
    size_t start = 77, stop = 88;
    assert_false(regex_find(regex, "gran", 4, &start, &stop));
    assert_int_equal(start, 77);
    const char text[] = "\xFF\xC3 GRÜN";
    assert_true(regex_find(regex, text, sizeof text - 1, &start, &stop));
    assert_int_equal(start, 3);
    assert_int_equal(stop, 8);
    regex_free(regex);
}

static void an_empty_match_is_none(void **state) {
    (void)state;
    struct regex *regex = open_regex("x*");
    size_t start, stop;
    assert_false(regex_find(regex, "abc", 3, &start, &stop));
    assert_true(regex_find(regex, "abxx", 4, &start, &stop));
    assert_int_equal(stop - start, 2);
    regex_free(regex);
}

static void an_expression_that_runs_away_is_stopped(void **state) {
    (void)state;
    struct regex *regex = open_regex("(a+)+(a+)+(a+)+[bc]");
    enum { SIZE = 60000 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    memset(text, 'a', SIZE);
    size_t start, stop;
    const clock_t before = clock();
    assert_false(regex_find(regex, text, SIZE, &start, &stop));
    assert_true(clock() - before < 10 * CLOCKS_PER_SEC);
    assert_true(regex_was_stopped(regex));
    assert_false(regex_find(regex, "aaa", 3, &start, &stop));
    assert_false(regex_was_stopped(regex));
    free(text);
    regex_free(regex);
}

static void a_mistake_is_told_with_its_place(void **state) {
    (void)state;
    struct regex *regex = NULL;
    struct regex_error error;
    assert_int_equal(regex_new("ab(c", 4, &regex, &error), REGEX_WRONG);
    assert_null(regex);
    assert_int_equal(error.offset, 4);
    assert_true(strlen(error.message) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_literal_is_in_every_match),
        cmocka_unit_test(letter_case_and_bad_bytes_do_not_matter),
        cmocka_unit_test(an_empty_match_is_none),
        cmocka_unit_test(an_expression_that_runs_away_is_stopped),
        cmocka_unit_test(a_mistake_is_told_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
