// SPDX-License-Identifier: MIT

#include "unit.h"

#include "core/alert/button.h"

#define MS(n) ((n)*INT64_C(1000))

static const struct button_times TIMES = {.snooze_us = MS(2000), .lamp_test_us = MS(5000)};

static enum button_gesture press(struct button *button, int64_t at_us) {
    return button_change(button, &TIMES, true, at_us);
}

static enum button_gesture let_go(struct button *button, int64_t at_us) {
    return button_change(button, &TIMES, false, at_us);
}

static enum button_gesture step(struct button *button, int64_t at_us) {
    return button_step(button, &TIMES, at_us);
}

static void the_defaults_are_two_and_five_seconds(void **state) {
    (void)state;
    assert_int_equal(button_times_default.snooze_us, MS(2000));
    assert_int_equal(button_times_default.lamp_test_us, MS(5000));
}

static void a_short_press_acknowledges_when_let_go(void **state) {
    (void)state;
    struct button button = {0};
    assert_int_equal(press(&button, MS(100)), BUTTON_NONE);
    assert_int_equal(step(&button, MS(2099)), BUTTON_NONE);
    assert_int_equal(let_go(&button, MS(2099)), BUTTON_ACKNOWLEDGE);
    assert_int_equal(let_go(&button, MS(2100)), BUTTON_NONE);
    assert_int_equal(button_due_us(&button, &TIMES), INT64_MAX);
}

static void a_hold_snoozes_while_it_is_held_and_once(void **state) {
    (void)state;
    struct button button = {0};
    (void)press(&button, MS(100));
    assert_int_equal(button_due_us(&button, &TIMES), MS(2100));
    assert_int_equal(step(&button, MS(2100)), BUTTON_SNOOZE);
    assert_int_equal(step(&button, MS(2200)), BUTTON_NONE);
    assert_int_equal(let_go(&button, MS(3000)), BUTTON_NONE);
    assert_int_equal(step(&button, MS(9000)), BUTTON_NONE);
}

static void a_longer_hold_is_a_lamp_test_after_the_snooze(void **state) {
    (void)state;
    struct button button = {0};
    (void)press(&button, MS(100));
    assert_int_equal(step(&button, MS(2105)), BUTTON_SNOOZE);
    assert_int_equal(button_due_us(&button, &TIMES), MS(5100));
    assert_int_equal(step(&button, MS(5100)), BUTTON_LAMP_TEST);
    assert_int_equal(button_due_us(&button, &TIMES), INT64_MAX);
    assert_int_equal(step(&button, MS(60000)), BUTTON_NONE);
    assert_int_equal(let_go(&button, MS(60001)), BUTTON_NONE);
}

static void a_hold_seen_too_late_is_told_as_what_it_was(void **state) {
    (void)state;
    struct button button = {0};
    (void)press(&button, 0);
    assert_int_equal(let_go(&button, MS(3000)), BUTTON_SNOOZE);
    (void)press(&button, MS(4000));
    assert_int_equal(let_go(&button, MS(10000)), BUTTON_LAMP_TEST);
    (void)press(&button, MS(20000));
    assert_int_equal(step(&button, MS(26000)), BUTTON_LAMP_TEST);
    assert_int_equal(let_go(&button, MS(26001)), BUTTON_NONE);
}

static void a_button_that_was_held_before_says_nothing(void **state) {
    (void)state;
    struct button button = {0};
    assert_int_equal(let_go(&button, MS(10)), BUTTON_NONE);
    assert_int_equal(step(&button, MS(9000)), BUTTON_NONE);
    (void)press(&button, MS(9000));
    assert_int_equal(let_go(&button, MS(9100)), BUTTON_ACKNOWLEDGE);
}

static void a_press_told_twice_is_one_press(void **state) {
    (void)state;
    struct button button = {0};
    (void)press(&button, 0);
    assert_int_equal(press(&button, MS(1900)), BUTTON_NONE);
    assert_int_equal(button_due_us(&button, &TIMES), MS(2000));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults_are_two_and_five_seconds),
        cmocka_unit_test(a_short_press_acknowledges_when_let_go),
        cmocka_unit_test(a_hold_snoozes_while_it_is_held_and_once),
        cmocka_unit_test(a_longer_hold_is_a_lamp_test_after_the_snooze),
        cmocka_unit_test(a_hold_seen_too_late_is_told_as_what_it_was),
        cmocka_unit_test(a_button_that_was_held_before_says_nothing),
        cmocka_unit_test(a_press_told_twice_is_one_press),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
