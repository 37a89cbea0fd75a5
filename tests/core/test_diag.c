// SPDX-License-Identifier: MIT

#include "unit.h"

#include <string.h>

#include "core/text/diag.h"
#include "wirebell/limits.h"

static void expect(const struct diag_place *place, const char *mend, const char *expected) {
    struct diag_list list = DIAG_LIST_NULL;
    diag_add(&list, DIAG_ERROR, place, mend, "expected %s", "a word");
    assert_int_equal(list.count, 1);
    assert_int_equal(list.error_count, 1);
    char text[1024];
    diag_format(&list.items[0], sizeof text, text);
    assert_string_equal(text, expected);
    diag_list_done(&list);
}

static void caret_stands_under_the_mistake(void **state) {
    (void)state;
    const char *line = "NATO + + crisis";
    expect(&(struct diag_place){"keywords", 7, line, strlen(line), 7, 1}, "take one + away",
           "keywords:7:8: error: expected a word\n"
           "    NATO + + crisis\n"
           "           ^\n"
           "    take one + away");
}

static void columns_count_characters_not_bytes(void **state) {
    (void)state;
    const char *line = "Zürich, Köln*x";
    expect(&(struct diag_place){"k", 1, line, strlen(line), 9, 6}, NULL,
           "k:1:9: error: expected a word\n"
           "    Zürich, Köln*x\n"
           "            ^~~~~");
}

static void controls_of_the_source_never_reach_the_terminal(void **state) {
    (void)state;
    const char *line = "a\tb\033[2Jc";
    expect(&(struct diag_place){"k", 1, line, strlen(line), SIZE_MAX, 0}, NULL,
           "k:1: error: expected a word\n"
           "    a b [2Jc");
}

static void a_file_as_a_whole_has_no_line(void **state) {
    (void)state;
    expect(&(struct diag_place){.file = "k"}, NULL, "k: error: expected a word");
}

static void a_long_line_is_cut_around_the_caret(void **state) {
    (void)state;
    char line[2001];
    memset(line, 'x', 2000);
    line[2000] = '\0';
    line[1000] = '!';
    struct diag_list list = DIAG_LIST_NULL;
    diag_add(&list, DIAG_WARNING, &(struct diag_place){"k", 1, line, 2000, 1000, 1}, NULL, "m");
    assert_int_equal(list.error_count, 0);
    assert_int_equal(list.warning_count, 1);
    char text[1024];
    diag_format(&list.items[0], sizeof text, text);
    const char *shown = strchr(text, '\n') + 1, *caret = strchr(shown, '\n') + 1;
    assert_int_equal(strchr(shown, '!') - shown, strchr(caret, '^') - caret);
    assert_true(strlen(text) < 400);
    diag_list_done(&list);
}

static void complaints_over_the_cap_are_counted(void **state) {
    (void)state;
    struct diag_list list = DIAG_LIST_NULL;
    for (int i = 0; i < LIMIT_DIAGS_MAX + 5; i++)
        diag_add(&list, DIAG_ERROR, &(struct diag_place){"k", 1, "x", 1, 0, 1}, NULL, "m");
    assert_int_equal(list.count, LIMIT_DIAGS_MAX);
    assert_int_equal(list.error_count, LIMIT_DIAGS_MAX + 5);
    diag_list_done(&list);
    assert_int_equal(list.count, 0);
}

static void a_short_buffer_is_terminated(void **state) {
    (void)state;
    struct diag_list list = DIAG_LIST_NULL;
    diag_add(&list, DIAG_ERROR, &(struct diag_place){"keywords", 1, "x", 1, 0, 1}, "mend", "m");
    for (size_t size = 1; size < 60; size++) {
        char text[64];
        memset(text, 'Z', sizeof text);
        diag_format(&list.items[0], size, text);
        assert_true(strlen(text) < size);
    }
    diag_list_done(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(caret_stands_under_the_mistake),
        cmocka_unit_test(columns_count_characters_not_bytes),
        cmocka_unit_test(controls_of_the_source_never_reach_the_terminal),
        cmocka_unit_test(a_file_as_a_whole_has_no_line),
        cmocka_unit_test(a_long_line_is_cut_around_the_caret),
        cmocka_unit_test(complaints_over_the_cap_are_counted),
        cmocka_unit_test(a_short_buffer_is_terminated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
