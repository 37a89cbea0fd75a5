// SPDX-License-Identifier: MIT
//
// The panel on the sim board, in a loop of its own: what the keys make of it, as the trace shows.
// Time passes by run_for() alone.

#include "daemon/sim_panel.h"

#include <errno.h>

#include "held_clock.h"

static void open_or_fail(struct rig *rig) {
    assert_int_equal(open_panel(rig), 0);
}

static void run_for(struct rig *rig, int64_t ms) {
    held_clock_pass(rig->event, ms);
}

static void type(struct rig *rig, const char *keys) {
    assert_int_equal(write(rig->keys[1], keys, strlen(keys)), strlen(keys));
}

static void raise_level(struct rig *rig, enum level level) {
    panel_raise(rig->panel,
                &(struct annunciator_alert){.id = 1, .level = level, .lamp = ROLE_COUNT});
    panel_update(rig->panel);
}

static void expect_trace(const struct rig *rig, const char *name, const char *expected) {
    char seen[64];
    read_trace(rig, name, seen, NULL);
    assert_string_equal(seen, expected);
}

// The same, and how long it was between the last two changes.
static void expect_last_for(const struct rig *rig, const char *name, const char *expected, int ms) {
    char seen[64];
    int last_ms = 0;
    read_trace(rig, name, seen, &last_ms);
    assert_string_equal(seen, expected);
    assert_int_equal(last_ms, ms);
}

// --- the button ------------------------------------------------------------------------------

static void a_short_press_acknowledges_at_once(void **state) {
    struct rig *rig = *state;
    open_or_fail(rig);
    raise_level(rig, LEVEL_ROUTINE);
    expect_trace(rig, "green", "1 ");
    type(rig, "\n");
    run_for(rig, 100);
    assert_string_equal(rig->told, "rang ack ");
    run_for(rig, 200);
    expect_trace(rig, "green", "1 0 ");
    expect_trace(rig, "red", "");
}

static void a_short_press_with_nothing_lit_is_answered_by_a_flick(void **state) {
    struct rig *rig = *state;
    open_or_fail(rig);
    type(rig, "\n");
    run_for(rig, 300);
    expect_trace(rig, "red", "1 0 ");
    expect_trace(rig, "health", "1 0 ");
    expect_trace(rig, "buzzer", "");
    assert_string_equal(rig->told, "ack ");
}

static void a_finger_on_the_button_silences_before_it_is_known_what_it_means(void **state) {
    struct rig *rig = *state;
    rig->does_answer = false;
    rig->policy.levels[LEVEL_FLASH].strokes =
        (struct strokes){.count = 1, .on_us = MS(1500), .off_us = MS(1)};
    rig->policy.levels[LEVEL_FLASH].rhythm.off_us = 0;
    open_or_fail(rig);
    raise_level(rig, LEVEL_FLASH);
    expect_trace(rig, "buzzer", "1 ");
    type(rig, "h");
    run_for(rig, 100);
    expect_trace(rig, "buzzer", "1 0 ");
    expect_trace(rig, "red", "1 0 ");
    type(rig, "h");
    run_for(rig, 50);
    expect_trace(rig, "red", "1 0 1 ");
}

static void a_hold_snoozes_while_it_is_held_and_what_shows_comes_back(void **state) {
    struct rig *rig = *state;
    open_or_fail(rig);
    raise_level(rig, LEVEL_ROUTINE);
    type(rig, "h");
    run_for(rig, 600);
    assert_string_equal(rig->told, "rang snooze ");
    expect_trace(rig, "red", "1 0 "); // the flick, while the finger is still there
    type(rig, "h");
    run_for(rig, 100);
    assert_string_equal(rig->told, "rang snooze ");
    expect_trace(rig, "green", "1 0 1 0 ");
    run_for(rig, 900);
    expect_trace(rig, "green", "1 0 1 0 1 ");
    assert_int_equal(panel_count(rig->panel), 1);
}

static void a_longer_hold_tests_the_lamps_and_takes_the_snooze_back(void **state) {
    struct rig *rig = *state;
    open_or_fail(rig);
    raise_level(rig, LEVEL_ROUTINE);
    type(rig, "h");
    run_for(rig, 1800);
    type(rig, "h");
    assert_string_equal(rig->told, "rang snooze test ");
    run_for(rig, 3100);
    expect_last_for(rig, "health", "1 0 1 0 ", 3000);
    expect_trace(rig, "green", "1 0 1 0 1 ");
    expect_trace(rig, "buzzer", "");
}

static void a_stuck_button_does_not_keep_the_bell_dark(void **state) {
    struct rig *rig = *state;
    rig->does_answer = false;
    open_or_fail(rig);
    raise_level(rig, LEVEL_ROUTINE);
    type(rig, "h");
    run_for(rig, 1800);
    expect_trace(rig, "green", "1 0 1 0 1 "); // dark, the flick, dark, and then lit for good
}

static void one_lamp_is_tested_alone_and_what_showed_comes_back(void **state) {
    struct rig *rig = *state;
    open_or_fail(rig);
    raise_level(rig, LEVEL_ROUTINE);
    assert_int_equal(panel_test_output(rig->panel, "red"), 0);
    run_for(rig, 1900);
    expect_trace(rig, "green", "1 0 ");
    expect_trace(rig, "red", "1 ");
    run_for(rig, 200);
    expect_trace(rig, "green", "1 0 1 ");
    expect_trace(rig, "red", "1 0 ");
    expect_trace(rig, "amber", "");
    expect_trace(rig, "buzzer", "");
}

static void the_buzzer_is_tested_for_half_a_second(void **state) {
    struct rig *rig = *state;
    open_or_fail(rig);
    assert_int_equal(panel_test_output(rig->panel, "buzzer"), 0);
    run_for(rig, 700);
    expect_last_for(rig, "buzzer", "1 0 ", 500);
    expect_trace(rig, "red", "");
}

static void what_is_no_output_is_not_tested(void **state) {
    struct rig *rig = *state;
    open_or_fail(rig);
    assert_int_equal(panel_test_output(rig->panel, "button"), -ENOENT);
    assert_int_equal(panel_test_output(rig->panel, "purple"), -ENOENT);
    expect_trace(rig, "red", "");
}

static void a_panel_without_a_board_works(void **state) {
    struct rig *rig = *state;
    const struct panel_options options = {
        .policy = &rig->policy, .trust = &rig->trust, .button = button_times_default};
    const struct panel_events events = {.rang = on_rang, .cleared = on_cleared, .userdata = rig};
    assert_true(sd_event_new(&rig->event) >= 0);
    assert_int_equal(panel_new(rig->event, &options, &events, &rig->panel), 0);
    raise_level(rig, LEVEL_FLASH);
    panel_lamp_test(rig->panel);
    assert_int_equal(panel_test_output(rig->panel, "red"), -ENOENT);
    panel_note_health(rig->panel, "");
    panel_picture(rig->panel, true);
    assert_null(panel_missing(rig->panel));
    run_for(rig, 10);
    assert_int_equal(panel_acknowledge(rig->panel), 1);
    assert_string_equal(rig->told, "rang ");
}

// --- what goes wrong -------------------------------------------------------------------------

static void no_sound_is_longer_than_two_seconds(void **state) {
    struct rig *rig = *state;
    rig->policy.levels[LEVEL_FLASH].strokes =
        (struct strokes){.count = 2, .on_us = MS(2300), .off_us = MS(100)};
    open_or_fail(rig);
    raise_level(rig, LEVEL_FLASH);
    run_for(rig, 2200);
    expect_last_for(rig, "buzzer", "1 0 ", 2000);
    run_for(rig, 2600);
    expect_trace(rig, "buzzer", "1 0 1 0 ");
    assert_string_equal(rig->told, "rang ");
}

static void a_board_unplugged_and_plugged_in_shows_what_it_should(void **state) {
    struct rig *rig = *state;
    open_or_fail(rig);
    raise_level(rig, LEVEL_ROUTINE);
    type(rig, "u");
    run_for(rig, 20);
    assert_string_equal(rig->told, "rang "); // the kernel may not be done with the chip
    run_for(rig, 600);
    assert_string_equal(rig->told, "rang missing: red, green, health, buzzer: unplugged by the key "
                                   "u; it plugs the board in again ");
    assert_non_null(panel_missing(rig->panel));
    expect_trace(rig, "green", "1 0 ");
    rig->told[0] = '\0';
    type(rig, "u");
    run_for(rig, 600);
    assert_string_equal(rig->told, "complete ");
    assert_null(panel_missing(rig->panel));
    expect_trace(rig, "green", "1 0 1 ");
}

static void a_line_lost_by_driving_it_is_told_within_a_second(void **state) {
    struct rig *rig = *state;
    rig->board.lines[1].fault = FAULT_UNPLUGGED;
    open_or_fail(rig);
    assert_null(panel_missing(rig->panel));
    raise_level(rig, LEVEL_ROUTINE);
    assert_string_equal(rig->told, "rang ");
    run_for(rig, 600);
    assert_non_null(strstr(rig->told, "rang missing: green: "));
    run_for(rig, 1200); // looked for again in vain: nothing new, nothing said
    assert_null(strstr(strstr(rig->told, "missing:") + 1, "missing:"));
}

static void what_is_missing_from_the_start_is_known_and_not_told(void **state) {
    struct rig *rig = *state;
    rig->board.lines[0].fault = FAULT_BUSY;
    open_or_fail(rig);
    assert_non_null(strstr(panel_missing(rig->panel), "red: held by another program"));
    run_for(rig, 1200);
    assert_string_equal(rig->told, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_short_press_acknowledges_at_once),
        TEST(a_short_press_with_nothing_lit_is_answered_by_a_flick),
        TEST(a_finger_on_the_button_silences_before_it_is_known_what_it_means),
        TEST(a_hold_snoozes_while_it_is_held_and_what_shows_comes_back),
        TEST(a_longer_hold_tests_the_lamps_and_takes_the_snooze_back),
        TEST(a_stuck_button_does_not_keep_the_bell_dark),
        TEST(one_lamp_is_tested_alone_and_what_showed_comes_back),
        TEST(the_buzzer_is_tested_for_half_a_second),
        TEST(what_is_no_output_is_not_tested),
        TEST(a_panel_without_a_board_works),
        TEST(no_sound_is_longer_than_two_seconds),
        TEST(a_board_unplugged_and_plugged_in_shows_what_it_should),
        TEST(a_line_lost_by_driving_it_is_told_within_a_second),
        TEST(what_is_missing_from_the_start_is_known_and_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
