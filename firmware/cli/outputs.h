// SPDX-License-Identifier: MIT
//
// outputs.h - the board's outputs in the hands of a command, without the daemon.
//
// A command that lights something must switch it off again on every way out. So the signals that
// end a command are held back while outputs are open, and are heard of only in outputs_wait().

#ifndef CLI_OUTPUTS_H
#define CLI_OUTPUTS_H

#include <signal.h>
#include <stdbool.h>

#include "cli/options.h"
#include "wirebell/gpio.h"
#include "wirebell/policy.h"

/**
 * struct outputs - an open board without its inputs
 * @board:       lamps and buzzers only
 * @policy:      how levels show, as the configuration says
 * @driver:      who drives it
 * @gpio:        open; owned
 * @problems:    lines that could not be had; they were complained of
 * @old_signals: the signal mask before
 * @is_stopped:  a signal came that ends the command
 */
struct outputs {
    struct board board;
    struct policy policy;
    const struct gpio_driver *driver;
    struct gpio *gpio;
    struct gpio_problems problems;
    sigset_t old_signals;
    bool is_stopped;
};

/**
 * outputs_open() - open the outputs of the board the options ask for, all off
 * @options: --board, --config and --trace are heeded
 * @out_fd:  where the sim board is drawn; -1 = nowhere
 * @ret:     written only on success; to be given to outputs_close()
 *
 * Whatever is wrong is said on standard error.
 *
 * Return: 0, also when some lines, or all, could not be had; -EINVAL and others when there is no
 * such board or it cannot be opened at all.
 */
int outputs_open(const struct options *options, int out_fd, struct outputs *ret);

// Switches everything off, lets go, and lets a signal that came end the program.
void outputs_close(struct outputs *outputs);

/**
 * outputs_wait() - leave the outputs as they are for a while
 * @time_us: how long, >= 0
 *
 * Return: false when a signal came that ends the command (from then on at once).
 */
bool outputs_wait(struct outputs *outputs, int64_t time_us);

// Is the line ours to drive? False for one of @problems.
bool outputs_has(const struct outputs *outputs, size_t line);

/**
 * outputs_set() - drive a line; complains when it cannot be driven any more
 * Return: whether the line was driven, or is one that could not be had.
 */
bool outputs_set(struct outputs *outputs, size_t line, bool is_active);

#endif
