// SPDX-License-Identifier: MIT
//
// gpio_sim.c - the driver that accounts for everything and touches nothing.
//
// What a kernel line would do, this one writes down: each transition of a line, once, in the trace;
// what it looks like is sim_picture's business. Keys are taken from in_fd; a key has no release of
// its own, so a press by Enter or the space bar is followed at once by its release, and h holds the
// button until the next h. Lines fail on purpose where the board file says so (fault = busy...),
// and u unplugs all outputs until the next u, so that everything above can be tested on a bad day.

#include "port/gpio/gpio.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "port/gpio/sim_picture.h"

// Keys not yet read. Holding a key down repeats it; nobody needs to be told so often.
enum { KEYS_MAX = 16 };

/**
 * struct gpio - the sim board
 * @opened_ms:    monotonic time of open: the trace's zero
 * @trace_fd:     -1 = none
 * @epoll_fd:     what event_fd gives: the keys and the picture's timer
 * @key_fd:       borrowed; -1 = no keys, or no more
 * @saved_mode:   the terminal's mode before open, where has_saved_mode
 * @button:       index of the line the keys press; line_count = none
 * @keys:         typed and not yet read
 * @is_pressed:   the press was read, its release was not
 * @is_unplugged: by the key u
 * @is_had:       the line is there
 * @is_on:        level an output has, or is to have when it is there
 */
struct gpio {
    const struct board *board;
    int64_t opened_ms;
    int trace_fd;
    int epoll_fd;
    int key_fd;
    struct termios saved_mode;
    bool has_saved_mode;
    size_t button;
    char keys[KEYS_MAX];
    size_t key_count;
    bool is_pressed;
    bool is_unplugged;
    bool is_had[LIMIT_BOARD_LINES];
    bool is_on[LIMIT_BOARD_LINES];
    struct sim_picture *picture;
};

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now); // cannot fail for this clock
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

// --- trace -----------------------------------------------------------------------------------

// Written at once: whoever watches the file sees the lamp when it is lit.
static int trace(const struct gpio *gpio, size_t line, bool is_active) {
    if (gpio->trace_fd < 0)
        return 0;
    // Names are plain letters and digits (port/files/board sees to that): nothing to escape.
    int n =
        dprintf(gpio->trace_fd, "{\"t_ms\":%lld,\"line\":\"%s\",\"level\":%d}\n",
                (long long)(now_ms() - gpio->opened_ms), gpio->board->lines[line].name, is_active);
    return n < 0 ? -errno : 0;
}

// --- faults ----------------------------------------------------------------------------------

static const struct {
    int error;
    const char *message;
} FAULTS[] = {
    [FAULT_NONE] = {-ENODEV, "unplugged by the key u; it plugs the board in again"},
    [FAULT_BUSY] = {-EBUSY, "held by another program"},
    [FAULT_FORBIDDEN] = {-EACCES, "forbidden to this user"},
    [FAULT_MISSING] = {-ENODEV, "on a chip that is not there"},
    [FAULT_UNPLUGGED] = {-ENODEV, "on a chip that was unplugged"},
};

static void list_missing(const struct gpio *gpio, struct gpio_problems *ret) {
    ret->count = 0;
    for (size_t i = 0; i < gpio->board->line_count; i++) {
        enum board_fault fault = gpio->board->lines[i].fault;
        if (gpio->is_had[i])
            continue;
        struct gpio_problem *problem = &ret->items[ret->count++];
        problem->line = i;
        (void)gpio_explain(problem, FAULTS[fault].error, "%s%s", FAULTS[fault].message,
                           fault == FAULT_NONE ? "" : ", for its file says so (fault =)");
    }
}

static void open_lines(struct gpio *gpio, struct gpio_problems *ret_problems) {
    for (size_t i = 0; i < gpio->board->line_count; i++) {
        enum board_fault fault = gpio->board->lines[i].fault;
        gpio->is_had[i] = fault == FAULT_NONE || fault == FAULT_UNPLUGGED;
    }
    list_missing(gpio, ret_problems);
}

// What is seen and traced of an output: one that is not there is dark.
static int show(struct gpio *gpio, size_t line, bool is_lit) {
    sim_picture_set(gpio->picture, line, is_lit);
    return trace(gpio, line, is_lit);
}

static int sim_recheck(struct gpio *gpio, struct gpio_problems *ret_problems) {
    int error = 0;
    for (size_t i = 0; i < gpio->board->line_count && !error; i++) {
        bool is_there = gpio->board->lines[i].fault == FAULT_NONE &&
                        !(gpio->is_unplugged && board_role_is_output(gpio->board->lines[i].role));
        if (gpio->board->lines[i].fault != FAULT_NONE || is_there == gpio->is_had[i])
            continue;
        gpio->is_had[i] = is_there;
        error = gpio->is_on[i] ? show(gpio, i, is_there) : 0;
    }
    list_missing(gpio, ret_problems);
    return error;
}

// --- keys ------------------------------------------------------------------------------------

static size_t find_button(const struct gpio *gpio) {
    size_t i = 0;
    while (i < gpio->board->line_count &&
           (gpio->board->lines[i].role != ROLE_BUTTON || !gpio->is_had[i]))
        i++;
    return i;
}

// Changing the mode of a terminal, or reading it, stops a job that is in its background.
static bool is_background(int fd) {
    return isatty(fd) && tcgetpgrp(fd) != getpgrp();
}

static void open_keys(struct gpio *gpio, int in_fd) {
    gpio->button = find_button(gpio);
    if (in_fd < 0 || gpio->button == gpio->board->line_count || is_background(in_fd))
        return;
    struct epoll_event event = {.events = EPOLLIN};
    if (epoll_ctl(gpio->epoll_fd, EPOLL_CTL_ADD, in_fd, &event) != 0)
        return; // a file or /dev/null: there is nobody to press
    gpio->key_fd = in_fd;
    if (tcgetattr(in_fd, &gpio->saved_mode) != 0)
        return;
    struct termios mode = gpio->saved_mode;
    mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    mode.c_cc[VMIN] = 1;
    mode.c_cc[VTIME] = 0;
    gpio->has_saved_mode = tcsetattr(in_fd, TCSANOW, &mode) == 0;
}

static void close_keys(struct gpio *gpio) {
    if (gpio->key_fd < 0)
        return;
    if (gpio->has_saved_mode && !is_background(gpio->key_fd))
        (void)tcsetattr(gpio->key_fd, TCSANOW, &gpio->saved_mode);
    (void)epoll_ctl(gpio->epoll_fd, EPOLL_CTL_DEL, gpio->key_fd, NULL);
    gpio->key_fd = -1;
}

static void take_keys(struct gpio *gpio) {
    struct pollfd ready = {.fd = gpio->key_fd, .events = POLLIN};
    if (gpio->key_fd < 0 || poll(&ready, 1, 0) != 1)
        return;
    char keys[64];
    ssize_t count = read(gpio->key_fd, keys, sizeof keys);
    if (count < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (count <= 0) {
        close_keys(gpio); // the other end is gone; else it would stay readable for ever
        return;
    }
    for (ssize_t i = 0; i < count && gpio->key_count < KEYS_MAX; i++)
        if (memchr("\n\r hu", keys[i], 5))
            gpio->keys[gpio->key_count++] = keys[i];
}

// --- the verbs -------------------------------------------------------------------------------

static struct gpio *sim_close(struct gpio *gpio) {
    if (!gpio)
        return NULL;
    for (size_t i = 0; i < gpio->board->line_count; i++)
        if (gpio->is_on[i] && gpio->is_had[i])
            (void)trace(gpio, i, false); // there is nothing else left to try
    close_keys(gpio);
    gpio->picture = sim_picture_free(gpio->picture);
    if (gpio->epoll_fd >= 0)
        (void)close(gpio->epoll_fd);
    if (gpio->trace_fd >= 0)
        (void)close(gpio->trace_fd);
    free(gpio);
    return NULL;
}

static int open_descriptors(struct gpio *gpio, const struct gpio_options *options) {
    gpio->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (gpio->epoll_fd < 0)
        return -errno;
    if (options->trace_path) {
        gpio->trace_fd = open(options->trace_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        if (gpio->trace_fd < 0)
            return -errno;
    }
    open_keys(gpio, options->in_fd);
    int error = sim_picture_new(gpio->board, options->out_fd, gpio->key_fd >= 0, &gpio->picture);
    if (error)
        return error;
    struct epoll_event event = {.events = EPOLLIN};
    int timer_fd = sim_picture_fd(gpio->picture);
    if (timer_fd >= 0 && epoll_ctl(gpio->epoll_fd, EPOLL_CTL_ADD, timer_fd, &event) != 0)
        return -errno;
    return 0;
}

static int sim_open(const struct board *board, const struct gpio_options *options,
                    struct gpio_problems *ret_problems, struct gpio **ret_gpio) {
    struct gpio *gpio = calloc(1, sizeof *gpio);
    if (!gpio)
        return -ENOMEM;
    gpio->board = board;
    gpio->opened_ms = now_ms();
    gpio->trace_fd = gpio->epoll_fd = gpio->key_fd = -1;
    open_lines(gpio, ret_problems);
    int error = open_descriptors(gpio, options);
    if (error) {
        (void)sim_close(gpio);
        return error;
    }
    *ret_gpio = gpio;
    return 0;
}

static int sim_set(struct gpio *gpio, size_t line, bool is_active) {
    if (line >= gpio->board->line_count || !board_role_is_output(gpio->board->lines[line].role))
        return -EINVAL;
    bool is_news = gpio->is_on[line] != is_active;
    gpio->is_on[line] = is_active;
    if (!is_news || !gpio->is_had[line])
        return 0;
    if (gpio->board->lines[line].fault == FAULT_UNPLUGGED) {
        gpio->is_had[line] = false;
        return -ENODEV;
    }
    return show(gpio, line, is_active);
}

static int sim_event_fd(const struct gpio *gpio) {
    return gpio->epoll_fd;
}

static int sim_read(struct gpio *gpio, struct gpio_change *ret) {
    sim_picture_tick(gpio->picture);
    if (gpio->key_count == 0)
        take_keys(gpio);
    if (gpio->key_count == 0)
        return GPIO_NOTHING;
    char key = gpio->keys[0];
    // A press by a key that cannot hold is followed by its release: the key stays for that.
    bool is_done = gpio->is_pressed || key == 'h' || key == 'u';
    gpio->key_count -= is_done;
    if (is_done)
        memmove(gpio->keys, gpio->keys + 1, gpio->key_count);
    if (key == 'u') {
        gpio->is_unplugged = !gpio->is_unplugged;
        return GPIO_CHIPS;
    }
    gpio->is_pressed = !gpio->is_pressed;
    int error = trace(gpio, gpio->button, gpio->is_pressed);
    if (error)
        return error;
    *ret = (struct gpio_change){.line = gpio->button, .is_active = gpio->is_pressed};
    return GPIO_INPUT;
}

static void sim_note(struct gpio *gpio, enum gpio_note kind, const char *text) {
    sim_picture_note(gpio->picture, kind, text);
}

static void sim_picture(struct gpio *gpio, bool is_shown) {
    sim_picture_show(gpio->picture, is_shown);
}

const struct gpio_driver gpio_sim = {
    .name = "sim",
    .open = sim_open,
    .set = sim_set,
    .event_fd = sim_event_fd,
    .read = sim_read,
    .recheck = sim_recheck,
    .note = sim_note,
    .picture = sim_picture,
    .close = sim_close,
};
