// SPDX-License-Identifier: MIT
//
// The panel with its wiring on the sim board while memory ends, in our code and in libsystemd's: it
// comes to be or is -ENOMEM; and once it is there it lights, whatever becomes of the memory.

#include "scarce_memory.h"

#include "daemon/sim_panel.h"

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
    rig->told[0] = '\0';
    const int r = open_panel(rig);
    assert_true(r >= 0 || !rig->panel);
    if (r >= 0) {
        show_alerts(rig);
        assert_int_equal(panel_count(rig->panel), LEVEL_COUNT);
        assert_string_equal(rig->told, "rang ");
        assert_int_equal(panel_acknowledge(rig->panel), LEVEL_COUNT);
    }
    close_panel(rig);
    return r < 0 ? r : 0;
}

static void a_panel_comes_to_be_or_is_refused(void **state) {
    memory_try(
        &(struct memory_trial){.name = "panel_new", .run = open_and_show, .argument = *state});
}

static bool has_lit(const struct rig *rig, const char *line) {
    char levels[64];
    read_trace(rig, line, levels, NULL);
    return strchr(levels, '1') != NULL;
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
    assert_non_null(strstr(rig->told, "rang"));
    assert_true(has_lit(rig, "red"));
    assert_true(has_lit(rig, "green"));
    assert_true(has_lit(rig, "health"));
    assert_true(has_lit(rig, "buzzer"));
    close_panel(rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_panel_comes_to_be_or_is_refused),
        TEST(without_any_memory_an_alert_lights_and_sounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
