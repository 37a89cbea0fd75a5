// SPDX-License-Identifier: MIT
//
// config.h - wirebell.conf: what the device is, and how it behaves. Every value has a default that
// works, so the file may be missing, empty, or say no more than the board's name.

#ifndef PORT_CONFIG_H
#define PORT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text/diag.h"
#include "wirebell/board.h"
#include "wirebell/policy.h"

// Longer than any path somebody types.
enum { CONFIG_PATH_SIZE = 256 };

/**
 * struct config - the device
 * @policy:          levels, quiet hours, budget...
 * @snooze_press_us: a press of the button this long snoozes, a shorter one acknowledges;
 *                   500000..10000000
 * @test_press_us:   a press this long tests the lamps; > @snooze_press_us, up to 30000000
 * @poll_s:          how often a feed is asked that has no every= of its own;
 *                   LIMIT_POLL_MIN_S..LIMIT_POLL_MAX_S
 * @metrics:         file to write metrics to; "" = none
 * @has_board:       false: there is no such board, or its file is wrong
 * @board:           with the lines that the file changes or adds; valid where @has_board
 */
struct config {
    struct policy policy;
    int64_t snooze_press_us;
    int64_t test_press_us;
    int64_t poll_s;
    char metrics[CONFIG_PATH_SIZE];
    bool has_board;
    struct board board;
};

/**
 * config_load() - read wirebell.conf, and the board file it names
 * @path:     the file
 * @is_given: it was asked for: that it is missing is a mistake, not a default
 * @board:    a board that was asked for, by name or file; NULL = the one the file names, or "pi"
 * @diags:    mistakes of both files, with line; a poll= below the least is a warning
 * @ret:      always written: the default in place of each value that is missing or wrong, a board
 *            without the lines whose sections are wrong
 *
 * Return: 0; -EINVAL when something is wrong (see @diags): at a first start @ret is the best there
 * is, at a reload the configuration before is better; -ENOMEM.
 */
int config_load(const char *path, bool is_given, const char *board, struct diag_list *diags,
                struct config *ret);

/**
 * config_keep() - a copy to be kept for long: it ends with the last line that the board has
 *
 * Most of struct config are lines that few boards have, 5 of 8 KB.
 *
 * Return: to be freed with free(), and not to be copied; NULL without memory.
 */
struct config *config_keep(const struct config *config);

#endif
