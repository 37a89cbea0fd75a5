// SPDX-License-Identifier: MIT

#include "daemon/panel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/wiring.h"
#include "port/files/board.h"
#include "port/system/clock.h"

enum {
    // How late an edge may come: 10 ms is below what an eye or ear tells apart.
    EDGE_ACCURACY_US = 10000,
    // Long enough to be seen at a glance, short enough for no lamp of a rhythm.
    FLICK_US = 100000,
};

/**
 * struct panel
 * @wiring:           NULL = no outputs
 * @edge_timer:       the next change of anything below
 * @buttons:          by line
 * @tested:           role of the output that is tested alone, until @tested_until_us
 * @is_showing:       as of the last step: some alert shows
 */
struct panel {
    sd_event *event;
    struct panel_options options;
    struct panel_events events;
    struct wiring *wiring;
    struct annunciator *annunciator;
    sd_event_source *edge_timer;
    struct button buttons[LIMIT_BOARD_LINES];
    enum board_role tested;
    int64_t tested_until_us;
    bool is_showing;
};

// --- what lies over the annunciation ---------------------------------------------------------

// When a finger will be on a button for so long that it is rather a short circuit; 0 = none is.
static int64_t pressed_until_us(const struct panel *panel) {
    int64_t until_us = 0;
    for (size_t i = 0; i < LIMIT_BOARD_LINES; i++) {
        const struct button *button = &panel->buttons[i];
        int64_t end_us = button->pressed_us + panel->options.button.lamp_test_us;
        if (button->is_pressed && end_us > until_us)
            until_us = end_us;
    }
    return until_us;
}

// What is tested is told from the rest by being the only thing lit.
static void show_tested(const struct panel *panel, int64_t now_us, struct annunciation *show) {
    if (now_us >= panel->tested_until_us)
        return;
    for (size_t role = 0; role < ROLE_BUZZER; role++)
        show->is_lit[role] = role == panel->tested;
    if (panel->tested == ROLE_BUZZER)
        show->is_lit[ROLE_BUZZER] = true;
    if (panel->tested_until_us < show->next_us)
        show->next_us = panel->tested_until_us;
}

// A finger on the button is answered at once: dark, but for what ails the bell.
static void darken(const struct panel *panel, int64_t now_us, struct annunciation *show) {
    int64_t until_us = pressed_until_us(panel);
    if (now_us >= until_us)
        return;
    for (size_t role = 0; role < ROLE_COUNT; role++)
        if (role != ROLE_HEALTH && (role == ROLE_BUZZER || !show->is_all_lit))
            show->is_lit[role] = false;
    if (until_us < show->next_us)
        show->next_us = until_us;
}

// --- showing ---------------------------------------------------------------------------------

static void arm(struct panel *panel, int64_t due_us) {
    for (size_t i = 0; i < LIMIT_BOARD_LINES; i++) {
        int64_t hold_us = button_due_us(&panel->buttons[i], &panel->options.button);
        if (hold_us < due_us)
            due_us = hold_us;
    }
    (void)sd_event_source_set_time(panel->edge_timer, (uint64_t)due_us);
    (void)sd_event_source_set_enabled(panel->edge_timer,
                                      due_us == PATTERN_NEVER ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
}

void panel_update(struct panel *panel) {
    struct annunciation show;
    do {
        const struct moment now = clock_now(panel->options.trust);
        annunciator_step(panel->annunciator, &now, &show);
        show_tested(panel, now.boot_us, &show);
        darken(panel, now.boot_us, &show);
        if (panel->wiring)
            wiring_drive(panel->wiring, show.is_lit);
        // Told after the lines moved: "it rang" must never be written of a bell that did not.
        if (show.rang)
            panel->events.rang(show.rang, panel->events.userdata);
        if (show.cleared_count > 0)
            panel->events.cleared(show.cleared, show.cleared_count, panel->events.userdata);
    } while (show.cleared_count > 0);
    panel->is_showing = show.is_showing;
    arm(panel, show.next_us);
}

void panel_raise(struct panel *panel, const struct annunciator_alert *alert) {
    annunciator_raise(panel->annunciator, alert, clock_boot_us());
}

bool panel_remove(struct panel *panel, int64_t id) {
    bool was_there = annunciator_remove(panel->annunciator, id);
    panel_update(panel);
    return was_there;
}

size_t panel_acknowledge(struct panel *panel) {
    size_t count = annunciator_acknowledge(panel->annunciator);
    panel_update(panel);
    return count;
}

void panel_snooze(struct panel *panel, int64_t until_us) {
    annunciator_snooze(panel->annunciator, until_us);
    panel_update(panel);
}

void panel_lamp_test(struct panel *panel) {
    annunciator_light_all(panel->annunciator, ANNUNCIATOR_LAMP_TEST_US, clock_boot_us());
    panel_update(panel);
}

int panel_test_output(struct panel *panel, const char *name) {
    const struct board *board = panel->options.board;
    size_t line = board ? board_find_line(board, name) : 0;
    if (!board || line == board->line_count || !board_role_is_output(board->lines[line].role))
        return -ENOENT;
    panel->tested = board->lines[line].role;
    panel->tested_until_us =
        clock_boot_us() +
        (panel->tested == ROLE_BUZZER ? ANNUNCIATOR_ONE_BUZZER_US : ANNUNCIATOR_ONE_LAMP_US);
    panel_update(panel);
    return 0;
}

void panel_set_health(struct panel *panel, bool is_ill) {
    annunciator_set_health(panel->annunciator, is_ill, clock_boot_us());
    panel_update(panel);
}

size_t panel_count(const struct panel *panel) {
    return annunciator_count(panel->annunciator);
}

// --- the button ------------------------------------------------------------------------------

static void flick(struct panel *panel) {
    annunciator_light_all(panel->annunciator, FLICK_US, clock_boot_us());
    panel_update(panel);
}

static void answer(struct panel *panel, enum button_gesture gesture) {
    bool was_dark = !panel->is_showing;
    switch (gesture) {
    case BUTTON_NONE:
        break;
    case BUTTON_ACKNOWLEDGE:
        panel->events.acknowledge(panel->events.userdata);
        if (was_dark) // else going dark is the answer
            flick(panel);
        break;
    case BUTTON_SNOOZE:
        panel->events.snooze(panel->events.userdata);
        flick(panel);
        break;
    case BUTTON_LAMP_TEST:
        panel->events.lamp_test(panel->events.userdata);
        break;
    }
}

static void on_input(const struct gpio_change *change, void *userdata) {
    struct panel *panel = userdata;
    // A press is as long as the finger was down, however late the loop is: an acknowledgement that
    // becomes a snooze would keep stories from ringing.
    answer(panel, button_change(&panel->buttons[change->line], &panel->options.button,
                                change->is_active, clock_boot_us() - change->age_us));
    panel_update(panel); // a finger came or went
}

static void on_lost(void *userdata) {
    struct panel *panel = userdata;
    memset(panel->buttons, 0, sizeof panel->buttons);
    panel_update(panel);
}

static void on_wiring_changed(void *userdata) {
    struct panel *panel = userdata;
    panel->events.outputs_changed(wiring_missing(panel->wiring), panel->events.userdata);
}

static int on_edge(sd_event_source *source, uint64_t due_us, void *userdata) {
    (void)source;
    (void)due_us;
    struct panel *panel = userdata;
    // Late, a release may be waiting: it must not be taken for a button that is still held.
    if (panel->wiring && pressed_until_us(panel) > 0)
        wiring_take_inputs(panel->wiring);
    for (size_t i = 0; i < LIMIT_BOARD_LINES; i++)
        answer(panel, button_step(&panel->buttons[i], &panel->options.button, clock_boot_us()));
    panel_update(panel);
    return 0;
}

// --- the rest --------------------------------------------------------------------------------

const char *panel_missing(const struct panel *panel) {
    return panel->wiring ? wiring_missing(panel->wiring) : NULL;
}

void panel_note_story(struct panel *panel, enum level level, const char *title, const char *rule) {
    char text[512];
    (void)snprintf(text, sizeof text, rule[0] ? "%-8s  %s  (%s)" : "%-8s  %s", level_name(level),
                   title, rule);
    if (panel->wiring)
        wiring_note(panel->wiring, GPIO_NOTE_STORY, text);
}

void panel_note_health(struct panel *panel, const char *what) {
    if (panel->wiring)
        wiring_note(panel->wiring, GPIO_NOTE_HEALTH, what);
}

void panel_picture(struct panel *panel, bool is_shown) {
    if (panel->wiring)
        wiring_picture(panel->wiring, is_shown);
}

static int open_wiring(struct panel *panel) {
    const struct wiring_events events = {
        .input = on_input,
        .lost = on_lost,
        .changed = on_wiring_changed,
        .userdata = panel,
    };
    if (!panel->options.board)
        return 0;
    return wiring_new(panel->event, panel->options.board, &panel->options.gpio, &events,
                      &panel->wiring);
}

// Amber flicks for a health lamp that is missing; where there is no amber, nobody would see it.
static bool needs_flick(const struct board *board) {
    bool has_amber = false;
    for (size_t i = 0; board && i < board->line_count; i++) {
        has_amber = has_amber || board->lines[i].role == ROLE_AMBER;
        if (board->lines[i].role == ROLE_HEALTH)
            return false;
    }
    return has_amber;
}

int panel_new(sd_event *event, const struct panel_options *options,
              const struct panel_events *events, struct panel **ret) {
    struct panel *panel = calloc(1, sizeof *panel);
    if (!panel)
        return -ENOMEM;
    panel->event = sd_event_ref(event);
    panel->options = *options;
    panel->events = *events;
    int r = annunciator_new(options->policy, !needs_flick(options->board), &panel->annunciator);
    if (r >= 0)
        r = sd_event_add_time(event, &panel->edge_timer, CLOCK_BOOTTIME, 0, EDGE_ACCURACY_US,
                              on_edge, panel);
    if (r >= 0)
        r = sd_event_source_set_enabled(panel->edge_timer, SD_EVENT_OFF);
    if (r >= 0)
        r = open_wiring(panel);
    if (r < 0) {
        panel_free(panel);
        return r;
    }
    *ret = panel;
    return 0;
}

struct panel *panel_free(struct panel *panel) {
    if (!panel)
        return NULL;
    sd_event_source_disable_unref(panel->edge_timer);
    wiring_free(panel->wiring);
    annunciator_free(panel->annunciator);
    sd_event_unref(panel->event);
    free(panel);
    return NULL;
}
