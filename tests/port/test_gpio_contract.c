// SPDX-License-Identifier: MIT
//
// What every GPIO driver promises (wirebell/gpio.h), asked of the driver of one board:
//
//     test_gpio_contract                              the sim board
//     test_gpio_contract --board FILE                 whatever drives it, here and now
//     test_gpio_contract --board FILE --lines FOLDER  ... all its lines on one chip of gpio-sim
//
// What the outside sees is looked at where there is an outside: the sim board's trace, or the
// sim_gpioN/value and pull files of gpio-sim in FOLDER. On real pins the rest is asked alone.
// Exits with 77 when the board has no line here at all. Real pins are asked for by hand or by the
// emulated Pi, never by ctest: who knows what is wired to the pins of the machine that builds.

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/alert/debounce.h"
#include "port/files/board.h"
#include "port/gpio/gpio.h"
#include "port/sim_trace.h"
#include "port/system/clock.h"

/**
 * struct outside - the board, the driver, and what can be seen and pressed from outside
 * @lines_folder: of gpio-sim; NULL = not that
 * @trace_path:   of the sim board, made anew for each test
 * @keys:         of the sim board
 * @gpio:         open during a test
 */
static struct outside {
    struct board board;
    const struct gpio_driver *driver;
    const char *lines_folder;
    char trace_path[TRACE_PATH_SIZE];
    int keys[2];
    struct gpio_problems problems;
    struct gpio *gpio;
} it;

static bool is_sim(void) {
    return it.board.driver == DRIVER_SIM;
}

static bool has_outside(void) {
    return is_sim() || it.lines_folder;
}

static struct gpio *open_driver(struct gpio_problems *ret_problems) {
    const struct gpio_options options = {.trace_path = is_sim() ? it.trace_path : NULL,
                                         .out_fd = -1,
                                         .in_fd = is_sim() ? it.keys[0] : -1};
    struct gpio *gpio = NULL;
    assert_int_equal(it.driver->open(&it.board, &options, ret_problems, &gpio), 0);
    assert_non_null(gpio);
    return gpio;
}

static int set_up(void **state) {
    (void)state;
    trace_make(it.trace_path);
    assert_int_equal(pipe2(it.keys, O_CLOEXEC), 0);
    it.gpio = open_driver(&it.problems);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    it.gpio = it.driver->close(it.gpio);
    assert_int_equal(close(it.keys[0]), 0);
    assert_int_equal(close(it.keys[1]), 0);
    return unlink(it.trace_path);
}

// --- the outside -----------------------------------------------------------------------------

// Lines of the trace that are about this board line; *ret_level is the last one's level.
static int count_transitions(size_t line, int *ret_level) {
    FILE *trace = trace_open(it.trace_path);
    struct trace_change change;
    int count = 0;
    while (trace_next(trace, &change)) {
        if (strcmp(change.line, it.board.lines[line].name) != 0)
            continue;
        count++;
        *ret_level = change.level;
    }
    return count;
}

// The logical level of a line as seen from outside.
static bool is_active_outside(size_t line) {
    int level = 0;
    if (is_sim()) {
        (void)count_transitions(line, &level);
        return level;
    }
    char path[256];
    (void)snprintf(path, sizeof path, "%s/sim_gpio%u/value", it.lines_folder,
                   it.board.lines[line].offset);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &level), 1);
    assert_int_equal(fclose(file), 0);
    return level != it.board.lines[line].is_active_low;
}

static void expect_outside(size_t lit) {
    for (size_t i = 0; has_outside() && i < it.board.line_count; i++)
        if (board_role_is_output(it.board.lines[i].role))
            assert_int_equal(is_active_outside(i), i == lit);
}

static void pull(size_t line, bool is_active) {
    char path[256];
    (void)snprintf(path, sizeof path, "%s/sim_gpio%u/pull", it.lines_folder,
                   it.board.lines[line].offset);
    const char *level = is_active != it.board.lines[line].is_active_low ? "pull-up" : "pull-down";
    unit_write_file(path, level, strlen(level));
}

static void sleep_ms(long ms) {
    const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    assert_int_equal(nanosleep(&time, NULL), 0);
}

// Moves the contact through some bounces. Where the machine let it stand meanwhile it stays as it
// is: moved back from there it would be another press.
static void bounce(size_t button, bool is_active, int count) {
    int64_t since_us = clock_monotonic_us();
    pull(button, is_active);
    for (int i = 0; i < count && clock_monotonic_us() - since_us < DEBOUNCE_US / 3; i++) {
        pull(button, !is_active);
        since_us = clock_monotonic_us();
        pull(button, is_active);
    }
}

// Presses and lets go, on gpio-sim through bounces of some milliseconds.
static void press(size_t button) {
    if (is_sim()) {
        assert_int_equal(write(it.keys[1], "\n", 1), 1);
        return;
    }
    bounce(button, true, 2);
    sleep_ms(150);
    bounce(button, false, 1);
}

static size_t find_role(enum board_role role) {
    size_t i = 0;
    while (i < it.board.line_count && it.board.lines[i].role != role)
        i++;
    return i;
}

// --- behaviours ------------------------------------------------------------------------------

static void every_line_opens(void **state) {
    (void)state;
    size_t index = 0;
    char text[512];
    while (gpio_next_problem(&it.board, &it.problems, &index, sizeof text, text))
        print_error("%s\n", text);
    assert_int_equal(it.problems.count, 0);
}

static void outputs_are_off_after_open(void **state) {
    (void)state;
    if (!has_outside())
        skip();
    expect_outside(it.board.line_count);
}

static void each_output_is_driven_alone(void **state) {
    (void)state;
    for (size_t i = 0; i < it.board.line_count; i++) {
        if (!board_role_is_output(it.board.lines[i].role))
            continue;
        assert_int_equal(it.driver->set(it.gpio, i, true), 0);
        expect_outside(i);
        assert_int_equal(it.driver->set(it.gpio, i, false), 0);
        expect_outside(it.board.line_count);
    }
}

static void setting_what_is_set_is_no_edge(void **state) {
    (void)state;
    int level = 0;
    for (int i = 0; i < 3; i++)
        assert_int_equal(it.driver->set(it.gpio, 0, true), 0);
    expect_outside(0);
    if (is_sim())
        assert_int_equal(count_transitions(0, &level), 1);
}

static void only_outputs_can_be_set(void **state) {
    (void)state;
    assert_int_equal(it.driver->set(it.gpio, it.board.line_count, true), -EINVAL);
    assert_int_equal(it.driver->set(it.gpio, SIZE_MAX, true), -EINVAL);
    size_t button = find_role(ROLE_BUTTON);
    if (button < it.board.line_count)
        assert_int_equal(it.driver->set(it.gpio, button, true), -EINVAL);
}

static void close_drives_everything_off_and_lets_go(void **state) {
    (void)state;
    for (size_t i = 0; i < it.board.line_count; i++)
        if (board_role_is_output(it.board.lines[i].role))
            assert_int_equal(it.driver->set(it.gpio, i, true), 0);
    it.gpio = it.driver->close(it.gpio);
    assert_null(it.gpio);
    expect_outside(it.board.line_count);
    it.gpio = open_driver(&it.problems);
    assert_int_equal(it.problems.count, 0);
    expect_outside(it.board.line_count);
}

static void a_recheck_disturbs_nothing_that_is_there(void **state) {
    (void)state;
    int level = 0;
    assert_int_equal(it.driver->set(it.gpio, 0, true), 0);
    assert_int_equal(it.driver->recheck(it.gpio, &it.problems), 0);
    assert_int_equal(it.problems.count, 0);
    expect_outside(0);
    if (is_sim())
        assert_int_equal(count_transitions(0, &level), 1);
}

static void what_is_noted_is_no_transition(void **state) {
    (void)state;
    int level = 0;
    if (!has_outside())
        skip();
    it.driver->note(it.gpio, GPIO_NOTE_STORY, "a story");
    it.driver->note(it.gpio, GPIO_NOTE_HEALTH, "");
    it.driver->picture(it.gpio, true);
    expect_outside(it.board.line_count);
    for (size_t i = 0; is_sim() && i < it.board.line_count; i++)
        assert_int_equal(count_transitions(i, &level), 0);
}

static void closing_nothing_is_fine(void **state) {
    (void)state;
    assert_null(it.driver->close(NULL));
}

static void a_taken_line_is_named_and_nothing_is_disturbed(void **state) {
    (void)state;
    if (is_sim())
        skip(); // two sim boards do not meet
    assert_int_equal(it.driver->set(it.gpio, 0, true), 0);
    struct gpio_problems problems;
    struct gpio *second = open_driver(&problems);
    assert_int_equal(problems.count, it.board.line_count);
    for (size_t i = 0; i < problems.count; i++) {
        assert_int_equal(problems.items[i].line, i);
        assert_int_equal(problems.items[i].error, -EBUSY);
        assert_non_null(strstr(problems.items[i].message, "another wirebell"));
    }
    assert_int_equal(it.driver->set(second, 0, false), 0);
    assert_null(it.driver->close(second));
    expect_outside(0);
}

static bool is_readable_within(int ms) {
    return unit_is_readable(it.driver->event_fd(it.gpio), ms);
}

static void nothing_is_read_where_nothing_was_pressed(void **state) {
    (void)state;
    struct gpio_change change = {.line = 99};
    for (int i = 0; i < 10; i++) {
        (void)is_readable_within(10);
        assert_int_equal(it.driver->read(it.gpio, &change), GPIO_NOTHING);
        assert_int_equal(change.line, 99);
    }
}

// Waits for the next change of the button, at most a minute.
static void expect_change(size_t button, bool expected) {
    struct gpio_change change;
    for (int i = 0; i < 600; i++) {
        (void)is_readable_within(100);
        int result = it.driver->read(it.gpio, &change);
        assert_in_range(result, GPIO_NOTHING, GPIO_INPUT);
        if (result == GPIO_NOTHING)
            continue;
        assert_int_equal(change.line, button);
        assert_int_equal(change.is_active, expected);
        return;
    }
    fail_msg("the button did not change");
}

static void a_press_is_one_press_and_one_release(void **state) {
    size_t button = find_role(ROLE_BUTTON);
    if (!has_outside() || button == it.board.line_count)
        skip();
    for (int i = 0; i < 3; i++) {
        press(button);
        expect_change(button, true);
        expect_change(button, false);
    }
    nothing_is_read_where_nothing_was_pressed(state);
}

// gpio-sim takes a requested bias for a pull from outside, which lets a held button go.
static size_t find_button_without_bias(void) {
    size_t i = 0;
    while (i < it.board.line_count &&
           (it.board.lines[i].role != ROLE_BUTTON || it.board.lines[i].bias != BIAS_AS_IS))
        i++;
    return i;
}

static void a_button_held_at_open_tells_only_its_release(void **state) {
    size_t button = find_button_without_bias();
    if (!it.lines_folder || button == it.board.line_count)
        skip();
    it.gpio = it.driver->close(it.gpio);
    pull(button, true);
    it.gpio = open_driver(&it.problems);
    nothing_is_read_where_nothing_was_pressed(state);
    pull(button, false);
    expect_change(button, false);
}

static void note_nothing(int signal) {
    (void)signal;
}

// A signal each so many microseconds that ends every call it meets; 0 = no more.
static void interrupt_calls(suseconds_t us) {
    const struct sigaction action = {.sa_handler = note_nothing}; // without SA_RESTART
    const struct itimerval every = {.it_interval.tv_usec = us, .it_value.tv_usec = us};
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
}

static void signals_take_nothing_away(void **state) {
    (void)state;
    size_t button = find_role(ROLE_BUTTON), lamp = find_role(ROLE_RED);
    struct gpio_change change;
    if (!has_outside() || button == it.board.line_count || lamp == it.board.line_count)
        skip();
    for (int i = 0; i < 3; i++) {
        pid_t finger = fork();
        if (finger == 0) {
            press(button);
            _exit(0);
        }
        interrupt_calls(100);
        int64_t tries = 0;
        for (bool is_pressed = true; tries < 10000000; tries++) {
            assert_int_equal(it.driver->set(it.gpio, lamp, tries % 2 == 0), 0);
            int result = it.driver->read(it.gpio, &change);
            assert_in_range(result, GPIO_NOTHING, GPIO_INPUT);
            if (result == GPIO_NOTHING)
                continue;
            assert_int_equal(change.line, button);
            assert_int_equal(change.is_active, is_pressed);
            if (!change.is_active)
                break;
            is_pressed = false;
        }
        interrupt_calls(0);
        assert_in_range(tries, 0, 9999999);
        assert_int_equal(waitpid(finger, NULL, 0), finger);
    }
    assert_int_equal(it.driver->set(it.gpio, lamp, false), 0);
}

// --- which board -----------------------------------------------------------------------------

// Says what is wrong with the board or its lines; returns the exit status, 0 = go on.
static int choose_board(const char *name) {
    struct diag_list diags = DIAG_LIST_NULL;
    int error = board_load(name, &diags, &it.board);
    for (size_t i = 0; i < diags.count; i++) {
        char text[1024];
        diag_format(&diags.items[i], sizeof text, text);
        fprintf(stderr, "%s\n", text);
    }
    diag_list_done(&diags);
    if (error)
        return 2;
    it.driver = gpio_driver_of(&it.board);
    // As wired: what nobody drives rests where it is off or not pressed.
    for (size_t i = 0; it.lines_folder && i < it.board.line_count; i++)
        pull(i, false);
    const struct gpio_options options = {.out_fd = -1, .in_fd = -1};
    error = it.driver->open(&it.board, &options, &it.problems, &it.gpio);
    if (error) {
        fprintf(stderr, "%s: %s\n", it.driver->name, strerrordesc_np(-error));
        return 1;
    }
    it.gpio = it.driver->close(it.gpio);
    if (it.problems.count == it.board.line_count) {
        fprintf(stderr, "SKIPPED board %s: %s\n", name, it.problems.items[0].message);
        return 77;
    }
    printf("board %s, driven by %s\n", it.board.name, it.driver->name);
    return 0;
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"board", required_argument, NULL, 'b'},
        {"lines", required_argument, NULL, 'l'},
        {0},
    };
    const char *board = "sim";
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'b')
            board = optarg;
        else if (option == 'l')
            it.lines_folder = optarg;
        else
            return 2;
    }
    int status = choose_board(board);
    if (status)
        return status;

    const struct CMUnitTest tests[] = {
        TEST(every_line_opens),
        TEST(outputs_are_off_after_open),
        TEST(each_output_is_driven_alone),
        TEST(setting_what_is_set_is_no_edge),
        TEST(only_outputs_can_be_set),
        TEST(close_drives_everything_off_and_lets_go),
        TEST(a_recheck_disturbs_nothing_that_is_there),
        TEST(what_is_noted_is_no_transition),
        TEST(closing_nothing_is_fine),
        TEST(a_taken_line_is_named_and_nothing_is_disturbed),
        TEST(nothing_is_read_where_nothing_was_pressed),
        TEST(a_press_is_one_press_and_one_release),
        TEST(a_button_held_at_open_tells_only_its_release),
        TEST(signals_take_nothing_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
