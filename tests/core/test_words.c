// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/matcher/words.h"

// The words of a text, folded, with a bar between them.
static void walk(const char *text, size_t size, char *ret) {
    struct words words;
    size_t at = 0;
    ret[0] = '\0';
    for (words_begin(&words, text, strlen(text)); words_next(&words);) {
        assert_true(words.start < words.stop && words.stop <= strlen(text));
        at += (size_t)snprintf(ret + at, size - at, "%s%.*s", at > 0 ? "|" : "", (int)words.size,
                               words.folded);
        assert_true(at < size);
    }
}

static void words_are_folded_and_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *words;
    } CASES[] = {
        {"", ""},
        {" .,;- ", ""},
        {"War", "war"},
        {"EU condemns Attack!", "eu|condemns|attack"},
        {"zero-day", "zero|day"},
        {"Moscow's", "moscow|s"},
        {"AT&T", "at|t"},
        {"5G x86_64", "5g|x86|64"},
        {"Z\u00FCrich", "zurich"},
        {"Zu\u0308rich", "zurich"}, // a combining mark
        {"STRASSE stra\u00DFe", "strasse|strasse"},
        {"\u0130stanbul", "istanbul"},
        {"so\u00ADft", "soft"},        // soft hyphen
        {"\uFF37\uFF21\uFF32", "war"}, // full width
        {"\u5317\u7EA6", "\u5317|\u7EA6"},
        {"\u7528python\u5199", "\u7528|python|\u5199"},
        {"a\xFFz", "a|z"},
        {"\xC3", ""},
        {"caf\u00E9", "cafe"},
        {"caf\u00E9s bar", "cafes|bar"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        char words[256];
        walk(CASES[i].text, sizeof words, words);
        assert_string_equal(words, CASES[i].words);
    }
}

static void a_word_points_into_the_text(void **state) {
    (void)state;
    struct words words;
    const char *text = "a Z\u00FCrich!";
    words_begin(&words, text, strlen(text));
    assert_true(words_next(&words));
    assert_true(words_next(&words));
    assert_int_equal(words.start, 2);
    assert_int_equal(words.stop, strlen(text) - 1);
    assert_int_equal(words.class, CHAR_LETTER);
    assert_false(words_next(&words));
    assert_false(words_next(&words));
}

static void the_walk_ends_where_it_was_told(void **state) {
    (void)state;
    struct words words;
    words_begin(&words, "one two", 3);
    assert_true(words_next(&words));
    assert_int_equal(words.stop, 3);
    assert_false(words_next(&words));
}

static void a_word_that_is_too_long_is_cut_and_says_so(void **state) {
    (void)state;
    for (size_t size = WORDS_FOLDED_MAX - 6; size < WORDS_FOLDED_MAX + 6; size++) {
        char text[WORDS_FOLDED_MAX + 8];
        memset(text, 'x', size);
        text[size] = '\0';
        struct words words;
        words_begin(&words, text, size);
        assert_true(words_next(&words));
        assert_int_equal(words.is_cut, size > WORDS_FOLDED_MAX);
        assert_true(words.size <= WORDS_FOLDED_MAX);
        assert_int_equal(words.stop, size);
        assert_false(words_next(&words));
    }
}

static void what_stands_between_two_words_is_told(void **state) {
    (void)state;
    static const struct {
        const char *gap;
        enum words_gap expected;
    } CASES[] = {
        {"", GAP_NONE},        {"\u200D", GAP_NONE},  {" ", GAP_BREAK},  {"  \n", GAP_BREAK},
        {"-", GAP_BREAK},      {"\u2011", GAP_BREAK}, {", ", GAP_OTHER}, {".", GAP_OTHER},
        {"\u00A0", GAP_BREAK}, {"&", GAP_OTHER},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++)
        assert_int_equal(words_gap(CASES[i].gap, 0, strlen(CASES[i].gap)), CASES[i].expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_folded_and_told_apart),
        cmocka_unit_test(a_word_points_into_the_text),
        cmocka_unit_test(the_walk_ends_where_it_was_told),
        cmocka_unit_test(a_word_that_is_too_long_is_cut_and_says_so),
        cmocka_unit_test(what_stands_between_two_words_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
