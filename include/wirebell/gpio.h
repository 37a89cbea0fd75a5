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
 *           offset...
 * @message: what is said of the line after its name and a colon: chip, offset, the consumer that
 *           holds it or the group that is missing, and what to do; no full stop. Lines that miss
 *           for one and the same reason (a chip that is not there) have equal messages, which
 *           gpio_next_problem() puts in one sentence
 */
struct gpio_problem {
    size_t line;
    int error;
    char message[256];
};

/**
 * struct gpio_problems - the lines that could not be had
 * @items: as many as the board has lines at most, in the order of its lines
 * @count: how many
 */
struct gpio_problems {
    struct gpio_problem items[LIMIT_BOARD_LINES];
    size_t count;
};

/**
 * struct gpio_options - what only some drivers need
 * @trace_path: sim: file to which one JSON line is added for each transition, inputs included:
 *              {"t_ms":1204,"line":"red","level":1}; t_ms is monotonic time since open, the level
 *              is logical. Each line is written at once. NULL = none
 * @out_fd:     sim: where the picture is drawn; a terminal gets some lines drawn anew in place,
 *              anything else plain lines "red on", "red off"; -1 = nowhere
 * @in_fd:      sim: where Enter or the space bar is the button, h holds it down and lets it go, u
 *              unplugs the board and plugs it in: a terminal in the foreground (set to give each
 *              key at once, until close), or a pipe; -1 = none
 */
struct gpio_options {
    const char *trace_path;
    int out_fd;
    int in_fd;
};

// What read of a driver found.
enum gpio_found {
    GPIO_NOTHING, // for now
    GPIO_INPUT,   // an input changed
    GPIO_CHIPS    // chips came or went: recheck is worth its while
};

/**
 * struct gpio_change - an input changed
 * @line:      index into the board's lines
 * @is_active: its level now
 * @age_us:    how long ago, microseconds, by the kernel's time of the edge, so that a press is as
 *             long as it was for who reads it late, too; 0 = just now, or nobody knows
 */
struct gpio_change {
    size_t line;
    bool is_active;
    int64_t age_us;
};

// What note of a driver is told.
enum gpio_note {
    GPIO_NOTE_STORY, // a story that was raised; the last three are kept
    GPIO_NOTE_HEALTH // what ails the bell; "" = it is well
};

/**
 * struct gpio_driver - the verbs; each returns 0 or -errno unless said otherwise
 *
 * @name: "libgpiod 2.2.1", "libgpiod 1.6.3" (as built with), "sim": for --version and messages
 *
 * @open: requests the lines of @board (borrowed until close). @ret_problems (never NULL) is filled
 * with the lines that could not be had; the rest work. Returns 0 even when no line could be had;
 *        negative only when nothing can ever work (-ENOMEM, -EMFILE; sim: the trace file cannot be
 *        written). *ret_gpio is written only on success and must be given to close.
 *
 * @set:  drives output @line (index into the board's lines) to @is_active. Setting what is set is
 *        not an edge. A line that is missing only remembers it, for its return: 0. -EINVAL: @line
 *        is an input or out of range. Any other error (-ENODEV: its chip was unplugged) is told
 *        once: the line is missing from then on; see recheck.
 *
 * @event_fd: descriptor that turns readable when read has something to do; -1 when it never will.
 *        The same until close. Owned by the driver.
 *
 * @read: takes what there is to know next, without blocking: an enum gpio_found. Call it again
 *        until it is GPIO_NOTHING. *ret is written with GPIO_INPUT only. Negative: an input was
 *        lost, said once; the other lines work on; see recheck. Levels are debounced (30 ms). A
 *        button held down at open, or when its line comes back, is no press: only its release is
 *        told.
 *
 * @recheck: looks whether the lines that were had are still there, and tries again for those that
 *        are missing. Lines that are there are not disturbed; an output that came back has the
 *        level it was last set to. @ret_problems is filled as by open, with what is missing now.
 *        Half a second after the loss is soon enough: programs hear of a chip that goes before the
 *        kernel is done with it, and Linux 6.1 damages its own memory when a line with edges is
 *        released in between.
 *
 * @note: something a picture may show beside the lamps, one line of UTF-8; see enum gpio_note.
 *        Drivers without a picture do nothing.
 *
 * @picture: false: something is about to be printed on the terminal, take the picture away; true:
 *        it was printed, draw again. Drivers without a picture do nothing.
 *
 * @close: drives all outputs off, releases everything, frees. NULL is fine. Returns NULL.
 */
struct gpio_driver {
    const char *name;
    int (*open)(const struct board *board, const struct gpio_options *options,
                struct gpio_problems *ret_problems, struct gpio **ret_gpio);
    int (*set)(struct gpio *gpio, size_t line, bool is_active);
    int (*event_fd)(const struct gpio *gpio);
    int (*read)(struct gpio *gpio, struct gpio_change *ret);
    int (*recheck)(struct gpio *gpio, struct gpio_problems *ret_problems);
    void (*note)(struct gpio *gpio, enum gpio_note kind, const char *text);
    void (*picture)(struct gpio *gpio, bool is_shown);
    struct gpio *(*close)(struct gpio *gpio);
};

#endif
