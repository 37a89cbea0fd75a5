// SPDX-License-Identifier: MIT
//
// gpio_kernel.c - a board's lines, requested one by one so that a taken line costs only itself.
//
// A line is had or missing, and can change from one to the other as long as the program runs: its
// chip is unplugged (-ENODEV on each of its lines), another program lets it go, its overlay is
// loaded. Missing lines keep the level they should have and get it when they are had. When to look
// again is the caller's business; that it may be worth it is told by an eye on the folder of the
// chips (inotify), for not every kernel wakes who holds a line of a chip that goes.
//
// A passive buzzer is a PWM channel in place of a line; it comes and goes in the same way, but
// without an eye on it.

#include "port/gpio/gpio_kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "port/gpio/gpio_chips.h"
#include "port/gpio/gpio_input.h"
#include "port/gpio/pwm.h"

/**
 * struct wire - one line of the board
 * @chip:   whose line it is, told apart by its address; NULL = missing, or a PWM channel
 * @output: owned, or NULL
 * @pwm:    owned, or NULL
 * @input:  valid where @is_input
 * @is_on:  level an output has, or is to have when it is had
 */
struct wire {
    struct kernel_chip *chip;
    struct kernel_line *output;
    struct pwm *pwm;
    struct gpio_input input;
    bool is_input;
    bool is_on;
};

struct gpio {
    const struct kernel_library *library;
    const struct board *board;
    struct gpio_chips chips;
    struct wire wires[LIMIT_BOARD_LINES];
    int epoll_fd;
    int folder_fd; // inotify; -1 = there is no eye on the folder
};

static bool is_had(const struct wire *wire) {
    return wire->output || wire->pwm || wire->is_input;
}

// --- one line --------------------------------------------------------------------------------

static int drive(const struct gpio *gpio, const struct wire *wire, bool is_on) {
    return wire->pwm ? pwm_set(wire->pwm, is_on) : gpio->library->line_set(wire->output, is_on);
}

static bool is_alive(const struct gpio *gpio, const struct wire *wire) {
    bool level;
    if (wire->pwm)
        return pwm_set(wire->pwm, wire->is_on) == 0;
    return wire->is_input ? gpio_input_is_alive(&wire->input)
                          : gpio->library->line_get(wire->output, &level) == 0;
}

// From now on the line is missing.
static void drop(const struct gpio *gpio, struct wire *wire) {
    if (wire->output)
        gpio->library->line_release(wire->output);
    if (wire->is_input)
        gpio_input_close(&wire->input);
    (void)pwm_close(wire->pwm);
    *wire = (struct wire){.is_on = wire->is_on};
}

static int request(struct gpio *gpio, size_t index, struct gpio_problem *ret_problem) {
    const struct board_line *wanted = &gpio->board->lines[index];
    struct wire *wire = &gpio->wires[index];
    const struct gpio_chip *chip = gpio_chips_find(&gpio->chips, gpio->board, index);
    struct kernel_wish wish = {
        .offset = wanted->offset,
        .is_output = board_role_is_output(wanted->role),
        .is_active_low = wanted->is_active_low,
        .bias = wanted->bias,
    };
    int error = 0;
    bool is_there = chip && wanted->offset < chip->info.line_count;
    if (is_there && wish.is_output)
        error = gpio->library->line_request(chip->handle, &wish, &wire->output);
    else if (is_there)
        error = gpio_input_open(gpio->library, chip->handle, &wish, gpio->epoll_fd, &wire->input);
    if (is_there && !error) {
        wire->chip = chip->handle;
        wire->is_input = !wish.is_output;
        return 0;
    }
    gpio_chips_explain(gpio->library, &gpio->chips, gpio->board, error, ret_problem);
    return error;
}

// Tries to have a line that is missing. Returns 0 also when it still is: that is a problem, no
// failure.
static int take(struct gpio *gpio, size_t index, struct gpio_problems *problems) {
    struct wire *wire = &gpio->wires[index];
    struct gpio_problem problem = {.line = index};
    const struct board_line *wanted = &gpio->board->lines[index];
    int error = wanted->pwm_device[0]
                    ? pwm_open(gpio->library->pwm_folder, wanted, &problem, &wire->pwm)
                    : request(gpio, index, &problem);
    if (error == -ENOMEM || error == -EMFILE)
        return error;
    if (!is_had(wire))
        problems->items[problems->count++] = problem;
    else if (wire->is_on)
        (void)drive(gpio, wire, true); // gone again: the next set or recheck tells
    return 0;
}

static int take_missing(struct gpio *gpio, struct gpio_problems *ret_problems) {
    int error = gpio_chips_open(gpio->library, gpio->board, &gpio->chips);
    ret_problems->count = 0;
    for (size_t i = 0; !error && i < gpio->board->line_count; i++)
        if (!is_had(&gpio->wires[i]))
            error = take(gpio, i, ret_problems);
    return error;
}

// --- opening ---------------------------------------------------------------------------------

static int watch_folder(struct gpio *gpio) {
    struct epoll_event event = {.events = EPOLLIN};
    gpio->folder_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (gpio->folder_fd < 0)
        return 0; // too many eyes on this machine: what is missing is found later
    // IN_ATTRIB: udev opens a new chip to its group after it was made.
    (void)inotify_add_watch(gpio->folder_fd, gpio->library->device_folder,
                            IN_CREATE | IN_DELETE | IN_ATTRIB);
    bool is_watched = epoll_ctl(gpio->epoll_fd, EPOLL_CTL_ADD, gpio->folder_fd, &event) == 0;
    return is_watched ? 0 : -errno;
}

int gpio_kernel_open(const struct kernel_library *library, const struct board *board,
                     struct gpio_problems *ret_problems, struct gpio **ret_gpio) {
    struct gpio *gpio = calloc(1, sizeof *gpio);
    if (!gpio)
        return -ENOMEM;
    gpio->library = library;
    gpio->board = board;
    gpio->folder_fd = -1;
    gpio->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int error = gpio->epoll_fd < 0 ? -errno : watch_folder(gpio);
    if (!error)
        error = take_missing(gpio, ret_problems);
    if (error) {
        (void)gpio_kernel_close(gpio);
        return error;
    }
    *ret_gpio = gpio;
    return 0;
}

// --- outputs ---------------------------------------------------------------------------------

int gpio_kernel_set(struct gpio *gpio, size_t line, bool is_active) {
    if (line >= gpio->board->line_count || !board_role_is_output(gpio->board->lines[line].role))
        return -EINVAL;
    struct wire *wire = &gpio->wires[line];
    bool is_news = wire->is_on != is_active;
    wire->is_on = is_active;
    if (!is_news || !is_had(wire))
        return 0;
    int error = drive(gpio, wire, is_active);
    if (error)
        drop(gpio, wire);
    return error;
}

// --- inputs, and chips that come and go ------------------------------------------------------

int gpio_kernel_event_fd(const struct gpio *gpio) {
    return gpio->epoll_fd;
}

// Takes all that happened in the folder; was any of it about a chip?
static bool have_chips_changed(const struct gpio *gpio) {
    _Alignas(struct inotify_event) char events[1024];
    bool is_about_chip = false;
    ssize_t size;
    while (gpio->folder_fd >= 0 && (size = read(gpio->folder_fd, events, sizeof events)) > 0)
        for (const char *at = events; at < events + size;) {
            const struct inotify_event *event = (const struct inotify_event *)(const void *)at;
            is_about_chip |= event->mask & IN_Q_OVERFLOW ||
                             (event->len && strncmp(event->name, "gpiochip", 8) == 0);
            at += sizeof *event + event->len;
        }
    return is_about_chip;
}

int gpio_kernel_read(struct gpio *gpio, struct gpio_change *ret) {
    for (size_t i = 0; i < gpio->board->line_count; i++) {
        struct wire *wire = &gpio->wires[i];
        int found = wire->is_input ? gpio_input_read(&wire->input, ret) : 0;
        if (found == 1)
            ret->line = i;
        if (found)
            return found < 0 ? found : GPIO_INPUT;
    }
    return have_chips_changed(gpio) ? GPIO_CHIPS : GPIO_NOTHING;
}

static void close_unused_chips(struct gpio *gpio) {
    for (size_t i = gpio->chips.count; i-- > 0;) {
        bool is_used = false;
        for (size_t line = 0; line < gpio->board->line_count; line++)
            is_used |= gpio->wires[line].chip == gpio->chips.items[i].handle;
        if (!is_used)
            gpio_chips_close_one(gpio->library, &gpio->chips, i);
    }
}

int gpio_kernel_recheck(struct gpio *gpio, struct gpio_problems *ret_problems) {
    bool is_complete = true;
    for (size_t i = 0; i < gpio->board->line_count; i++) {
        struct wire *wire = &gpio->wires[i];
        if (is_had(wire) && !is_alive(gpio, wire))
            drop(gpio, wire);
        is_complete &= is_had(wire);
    }
    ret_problems->count = 0;
    if (is_complete)
        return 0;
    // A chip without a line in use may be one that was unplugged and has a successor by now.
    close_unused_chips(gpio);
    return take_missing(gpio, ret_problems);
}

// --- the rest --------------------------------------------------------------------------------

struct gpio *gpio_kernel_close(struct gpio *gpio) {
    if (!gpio)
        return NULL;
    // All off before the first is let go; also those that should be, in case a set had failed.
    for (size_t i = 0; i < gpio->board->line_count; i++)
        if (is_had(&gpio->wires[i]) && !gpio->wires[i].is_input)
            (void)drive(gpio, &gpio->wires[i], false); // nothing is left to try
    for (size_t i = 0; i < gpio->board->line_count; i++)
        drop(gpio, &gpio->wires[i]);
    if (gpio->folder_fd >= 0)
        (void)close(gpio->folder_fd);
    if (gpio->epoll_fd >= 0)
        (void)close(gpio->epoll_fd);
    gpio_chips_close(gpio->library, &gpio->chips);
    free(gpio);
    return NULL;
}
