// SPDX-License-Identifier: MIT
//
// The last guard of the buzzer: whoever drives the wiring, and never comes back, it falls silent.
// Time passes by run_for() alone.

#include "unit.h"

#include "daemon/wiring.h"
#include "held_clock.h"
#include "port/sim_trace.h"

static const struct board BOARD = {
    .name = "test",
    .driver = DRIVER_SIM,
    .lines = {{.name = "red", .role = ROLE_RED}, {.name = "buzzer", .role = ROLE_BUZZER}},
    .line_count = 2,
};

struct rig {
    sd_event *event;
    struct wiring *wiring;
    char trace_path[TRACE_PATH_SIZE];
};

static void on_input(const struct gpio_change *change, void *userdata) {
    (void)change;
    (void)userdata;
}

static void on_nothing(void *userdata) {
    (void)userdata;
}

static int set_up(void **state) {
    static struct rig rig;
    trace_make(rig.trace_path);
    assert_true(sd_event_new(&rig.event) >= 0);
    const struct gpio_options options = {.trace_path = rig.trace_path, .out_fd = -1, .in_fd = -1};
    const struct wiring_events events = {
        .input = on_input, .lost = on_nothing, .changed = on_nothing};
    assert_int_equal(wiring_new(rig.event, &BOARD, &options, &events, &rig.wiring), 0);
    *state = &rig;
    return 0;
}

static int tear_down(void **state) {
    struct rig *rig = *state;
    rig->wiring = wiring_free(rig->wiring);
    rig->event = sd_event_unref(rig->event);
    (void)unlink(rig->trace_path);
    return 0;
}

static void run_for(struct rig *rig, int64_t ms) {
    held_clock_pass(rig->event, ms);
}

static void drive(struct rig *rig, bool is_sounding) {
    wiring_drive(rig->wiring,
                 (const bool[ROLE_COUNT]){[ROLE_RED] = true, [ROLE_BUZZER] = is_sounding});
}

// How often the buzzer changed, by the trace.
static size_t changes(const struct rig *rig) {
    FILE *trace = trace_open(rig->trace_path);
    struct trace_change change;
    size_t count = 0;
    while (trace_next(trace, &change))
        count += strcmp(change.line, "buzzer") == 0;
    return count;
}

static void a_buzzer_that_nobody_silences_is_cut_and_stays_cut(void **state) {
    struct rig *rig = *state;
    drive(rig, true);
    run_for(rig, 2499);
    assert_int_equal(changes(rig), 1); // longer than any sound that is meant, and still on
    run_for(rig, 1);
    assert_int_equal(changes(rig), 2);
    drive(rig, true); // it is wrong still
    run_for(rig, 100);
    assert_int_equal(changes(rig), 2);
    drive(rig, false);
    drive(rig, true); // the next stroke sounds
    assert_int_equal(changes(rig), 3);
}

static void strokes_are_not_cut_however_many(void **state) {
    struct rig *rig = *state;
    for (int i = 0; i < 30; i++) {
        drive(rig, true);
        run_for(rig, 60);
        drive(rig, false);
        run_for(rig, 40);
    }
    assert_int_equal(changes(rig), 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_buzzer_that_nobody_silences_is_cut_and_stays_cut),
        TEST(strokes_are_not_cut_however_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
