// SPDX-License-Identifier: MIT
//
// fake_gpio.h - a library of GPIO verbs made up for tests of what both libgpiod drivers share: its
// chips are taken, forbidden, poor in features and unplugged as a test wants, none of which a build
// machine has. One rig a program, set up anew for each test.

#ifndef TESTS_PORT_FAKE_GPIO_H
#define TESTS_PORT_FAKE_GPIO_H

#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/gpio/gpio_kernel.h"

enum { LINES = 54 };

static const char FOLDER[] = "/tmp/wirebell-chips-XXXXXX";

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

static inline int fake_chip_open(const char *path, struct kernel_chip_info *ret_info,
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

static inline void fake_chip_close(struct kernel_chip *chip) {
    chip->opened--;
}

static inline int fake_line_request(struct kernel_chip *chip, const struct kernel_wish *wish,
                                    struct kernel_line **ret_line) {
    struct kernel_line *line = &chip->lines[wish->offset];
    if (line->request_error || chip->is_unplugged)
        return chip->is_unplugged ? -ENODEV : line->request_error;
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

static inline void fake_line_holder(struct kernel_chip *chip, uint32_t offset, size_t size,
                                    char *ret) {
    const char *holder = chip->lines[offset].holder;
    (void)snprintf(ret, size, "%s", holder ? holder : "");
}

static inline void note(const struct kernel_line *line, const char *before, const char *after) {
    for (size_t i = 0; i < BOARD.line_count; i++) {
        size_t used = strlen(rig.log);
        if (BOARD.lines[i].offset == line->wish.offset)
            (void)snprintf(rig.log + used, sizeof rig.log - used, "%s%s%s ", before,
                           BOARD.lines[i].name, after);
    }
}

static inline int fake_line_set(struct kernel_line *line, bool is_active) {
    assert_true(line->is_held && line->wish.is_output);
    if (line->chip->is_unplugged)
        return -ENODEV;
    note(line, "", is_active ? "1" : "0");
    line->is_high = is_active;
    return 0;
}

static inline int fake_line_get(struct kernel_line *line, bool *ret_is_active) {
    assert_true(line->is_held);
    if (line->chip->is_unplugged)
        return -ENODEV;
    *ret_is_active = line->is_high;
    return 0;
}

static inline int fake_line_fd(struct kernel_line *line) {
    assert_true(line->wish.has_edges);
    return line->edges[0];
}

static inline int fake_line_read(struct kernel_line *line, struct kernel_edge *ret_edge) {
    if (line->chip->is_unplugged)
        return -ENODEV;
    return read(line->edges[0], ret_edge, sizeof *ret_edge) == sizeof *ret_edge;
}

static inline void fake_line_release(struct kernel_line *line) {
    assert_true(line->is_held);
    note(line, "-", "");
    line->is_held = false;
}

static struct kernel_library library = {
    .device_folder = rig.folder,
    .pwm_folder = rig.folder,
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

static inline void make_chip(size_t index, const char *file, const char *label) {
    char path[64];
    rig.chips[index].file = file;
    rig.chips[index].label = label;
    (void)snprintf(path, sizeof path, "%s/%s", rig.folder, file);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(close(fd), 0);
}

static inline void unplug(size_t index) {
    char path[64];
    (void)snprintf(path, sizeof path, "%s/%s", rig.folder, rig.chips[index].file);
    assert_int_equal(unlink(path), 0);
    rig.chips[index].is_unplugged = true;
}

static inline void plug_in(size_t index) {
    rig.chips[index].is_unplugged = false;
    make_chip(index, rig.chips[index].file, rig.chips[index].label);
}

static inline struct kernel_line *line_of(size_t line) {
    return &rig.chips[HEADER].lines[BOARD.lines[line].offset];
}

static inline int set_up(void **state) {
    (void)state;
    memset(&rig, 0, sizeof rig);
    memcpy(rig.folder, FOLDER, sizeof FOLDER);
    assert_non_null(mkdtemp(rig.folder));
    library.can_debounce = true;
    return pipe2(line_of(BUTTON)->edges, O_NONBLOCK | O_CLOEXEC);
}

static inline int tear_down(void **state) {
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

static inline void open_board(const struct board *board) {
    assert_int_equal(gpio_kernel_open(&library, board, &rig.problems, &rig.gpio), 0);
}

static inline void expect_no_change(void) {
    struct gpio_change change = {.line = 99};
    assert_int_equal(gpio_kernel_read(rig.gpio, &change), 0);
    assert_int_equal(change.line, 99);
}

#endif
