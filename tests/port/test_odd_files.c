// SPDX-License-Identifier: MIT
//
// Files on the device that are odd and yet files: names and values too long for their places,
// strings with escapes, bytes that are no text, folders where files should be.

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/files/board.h"
#include "port/files/keywords_file.h"

static char folder[] = "/tmp/wirebell-odd-XXXXXX";
static char path[sizeof folder + 32];

static int set_up(void **state) {
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/wirebell-odd-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof path, "%s/odd.board", folder);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static struct board load_or_fail(const char *text) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    unit_write_file(path, text, strlen(text));
    const int r = board_load(path, &diags, &board);
    if (r < 0)
        fail_msg("%s", diags.count > 0 ? diags.items[0].message : strerrordesc_np(-r));
    diag_list_done(&diags);
    return board;
}

// The one complaint about a board.
static void expect_complaint(const char *bytes, size_t size, uint32_t line, const char *message) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board = {.line_count = 4711};
    unit_write_file(path, bytes, size);
    assert_int_equal(board_load(path, &diags, &board), -EINVAL);
    assert_int_equal(board.line_count, 4711);
    assert_true(diags.count >= 1);
    assert_string_equal(diags.items[0].message, message);
    assert_int_equal(diags.items[0].line, line);
    diag_list_done(&diags);
}

static void a_label_longer_than_any_chip_has_is_a_mistake(void **state) {
    (void)state;
    static const char text[] =
        "chips = { fits,\n  0123456789012345678901234567890123456789012345678901234567890123 }\n"
        "lamp red { gpio = 4 }\n";
    expect_complaint(text, sizeof text - 1, 2, "longer than 63 bytes");
}

static void a_value_longer_than_its_place_is_a_mistake(void **state) {
    (void)state;
    char text[800];
    (void)snprintf(text, sizeof text,
                   "chips = { chip }\ndescription = \"%0600d\"\nlamp red { gpio = "
                   "4 }\n",
                   0);
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    unit_write_file(path, text, strlen(text));
    assert_int_equal(board_load(path, &diags, &board), -EINVAL);
    assert_int_equal(diags.error_count, 1);
    assert_non_null(strstr(diags.items[0].message, "longer than"));
    diag_list_done(&diags);
}

static void quotes_in_strings_and_comments_within_them_are_text(void **state) {
    (void)state;
    struct board board =
        load_or_fail("description = \"a \\\"good\\\" board # not a comment\" // one\n"
                     "chips = { chip } /* two\n lines */ # three\nlamp red { gpio = 4 }\n");
    assert_string_equal(board.description, "a \"good\" board # not a comment");
    assert_int_equal(board.line_count, 1);
    board = load_or_fail("chips = { 'chip' }\nlamp red { gpio = 4 }\n/* to the end");
    assert_string_equal(board.chip_labels[0], "chip");
}

static void a_nul_is_no_end_of_the_file(void **state) {
    (void)state;
    static const char text[] = "chips = { chip }\nlamp red { gpio = 4 }\n\0\nno_such_key = 1\n";
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    unit_write_file(path, text, sizeof text - 1);
    assert_int_equal(board_load(path, &diags, &board), -EINVAL);
    assert_true(diags.error_count > 0);
    diag_list_done(&diags);
}

static void a_folder_is_no_board(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(board_load(path, &diags, &board), -EINVAL);
    assert_string_equal(diags.items[0].message, "cannot be read: Is a directory");
    diag_list_done(&diags);
    assert_int_equal(rmdir(path), 0);
}

static void boards_are_wired_alike_when_every_line_is(void **state) {
    (void)state;
    static const char *const others[] = {
        "chips = { other }\nlamp red { gpio = 4 }\nbuzzer { gpio = 5 }\n",
        "chips = { chip, other }\nlamp red { gpio = 4 }\nbuzzer { gpio = 5 }\n",
        "chips = { chip }\nlamp red { gpio = 6 }\nbuzzer { gpio = 5 }\n",
        "chips = { chip }\nlamp red { gpio = 4 active = low }\nbuzzer { gpio = 5 }\n",
        "chips = { chip }\nlamp amber { gpio = 4 }\nbuzzer { gpio = 5 }\n",
        "chips = { chip }\nlamp red { gpio = 4 chip = other }\nbuzzer { gpio = 5 }\n",
        "chips = { chip }\nlamp red { gpio = 4 }\nbuzzer { gpio = 5 kind = tone pwm = x }\n",
        "chips = { chip }\nlamp red { gpio = 4 }\n",
        "driver = sim\nlamp red {}\nbuzzer {}\n",
    };
    static const char text[] = "chips = { chip }\nlamp red { gpio = 4 }\nbuzzer { gpio = 5 }\n";
    const struct board board = load_or_fail(text), same = load_or_fail(text);
    assert_true(board_is_wired_alike(&board, &same));
    struct board described = load_or_fail(text);
    (void)snprintf(described.description, sizeof described.description, "another description");
    assert_true(board_is_wired_alike(&board, &described));
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        const struct board other = load_or_fail(others[i]);
        assert_false(board_is_wired_alike(&board, &other));
    }
}

static void a_name_longer_than_its_place_is_cut(void **state) {
    (void)state;
    char long_path[sizeof folder + 160];
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    (void)snprintf(long_path, sizeof long_path, "%s/%0120d.board", folder, 7);
    static const char text[] = "chips = { chip }\nlamp red { gpio = 4 }\n";
    unit_write_file(long_path, text, sizeof text - 1);
    assert_int_equal(board_load(long_path, &diags, &board), 0);
    assert_int_equal(strlen(board.name), sizeof board.name - 1);
    assert_int_equal(unlink(long_path), 0);
}

// What is said of a keywords file that cannot be read, and what to do about it.
static void expect_keywords(const char *file, int error, const char *mend) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords = NULL;
    assert_int_equal(keywords_file_load(file, &diags, &keywords), error);
    assert_null(keywords);
    assert_int_equal(diags.error_count, 1);
    assert_non_null(strstr(diags.items[0].message, strerrordesc_np(-error)));
    assert_true(mend ? diags.items[0].mend[0] && strstr(diags.items[0].mend, mend)
                     : !diags.items[0].mend[0]);
    diag_list_done(&diags);
}

static void keywords_that_cannot_be_read_come_with_advice(void **state) {
    (void)state;
    expect_keywords("/nowhere/keywords", -ENOENT, "write one");
    expect_keywords(folder, -EISDIR, "name a file");
    expect_keywords("/dev/null/keywords", -ENOTDIR, NULL);
    unit_write_file(path, "[urgent]\nrain\n", 14);
    const uid_t self = geteuid();
    assert_int_equal(chmod(path, 0), 0);
    if (self == 0)
        assert_int_equal(seteuid(65534), 0);
    expect_keywords(path, -EACCES, "let everybody");
    assert_int_equal(seteuid(self), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_label_longer_than_any_chip_has_is_a_mistake),
        TEST(a_value_longer_than_its_place_is_a_mistake),
        TEST(quotes_in_strings_and_comments_within_them_are_text),
        TEST(a_nul_is_no_end_of_the_file),
        TEST(a_folder_is_no_board),
        TEST(boards_are_wired_alike_when_every_line_is),
        TEST(a_name_longer_than_its_place_is_cut),
        TEST(keywords_that_cannot_be_read_come_with_advice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
