// SPDX-License-Identifier: MIT
//
// button.h - from presses and releases to what a person meant by them.
//
// One button says three things by how long it is held. What a hold means is told while it is still
// held, so that a person can let go when the lamps answer; a short press can only be told at its
// release, for until then it may become a long one. A hold that goes on passes the shorter meaning
// on its way to the longer one: who hears of a lamp test takes the snooze of that same hold back.
//
// A button that was down before it was looked at (held at start, stuck, wired the wrong way round)
// never says anything: only a press that was seen to begin counts. Pure: the caller waits. Which
// levels are presses, and not bounces: core/debounce.

#ifndef CORE_BUTTON_H
#define CORE_BUTTON_H

#include <stdbool.h>
#include <stdint.h>

// In the order in which one hold passes them.
enum button_gesture { BUTTON_NONE, BUTTON_ACKNOWLEDGE, BUTTON_SNOOZE, BUTTON_LAMP_TEST };

/**
 * struct button_times - how long is long
 * @snooze_us:    held so long: snooze; shorter: acknowledge; > 0
 * @lamp_test_us: held so long: lamp test; > @snooze_us
 */
struct button_times {
    int64_t snooze_us;
    int64_t lamp_test_us;
};

// Two seconds, five seconds.
extern const struct button_times button_times_default;

/**
 * struct button - one button; starts as {0}
 * @is_pressed: down, and seen to go down
 * @pressed_us: when
 * @told:       the longest meaning this press has had so far
 */
struct button {
    bool is_pressed;
    int64_t pressed_us;
    enum button_gesture told;
};

/**
 * button_change() - the button went down or up
 * @now_us: any clock that is the same for all calls
 *
 * Return: BUTTON_ACKNOWLEDGE when this ends a short press; BUTTON_SNOOZE or BUTTON_LAMP_TEST when
 * it ends a hold that button_step() was not called in time to tell; else BUTTON_NONE.
 */
enum button_gesture button_change(struct button *button, const struct button_times *times,
                                  bool is_pressed, int64_t now_us);

/**
 * button_step() - time passed
 * Return: BUTTON_SNOOZE or BUTTON_LAMP_TEST, once each, when the hold has become that; else
 * BUTTON_NONE.
 */
enum button_gesture button_step(struct button *button, const struct button_times *times,
                                int64_t now_us);

// When button_step() will next have something to tell; INT64_MAX = not before the next change.
int64_t button_due_us(const struct button *button, const struct button_times *times);

#endif
