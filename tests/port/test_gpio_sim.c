// SPDX-License-Identifier: MIT

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "port/gpio/gpio.h"
#include "port/sim_board.h"
#include "port/sim_trace.h"

enum { PATIENCE_MS = 60000 };

// A trace file and keys of its own for each test.
struct fixture {
    char path[TRACE_PATH_SIZE];
    int keys[2];
    struct gpio_problems problems;
    struct gpio *gpio;
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    trace_make(fixture->path);
    assert_int_equal(pipe(fixture->keys), 0);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    (void)gpio_sim.close(fixture->gpio);
    (void)unlink(fixture->path);
    (void)close(fixture->keys[0]);
    (void)close(fixture->keys[1]);
    free(fixture);
    return 0;
}

static void open_board(struct fixture *fixture, const struct board *board, int in_fd) {
    const struct gpio_options options = {.trace_path = fixture->path, .out_fd = -1, .in_fd = in_fd};
    assert_int_equal(gpio_sim.open(board, &options, &fixture->problems, &fixture->gpio), 0);
}

// The trace as "red1 red0 ": the times are checked to never go back, except at @opens - 1 places.
static void expect_trace(const struct fixture *fixture, int opens, const char *expected) {
    FILE *trace = trace_open(fixture->path);
    struct trace_change change;
    char seen[1024] = "";
    long long last_ms = 0;
    while (trace_next(trace, &change)) {
        opens -= change.t_ms < last_ms;
        assert_true(change.t_ms >= 0 && change.t_ms < 60000 && opens > 0);
        last_ms = change.t_ms;
        size_t used = strlen(seen);
        (void)snprintf(seen + used, sizeof seen - used, "%s%d ", change.line, change.level);
    }
    assert_string_equal(seen, expected);
}

static void the_trace_has_one_line_for_each_transition(void **state) {
    struct fixture *fixture = *state;
    open_board(fixture, &BOARD, -1);
    assert_int_equal(fixture->problems.count, 0);
    expect_trace(fixture, 1, "");
    assert_int_equal(gpio_sim.set(fixture->gpio, RED, true), 0);
    expect_trace(fixture, 1, "red1 ");
    assert_int_equal(gpio_sim.set(fixture->gpio, BUZZER, true), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, RED, false), 0);
    expect_trace(fixture, 1, "red1 buzzer1 red0 ");
}

static void setting_what_is_set_is_no_transition(void **state) {
    struct fixture *fixture = *state;
    open_board(fixture, &BOARD, -1);
    assert_int_equal(gpio_sim.set(fixture->gpio, AMBER, false), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, AMBER, true), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, AMBER, true), 0);
    expect_trace(fixture, 1, "amber1 ");
}

static void what_is_lit_goes_off_at_close(void **state) {
    struct fixture *fixture = *state;
    open_board(fixture, &BOARD, -1);
    assert_int_equal(gpio_sim.set(fixture->gpio, BUZZER, true), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, RED, true), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, AMBER, true), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, AMBER, false), 0);
    fixture->gpio = gpio_sim.close(fixture->gpio);
    assert_null(fixture->gpio);
    expect_trace(fixture, 1, "buzzer1 red1 amber1 amber0 red0 buzzer0 ");
}

static void a_second_open_adds_to_the_trace(void **state) {
    struct fixture *fixture = *state;
    for (int i = 0; i < 2; i++) {
        open_board(fixture, &BOARD, -1);
        assert_int_equal(gpio_sim.set(fixture->gpio, RED, true), 0);
        fixture->gpio = gpio_sim.close(fixture->gpio);
    }
    expect_trace(fixture, 2, "red1 red0 red1 red0 ");
}

static void lines_that_fail_on_purpose_cost_only_themselves(void **state) {
    struct fixture *fixture = *state;
    static struct board board; // the driver has it until the tear-down
    board = BOARD;
    board.lines[RED].fault = FAULT_BUSY;
    board.lines[BUZZER].fault = FAULT_FORBIDDEN;
    board.lines[BUTTON].fault = FAULT_MISSING;
    open_board(fixture, &board, -1);

    static const struct {
        size_t line;
        int error;
    } expected[] = {{RED, -EBUSY}, {BUZZER, -EACCES}, {BUTTON, -ENODEV}};
    assert_int_equal(fixture->problems.count, ARRAY_SIZE(expected));
    for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
        const struct gpio_problem *problem = &fixture->problems.items[i];
        assert_int_equal(problem->line, expected[i].line);
        assert_int_equal(problem->error, expected[i].error);
        assert_non_null(strstr(problem->message, "fault ="));
    }
    assert_int_equal(gpio_sim.set(fixture->gpio, RED, true), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, AMBER, true), 0);
    expect_trace(fixture, 1, "amber1 ");
}

static void an_unplugged_line_opens_and_then_is_gone(void **state) {
    struct fixture *fixture = *state;
    static struct board board; // the driver has it until the tear-down
    board = BOARD;
    board.lines[RED].fault = FAULT_UNPLUGGED;
    open_board(fixture, &board, -1);
    assert_int_equal(fixture->problems.count, 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, RED, false), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, RED, true), -ENODEV);
    assert_int_equal(gpio_sim.set(fixture->gpio, AMBER, true), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, RED, false), 0);
    assert_int_equal(gpio_sim.recheck(fixture->gpio, &fixture->problems), 0);
    assert_int_equal(fixture->problems.count, 1);
    assert_int_equal(fixture->problems.items[0].line, RED);
    assert_int_equal(fixture->problems.items[0].error, -ENODEV);
    fixture->gpio = gpio_sim.close(fixture->gpio);
    expect_trace(fixture, 1, "amber1 amber0 ");
}

static void a_trace_that_cannot_be_written_fails_the_open(void **state) {
    struct fixture *fixture = *state;
    const struct gpio_options options = {.trace_path = "/nowhere/trace", .out_fd = -1, .in_fd = -1};
    struct gpio *gpio = (struct gpio *)0x5A;
    assert_int_equal(gpio_sim.open(&BOARD, &options, &fixture->problems, &gpio), -ENOENT);
    assert_ptr_equal(gpio, (struct gpio *)0x5A);
}

// --- keys ------------------------------------------------------------------------------------

static void enter_and_space_press_the_button_and_let_it_go(void **state) {
    struct fixture *fixture = *state;
    open_board(fixture, &BOARD, fixture->keys[0]);
    int fd = gpio_sim.event_fd(fixture->gpio);
    struct gpio_change change = {.line = 99};
    assert_false(unit_is_readable(fd, 0));
    assert_int_equal(gpio_sim.read(fixture->gpio, &change), 0);
    assert_int_equal(change.line, 99);

    assert_int_equal(write(fixture->keys[1], "x\n ", 3), 3);
    assert_true(unit_is_readable(fd, 0));
    for (int i = 0; i < 4; i++) {
        assert_int_equal(gpio_sim.read(fixture->gpio, &change), 1);
        assert_int_equal(change.line, BUTTON);
        assert_int_equal(change.is_active, i % 2 == 0);
        assert_int_equal(change.age_us, 0);
    }
    assert_int_equal(gpio_sim.read(fixture->gpio, &change), 0);
    assert_false(unit_is_readable(fd, 0));
    expect_trace(fixture, 1, "button1 button0 button1 button0 ");
}

// Types keys and takes what they make of the board: "p" = pressed, "r" = let go, "c" = chips.
static void expect_keys(struct fixture *fixture, const char *keys, const char *expected) {
    char seen[16] = "";
    size_t count = 0;
    struct gpio_change change;
    int found;
    assert_int_equal(write(fixture->keys[1], keys, strlen(keys)), strlen(keys));
    while ((found = gpio_sim.read(fixture->gpio, &change)) != GPIO_NOTHING)
        seen[count++] = found == GPIO_CHIPS ? 'c' : change.is_active ? 'p' : 'r';
    assert_string_equal(seen, expected);
}

static void h_holds_the_button_until_the_next_h(void **state) {
    struct fixture *fixture = *state;
    open_board(fixture, &BOARD, fixture->keys[0]);
    expect_keys(fixture, "h", "p");
    expect_keys(fixture, "h", "r");
    expect_keys(fixture, "h\n \n", "prprpr");
}

static void u_unplugs_all_outputs_and_plugs_them_in_as_they_should_be(void **state) {
    struct fixture *fixture = *state;
    open_board(fixture, &BOARD, fixture->keys[0]);
    assert_int_equal(gpio_sim.set(fixture->gpio, RED, true), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, AMBER, true), 0);
    expect_keys(fixture, "u", "c");
    assert_int_equal(gpio_sim.recheck(fixture->gpio, &fixture->problems), 0);
    assert_int_equal(fixture->problems.count, 3);
    assert_int_equal(gpio_sim.set(fixture->gpio, AMBER, false), 0);
    assert_int_equal(gpio_sim.set(fixture->gpio, BUZZER, true), 0);
    expect_trace(fixture, 1, "red1 amber1 red0 amber0 ");
    expect_keys(fixture, "u", "c");
    assert_int_equal(gpio_sim.recheck(fixture->gpio, &fixture->problems), 0);
    assert_int_equal(fixture->problems.count, 0);
    expect_trace(fixture, 1, "red1 amber1 red0 amber0 red1 buzzer1 ");
}

static void keys_whose_other_end_is_gone_do_not_stay_readable(void **state) {
    struct fixture *fixture = *state;
    open_board(fixture, &BOARD, fixture->keys[0]);
    assert_int_equal(close(fixture->keys[1]), 0);
    fixture->keys[1] = -1;
    struct gpio_change change;
    assert_true(unit_is_readable(gpio_sim.event_fd(fixture->gpio), 0));
    assert_int_equal(gpio_sim.read(fixture->gpio, &change), 0);
    assert_false(unit_is_readable(gpio_sim.event_fd(fixture->gpio), 0));
}

static void nobody_presses_in_a_file(void **state) {
    struct fixture *fixture = *state;
    int null = open("/dev/null", O_RDONLY);
    assert_true(null >= 0);
    open_board(fixture, &BOARD, null);
    assert_false(unit_is_readable(gpio_sim.event_fd(fixture->gpio), 0));
    assert_int_equal(close(null), 0);
}

// The child whose terminal this is; returns its exit status: 0 = all as it should be.
static int use_own_terminal(const struct fixture *fixture) {
    struct termios before, during, after;
    const struct gpio_options options = {
        .trace_path = fixture->path, .out_fd = -1, .in_fd = STDIN_FILENO};
    struct gpio_problems problems;
    struct gpio *gpio;
    if (tcgetattr(STDIN_FILENO, &before) != 0 ||
        gpio_sim.open(&BOARD, &options, &problems, &gpio) != 0 ||
        tcgetattr(STDIN_FILENO, &during) != 0)
        return 2;
    if (during.c_lflag & (ICANON | ECHO) || !(during.c_lflag & ISIG))
        return 3;
    if (write(STDOUT_FILENO, "ready", 5) != 5)
        return 4;
    struct gpio_change change;
    if (!unit_is_readable(gpio_sim.event_fd(gpio), PATIENCE_MS) ||
        gpio_sim.read(gpio, &change) != 1 || change.line != BUTTON || !change.is_active)
        return 5;
    (void)gpio_sim.close(gpio);
    if (tcgetattr(STDIN_FILENO, &after) != 0 || after.c_lflag != before.c_lflag)
        return 6;
    return 0;
}

static void a_terminal_gives_each_key_at_once_and_gets_its_mode_back(void **state) {
    struct fixture *fixture = *state;
    int master;
    pid_t child = forkpty(&master, NULL, NULL, NULL);
    assert_true(child >= 0);
    if (child == 0)
        _exit(use_own_terminal(fixture));
    char text[16];
    assert_true(unit_is_readable(master, PATIENCE_MS));
    assert_true(read(master, text, sizeof text) > 0);
    assert_int_equal(write(master, " ", 1), 1); // no line end: it must not be waited for
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(close(master), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_trace_has_one_line_for_each_transition),
        TEST(setting_what_is_set_is_no_transition),
        TEST(what_is_lit_goes_off_at_close),
        TEST(a_second_open_adds_to_the_trace),
        TEST(lines_that_fail_on_purpose_cost_only_themselves),
        TEST(an_unplugged_line_opens_and_then_is_gone),
        TEST(a_trace_that_cannot_be_written_fails_the_open),
        TEST(enter_and_space_press_the_button_and_let_it_go),
        TEST(h_holds_the_button_until_the_next_h),
        TEST(u_unplugs_all_outputs_and_plugs_them_in_as_they_should_be),
        TEST(keys_whose_other_end_is_gone_do_not_stay_readable),
        TEST(nobody_presses_in_a_file),
        TEST(a_terminal_gives_each_key_at_once_and_gets_its_mode_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
