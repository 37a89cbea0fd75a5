// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/table.h"

static void expect_table(struct table *table, int has_colour, const char *expected) {
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    assert_non_null(out);
    (void)table_print(table, out, has_colour);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(written, expected);
    free(written);
    table_free(table);
}

static void columns_stand_under_each_other(void **state) {
    (void)state;
    struct table *table = table_new(3);
    table_add(table, "", (const char *const[]){"1", "bulletin", "Choir"});
    table_add(table, "", (const char *const[]){"1024", "flash", "Flood at the harbour"});
    expect_table(table, 0, "1     bulletin  Choir\n1024  flash     Flood at the harbour\n");
}

static void widths_are_those_of_the_terminal_and_not_of_bytes(void **state) {
    (void)state;
    struct table *table = table_new(2);
    table_add(table, "", (const char *const[]){"Zürich", "x"});    // 6 columns, 7 bytes
    table_add(table, "", (const char *const[]){"日本", "x"});      // 4 columns, 6 bytes
    table_add(table, "", (const char *const[]){"e\xCC\x81", "x"}); // 1 column, a combining accent
    table_add(table, "", (const char *const[]){"", "x"});
    expect_table(table, 0, "Zürich  x\n日本    x\ne\xCC\x81       x\n        x\n");
}

static void what_a_terminal_would_obey_is_a_blank(void **state) {
    (void)state;
    struct table *table = table_new(2);
    table_add(table, "", (const char *const[]){"a\033[2Jb", "c\nd\xC2\x9B"});
    expect_table(table, 0, "a [2Jb  c d \n");
}

static void broken_text_does_not_run_away(void **state) {
    (void)state;
    struct table *table = table_new(2);
    table_add(table, "", (const char *const[]){"caf\xE9", "x\xF0\x9F"});
    expect_table(table, 0, "caf   x  \n");
}

static void a_row_has_its_style_where_colour_is_wanted(void **state) {
    (void)state;
    struct table *table = table_new(1);
    table_add(table, "31", (const char *const[]){"red"});
    table_add(table, "", (const char *const[]){"plain"});
    expect_table(table, 1, "\033[31mred\033[0m\nplain\n");
}

static void cells_are_copied(void **state) {
    (void)state;
    char cell[] = "before";
    struct table *table = table_new(1);
    table_add(table, "", (const char *const[]){cell});
    cell[0] = 'X';
    expect_table(table, 0, "before\n");
}

static void no_table_prints_nothing(void **state) {
    (void)state;
    table_add(NULL, "", (const char *const[]){"x"});
    assert_int_equal(table_print(NULL, stdout, 0), 0);
    expect_table(table_new(2), 0, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_stand_under_each_other),
        cmocka_unit_test(widths_are_those_of_the_terminal_and_not_of_bytes),
        cmocka_unit_test(what_a_terminal_would_obey_is_a_blank),
        cmocka_unit_test(broken_text_does_not_run_away),
        cmocka_unit_test(a_row_has_its_style_where_colour_is_wanted),
        cmocka_unit_test(cells_are_copied),
        cmocka_unit_test(no_table_prints_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
