// SPDX-License-Identifier: MIT
//
// gpio_kernel.c - a board's lines, requested one by one so that a taken line costs only itself.
//
// Each input has a timer beside its edges. With edges it is the end of bouncing; without (a chip
// that has no interrupts) it is the beat at which the level is looked at, slow enough that bounces
// fall between two looks. All of them hang on one epoll descriptor, which is what callers wait on.
//
// A chip that is unplugged shows as -ENODEV on each of its lines. Its input is taken out of the
// epoll set when that is first seen, for it would stay readable for ever; nothing is reopened here:
// when to look again is the caller's business. Linux 6.1 wakes nobody for it: there it is seen at
// the next set or read.

#include "port/gpio_kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/debounce.h"
#include "port/gpio_chips.h"

/**
 * struct input - what an input needs besides its line
 * @line:           index into the board's lines
 * @timer_fd:       see above
 * @has_edges:      else the level is looked at, each DEBOUNCE_US
 * @is_debounced:   the kernel debounces
 * @is_lost:        it failed; that was told
 * @debounce:       its level is the level last told, whoever debounces
 */
struct input {
    size_t line;
    int timer_fd;
    bool has_edges;
    bool is_debounced;
    bool is_lost;
    struct debounce debounce;
};

struct gpio {
    const struct kernel_library *library;
    struct board board;
    struct gpio_chips chips;
    struct kernel_line *lines[LIMIT_BOARD_LINES]; // NULL where the line could not be had
    bool is_on[LIMIT_BOARD_LINES];
    struct input inputs[LIMIT_BOARD_LINES];
    size_t input_count;
    int epoll_fd; // -1 where there is no input
};

// --- opening ---------------------------------------------------------------------------------

// Chips differ in what they can do for an input: with edges and debouncing, with edges, as it is.
static int request_input(struct gpio *gpio, const struct gpio_chip *chip, struct kernel_wish *wish,
                         struct kernel_line **ret_line) {
    wish->has_edges = true;
    wish->debounce_us = gpio->library->can_debounce ? DEBOUNCE_US : 0;
    int error = gpio->library->line_request(chip->handle, wish, ret_line);
    if (error && error != -EBUSY && wish->debounce_us > 0) {
        wish->debounce_us = 0;
        error = gpio->library->line_request(chip->handle, wish, ret_line);
    }
    // EBUSY may also be the interrupt that is taken, not the line.
    if (error) {
        wish->has_edges = false;
        error = gpio->library->line_request(chip->handle, wish, ret_line);
    }
    return error;
}

static int watch(const struct gpio *gpio, int fd) {
    struct epoll_event event = {.events = EPOLLIN};
    return epoll_ctl(gpio->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

static void arm(const struct input *input) {
    struct itimerspec when = {.it_value = {.tv_nsec = DEBOUNCE_US * 1000L}};
    if (!input->has_edges)
        when.it_interval = when.it_value;
    (void)timerfd_settime(input->timer_fd, 0, &when, NULL); // fails on wrong arguments only
}

static int open_input(struct gpio *gpio, size_t line, const struct kernel_wish *wish) {
    struct input *input = &gpio->inputs[gpio->input_count];
    *input = (struct input){
        .line = line,
        .timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
        .has_edges = wish->has_edges,
        .is_debounced = wish->debounce_us > 0,
    };
    if (input->timer_fd < 0)
        return -errno;
    gpio->input_count++;
    if (gpio->epoll_fd < 0)
        gpio->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (gpio->epoll_fd < 0)
        return -errno;
    int error = watch(gpio, input->timer_fd);
    if (!error && input->has_edges)
        error = watch(gpio, gpio->library->line_fd(gpio->lines[line]));
    if (!error)
        error = gpio->library->line_get(gpio->lines[line], &input->debounce.level);
    if (!error && !input->has_edges)
        arm(input);
    // The line was there a moment ago: an unplugged chip shows again at the first read.
    return error == -ENODEV ? 0 : error;
}

// Returns 0 also when the line cannot be had: that is a problem, not a failure.
static int open_line(struct gpio *gpio, size_t line, struct gpio_problems *problems) {
    const struct board_line *wanted = &gpio->board.lines[line];
    const struct gpio_chip *chip = gpio_chips_find(&gpio->chips, &gpio->board, line);
    struct kernel_wish wish = {
        .offset = wanted->offset,
        .is_output = board_role_is_output(wanted->role),
        .is_active_low = wanted->is_active_low,
        .bias = wanted->bias,
    };
    int error = 0;
    bool is_there = chip && wanted->offset < chip->info.line_count;
    if (is_there && wish.is_output)
        error = gpio->library->line_request(chip->handle, &wish, &gpio->lines[line]);
    else if (is_there)
        error = request_input(gpio, chip, &wish, &gpio->lines[line]);
    if (error == -ENOMEM || error == -EMFILE)
        return error;
    if (!is_there || error) {
        struct gpio_problem *problem = &problems->items[problems->count++];
        problem->line = line;
        gpio_chips_explain(gpio->library, &gpio->chips, &gpio->board, error, problem);
        return 0;
    }
    return wish.is_output ? 0 : open_input(gpio, line, &wish);
}

int gpio_kernel_open(const struct kernel_library *library, const struct board *board,
                     struct gpio_problems *ret_problems, struct gpio **ret_gpio) {
    struct gpio *gpio = calloc(1, sizeof *gpio);
    if (!gpio)
        return -ENOMEM;
    gpio->library = library;
    gpio->board = *board;
    gpio->epoll_fd = -1;
    ret_problems->count = 0;
    int error = gpio_chips_open(library, board, &gpio->chips);
    for (size_t i = 0; !error && i < board->line_count; i++)
        error = open_line(gpio, i, ret_problems);
    if (error) {
        (void)gpio_kernel_close(gpio);
        return error;
    }
    *ret_gpio = gpio;
    return 0;
}

// --- outputs ---------------------------------------------------------------------------------

int gpio_kernel_set(struct gpio *gpio, size_t line, bool is_active) {
    if (line >= gpio->board.line_count || !board_role_is_output(gpio->board.lines[line].role))
        return -EINVAL;
    if (!gpio->lines[line] || gpio->is_on[line] == is_active)
        return 0;
    int error = gpio->library->line_set(gpio->lines[line], is_active);
    if (!error)
        gpio->is_on[line] = is_active;
    return error;
}

// --- inputs ----------------------------------------------------------------------------------

int gpio_kernel_event_fd(const struct gpio *gpio) {
    return gpio->epoll_fd;
}

static bool has_expired(const struct input *input) {
    uint64_t count;
    return read(input->timer_fd, &count, sizeof count) == sizeof count;
}

// 1: the input's level is news; 0: not; or -errno.
static int read_input(struct gpio *gpio, struct input *input) {
    struct kernel_line *line = gpio->lines[input->line];
    struct kernel_edge edge;
    int found = 0;
    while (input->has_edges && (found = gpio->library->line_read(line, &edge)) == 1) {
        if (input->is_debounced) {
            if (debounce_settle(&input->debounce, edge.is_active))
                return 1;
            continue;
        }
        arm(input);
        if (debounce_edge(&input->debounce, edge.is_active, edge.at_us))
            return 1;
    }
    if (found < 0 || !has_expired(input))
        return found;
    bool is_active;
    int error = gpio->library->line_get(line, &is_active);
    if (error)
        return error;
    return debounce_settle(&input->debounce, is_active);
}

static void lose_input(const struct gpio *gpio, struct input *input) {
    input->is_lost = true;
    (void)epoll_ctl(gpio->epoll_fd, EPOLL_CTL_DEL, input->timer_fd, NULL);
    if (input->has_edges)
        (void)epoll_ctl(gpio->epoll_fd, EPOLL_CTL_DEL,
                        gpio->library->line_fd(gpio->lines[input->line]), NULL);
}

int gpio_kernel_read(struct gpio *gpio, size_t *ret_line, bool *ret_is_active) {
    for (size_t i = 0; i < gpio->input_count; i++) {
        struct input *input = &gpio->inputs[i];
        if (input->is_lost)
            continue;
        int result = read_input(gpio, input);
        if (result < 0) {
            lose_input(gpio, input);
            return result;
        }
        if (result == 1) {
            *ret_line = input->line;
            *ret_is_active = input->debounce.level;
            return 1;
        }
    }
    return 0;
}

// --- the rest --------------------------------------------------------------------------------

void gpio_kernel_picture(struct gpio *gpio, bool is_shown) {
    (void)gpio;
    (void)is_shown;
}

struct gpio *gpio_kernel_close(struct gpio *gpio) {
    if (!gpio)
        return NULL;
    // All off before the first is let go; also those that should be, in case a set had failed.
    for (size_t i = 0; i < gpio->board.line_count; i++)
        if (gpio->lines[i] && board_role_is_output(gpio->board.lines[i].role))
            (void)gpio->library->line_set(gpio->lines[i], false); // nothing is left to try
    for (size_t i = 0; i < gpio->input_count; i++)
        (void)close(gpio->inputs[i].timer_fd);
    if (gpio->epoll_fd >= 0)
        (void)close(gpio->epoll_fd);
    for (size_t i = 0; i < gpio->board.line_count; i++)
        if (gpio->lines[i])
            gpio->library->line_release(gpio->lines[i]);
    gpio_chips_close(gpio->library, &gpio->chips);
    free(gpio);
    return NULL;
}
