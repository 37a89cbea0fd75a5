// SPDX-License-Identifier: MIT
//
// board_lines.h - the sections lamp, buzzer and button, as a board file and wirebell.conf have
// them.
//
// Both files say the same thing in the same words: the board file says where lines are, and
// wirebell.conf changes or adds some. So a section is read onto what is known of its line already,
// and only the keys that are written change it. A line whose section has a mistake is taken out:
// driving a pin that somebody meant to be another is worse than a lamp that stays dark.

#ifndef PORT_BOARD_LINES_H
#define PORT_BOARD_LINES_H

#include <confuse.h>

#include "port/files/conf.h"
#include "wirebell/board.h"

enum { BOARD_LINE_KEYS_MAX = 16 };

enum { BOARD_LINE_SECTIONS = 3 };

// libconfuse's tables of what stands in the sections lamp, buzzer and button.
struct board_line_options {
    cfg_opt_t keys[BOARD_LINE_SECTIONS][BOARD_LINE_KEYS_MAX];
};

/**
 * board_line_options() - the sections, for the table of a file
 * @options: filled; has to live as long as the table
 * @ret:     BOARD_LINE_SECTIONS entries
 */
void board_line_options(struct board_line_options *options, cfg_opt_t *ret);

/**
 * board_lines_read() - read the sections of a file onto a board
 * @conf:  a file whose table has the three sections
 * @board: its driver and chips are known; lines that are there are changed, others added, in the
 *         order lamps, buzzers, buttons
 *
 * What is wrong is complained of at its place, also lines of the board that now are in each
 * other's way.
 *
 * Return: how many sections there were.
 */
size_t board_lines_read(const struct conf *conf, struct board *board);

#endif
