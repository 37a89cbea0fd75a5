// SPDX-License-Identifier: MIT
//
// wiring.h - the board's lines for as long as the daemon runs: driven, lost, looked for, had again.
//
// A line can be missing for a while: its chip is unplugged, another program holds it, its overlay
// is not loaded. It is looked for when the kernel shows new chips, and besides after a second, two,
// four and so on up to a minute; it comes back with the level it should have. While nothing is
// missing nothing runs.

#ifndef DAEMON_WIRING_H
#define DAEMON_WIRING_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "wirebell/board.h"
#include "wirebell/gpio.h"

struct wiring;

/**
 * struct wiring_events - what the wiring tells its owner; called from the event loop only
 * @input:    an input changed
 * @lost:     inputs may have come or gone: a press under way may never see its release
 * @changed:  other lines are missing than before: wiring_missing() says which
 * @userdata: handed to all of them
 */
struct wiring_events {
    void (*input)(const struct gpio_change *change, void *userdata);
    void (*lost)(void *userdata);
    void (*changed)(void *userdata);
    void *userdata;
};

/**
 * wiring_new() - open the board's lines, all off
 * @event:   loop; a reference is taken
 * @board:   borrowed for life
 * @options: for the driver
 * @events:  copied
 * @ret:     owned; written only on success
 *
 * Return: 0, also when all lines are missing; -errno of the driver's open or of sd-event.
 */
int wiring_new(sd_event *event, const struct board *board, const struct gpio_options *options,
               const struct wiring_events *events, struct wiring **ret);

// Drives everything off. NULL is fine. Returns NULL.
struct wiring *wiring_free(struct wiring *wiring);

// Drives all outputs, each as its role is. A buzzer that is never told to be silent again is cut
// after some seconds, whoever told it to sound.
void wiring_drive(struct wiring *wiring, const bool is_lit[ROLE_COUNT]);

// Takes all changes of inputs there are, now.
void wiring_take_inputs(struct wiring *wiring);

// Which lines are missing and why, sentences joined by "; ". NULL = none. Borrowed until the next
// call.
const char *wiring_missing(const struct wiring *wiring);

// See note and picture of struct gpio_driver.
void wiring_note(struct wiring *wiring, enum gpio_note kind, const char *text);
void wiring_picture(struct wiring *wiring, bool is_shown);

#endif
