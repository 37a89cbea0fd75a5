// SPDX-License-Identifier: MIT
//
// sim_picture.h - how the sim board's lamps look, on a terminal and on anything else.
//
// On a terminal it is some lines, drawn anew in place at each change and when the size changes:
//
//       ● red   ○ amber   ○ green   · buzzer   (Enter: button)
//       well
//       flash     Cyber attack on port  (cyber attack*)
//
// the lamps and the beats of the bell, what ails it, the last three stories. What scrolls by above
// is the log's. Colours unless NO_COLOR is set, UTF-8 or ASCII as the locale says, cut to the
// terminal's size.
// Elsewhere (a file, a journal, a pipe) each flash of a blinking lamp would be noise: there is one
// line when a lamp starts showing ("red on") and one when it has been dark for SIM_PICTURE_DARK_MS
// ("red off").

#ifndef PORT_SIM_PICTURE_H
#define PORT_SIM_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wirebell/board.h"
#include "wirebell/gpio.h"

// Longer than the longest dark part of any rhythm: the health lamp flicks every 5 s.
enum { SIM_PICTURE_DARK_MS = 6000 };

struct sim_picture;

/**
 * sim_picture_new() - a picture with all lamps dark
 * @board:    borrowed, must outlive the picture
 * @out_fd:   where to draw; borrowed; -1 = nowhere
 * @has_keys: tell that Enter is the button
 * @ret:      owned; written only on success
 *
 * Return: 0, -ENOMEM, or another -errno of the timer.
 */
int sim_picture_new(const struct board *board, int out_fd, bool has_keys, struct sim_picture **ret);

// Wipes the moving picture, or says "off" of what still shows. NULL is fine. Returns NULL.
struct sim_picture *sim_picture_free(struct sim_picture *picture);

// Line @line of the board is now on or off; inputs are not drawn.
void sim_picture_set(struct sim_picture *picture, size_t line, bool is_on);

// See note of struct gpio_driver; elsewhere than on a terminal the log has said it.
void sim_picture_note(struct sim_picture *picture, enum gpio_note kind, const char *text);

// false: take the moving picture away, for something is to be printed there; true: draw again.
void sim_picture_show(struct sim_picture *picture, bool is_shown);

// Turns readable when sim_picture_tick() is due; -1 when it never is.
int sim_picture_fd(const struct sim_picture *picture);

// Says "off" of the lamps that have been dark long enough; draws again in a new size.
void sim_picture_tick(struct sim_picture *picture);

#endif
