// SPDX-License-Identifier: MIT

#include "port/gpio/gpio.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "port/gpio/gpio_kernel.h"

// --- the driver of kernel lines --------------------------------------------------------------

static int open_board(const struct board *board, const struct gpio_options *options,
                      struct gpio_problems *ret_problems, struct gpio **ret_gpio) {
    (void)options;
    return gpio_kernel_open(&kernel_gpiod, board, ret_problems, ret_gpio);
}

// Lamps that are real need no picture of them.
static void note(struct gpio *gpio, enum gpio_note kind, const char *text) {
    (void)gpio;
    (void)kind;
    (void)text;
}

static void picture(struct gpio *gpio, bool is_shown) {
    (void)gpio;
    (void)is_shown;
}

const struct gpio_driver gpio_gpiod = {
    .name = "libgpiod " WIREBELL_GPIOD_VERSION,
    .open = open_board,
    .set = gpio_kernel_set,
    .event_fd = gpio_kernel_event_fd,
    .read = gpio_kernel_read,
    .recheck = gpio_kernel_recheck,
    .note = note,
    .picture = picture,
    .close = gpio_kernel_close,
};

// --- which driver, and what is wrong ---------------------------------------------------------

const struct gpio_driver *gpio_driver_of(const struct board *board) {
    switch (board->driver) {
    case DRIVER_SIM:
        return &gpio_sim;
    case DRIVER_GPIOD:
        break;
    }
    return &gpio_gpiod;
}

int gpio_explain(struct gpio_problem *ret, int error, const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vsnprintf(ret->message, sizeof ret->message, format, args);
    va_end(args);
    ret->error = error;
    return error;
}

bool gpio_next_problem(const struct board *board, const struct gpio_problems *problems,
                       size_t *index, size_t size, char *ret) {
    if (*index >= problems->count)
        return false;
    const char *message = problems->items[*index].message;
    size_t used = 0;
    const char *joint = "";
    while (*index < problems->count && strcmp(problems->items[*index].message, message) == 0) {
        const char *name = board->lines[problems->items[*index].line].name;
        if (used < size)
            used += (size_t)snprintf(ret + used, size - used, "%s%s", joint, name);
        joint = ", ";
        (*index)++;
    }
    if (used < size)
        (void)snprintf(ret + used, size - used, ": %s", message);
    return true;
}
