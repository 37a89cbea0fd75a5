// SPDX-License-Identifier: MIT
//
// header.h - a board in the terminal: the Pi's header with what goes where, and how it is wired.

#ifndef CLI_HEADER_H
#define CLI_HEADER_H

#include <stdbool.h>
#include <stdio.h>

#include "port/gpio/pi.h"
#include "wirebell/board.h"

enum { HEADER_GPIOS = 28, HEADER_HOLDER_SIZE = 32 };

/**
 * struct header_state - what this machine has to do with a board
 * @pi:       which Pi it is
 * @chip:     label of the board's own chip, as far as it is here; ""
 * @holders:  by GPIO, who holds that line of it; "" = nobody
 * @others:   by line of the board, who holds it, on whatever chip
 */
struct header_state {
    struct pi pi;
    char chip[64];
    char holders[HEADER_GPIOS][HEADER_HOLDER_SIZE];
    char others[LIMIT_BOARD_LINES][HEADER_HOLDER_SIZE];
};

/**
 * header_look() - find out; opens the chips for a look, requests no line
 * Return: 0 or -ENOMEM.
 */
int header_look(const struct board *board, struct header_state *ret);

// Is the board's own chip the one behind the header of a Pi?
bool header_is_of(const struct board *board);

/**
 * header_print() - draw the header, two columns as it lies with pin 1 at the top left
 * @has_colour: lamps in their colours
 */
void header_print(FILE *out, const struct board *board, const struct header_state *state,
                  bool has_colour);

// How the kinds of lines the board has are wired by hand.
void header_print_wiring(FILE *out, const struct board *board);

#endif
