// SPDX-License-Identifier: MIT
//
// The driver of both libgpiods, on a made-up library, and with a clock and a timer that go as a
// test says: by the kernel's a contact would settle wherever the machine lets the test wait.

#include "fake_gpio.h"

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>

#include "core/alert/debounce.h"
#include "held_clock.h"
#include "port/gpio/gpio_input.h"

// --- the timer -------------------------------------------------------------------------------

static struct itimerspec timer_is_set;
static int timer_fd = -1;

int timerfd_create(clockid_t clock, int flags) {
    assert_int_equal(clock, CLOCK_MONOTONIC);
    assert_int_equal(flags, TFD_CLOEXEC | TFD_NONBLOCK);
    timer_is_set = (struct itimerspec){0};
    timer_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return timer_fd;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *old) {
    eventfd_t expired;
    assert_int_equal(fd, timer_fd);
    assert_true(flags == 0 && !old);
    (void)eventfd_read(fd, &expired); // what is set anew has not gone off
    timer_is_set = *value;
    return 0;
}

// The timer goes off, which is set to so many milliseconds.
static void pass(long ms) {
    assert_int_equal(timer_is_set.it_value.tv_sec, 0);
    assert_int_equal(timer_is_set.it_value.tv_nsec, ms * 1000000);
    timer_is_set.it_value = timer_is_set.it_interval;
    held_clock_ms += ms;
    assert_int_equal(eventfd_write(timer_fd, 1), 0);
}

// --- the line --------------------------------------------------------------------------------

// After so many milliseconds.
static void send_edge(bool is_active, int64_t later_ms) {
    held_clock_ms += later_ms;
    const struct kernel_edge edge = {.is_active = is_active, .at_us = held_clock_ms * 1000};
    line_of(BUTTON)->is_high = is_active;
    assert_int_equal(write(line_of(BUTTON)->edges[1], &edge, sizeof edge), sizeof edge);
}

static bool is_readable_within(int ms) {
    return unit_is_readable(gpio_kernel_event_fd(rig.gpio), ms);
}

static void expect_change(bool is_active, int64_t age_ms) {
    struct gpio_change change = {.line = 99, .is_active = !is_active, .age_us = -1};
    assert_int_equal(gpio_kernel_read(rig.gpio, &change), 1);
    assert_int_equal(change.line, BUTTON);
    assert_int_equal(change.is_active, is_active);
    assert_int_equal(change.age_us, age_ms * 1000);
}

// --- outputs ---------------------------------------------------------------------------------

static void outputs_are_asked_for_as_the_board_says(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    assert_true(line_of(RED)->wish.is_output);
    assert_false(line_of(RED)->wish.is_active_low);
    assert_true(line_of(AMBER)->wish.is_active_low);
    assert_false(line_of(BUTTON)->wish.is_output);
    assert_true(line_of(BUTTON)->wish.is_active_low);
    assert_int_equal(line_of(BUTTON)->wish.bias, BIAS_PULL_UP);
    assert_string_equal(rig.log, "");
}

static void every_output_is_off_before_the_first_is_let_go(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    assert_int_equal(gpio_kernel_set(rig.gpio, BUZZER, true), 0);
    assert_int_equal(gpio_kernel_set(rig.gpio, BUZZER, true), 0);
    assert_int_equal(gpio_kernel_set(rig.gpio, BUTTON, true), -EINVAL);
    assert_int_equal(gpio_kernel_set(rig.gpio, 4, true), -EINVAL);
    rig.gpio = gpio_kernel_close(rig.gpio);
    assert_null(rig.gpio);
    assert_string_equal(rig.log, "buzzer1 red0 amber0 buzzer0 -red -amber -buzzer -button ");
}

static void a_passive_buzzer_is_a_channel_and_no_line(void **state) {
    (void)state;
    static struct board board; // the driver has it until the tear-down
    board = BOARD;
    (void)snprintf(board.lines[BUZZER].pwm_device, sizeof board.lines[BUZZER].pwm_device, "x.pwm");
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&board);
    assert_false(line_of(BUZZER)->is_held);
    assert_int_equal(rig.problems.count, 1);
    assert_int_equal(rig.problems.items[0].line, BUZZER);
    assert_non_null(strstr(rig.problems.items[0].message, "overlay"));
    assert_int_equal(gpio_kernel_set(rig.gpio, BUZZER, true), 0);
}

// --- lines that go and come back -------------------------------------------------------------

static void recheck(size_t missing) {
    assert_int_equal(gpio_kernel_recheck(rig.gpio, &rig.problems), 0);
    assert_int_equal(rig.problems.count, missing);
}

// The folder of the chips has changed, and that is told once.
static void expect_chips(void) {
    struct gpio_change change = {.line = 99};
    assert_true(is_readable_within(1000));
    assert_int_equal(gpio_kernel_read(rig.gpio, &change), GPIO_CHIPS);
    assert_int_equal(gpio_kernel_read(rig.gpio, &change), GPIO_NOTHING);
    assert_false(is_readable_within(0));
    assert_int_equal(change.line, 99);
}

static void an_unplugged_chip_is_told_once_by_set(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    rig.chips[HEADER].is_unplugged = true;
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), -ENODEV);
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, false), 0);
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), 0);
    assert_false(line_of(RED)->is_held);
}

static void a_chip_that_comes_back_shows_what_it_should_by_then(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), 0);
    assert_int_equal(gpio_kernel_set(rig.gpio, AMBER, true), 0);
    unplug(HEADER);
    struct gpio_change change;
    assert_int_equal(gpio_kernel_read(rig.gpio, &change), -ENODEV); // the button
    expect_chips();
    recheck(BOARD.line_count);
    assert_int_equal(rig.problems.items[RED].error, -ENODEV);
    assert_int_equal(gpio_kernel_set(rig.gpio, AMBER, false), 0);
    assert_int_equal(gpio_kernel_set(rig.gpio, BUZZER, true), 0);
    recheck(BOARD.line_count);

    line_of(AMBER)->is_high = false;
    plug_in(HEADER);
    expect_chips();
    rig.log[0] = '\0';
    recheck(0);
    assert_string_equal(rig.log, "red1 buzzer1 ");
    send_edge(true, 0);
    assert_true(is_readable_within(0));
    expect_change(true, 0);
}

static void one_chip_that_goes_costs_only_its_own_lines(void **state) {
    (void)state;
    static struct board board; // the driver has it until the tear-down
    board = BOARD;
    (void)snprintf(board.lines[AMBER].chip_label, sizeof board.lines[AMBER].chip_label, "other");
    make_chip(HEADER, "gpiochip0", "first");
    make_chip(OTHER, "gpiochip1", "other");
    open_board(&board);
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), 0);
    assert_int_equal(gpio_kernel_set(rig.gpio, AMBER, true), 0);
    unplug(OTHER);
    recheck(1);
    assert_int_equal(rig.problems.items[0].line, AMBER);
    assert_int_equal(rig.chips[OTHER].opened, 0);
    plug_in(OTHER);
    recheck(0);
    assert_string_equal(rig.log, "red1 amber1 -amber amber1 ");
}

static void a_taken_line_is_had_once_it_is_free(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    line_of(BUZZER)->request_error = -EBUSY;
    open_board(&BOARD);
    assert_int_equal(rig.problems.count, 1);
    recheck(1);
    assert_int_equal(rig.problems.items[0].error, -EBUSY);
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), 0);
    assert_int_equal(gpio_kernel_set(rig.gpio, BUZZER, true), 0);
    line_of(BUZZER)->request_error = 0;
    recheck(0);
    assert_string_equal(rig.log, "red1 buzzer1 ");
}

static void what_is_there_is_not_disturbed_by_a_recheck(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), 0);
    recheck(0);
    make_chip(OTHER, "gpiochip1", "other");
    expect_chips();
    recheck(0);
    assert_string_equal(rig.log, "red1 ");
    assert_int_equal(rig.chips[HEADER].opened, 1);
}

// --- inputs ----------------------------------------------------------------------------------

static void the_kernels_debouncing_is_taken_where_there_is_one(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    assert_true(line_of(BUTTON)->wish.has_edges);
    assert_int_equal(line_of(BUTTON)->wish.debounce_us, 30000);
    assert_false(is_readable_within(0));
    send_edge(true, 0);
    send_edge(false, 40);
    assert_true(is_readable_within(0));
    expect_change(true, 40);
    expect_change(false, 0);
    expect_no_change();
    assert_false(is_readable_within(0));
}

static void press_through_bounces(void) {
    send_edge(true, 0);
    send_edge(false, 2);
    send_edge(true, 2);
    assert_true(is_readable_within(0));
    expect_no_change();
    assert_false(is_readable_within(0));
    pass(DEBOUNCE_US / 1000);
    assert_true(is_readable_within(0));
    expect_change(true, 30);
    expect_no_change();
    assert_false(is_readable_within(0));
    // Seen late, both at once: the times in the edges tell them apart.
    send_edge(false, 1000);
    send_edge(true, 100);
    expect_change(false, 100);
    expect_no_change();
    assert_false(is_readable_within(0));
    pass(DEBOUNCE_US / 1000);
    assert_true(is_readable_within(0));
    expect_change(true, 30);
    expect_no_change();
    // Seen so late that it has stood for long: the timer is not waited for, and tells nothing new.
    send_edge(false, 100);
    held_clock_ms += 3000;
    expect_change(false, 3000);
    pass(DEBOUNCE_US / 1000);
    expect_no_change();
}

static void bounces_are_taken_out_where_the_library_cannot(void **state) {
    (void)state;
    library.can_debounce = false;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    assert_int_equal(line_of(BUTTON)->wish.debounce_us, 0);
    press_through_bounces();
}

static void bounces_are_taken_out_where_the_chip_refuses_to(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    rig.chips[HEADER].has_no_debounce = true;
    open_board(&BOARD);
    assert_int_equal(rig.problems.count, 0);
    assert_true(line_of(BUTTON)->wish.has_edges);
    press_through_bounces();
}

static void a_chip_without_edges_is_looked_at_from_time_to_time(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    rig.chips[HEADER].has_no_edges = true;
    open_board(&BOARD);
    assert_int_equal(rig.problems.count, 0);
    assert_false(line_of(BUTTON)->wish.has_edges);
    expect_no_change();
    for (int i = 0; i < 4; i++) {
        line_of(BUTTON)->is_high = i % 2 == 0;
        assert_false(is_readable_within(0));
        pass(GPIO_INPUT_LOOK_MS);
        assert_true(is_readable_within(0));
        expect_change(i % 2 == 0, 0);
    }
    pass(GPIO_INPUT_LOOK_MS);
    assert_true(is_readable_within(0));
    expect_no_change();
}

static void a_button_held_at_open_is_no_press(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    line_of(BUTTON)->is_high = true;
    open_board(&BOARD);
    expect_no_change();
    send_edge(false, 0);
    expect_change(false, 0);
}

static void a_button_held_when_it_comes_back_is_no_press(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    unplug(HEADER);
    recheck(BOARD.line_count);
    plug_in(HEADER);
    line_of(BUTTON)->is_high = true;
    recheck(0);
    expect_chips();
    send_edge(false, 0);
    expect_change(false, 0);
}

static void an_unplugged_button_is_told_once_and_does_not_stay_readable(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    send_edge(true, 0);
    rig.chips[HEADER].is_unplugged = true;
    struct gpio_change change = {.line = 99};
    assert_true(is_readable_within(0));
    assert_int_equal(gpio_kernel_read(rig.gpio, &change), -ENODEV);
    assert_int_equal(change.line, 99);
    assert_false(is_readable_within(0));
    expect_no_change();
    assert_true(line_of(BUTTON)->is_held); // until the kernel is done with its chip
    assert_int_equal(gpio_kernel_recheck(rig.gpio, &rig.problems), 0);
    assert_false(line_of(BUTTON)->is_held);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(outputs_are_asked_for_as_the_board_says),
        TEST(every_output_is_off_before_the_first_is_let_go),
        TEST(a_passive_buzzer_is_a_channel_and_no_line),
        TEST(an_unplugged_chip_is_told_once_by_set),
        TEST(a_chip_that_comes_back_shows_what_it_should_by_then),
        TEST(one_chip_that_goes_costs_only_its_own_lines),
        TEST(a_taken_line_is_had_once_it_is_free),
        TEST(what_is_there_is_not_disturbed_by_a_recheck),
        TEST(the_kernels_debouncing_is_taken_where_there_is_one),
        TEST(bounces_are_taken_out_where_the_library_cannot),
        TEST(bounces_are_taken_out_where_the_chip_refuses_to),
        TEST(a_chip_without_edges_is_looked_at_from_time_to_time),
        TEST(a_button_held_at_open_is_no_press),
        TEST(a_button_held_when_it_comes_back_is_no_press),
        TEST(an_unplugged_button_is_told_once_and_does_not_stay_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
