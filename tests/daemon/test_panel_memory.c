// SPDX-License-Identifier: MIT
//
// The panel with its wiring on the sim board while memory ends, in our code and in libsystemd's: it
// comes to be or is -ENOMEM; and once it is there it lights, whatever becomes of the memory.

#include "scarce_memory.h"

#include <stdio.h>
#include <unistd.h>

#include "daemon/panel.h"
#include "port/system/clock.h"

static const struct board BOARD = {
    .name = "test",
    .driver = DRIVER_SIM,
    .lines =
        {
            {.name = "red", .role = ROLE_RED},
            {.name = "green", .role = ROLE_GREEN},
            {.name = "amber", .role = ROLE_AMBER},
            {.name = "buzzer", .role = ROLE_BUZZER},
            {.name = "button", .role = ROLE_BUTTON},
        },
    .line_count = 5,
};

struct rig {
    struct policy policy;
    struct trust trust;
    char trace_path[40];
    sd_event *event;
    struct panel *panel;
    size_t rang;
};

static void on_rang(uint32_t levels, void *userdata) {
    struct rig *rig = userdata;
    rig->rang += levels != 0 ? 1 : 0;
}

static void on_cleared(const int64_t *ids, size_t count, void *userdata) {
    (void)ids;
    (void)count;
    (void)userdata;
}

static int open_panel(struct rig *rig) {
    const struct panel_options options = {
        .board = &BOARD,
        .policy = &rig->policy,
        .trust = &rig->trust,
        .gpio = {.trace_path = rig->trace_path, .out_fd = -1, .in_fd = -1},
    };
    const struct panel_events events = {.rang = on_rang, .cleared = on_cleared, .userdata = rig};
    int r = sd_event_new(&rig->event);
    if (r >= 0)
        r = panel_new(rig->event, &options, &events, &rig->panel);
    return r;
}

static void close_panel(struct rig *rig) {
    rig->panel = panel_free(rig->panel);
    rig->event = sd_event_unref(rig->event);
}

static void show_alerts(struct rig *rig) {
    for (enum level level = 0; level < LEVEL_COUNT; level++)
        panel_raise(rig->panel, &(struct annunciator_alert){
                                    .id = level + 1, .level = level, .lamp = ROLE_COUNT});
    panel_update(rig->panel);
    panel_note_story(rig->panel, LEVEL_FLASH, "Quake", "quake");
    panel_note_health(rig->panel, "the state cannot be written");
    panel_set_health(rig->panel, true);
}

static int open_and_show(void *argument) {
    struct rig *rig = argument;
    rig->rang = 0;
    const int r = open_panel(rig);
    assert_true(r >= 0 || !rig->panel);
    if (r >= 0) {
        show_alerts(rig);
        assert_int_equal(panel_count(rig->panel), LEVEL_COUNT);
        assert_int_equal(rig->rang, 1);
        assert_int_equal(panel_acknowledge(rig->panel), LEVEL_COUNT);
    }
    close_panel(rig);
    return r < 0 ? r : 0;
}

static int setup(void **state) {
    static struct rig rig;
    rig = (struct rig){.policy = policy_default, .trace_path = "/tmp/wirebell-trace-XXXXXX"};
    const int fd = mkstemp(rig.trace_path);
    *state = &rig;
    return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state) {
    struct rig *rig = *state;
    return unlink(rig->trace_path);
}

static void a_panel_comes_to_be_or_is_refused(void **state) {
    memory_try(
        &(struct memory_trial){.name = "panel_new", .run = open_and_show, .argument = *state});
}

static bool has_lit(const struct rig *rig, const char *line) {
    char text[128], wanted[64];
    bool is_found = false;
    (void)snprintf(wanted, sizeof wanted, "\"line\":\"%s\",\"level\":1", line);
    FILE *file = fopen(rig->trace_path, "r");
    assert_non_null(file);
    while (!is_found && fgets(text, sizeof text, file))
        is_found = strstr(text, wanted) != NULL;
    assert_int_equal(fclose(file), 0);
    return is_found;
}

static void without_any_memory_an_alert_lights_and_sounds(void **state) {
    struct rig *rig = *state;
    assert_true(open_panel(rig) >= 0);
    memory_fail_by_chance(1, 1); // each fails
    show_alerts(rig);
    panel_snooze(rig->panel, clock_boot_us() + 60000000);
    panel_snooze(rig->panel, 0);
    panel_lamp_test(rig->panel);
    const bool was_removed = panel_remove(rig->panel, 1);
    const size_t acknowledged = panel_acknowledge(rig->panel);
    memory_is_plenty();
    assert_true(was_removed);
    assert_int_equal(acknowledged, LEVEL_COUNT - 1);
    assert_true(rig->rang >= 1);
    assert_true(has_lit(rig, "red"));
    assert_true(has_lit(rig, "green"));
    assert_true(has_lit(rig, "buzzer"));
    close_panel(rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_panel_comes_to_be_or_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(without_any_memory_an_alert_lights_and_sounds, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
