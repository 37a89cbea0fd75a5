// SPDX-License-Identifier: MIT

#include "unit.h"

#include <string.h>

#include "core/text/spelling.h"

static const char *nearest(const char *typed) {
    static const char *const WORDS[] = {"run", "status", "snooze", "pi",
                                        "a-name-of-more-than-31-letters-is-left"};
    const char *found = NULL;
    size_t least = SPELLING_FAR;
    for (size_t i = 0; i < ARRAY_SIZE(WORDS); i++)
        if (spelling_is_nearer(typed, WORDS[i], &least))
            found = WORDS[i];
    return found;
}

static void a_letter_too_many_too_few_or_wrong_is_seen_through(void **state) {
    (void)state;
    assert_string_equal(nearest("statuss"), "status");
    assert_string_equal(nearest("staus"), "status");
    assert_string_equal(nearest("stqtus"), "status");
    assert_string_equal(nearest("snozze"), "snooze");
    assert_string_equal(nearest("pie"), "pi");
}

static void another_word_is_nothing_misspelled(void **state) {
    (void)state;
    static const char *const OTHERS[] = {"", "x", "help", "stop",
                                         "a-name-of-more-than-31-letters-is-lef"};
    for (size_t i = 0; i < ARRAY_SIZE(OTHERS); i++)
        assert_null(nearest(OTHERS[i]));
}

static void the_nearest_counts_and_is_left_alone_by_those_further_away(void **state) {
    (void)state;
    size_t least = SPELLING_FAR;
    assert_true(spelling_is_nearer("rum", "rungs", &least) == false && least == SPELLING_FAR);
    assert_true(spelling_is_nearer("runn", "rung", &least));
    assert_int_equal(least, 1);
    assert_false(spelling_is_nearer("runn", "run", &least));
    assert_true(spelling_is_nearer("runn", "runn", &least));
    assert_int_equal(least, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_too_many_too_few_or_wrong_is_seen_through),
        cmocka_unit_test(another_word_is_nothing_misspelled),
        cmocka_unit_test(the_nearest_counts_and_is_left_alone_by_those_further_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
