// SPDX-License-Identifier: MIT
//
// The part of the libgpiod drivers that both versions share, over a library made up here: chips
// that are taken, forbidden, poor in features and unplugged, none of which a build machine has.

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "port/gpio.h"
#include "port/gpio_kernel.h"

enum { LINES = 54 };

/**
 * struct kernel_line - one line of a made-up chip
 * @chip:       where it is
 * @request_error: what a request fails with; 0 = none
 * @holder:     shown when it is taken
 * @is_held:    by us
 * @wish:       of the last request
 * @is_high:    logical level
 * @edges:      pipe of struct kernel_edge
 */
struct kernel_line {
    struct kernel_chip *chip;
    int request_error;
    const char *holder;
    bool is_held;
    struct kernel_wish wish;
    bool is_high;
    int edges[2];
};

struct kernel_chip {
    const char *file;
    const char *label;
    int open_error;
    int opened;
    bool has_no_edges;
    bool has_no_debounce;
    bool is_unplugged;
    struct kernel_line lines[LINES];
};

// What the board below needs, and all that was done to it ("red0" = red set off, "-red" = let go).
static struct {
    char folder[40];
    struct kernel_chip chips[3];
    char log[512];
    struct gpio_problems problems;
    struct gpio *gpio;
} rig;

enum { HEADER, OTHER, THIRD };
enum { RED, AMBER, BUZZER, BUTTON };

static const struct board BOARD = {
    .name = "test",
    .driver = DRIVER_GPIOD,
    .chip_labels = {"first", "second"},
    .chip_label_count = 2,
    .lines =
        {
            [RED] = {.name = "red", .role = ROLE_RED, .offset = 17},
            [AMBER] = {.name = "amber", .role = ROLE_AMBER, .offset = 27, .is_active_low = true},
            [BUZZER] = {.name = "buzzer", .role = ROLE_BUZZER, .offset = 24},
            [BUTTON] = {.name = "button",
                        .role = ROLE_BUTTON,
                        .offset = 23,
                        .is_active_low = true,
                        .bias = BIAS_PULL_UP},
        },
    .line_count = 4,
};

// --- the made-up library ---------------------------------------------------------------------

static int fake_chip_open(const char *path, struct kernel_chip_info *ret_info,
                          struct kernel_chip **ret_chip) {
    for (size_t i = 0; i < ARRAY_SIZE(rig.chips); i++) {
        struct kernel_chip *chip = &rig.chips[i];
        if (!chip->file || strcmp(strrchr(path, '/') + 1, chip->file) != 0)
            continue;
        if (chip->open_error)
            return chip->open_error;
        chip->opened++;
        (void)snprintf(ret_info->label, sizeof ret_info->label, "%s", chip->label);
        ret_info->line_count = LINES;
        *ret_chip = chip;
        return 0;
    }
    return -ENOTTY;
}

static void fake_chip_close(struct kernel_chip *chip) {
    chip->opened--;
}

static int fake_line_request(struct kernel_chip *chip, const struct kernel_wish *wish,
                             struct kernel_line **ret_line) {
    struct kernel_line *line = &chip->lines[wish->offset];
    if (line->request_error)
        return line->request_error;
    if (wish->has_edges && chip->has_no_edges)
        return -ENXIO;
    if (wish->debounce_us > 0 && chip->has_no_debounce)
        return -EINVAL;
    assert_false(line->is_held);
    line->chip = chip;
    line->is_held = true;
    line->wish = *wish;
    *ret_line = line;
    return 0;
}

static void fake_line_holder(struct kernel_chip *chip, uint32_t offset, size_t size, char *ret) {
    const char *holder = chip->lines[offset].holder;
    (void)snprintf(ret, size, "%s", holder ? holder : "");
}

static void note(const struct kernel_line *line, const char *before, const char *after) {
    for (size_t i = 0; i < BOARD.line_count; i++) {
        size_t used = strlen(rig.log);
        if (BOARD.lines[i].offset == line->wish.offset)
            (void)snprintf(rig.log + used, sizeof rig.log - used, "%s%s%s ", before,
                           BOARD.lines[i].name, after);
    }
}

static int fake_line_set(struct kernel_line *line, bool is_active) {
    assert_true(line->is_held && line->wish.is_output);
    if (line->chip->is_unplugged)
        return -ENODEV;
    note(line, "", is_active ? "1" : "0");
    line->is_high = is_active;
    return 0;
}

static int fake_line_get(struct kernel_line *line, bool *ret_is_active) {
    assert_true(line->is_held);
    if (line->chip->is_unplugged)
        return -ENODEV;
    *ret_is_active = line->is_high;
    return 0;
}

static int fake_line_fd(struct kernel_line *line) {
    assert_true(line->wish.has_edges);
    return line->edges[0];
}

static int fake_line_read(struct kernel_line *line, struct kernel_edge *ret_edge) {
    if (line->chip->is_unplugged)
        return -ENODEV;
    return read(line->edges[0], ret_edge, sizeof *ret_edge) == sizeof *ret_edge;
}

static void fake_line_release(struct kernel_line *line) {
    assert_true(line->is_held);
    note(line, "-", "");
    line->is_held = false;
}

static struct kernel_library library = {
    .device_folder = rig.folder,
    .can_debounce = true,
    .chip_open = fake_chip_open,
    .chip_close = fake_chip_close,
    .line_request = fake_line_request,
    .line_holder = fake_line_holder,
    .line_set = fake_line_set,
    .line_get = fake_line_get,
    .line_fd = fake_line_fd,
    .line_read = fake_line_read,
    .line_release = fake_line_release,
};

// --- helpers ---------------------------------------------------------------------------------

static void make_chip(size_t index, const char *file, const char *label) {
    char path[64];
    rig.chips[index].file = file;
    rig.chips[index].label = label;
    (void)snprintf(path, sizeof path, "%s/%s", rig.folder, file);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
}

static struct kernel_line *line_of(size_t line) {
    return &rig.chips[HEADER].lines[BOARD.lines[line].offset];
}

static int set_up(void **state) {
    (void)state;
    memset(&rig, 0, sizeof rig);
    strcpy(rig.folder, "/tmp/wirebell-chips-XXXXXX");
    assert_non_null(mkdtemp(rig.folder));
    library.can_debounce = true;
    return pipe2(line_of(BUTTON)->edges, O_NONBLOCK | O_CLOEXEC);
}

static int tear_down(void **state) {
    (void)state;
    (void)gpio_kernel_close(rig.gpio);
    static const char *const FILES[] = {"gpiochip0", "gpiochip1", "gpiochip4", "gpiochip15"};
    for (size_t i = 0; i < ARRAY_SIZE(FILES); i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "%s/%s", rig.folder, FILES[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(rig.folder), 0);
    for (size_t i = 0; i < ARRAY_SIZE(rig.chips); i++)
        assert_int_equal(rig.chips[i].opened, 0);
    assert_int_equal(close(line_of(BUTTON)->edges[0]), 0);
    assert_int_equal(close(line_of(BUTTON)->edges[1]), 0);
    return 0;
}

static void open_board(const struct board *board) {
    assert_int_equal(gpio_kernel_open(&library, board, &rig.problems, &rig.gpio), 0);
}

static void expect_problem(size_t index, size_t line, int error, const char *words) {
    assert_true(index < rig.problems.count);
    assert_int_equal(rig.problems.items[index].line, line);
    assert_int_equal(rig.problems.items[index].error, error);
    if (!strstr(rig.problems.items[index].message, words))
        fail_msg("\"%s\" does not say \"%s\"", rig.problems.items[index].message, words);
}

static void send_edge(bool is_active, int64_t at_ms) {
    const struct kernel_edge edge = {.is_active = is_active, .at_us = at_ms * 1000};
    line_of(BUTTON)->is_high = is_active;
    assert_int_equal(write(line_of(BUTTON)->edges[1], &edge, sizeof edge), sizeof edge);
}

static bool is_readable_within(int ms) {
    struct pollfd ready = {.fd = gpio_kernel_event_fd(rig.gpio), .events = POLLIN};
    return poll(&ready, 1, ms) == 1;
}

static void expect_change(bool is_active) {
    size_t line = 99;
    bool level = !is_active;
    assert_int_equal(gpio_kernel_read(rig.gpio, &line, &level), 1);
    assert_int_equal(line, BUTTON);
    assert_int_equal(level, is_active);
}

static void expect_no_change(void) {
    size_t line = 99;
    bool level;
    assert_int_equal(gpio_kernel_read(rig.gpio, &line, &level), 0);
    assert_int_equal(line, 99);
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
    struct board board = BOARD;
    strcpy(board.lines[RED].chip_label, "usb");
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
    assert_int_equal(gpio_kernel_event_fd(rig.gpio), -1);
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
    expect_problem(0, BUZZER, -EBUSY, "line 24 of first (buzzer) is held by 'spi0 CS1'");
    assert_int_equal(gpio_kernel_set(rig.gpio, BUZZER, true), 0);
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), 0);
    assert_string_equal(rig.log, "red1 ");
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
    struct board board = BOARD;
    board.lines[AMBER].offset = LINES;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&board);
    assert_int_equal(rig.problems.count, 1);
    expect_problem(0, AMBER, -ENXIO, "first has no line 54 (amber), only 0 to 53");
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

static void an_unplugged_chip_is_told_by_set(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    rig.chips[HEADER].is_unplugged = true;
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), -ENODEV);
    assert_int_equal(gpio_kernel_set(rig.gpio, RED, true), -ENODEV);
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
    expect_change(true);
    expect_change(false);
    expect_no_change();
    assert_false(is_readable_within(0));
}

static void press_through_bounces(void) {
    send_edge(true, 1000);
    send_edge(false, 1002);
    send_edge(true, 1004);
    assert_true(is_readable_within(0));
    expect_no_change();
    assert_false(is_readable_within(10));
    assert_true(is_readable_within(1000));
    expect_change(true);
    expect_no_change();
    assert_false(is_readable_within(0));
    // Seen late, both at once: the times in the edges tell them apart.
    send_edge(false, 2000);
    send_edge(true, 2100);
    expect_change(false);
    expect_no_change();
    assert_true(is_readable_within(1000));
    expect_change(true);
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
        assert_true(is_readable_within(1000));
        expect_change(i % 2 == 0);
    }
    assert_true(is_readable_within(1000));
    expect_no_change();
}

static void a_button_held_at_open_is_no_press(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    line_of(BUTTON)->is_high = true;
    open_board(&BOARD);
    expect_no_change();
    send_edge(false, 0);
    expect_change(false);
}

static void an_unplugged_button_is_told_once_and_does_not_stay_readable(void **state) {
    (void)state;
    make_chip(HEADER, "gpiochip0", "first");
    open_board(&BOARD);
    send_edge(true, 0);
    rig.chips[HEADER].is_unplugged = true;
    size_t line = 99;
    bool level;
    assert_true(is_readable_within(0));
    assert_int_equal(gpio_kernel_read(rig.gpio, &line, &level), -ENODEV);
    assert_int_equal(line, 99);
    assert_false(is_readable_within(0));
    expect_no_change();
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(chips_are_found_by_label_whatever_their_number),
        TEST(the_label_named_first_wins),
        TEST(a_symbolic_link_is_no_second_chip),
        TEST(a_line_may_sit_on_another_chip),
        TEST(what_is_no_chip_is_passed_over),
        TEST(no_chip_at_all_is_one_sentence_for_all_lines),
        TEST(another_chip_is_named),
        TEST(a_taken_line_costs_only_itself),
        TEST(a_second_wirebell_is_told_to_stop_the_first),
        TEST(a_forbidden_chip_says_which_command_opens_it),
        TEST(a_device_policy_is_told_from_a_missing_group),
        TEST(a_line_the_chip_has_not_is_told_with_those_it_has),
        TEST(memory_that_runs_out_fails_the_open),
        TEST(outputs_are_asked_for_as_the_board_says),
        TEST(every_output_is_off_before_the_first_is_let_go),
        TEST(an_unplugged_chip_is_told_by_set),
        TEST(the_kernels_debouncing_is_taken_where_there_is_one),
        TEST(bounces_are_taken_out_where_the_library_cannot),
        TEST(bounces_are_taken_out_where_the_chip_refuses_to),
        TEST(a_chip_without_edges_is_looked_at_from_time_to_time),
        TEST(a_button_held_at_open_is_no_press),
        TEST(an_unplugged_button_is_told_once_and_does_not_stay_readable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
