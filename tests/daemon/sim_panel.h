// SPDX-License-Identifier: MIT
//
// sim_panel.h - a panel on a sim board in a loop of its own: what it tells is noted, what it drives
// is in the trace. Holds are made shorter than a person's, so that tests need not wait for them.

#ifndef TESTS_DAEMON_SIM_PANEL_H
#define TESTS_DAEMON_SIM_PANEL_H

#include "unit.h"

#include "daemon/panel.h"
#include "port/sim_trace.h"
#include "port/system/clock.h"

#define MS(n) ((n)*INT64_C(1000))

static const struct board BOARD = {
    .name = "test",
    .driver = DRIVER_SIM,
    .lines =
        {
            {.name = "red", .role = ROLE_RED},
            {.name = "green", .role = ROLE_GREEN},
            {.name = "health", .role = ROLE_HEALTH},
            {.name = "buzzer", .role = ROLE_BUZZER},
            {.name = "button", .role = ROLE_BUTTON},
        },
    .line_count = 5,
};

/**
 * struct rig - a panel and what it told
 * @told: "ack ", "snooze ", "test ", "missing: ... ", "complete ", "rang ", "cleared "
 * @does_answer: the events are answered as the manager does
 */
struct rig {
    struct policy policy;
    struct trust trust;
    struct board board;
    sd_event *event;
    struct panel *panel;
    char trace_path[TRACE_PATH_SIZE];
    int keys[2];
    char told[512];
    bool does_answer;
};

static void tell(struct rig *rig, const char *what) {
    size_t used = strlen(rig->told);
    (void)snprintf(rig->told + used, sizeof rig->told - used, "%s ", what);
}

static void on_rang(uint32_t levels, void *userdata) {
    assert_true(levels != 0);
    tell(userdata, "rang");
}

static void on_cleared(const int64_t *ids, size_t count, void *userdata) {
    (void)ids;
    (void)count;
    tell(userdata, "cleared");
}

static void on_acknowledge(void *userdata) {
    struct rig *rig = userdata;
    tell(rig, "ack");
    if (rig->does_answer)
        (void)panel_acknowledge(rig->panel);
}

static void on_snooze(void *userdata) {
    struct rig *rig = userdata;
    tell(rig, "snooze");
    if (rig->does_answer)
        panel_snooze(rig->panel, clock_boot_us() + MS(1000));
}

static void on_lamp_test(void *userdata) {
    struct rig *rig = userdata;
    tell(rig, "test");
    if (!rig->does_answer)
        return;
    panel_snooze(rig->panel, 0);
    panel_lamp_test(rig->panel);
}

static void on_outputs_changed(const char *missing, void *userdata) {
    tell(userdata, missing ? "missing:" : "complete");
    if (missing)
        tell(userdata, missing);
}

static int set_up(void **state) {
    static struct rig rig;
    rig = (struct rig){.policy = policy_default, .board = BOARD, .does_answer = true};
    trace_make(rig.trace_path);
    assert_int_equal(pipe(rig.keys), 0);
    *state = &rig;
    return 0;
}

static void close_panel(struct rig *rig) {
    rig->panel = panel_free(rig->panel);
    rig->event = sd_event_unref(rig->event);
}

static int tear_down(void **state) {
    struct rig *rig = *state;
    close_panel(rig);
    (void)close(rig->keys[0]);
    (void)close(rig->keys[1]);
    return unlink(rig->trace_path);
}

// Return: as panel_new() and sd_event_new().
static int open_panel(struct rig *rig) {
    const struct panel_options options = {
        .board = &rig->board,
        .policy = &rig->policy,
        .trust = &rig->trust,
        .button = {.snooze_us = MS(300), .lamp_test_us = MS(1500)},
        .gpio = {.trace_path = rig->trace_path, .out_fd = -1, .in_fd = rig->keys[0]},
    };
    const struct panel_events events = {
        .rang = on_rang,
        .cleared = on_cleared,
        .acknowledge = on_acknowledge,
        .snooze = on_snooze,
        .lamp_test = on_lamp_test,
        .outputs_changed = on_outputs_changed,
        .userdata = rig,
    };
    const int r = sd_event_new(&rig->event);
    return r < 0 ? r : panel_new(rig->event, &options, &events, &rig->panel);
}

// The trace of one line as "1 0 1 "; *ret_ms (may be NULL) is the time between its last two
// changes.
static void read_trace(const struct rig *rig, const char *name, char ret[static 64], int *ret_ms) {
    FILE *trace = trace_open(rig->trace_path);
    struct trace_change change;
    long long last_ms = 0;
    ret[0] = '\0';
    while (trace_next(trace, &change)) {
        if (strcmp(change.line, name) != 0)
            continue;
        size_t used = strlen(ret);
        (void)snprintf(ret + used, 64 - used, "%d ", change.level);
        if (ret_ms)
            *ret_ms = (int)(change.t_ms - last_ms);
        last_ms = change.t_ms;
    }
}

#endif
