// SPDX-License-Identifier: MIT
//
// Every board file that is shipped, by what all of them promise.

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "port/files/board.h"
#include "port/files/board_files.h"
#include "port/files/board_lines.h"
#include "port/gpio/pi.h"
#include "port/files/text_file.h"

static void each_board(void (*look)(const struct board *board, const char *text)) {
    struct board_files files;
    assert_int_equal(board_files_list(&files), 0);
    assert_true(files.count >= 40);
    for (size_t i = 0; i < files.count; i++) {
        struct diag_list diags = DIAG_LIST_NULL;
        struct board board;
        char *text;
        size_t size;
        const int r = board_load(files.items[i].name, &diags, &board);
        for (size_t d = 0; d < diags.count; d++)
            print_error("%s:%u: %s\n", diags.items[d].file, diags.items[d].line,
                        diags.items[d].message);
        assert_int_equal(r, 0);
        assert_int_equal(text_file_read(files.items[i].path, LIMIT_CONF_FILE_MAX, &text, &size), 0);
        print_message("%s\n", board.name);
        assert_string_equal(board.name, files.items[i].name);
        look(&board, text);
        free(text);
        diag_list_done(&diags);
    }
    board_files_done(&files);
}

static void tells_what_it_is(const struct board *board, const char *text) {
    (void)text;
    assert_true(strlen(board->description) > 10);
    assert_true(strlen(board->source) > 0);
    size_t outputs = 0;
    for (size_t i = 0; i < board->line_count; i++)
        outputs += board_role_is_output(board->lines[i].role);
    assert_true(outputs > 0);
}

static void every_board_says_what_it_is_and_where_that_was_read(void **state) {
    (void)state;
    each_board(tells_what_it_is);
}

static bool is_on_header(const struct board *board) {
    return board->host[0] || strcmp(board->name, "pi") == 0;
}

// "gpio = 17 ... # pin 11": the comment people wire by.
static void pins_are_right(const struct board *board, const char *text) {
    if (!is_on_header(board) || board->driver != DRIVER_GPIOD)
        return;
    bool is_used[28] = {false};
    for (size_t i = 0; i < board->line_count; i++) {
        const struct board_line *line = &board->lines[i];
        assert_in_range(line->offset, 2, 27); // 0 and 1 are the EEPROM's
        assert_false(is_used[line->offset]);
        is_used[line->offset] = true;
    }
    size_t told = 0;
    for (const char *at = text; (at = strstr(at, "gpio = ")) != NULL; at++) {
        const char *pin = strstr(at, "# pin ");
        assert_non_null(pin);
        assert_true(pin < strchr(at, '\n'));
        const unsigned long gpio = strtoul(at + 7, NULL, 10), number = strtoul(pin + 6, NULL, 10);
        assert_int_equal(number, pi_pin_of((uint32_t)gpio));
        told++;
    }
    assert_int_equal(told, board->line_count);
}

static void every_line_is_on_a_pin_of_its_own_and_the_comment_says_which(void **state) {
    (void)state;
    each_board(pins_are_right);
}

// Lines that a bus claims when it is on say so, or people meet a held line without a hint.
static void buses_are_told(const struct board *board, const char *text) {
    (void)text;
    for (size_t i = 0; is_on_header(board) && i < board->line_count; i++) {
        const struct board_line *line = &board->lines[i];
        const bool is_spi = line->offset >= 7 && line->offset <= 11;
        const bool is_i2c = line->offset <= 3, is_uart = line->offset == 14 || line->offset == 15;
        const char *needs = is_spi    ? "dtparam=spi=off"
                            : is_i2c  ? "dtparam=i2c_arm=off"
                            : is_uart ? "enable_uart=0"
                                      : NULL;
        if (needs && board->driver == DRIVER_GPIOD)
            assert_string_equal(line->needs, needs);
        if (line->pwm_device[0])
            assert_non_null(strstr(line->needs, "dtoverlay=pwm"));
    }
}

static void a_pin_of_a_bus_says_that_the_bus_must_be_off(void **state) {
    (void)state;
    each_board(buses_are_told);
}

// The keys that libconfuse is given, one ".It Cm key =" each in the manual.
static void expect_told(const char *manual, const cfg_opt_t *options) {
    for (const cfg_opt_t *option = options; option->name; option++) {
        char line[60];
        (void)snprintf(line, sizeof line, "\n.It Cm %s = ", option->name);
        if (!strstr(manual, line))
            fail_msg("the manual does not tell of %s", option->name);
    }
}

static void the_manual_tells_of_every_key_of_a_line(void **state) {
    (void)state;
    char *manual;
    size_t size;
    assert_int_equal(text_file_read(WIREBELL_SOURCE "/firmware/man/wirebell-boards.5",
                                    LIMIT_CONF_FILE_MAX, &manual, &size),
                     0);
    struct board_line_options options;
    cfg_opt_t sections[BOARD_LINE_SECTIONS];
    board_line_options(&options, sections);
    for (size_t i = 0; i < BOARD_LINE_SECTIONS; i++)
        expect_told(manual, options.keys[i]);
    free(manual);
}

static void a_name_that_is_nowhere_is_not_found(void **state) {
    (void)state;
    char path[512];
    assert_int_equal(board_files_find("pi", sizeof path, path), 0);
    assert_non_null(strstr(path, "/boards/pi.board"));
    assert_int_equal(board_files_find("no-such-board", sizeof path, path), -ENOENT);
    assert_true(board_files_has_suffix("x.board"));
    assert_false(board_files_has_suffix(".board"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_board_says_what_it_is_and_where_that_was_read),
        cmocka_unit_test(every_line_is_on_a_pin_of_its_own_and_the_comment_says_which),
        cmocka_unit_test(a_pin_of_a_bus_says_that_the_bus_must_be_off),
        cmocka_unit_test(the_manual_tells_of_every_key_of_a_line),
        cmocka_unit_test(a_name_that_is_nowhere_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
