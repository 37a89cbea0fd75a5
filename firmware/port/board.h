// SPDX-License-Identifier: MIT
//
// board.h - reading boards/*.board (libconfuse) into struct board, and finding them by name.
//
// A board file says who drives the board and what sits where:
//
//     description = "..."                     one line for people
//     driver = gpiod                          or sim
//     chips = { pinctrl-bcm2835, ... }        labels the GPIO chip may have; gpiod only
//     lamp red   { gpio = 17 }
//     buzzer     { gpio = 24  active = low }
//     button     { gpio = 23  active = low  pull = up }
//
// Keys of all three: gpio (line offset on the chip, needed with gpiod), active (high, low), chip
// (label, where the line sits on another chip than the board's), fault (sim only: none, busy,
// forbidden, missing, unplugged). A lamp has a name, and colour (red, amber, green, health) where
// the name is not a colour; buzzer and button may have name, and are called so without it. A button
// has pull (as-is, none, up, down). A buzzer has kind (onoff, tone), and of a tone pwm (the tail of
// the PWM chip's device path), channel and hz; its gpio is then the pin where the tone comes out.
// The lines of struct board are the lamps, then the buzzers, then the buttons, each in the order of
// the file. The whole format is in wirebell-boards(5).

#ifndef PORT_BOARD_H
#define PORT_BOARD_H

#include "core/diag.h"
#include "wirebell/board.h"

/**
 * board_load() - read a board by name or by file
 * @name:  with a '/' or ending in ".board": that file. Else NAME.board is looked for in
 *         /etc/wirebell/boards, then ../share/wirebell/boards beside our own program, then
 *         /usr/share/wirebell/boards
 * @diags: mistakes with file and line; an unknown name lists the boards there are
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

#endif
