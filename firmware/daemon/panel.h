// SPDX-License-Identifier: MIT
//
// panel.h - lamps, buzzer, button: the annunciator brought to life. The only caller of the GPIO
// verbs.
//
// Between two edges of a rhythm nothing runs: one timer, armed for the next edge.

#ifndef DAEMON_PANEL_H
#define DAEMON_PANEL_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/annunciator.h"
#include "wirebell/board.h"
#include "wirebell/gpio.h"

struct panel;

/**
 * struct panel_events - what the panel tells its owner; called from the event loop
 * @rang:     a bell ring of these levels has begun (set of 1 << level)
 * @cleared:  these alerts cleared by themselves
 * @button:   the button was pressed
 * @failed:   a line or chip stopped working; said once for each
 * @userdata: handed to all of them
 */
struct panel_events {
    void (*rang)(uint32_t levels, void *userdata);
    void (*cleared)(const int64_t *ids, size_t count, void *userdata);
    void (*button)(void *userdata);
    void (*failed)(const char *what, void *userdata);
    void *userdata;
};

/**
 * panel_new() - open the board's lines, all off
 * @event:        loop; a reference is taken
 * @board:        borrowed for life; NULL = no outputs at all, everything else works
 * @options:      for the driver
 * @events:       copied
 * @ret_problems: lines that could not be had
 * @ret:          owned; written only on success
 *
 * Return: 0 or -errno of the driver's open or of sd-event.
 */
int panel_new(sd_event *event, const struct board *board, const struct gpio_options *options,
              const struct panel_events *events, struct gpio_problems *ret_problems,
              struct panel **ret);

// Drives everything off. NULL is fine. Returns NULL.
struct panel *panel_free(struct panel *panel);

/**
 * panel_raise() - show and ring one more alert; takes effect with panel_update()
 * @rings: rings it already had, see annunciator_raise()
 */
void panel_raise(struct panel *panel, int64_t id, enum level level, uint32_t rings);

// Everything seen: dark and silent at once. Return: how many alerts that were.
size_t panel_acknowledge(struct panel *panel);

// Brings the lines up to now and arms the timer. To be called after a batch of panel_raise().
void panel_update(struct panel *panel);

// A line is about to be printed on the terminal (false), or was (true): see struct gpio_driver.
void panel_picture(struct panel *panel, bool is_shown);

// Unacknowledged alerts.
size_t panel_count(const struct panel *panel);

#endif
