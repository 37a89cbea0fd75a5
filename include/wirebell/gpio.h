// SPDX-License-Identifier: MIT
//
// gpio.h - the contract every GPIO driver keeps: libgpiod 2, libgpiod 1, and sim.
//
// A driver opens all the lines of a board it can get and goes on without the others: a line that
// is taken or forbidden is a problem with a name, not a failure. Outputs are requested already
// off, and close() drives every output off before it lets go: Raspberry Pi OS kernels keep the
// last level of a released line (persist_gpio_outputs), so a line let go while lit stays lit.
// Levels here are logical: true means lit, sounding or pressed; the driver applies active-low.

#ifndef WIREBELL_GPIO_H
#define WIREBELL_GPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wirebell/board.h"

struct gpio;

/**
 * struct gpio_problem - why one line of the board is not driven
 * @line:    index into the board's lines
 * @error:   -errno: -EBUSY taken, -EACCES/-EPERM forbidden, -ENODEV no such chip, -ENXIO no such
 * offset...
 * @message: one sentence for people, naming chip, offset, the consumer that holds it or the group
 *           that is missing, and what to do
 */
struct gpio_problem {
    size_t line;
    int error;
    char message[200];
};

/**
 * struct gpio_problems - the lines that could not be had
 * @items: as many as the board has lines at most
 * @count: how many
 */
struct gpio_problems {
    struct gpio_problem items[LIMIT_BOARD_LINES];
    size_t count;
};

/**
 * struct gpio_options - what only some drivers need; zero is a good default
 * @trace_path: sim: file for one JSON line a transition; NULL = none
 * @out_fd:     sim: where the picture is drawn; a terminal gets a moving picture, anything else
 *              plain lines; -1 = nowhere
 * @in_fd:      sim: a terminal whose Enter key or space bar is the button; -1 = none
 */
struct gpio_options {
    const char *trace_path;
    int out_fd;
    int in_fd;
};

/**
 * struct gpio_driver - the verbs; each returns 0 or -errno unless said otherwise
 *
 * @name: "libgpiod 2.2.1", "libgpiod 1.6.3", "sim": for --version and messages
 *
 * @open: requests the lines of @board. @ret_problems (never NULL) is filled with the lines that
 *        could not be had; the rest work. Returns 0 even when no line could be had; negative only
 *        when nothing can ever work (-ENOMEM; sim: the trace file cannot be written). *ret_gpio
 *        is written only on success and must be given to close.
 *
 * @set:  drives output @line (index into the board's lines) to @is_active. Setting what is set is
 *        not an edge. A line that could not be had is accepted and ignored: 0. -ENODEV: the chip
 *        is gone. -EINVAL: @line is an input or out of range.
 *
 * @event_fd: descriptor that turns readable when an input changes; -1 when there is none (no
 *        button, or a chip without edges: then poll is to be called from time to time).
 *        Owned by the driver.
 *
 * @read: takes the next input change without blocking. 1: *ret_line and *ret_is_active were
 *        written; 0: nothing more; negative: the chip is gone (-ENODEV) or cannot be read.
 *        Edges are debounced (30 ms).
 *
 * @close: drives all outputs off, releases everything, frees. NULL is fine. Returns NULL.
 */
struct gpio_driver {
    const char *name;
    int (*open)(const struct board *board, const struct gpio_options *options,
                struct gpio_problems *ret_problems, struct gpio **ret_gpio);
    int (*set)(struct gpio *gpio, size_t line, bool is_active);
    int (*event_fd)(const struct gpio *gpio);
    int (*read)(struct gpio *gpio, size_t *ret_line, bool *ret_is_active);
    struct gpio *(*close)(struct gpio *gpio);
};

#endif
