// SPDX-License-Identifier: MIT
//
// panel.h - lamps, buzzer, button: the annunciator brought to life.
//
// Between two edges of a rhythm nothing runs: one timer, armed for the next edge. The annunciator
// knows what is to show; what is the panel's own is the button: what a press means, the lamps'
// answer to it, and that a finger on it silences and darkens the bell before it is known what it
// means, but for what ails the bell, and not for longer than a lamp test takes: a short circuit is
// no finger.

#ifndef DAEMON_PANEL_H
#define DAEMON_PANEL_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "core/alert/annunciator.h"
#include "core/alert/button.h"
#include "core/schedule/trust.h"
#include "wirebell/board.h"
#include "wirebell/gpio.h"

struct panel;

/**
 * struct panel_options - what the panel is made of
 * @board:  borrowed for life; NULL = no outputs at all, everything else works
 * @policy: borrowed for life
 * @trust:  of the wall clock, for quiet hours; borrowed for life
 * @button: how long is long
 * @gpio:   for the driver
 */
struct panel_options {
    const struct board *board;
    const struct policy *policy;
    const struct trust *trust;
    struct button_times button;
    struct gpio_options gpio;
};

/**
 * struct panel_events - what the panel tells its owner; called from the event loop
 * @rang:        a bell ring of these levels has begun (set of 1 << level)
 * @cleared:     these alerts cleared by themselves
 * @acknowledge: the button was pressed: to be answered by panel_acknowledge()
 * @snooze:      the button is held: to be answered by panel_snooze()
 * @lamp_test:   the button is held longer: to be answered by panel_lamp_test(), and by taking back
 *               the snooze that the same hold was on its way
 * @outputs_changed: other lines are missing than before; @missing says which and why, NULL = none.
 *               Not called for what is missing from the start: see panel_missing()
 * @userdata:    handed to all of them
 */
struct panel_events {
    void (*rang)(uint32_t levels, void *userdata);
    void (*cleared)(const int64_t *ids, size_t count, void *userdata);
    void (*acknowledge)(void *userdata);
    void (*snooze)(void *userdata);
    void (*lamp_test)(void *userdata);
    void (*outputs_changed)(const char *missing, void *userdata);
    void *userdata;
};

/**
 * panel_new() - open the board's lines, all off
 * @event:   loop; a reference is taken
 * @options: copied; what it points to is borrowed for life
 * @events:  copied
 * @ret:     owned; written only on success
 *
 * Return: 0, also when lines are missing; -errno of the driver's open or of sd-event.
 */
int panel_new(sd_event *event, const struct panel_options *options,
              const struct panel_events *events, struct panel **ret);

// Drives everything off. NULL is fine. Returns NULL.
struct panel *panel_free(struct panel *panel);

// Which lines are missing and why; NULL = none. Borrowed until the next turn of the loop.
const char *panel_missing(const struct panel *panel);

// Shows and rings one more alert, see annunciator_raise(); takes effect with panel_update().
void panel_raise(struct panel *panel, const struct annunciator_alert *alert);

// One alert seen. Return: whether it was on the desk.
bool panel_remove(struct panel *panel, int64_t id);

// Everything seen: dark and silent at once. Return: how many alerts that were.
size_t panel_acknowledge(struct panel *panel);

/**
 * panel_snooze() - dark and silent, but for the health lamp, until then
 * @until_us: boot time; one in the past ends a snooze. What is unacknowledged then shows again
 */
void panel_snooze(struct panel *panel, int64_t until_us);

// All lamps for some seconds, over whatever shows. The buzzer keeps to its own.
void panel_lamp_test(struct panel *panel);

/**
 * panel_test_output() - one output alone: a lamp for two seconds, the others dark; the buzzer for
 * half a second, whatever else it does. Outputs of one role work together
 * @name: of the line, as in the board's file
 *
 * Return: 0; -ENOENT when the board has no output of that name.
 */
int panel_test_output(struct panel *panel, const char *name);

// The health lamp, or amber's double flick where the board has none.
void panel_set_health(struct panel *panel, bool is_ill);

// Brings the lines up to now and arms the timer. To be called after a batch of panel_raise().
void panel_update(struct panel *panel);

// For the picture of the sim board: a story was raised; what ails the bell ("" = it is well).
void panel_note_story(struct panel *panel, enum level level, const char *title, const char *rule);
void panel_note_health(struct panel *panel, const char *what);

// A line is about to be printed on the terminal (false), or was (true): see struct gpio_driver.
void panel_picture(struct panel *panel, bool is_shown);

// Unacknowledged alerts.
size_t panel_count(const struct panel *panel);

#endif
