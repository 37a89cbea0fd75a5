// SPDX-License-Identifier: MIT
//
// board.h - reading boards/*.board (libconfuse) into struct board, and finding them by name.
//
// A board file says who drives the board and what sits where:
//
//     description = "..."                     one line for people
//     source = "..."                          where its facts were read
//     driver = gpiod                          or sim
//     chips = { pinctrl-bcm2835, ... }        labels the GPIO chip may have; gpiod only
//     lamp red   { gpio = 17 }
//     buzzer     { gpio = 24  active = low }
//     button     { gpio = 23  active = low  pull = up }
//
// or, in place of chips, host = pi: an add-on board whose lines are on the chip of that board. The
// lines of struct board are the lamps, then the buzzers, then the buttons, each in the order of the
// file. wirebell-boards(5) tells every key.

#ifndef PORT_BOARD_H
#define PORT_BOARD_H

#include <stdbool.h>

#include "core/text/diag.h"
#include "wirebell/board.h"

/**
 * board_load() - read a board by name or by file
 * @name:  with a '/' or ending in ".board": that file. Else NAME.board is looked for in
 *         /etc/wirebell/boards, then ../share/wirebell/boards beside our own program, then
 *         /usr/share/wirebell/boards
 * @diags: mistakes with file and line; an unknown name says who lists them
 * @ret:   written only on success
 *
 * Return: 0; -EINVAL when it is not there or not right (see @diags); -ENOMEM.
 */
int board_load(const char *name, struct diag_list *diags, struct board *ret);

/**
 * board_find_line() - the line of that name
 * Return: index into the board's lines; the board's line_count when there is none.
 */
size_t board_find_line(const struct board *board, const char *name);

// Do two boards ask the same of the same lines, whatever they are called and said to be?
bool board_is_wired_alike(const struct board *a, const struct board *b);

#endif
