// SPDX-License-Identifier: MIT

#include "fake_gpio.h"

#include "port/gpio/gpio.h"

static void expect_problem(size_t index, size_t line, int error, const char *words) {
    assert_true(index < rig.problems.count);
    assert_int_equal(rig.problems.items[index].line, line);
    assert_int_equal(rig.problems.items[index].error, error);
    if (!strstr(rig.problems.items[index].message, words))
        fail_msg("\"%s\" does not say \"%s\"", rig.problems.items[index].message, words);
}

// --- finding chips ---------------------------------------------------------------------------

static void chips_are_found_by_label_whatever_their_number(void **state) {
    (void)state;
    make_chip(OTHER, "gpiochip0", "raspberrypi-exp-gpio");
    make_chip(HEADER, "gpiochip15", "second");
    open_board(&BOARD);
    assert_int_equal(rig.problems.count, 0);
    assert_int_equal(rig.chips[OTHER].opened, 0);
    assert_int_equal(rig.chips[HEADER].opened, 1);
}

static void the_label_named_first_wins(void **state) {
    (void)state;
    make_chip(OTHER, "gpiochip0", "second");
    make_chip(HEADER, "gpiochip1", "first");
    open_board(&BOARD);
    assert_true(line_of(RED)->is_held);
}

static void a_symbolic_link_is_no_second_chip(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    rig.chips[OTHER] = (struct kernel_chip){.file = "gpiochip4", .label = "first"};
    char path[64];
    (void)snprintf(path, sizeof path, "%s/gpiochip4", rig.folder);
    assert_int_equal(symlink("gpiochip0", path), 0);
    rig.chips[OTHER].open_error = -ENOMEM; // would fail the open, were it looked at
    open_board(&BOARD);
    assert_int_equal(rig.problems.count, 0);
}

static void a_line_may_sit_on_another_chip(void **state) {
    (void)state;
    static struct board board; // the driver has it until the tear-down
    board = BOARD;
    memcpy(board.lines[RED].chip_label, "usb", sizeof "usb");
    make_chip(HEADER, "gpiochip0", "first");
    make_chip(OTHER, "gpiochip1", "usb");
    open_board(&board);
    assert_int_equal(rig.problems.count, 0);
    assert_true(rig.chips[OTHER].lines[17].is_held);
    assert_false(line_of(RED)->is_held);
    assert_true(line_of(AMBER)->is_held);
}

static void what_is_no_chip_is_passed_over(void **state) {
    (void)state;
    make_chip(OTHER, "gpiochip0", "x");
    rig.chips[OTHER].open_error = -ENOTTY;
    make_chip(HEADER, "gpiochip1", "first");
    open_board(&BOARD);
    assert_int_equal(rig.problems.count, 0);
}

// --- what goes wrong -------------------------------------------------------------------------

static void no_chip_at_all_is_one_sentence_for_all_lines(void **state) {
    (void)state;
    open_board(&BOARD);
    assert_int_equal(rig.problems.count, 4);
    for (size_t i = 0; i < 4; i++)
        expect_problem(i, i, -ENODEV, "this machine has no GPIO chip; looked for first or second");
    char text[512];
    size_t index = 0;
    assert_true(gpio_next_problem(&BOARD, &rig.problems, &index, sizeof text, text));
    assert_string_equal(text, "red, amber, buzzer, button: this machine has no GPIO chip; looked "
                              "for first or second (without hardware: --board sim)");
    assert_false(gpio_next_problem(&BOARD, &rig.problems, &index, sizeof text, text));
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), 0);
    expect_no_change();
}

static void another_chip_is_named(void **state) {
    (void)state;
    make_chip(OTHER, "gpiochip0", "cp2112_gpio");
    open_board(&BOARD);
    expect_problem(0, RED, -ENODEV, "no GPIO chip first or second here, only cp2112_gpio");
}

static void a_taken_line_costs_only_itself(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    line_of(BUZZER)->request_error = -EBUSY;
    line_of(BUZZER)->holder = "spi0 CS1";
    open_board(&BOARD);
    assert_int_equal(rig.problems.count, 1);
    expect_problem(0, BUZZER, -EBUSY, "line 24 of first is held by 'spi0 CS1'");
    assert_int_equal(gpio_kernel_set(rig.gpio, BUZZER, true), 0);
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), 0);
    assert_string_equal(rig.log, "red1 ");
}

static void what_config_txt_must_say_is_told_where_it_is_missing(void **state) {
    (void)state;
    static struct board board; // the driver has it until the tear-down
    board = BOARD;
    (void)snprintf(board.lines[BUZZER].needs, sizeof board.lines[0].needs, "dtparam=spi=off");
    make_chip(HEADER, "gpiochip0", "first");
    line_of(BUZZER)->request_error = -EBUSY;
    line_of(BUZZER)->holder = "spi0 CS1";
    line_of(RED)->request_error = -EBUSY;
    open_board(&board);
    expect_problem(1, BUZZER, -EBUSY,
                   "another line; it needs 'dtparam=spi=off' in /boot/firmware/");
    assert_null(strstr(rig.problems.items[0].message, "config.txt"));
}

static void a_missing_expander_says_its_overlay(void **state) {
    (void)state;
    static struct board board; // the driver has it until the tear-down
    board = BOARD;
    (void)snprintf(board.lines[RED].needs, sizeof board.lines[0].needs, "dtoverlay=mcp23017");
    open_board(&board);
    expect_problem(0, RED, -ENODEV,
                   "no GPIO chip first or second here; it needs 'dtoverlay=mcp23017' in /boot/");
}

static void a_second_wirebell_is_told_to_stop_the_first(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    line_of(RED)->request_error = -EBUSY;
    line_of(RED)->holder = GPIO_CONSUMER;
    line_of(BUTTON)->request_error = -EBUSY;
    open_board(&BOARD);
    assert_int_equal(rig.problems.count, 2);
    expect_problem(0, RED, -EBUSY, "sudo systemctl stop wirebell");
    expect_problem(1, BUTTON, -EBUSY, "held by another program or the kernel");
}

static void a_forbidden_chip_says_which_command_opens_it(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    rig.chips[HEADER].open_error = -EACCES;
    open_board(&BOARD);
    expect_problem(0, RED, -EACCES, "sudo usermod -aG ");
    expect_problem(0, RED, -EACCES, "/gpiochip0 is ");
}

static void a_device_policy_is_told_from_a_missing_group(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    rig.chips[HEADER].open_error = -EPERM;
    open_board(&BOARD);
    expect_problem(0, RED, -EPERM, "DeviceAllow=char-gpiochip");
}

static void a_line_the_chip_has_not_is_told_with_those_it_has(void **state) {
    (void)state;
    static struct board board; // the driver has it until the tear-down
    board = BOARD;
    board.lines[AMBER].offset = LINES;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&board);
    assert_int_equal(rig.problems.count, 1);
    expect_problem(0, AMBER, -ENXIO, "first has no line 54, only 0 to 53");
}

static void memory_that_runs_out_fails_the_open(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    line_of(BUZZER)->request_error = -ENOMEM;
    struct gpio *gpio = (struct gpio *)0x5A;
    assert_int_equal(gpio_kernel_open(&library, &BOARD, &rig.problems, &gpio), -ENOMEM);
    assert_ptr_equal(gpio, (struct gpio *)0x5A);
    assert_false(line_of(RED)->is_held);
    assert_string_equal(rig.log, "red0 amber0 -red -amber ");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(chips_are_found_by_label_whatever_their_number),
        TEST(the_label_named_first_wins),
        TEST(a_symbolic_link_is_no_second_chip),
        TEST(a_line_may_sit_on_another_chip),
        TEST(what_is_no_chip_is_passed_over),
        TEST(no_chip_at_all_is_one_sentence_for_all_lines),
        TEST(another_chip_is_named),
        TEST(a_taken_line_costs_only_itself),
        TEST(what_config_txt_must_say_is_told_where_it_is_missing),
        TEST(a_missing_expander_says_its_overlay),
        TEST(a_second_wirebell_is_told_to_stop_the_first),
        TEST(a_forbidden_chip_says_which_command_opens_it),
        TEST(a_device_policy_is_told_from_a_missing_group),
        TEST(a_line_the_chip_has_not_is_told_with_those_it_has),
        TEST(memory_that_runs_out_fails_the_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
