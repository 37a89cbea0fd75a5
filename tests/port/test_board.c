// SPDX-License-Identifier: MIT

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/files/board.h"

// Loads a board from text; the file is called test.board in a folder of its own.
static int load_text(const char *text, struct diag_list *diags, struct board *ret) {
    char folder[] = "/tmp/wirebell-board-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/test.board", folder);
    unit_write_file(path, text, strlen(text));
    int result = board_load(path, diags, ret);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    return result;
}

static void the_pi_board_is_wired_as_documented(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    assert_int_equal(board_load("pi", &diags, &board), 0);
    assert_int_equal(diags.error_count, 0);
    assert_string_equal(board.name, "pi");
    assert_int_equal(board.driver, DRIVER_GPIOD);
    assert_int_equal(board.chip_label_count, 3);
    assert_string_equal(board.chip_labels[0], "pinctrl-bcm2835");
    assert_string_equal(board.chip_labels[1], "pinctrl-bcm2711");
    assert_string_equal(board.chip_labels[2], "pinctrl-rp1");

    static const struct {
        const char *name;
        enum board_role role;
        uint32_t offset;
    } expected[] = {
        {"red", ROLE_RED, 17},       {"amber", ROLE_AMBER, 27},   {"green", ROLE_GREEN, 22},
        {"buzzer", ROLE_BUZZER, 24}, {"button", ROLE_BUTTON, 23},
    };
    assert_int_equal(board.line_count, ARRAY_SIZE(expected));
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        assert_string_equal(board.lines[i].name, expected[i].name);
        assert_int_equal(board.lines[i].role, expected[i].role);
        assert_int_equal(board.lines[i].offset, expected[i].offset);
        assert_string_equal(board.lines[i].chip_label, "");
        assert_int_equal(board.lines[i].is_active_low, expected[i].role == ROLE_BUTTON);
        assert_int_equal(board.lines[i].bias,
                         expected[i].role == ROLE_BUTTON ? BIAS_PULL_UP : BIAS_AS_IS);
    }
}

static void the_sim_board_has_the_same_lines(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board pi, sim;
    assert_int_equal(board_load("pi", &diags, &pi), 0);
    assert_int_equal(board_load("sim", &diags, &sim), 0);
    assert_int_equal(sim.driver, DRIVER_SIM);
    assert_int_equal(sim.line_count, pi.line_count);
    for (size_t i = 0; i < sim.line_count; i++) {
        assert_string_equal(sim.lines[i].name, pi.lines[i].name);
        assert_int_equal(sim.lines[i].role, pi.lines[i].role);
    }
}

static void every_key_reaches_its_field(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    assert_int_equal(load_text("description = \"two reds\"\n"
                               "chips = {a, 'b c'}\n"
                               "lamp red { gpio = 4 active = low }\n"
                               "lamp left { colour = red gpio = 0x11 chip = other }\n"
                               "button { name = left-button gpio = 4 chip = other pull = down }\n"
                               "button { gpio = 5 pull = none }\n",
                               &diags, &board),
                     0);
    assert_string_equal(board.name, "test");
    assert_string_equal(board.description, "two reds");
    assert_int_equal(board.driver, DRIVER_GPIOD);
    assert_string_equal(board.chip_labels[1], "b c");
    assert_int_equal(board.line_count, 4);
    assert_true(board.lines[0].is_active_low);
    assert_int_equal(board.lines[1].role, ROLE_RED);
    assert_int_equal(board.lines[1].offset, 17);
    assert_string_equal(board.lines[1].chip_label, "other");
    assert_string_equal(board.lines[2].name, "left-button");
    assert_int_equal(board.lines[2].bias, BIAS_PULL_DOWN);
    assert_string_equal(board.lines[3].name, "button");
    assert_int_equal(board.lines[3].bias, BIAS_DISABLED);
    assert_int_equal(board_find_line(&board, "left"), 1);
    assert_int_equal(board_find_line(&board, "right"), board.line_count);
}

static void an_add_on_board_is_on_the_chip_of_its_host(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board, pi;
    assert_int_equal(board_load("pi", &diags, &pi), 0);
    assert_int_equal(load_text("description = a source = b notes = 'c d' host = pi\n"
                               "lamp red { gpio = 9 needs = \"dtparam=spi=off\" }\n",
                               &diags, &board),
                     0);
    assert_string_equal(board.description, "a");
    assert_string_equal(board.source, "b");
    assert_string_equal(board.notes, "c d");
    assert_string_equal(board.host, "pi");
    assert_int_equal(board.chip_label_count, 3);
    assert_memory_equal(board.chip_labels, pi.chip_labels, sizeof pi.chip_labels);
    assert_int_equal(board.line_count, 1);
    assert_string_equal(board.lines[0].needs, "dtparam=spi=off");
}

static void a_tone_finds_the_pwm_of_its_pin(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    assert_int_equal(
        load_text("host = pi\nbuzzer { gpio = 18 kind = tone }\n"
                  "buzzer { name = low gpio = 19 kind = tone hz = 0x1b8 channel = 7 }\n"
                  "buzzer { name = own gpio = 20 kind = tone pwm = x.pwm }\n",
                  &diags, &board),
        0);
    // Which it is differs by the model this test runs on: see test_pi.c.
    assert_non_null(strstr(board.lines[0].pwm_device, ".pwm"));
    assert_string_equal(board.lines[0].needs, "dtoverlay=pwm,pin=18,func=2");
    assert_int_equal(board.lines[0].tone_hz, 2400);
    assert_int_equal(board.lines[1].tone_hz, 440);
    assert_int_equal(board.lines[1].pwm_channel, 7);
    assert_string_equal(board.lines[2].pwm_device, "x.pwm");
    assert_string_equal(board.lines[2].needs, "");
}

static void sim_lines_need_no_gpio_and_may_fail_on_purpose(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    assert_int_equal(load_text("driver = sim\nlamp red {}\nbuzzer { fault = busy }\n"
                               "lamp green { fault = unplugged }\n",
                               &diags, &board),
                     0);
    assert_int_equal(board.line_count, 3);
    assert_int_equal(board.lines[0].fault, FAULT_NONE);
    assert_int_equal(board.lines[1].fault, FAULT_UNPLUGGED);
    assert_int_equal(board.lines[2].fault, FAULT_BUSY);
}

// One mistake each: the text, and the complaint without the file's name.
static const struct {
    const char *text;
    const char *complaint;
} MISTAKES[] = {
    {"chips = {x}\nlamp red { gpoi = 17 }\n",
     "2:12: error: unknown key 'gpoi'\n    lamp red { gpoi = 17 }\n               ^~~~\n"
     "    did you mean gpio?"},
    {"chips = {x}\n\nlight red { gpio = 17 }\n",
     "3:1: error: unknown key 'light'\n    light red { gpio = 17 }\n    ^~~~~\n"
     "    known here: description, source, notes, driver, host, chips, lamp, buzzer, button"},
    {"chips = {x}\nlamp red {\n  # gpio = 17\n}\n",
     "2:1: error: 'red' has no gpio\n    lamp red {\n    ^~~~\n"
     "    add gpio = and the line's number on the chip"},
    {"chips = {x}\nlamp red {\n  gpio = 70000\n}\n",
     "3:10: error: gpio 70000 is out of range, 0 to 65535\n      gpio = 70000\n"
     "             ^~~~~"},
    {"chips = {x}\nlamp red { gpio = -1 }\n",
     "2:19: error: gpio -1 is out of range, 0 to 65535\n    lamp red { gpio = -1 }\n"
     "                      ^~"},
    {"chips = {x}\nlamp red { gpio = seven }\n",
     "2:19: error: gpio is a number, not 'seven'\n    lamp red { gpio = seven }\n"
     "                      ^~~~~"},
    {"chips = {x}\nlamp red { gpio = 7 }\nbuzzer { gpio = 7 }\n",
     "3:10: error: gpio 7 is taken by 'red' already\n    buzzer { gpio = 7 }\n             ^~~~"},
    {"chips = {x}\nbuzzer { gpio = 7 }\nbuzzer { gpio = 8 }\n",
     "3:1: error: there is a line 'buzzer' already\n    buzzer { gpio = 8 }\n    ^~~~~~\n"
     "    give it another name"},
    {"chips = {x}\nlamp red { gpio = 7 }\nlamp red { gpio = 8 }\n",
     "3:6: error: found duplicate title 'red'\n    lamp red { gpio = 8 }\n         ^~~"},
    {"chips = {x}\nlamp left { gpio = 7 }\n",
     "2:6: error: unknown colour 'left'\n    lamp left { gpio = 7 }\n         ^~~~\n"
     "    colour is one of: red, amber, green, health"},
    {"chips = {x}\nlamp Red { gpio = 7 colour = red }\n",
     "2:6: error: 'Red' is no name: small letters, digits, '-' and '_' only\n"
     "    lamp Red { gpio = 7 colour = red }\n         ^~~"},
    {"chips = {x}\nlamp flash { gpio = 7 colour = red }\n",
     "2:6: error: 'flash' is a level: 'wirebell test flash' would mean two things\n"
     "    lamp flash { gpio = 7 colour = red }\n         ^~~~~"},
    {"chips = {x}\nlamp a-name-of-sixteen { gpio = 7 colour = red }\n",
     "2:6: error: longer than 15 bytes\n    lamp a-name-of-sixteen { gpio = 7 colour = red }\n"
     "         ^~~~~~~~~~~~~~~~~"},
    {"chips = {x}\nlamp red { gpio = 7 active = lwo }\n",
     "2:30: error: unknown active 'lwo'\n    lamp red { gpio = 7 active = lwo }\n"
     "                                 ^~~\n    active is one of: high, low"},
    {"chips = {x}\nbutton { gpio = 7 pull = left }\n",
     "2:26: error: unknown pull 'left'\n    button { gpio = 7 pull = left }\n"
     "                             ^~~~\n    pull is one of: as-is, none, up, down"},
    {"chips = {x}\nlamp red { gpio = 7 fault = busy }\n",
     "2:21: error: only the sim driver can fail on purpose\n"
     "    lamp red { gpio = 7 fault = busy }\n                        ^~~~~"},
    {"driver = gpio\nchips = {x}\nlamp red { gpio = 7 }\n",
     "1:10: error: unknown driver 'gpio'\n    driver = gpio\n             ^~~~\n"
     "    driver is one of: gpiod, sim"},
    {"lamp red { gpio = 7 }\n", " error: no chips = { LABEL, ... }\n"
                                "    gpiodetect lists the labels there are"},
    {"\n\nchips = {a, b, c, d, e}\nlamp red { gpio = 7 }\n",
     "3:1: error: more than 4 chips\n    chips = {a, b, c, d, e}\n    ^~~~~"},
    {"host = ledborg\nlamp red { gpio = 7 }\n",
     "1:8: error: ledborg sits on pi itself\n    host = ledborg\n           ^~~~~~~"},
    {"host = pi\nchips = {x}\nlamp red { gpio = 7 }\n",
     "1:8: error: a board has a host, or chips of its own\n    host = pi\n           ^~\n"
     "    leave one of them out"},
    {"chips = {x}\nbuzzer { gpio = 7 kind = tone }\n",
     "2:26: error: gpio 7 has no PWM of its own, only 12, 13, 18 and 19 have\n"
     "    buzzer { gpio = 7 kind = tone }\n                             ^~~~\n"
     "    add pwm = and the PWM chip's device: ls -l /sys/class/pwm shows them"},
    {"chips = {x}\n", " error: no lamp, no buzzer, no button"},
    {"chips = {x}\nlamp red { gpio = 7 \n",
     "2:10: error: this brace is never closed\n    lamp red { gpio = 7 \n             ^"},
    {"description = \"two lamps\nchips = {x}\nlamp red { gpio = 7 }\n",
     "1: error: this string has no closing quote\n    description = \"two lamps"},
    {"# one\n/* two\n */ chips = {x # here\n}\nlamp red { gpio = 7 gpoi = 8 } // there\n",
     "5:21: error: unknown key 'gpoi'\n"
     "    lamp red { gpio = 7 gpoi = 8 } // there\n                        ^~~~\n"
     "    did you mean gpio?"},
    {"chips = {x}\nlamp red gpio = 7 }\n",
     "2:1: error: missing opening brace for section 'lamp'\n    lamp red gpio = 7 }\n    ^~~~"},
};

static void every_mistake_is_shown_where_it_stands(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(MISTAKES); i++) {
        struct diag_list diags = DIAG_LIST_NULL;
        struct board board;
        memset(&board, 0x5A, sizeof board);
        assert_int_equal(load_text(MISTAKES[i].text, &diags, &board), -EINVAL);
        for (size_t b = 0; b < sizeof board; b++)
            assert_int_equal(((unsigned char *)&board)[b], 0x5A);
        assert_int_equal(diags.error_count, 1);
        char text[1024];
        diag_format(&diags.items[0], sizeof text, text);
        const char *complaint = strstr(text, "test.board:");
        assert_non_null(complaint);
        assert_string_equal(complaint + strlen("test.board:"), MISTAKES[i].complaint);
        diag_list_done(&diags);
    }
}

static void one_run_shows_all_mistakes_of_meaning(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    assert_int_equal(load_text("driver = gpio\nlamp red { gpio = 99999 }\nlamp blue { gpio = 1 }\n",
                               &diags, &board),
                     -EINVAL);
    assert_int_equal(diags.error_count, 4);
    diag_list_done(&diags);
}

static void an_unknown_name_tells_who_lists_them(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    assert_int_equal(board_load("pie", &diags, &board), -EINVAL);
    assert_int_equal(diags.count, 1);
    char text[1024];
    diag_format(&diags.items[0], sizeof text, text);
    assert_string_equal(text, "pie: error: there is no board of this name\n"
                              "    did you mean 'pi'? 'wirebell boards' lists those there are");
    diag_list_done(&diags);
}

static void a_file_that_is_not_there_is_named(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    assert_int_equal(board_load("nowhere/x.board", &diags, &board), -EINVAL);
    char text[1024];
    diag_format(&diags.items[0], sizeof text, text);
    assert_string_equal(text, "nowhere/x.board: error: cannot be read: No such file or directory");
    diag_list_done(&diags);
}

static void too_many_lines_are_refused(void **state) {
    (void)state;
    char text[4096] = "chips = {x}\n";
    for (int i = 0; i <= LIMIT_BOARD_LINES; i++) {
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "lamp l%d { colour = red gpio = %d }\n", i,
                       i);
    }
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    assert_int_equal(load_text(text, &diags, &board), -EINVAL);
    assert_int_equal(diags.error_count, 1);
    assert_int_equal(diags.items[0].line, LIMIT_BOARD_LINES + 2);
    diag_list_done(&diags);
}

static void bytes_that_are_no_text_are_refused(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    assert_int_equal(load_text("\x01\xFF\xFE{{{", &diags, &board), -EINVAL);
    assert_true(diags.error_count > 0);
    diag_list_done(&diags);
    assert_int_equal(load_text("", &diags, &board), -EINVAL);
    assert_true(diags.error_count > 0);
    diag_list_done(&diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pi_board_is_wired_as_documented),
        cmocka_unit_test(the_sim_board_has_the_same_lines),
        cmocka_unit_test(every_key_reaches_its_field),
        cmocka_unit_test(an_add_on_board_is_on_the_chip_of_its_host),
        cmocka_unit_test(a_tone_finds_the_pwm_of_its_pin),
        cmocka_unit_test(sim_lines_need_no_gpio_and_may_fail_on_purpose),
        cmocka_unit_test(every_mistake_is_shown_where_it_stands),
        cmocka_unit_test(one_run_shows_all_mistakes_of_meaning),
        cmocka_unit_test(an_unknown_name_tells_who_lists_them),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
        cmocka_unit_test(too_many_lines_are_refused),
        cmocka_unit_test(bytes_that_are_no_text_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
