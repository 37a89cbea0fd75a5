// SPDX-License-Identifier: MIT
//
// board.h - which lamp, buzzer and button sits on which GPIO line. Data, read from boards/*.board.

#ifndef WIREBELL_BOARD_H
#define WIREBELL_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wirebell/limits.h"

// A Pi's header needs three: one for each family of models.
enum { BOARD_CHIP_LABELS_MAX = 4 };

// What a line is for. The three lamps are told apart by colour; a board may lack any of them, or
// have several of one role, which then work together.
enum board_role {
    ROLE_RED,
    ROLE_AMBER,
    ROLE_GREEN,
    ROLE_HEALTH, // lit while the bell itself is unwell; a board may lack it
    ROLE_BUZZER,
    ROLE_BUTTON,
    ROLE_COUNT
};

enum board_bias { BIAS_AS_IS, BIAS_DISABLED, BIAS_PULL_UP, BIAS_PULL_DOWN };

enum board_driver {
    DRIVER_GPIOD, // kernel GPIO lines through libgpiod
    DRIVER_SIM    // drawn in the terminal
};

// How a line of the sim board fails, so that tests see what a real board does on a bad day.
enum board_fault {
    FAULT_NONE,
    FAULT_BUSY,      // held by another process: -EBUSY at open
    FAULT_FORBIDDEN, // no permission: -EACCES at open
    FAULT_MISSING,   // no such chip: -ENODEV at open
    FAULT_UNPLUGGED  // opens, then the first change of it finds the chip gone: -ENODEV
};

/**
 * struct board_line - one line of a board
 * @name:          as in the file and in traces: "red", "buzzer"...; unique in the board
 * @role:          what it does
 * @chip_label:    label of the GPIO chip ("pinctrl-bcm2711"); "" = the board's own chip, the first
 *                 of the chip_labels below that is present
 * @offset:        line offset on that chip; on a Pi's header the BCM number
 * @is_active_low: a low level means lit, sounding or pressed
 * @bias:          pull of an input; outputs ignore it
 * @pwm_device:    a passive buzzer: the tail of the PWM chip's device path in sysfs
 *                 ("fe20c000.pwm"); "" = a level on the GPIO line. The line is then not requested
 * @pwm_channel:   of that chip
 * @tone_hz:       pitch, 20..20000
 * @needs:         what must stand in the Pi's config.txt for it ("dtparam=spi=off"); "" = nothing
 * @fault:         DRIVER_SIM only
 */
struct board_line {
    char name[16];
    enum board_role role;
    char chip_label[64];
    uint32_t offset;
    bool is_active_low;
    enum board_bias bias;
    char pwm_device[32];
    uint32_t pwm_channel;
    uint32_t tone_hz;
    char needs[64];
    enum board_fault fault;
};

/**
 * struct board - one board
 * @name:             the file's name without ".board"
 * @description:      one line for people
 * @source:           where the file's facts were read; "" = not told
 * @notes:            what else people should know; ""
 * @host:             the board whose header it sits on, "pi"; "" = it has chips of its own
 * @driver:           who drives it
 * @chip_labels:      labels the board's chip may have, the first that is present wins; on a Pi it
 *                    differs by model
 * @chip_label_count: 0..BOARD_CHIP_LABELS_MAX; 0 only with DRIVER_SIM
 * @line_count:       1..LIMIT_BOARD_LINES
 * @lines:            the lines, in the file's order
 */
struct board {
    char name[64];
    char description[128];
    char source[200];
    char notes[400];
    char host[64];
    enum board_driver driver;
    char chip_labels[BOARD_CHIP_LABELS_MAX][64];
    size_t chip_label_count;
    size_t line_count;
    struct board_line lines[LIMIT_BOARD_LINES];
};

/**
 * board_role_name() - "red", "amber", "green", "health", "buzzer" or "button"; "unknown" when out
 * of range
 */
const char *board_role_name(enum board_role role);

static inline bool board_role_is_output(enum board_role role) {
    return role != ROLE_BUTTON;
}

#endif
