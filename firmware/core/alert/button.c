// SPDX-License-Identifier: MIT

#include "core/alert/button.h"

const struct button_times button_times_default = {
    .snooze_us = INT64_C(2000000),
    .lamp_test_us = INT64_C(5000000),
};

static enum button_gesture meaning(const struct button_times *times, int64_t held_us) {
    if (held_us >= times->lamp_test_us)
        return BUTTON_LAMP_TEST;
    return held_us >= times->snooze_us ? BUTTON_SNOOZE : BUTTON_ACKNOWLEDGE;
}

enum button_gesture button_change(struct button *button, const struct button_times *times,
                                  bool is_pressed, int64_t now_us) {
    if (is_pressed == button->is_pressed)
        return BUTTON_NONE;
    const struct button before = *button;
    *button = (struct button){.is_pressed = is_pressed, .pressed_us = now_us};
    enum button_gesture meant = meaning(times, now_us - before.pressed_us);
    return !is_pressed && meant > before.told ? meant : BUTTON_NONE;
}

enum button_gesture button_step(struct button *button, const struct button_times *times,
                                int64_t now_us) {
    if (now_us < button_due_us(button, times))
        return BUTTON_NONE;
    button->told = meaning(times, now_us - button->pressed_us);
    return button->told;
}

int64_t button_due_us(const struct button *button, const struct button_times *times) {
    if (!button->is_pressed || button->told == BUTTON_LAMP_TEST)
        return INT64_MAX;
    bool is_snoozed = button->told == BUTTON_SNOOZE;
    return button->pressed_us + (is_snoozed ? times->lamp_test_us : times->snooze_us);
}
