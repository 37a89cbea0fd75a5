// SPDX-License-Identifier: MIT

#include "daemon/panel.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "port/clock.h"
#include "port/gpio.h"

// How late an edge may come: 10 ms is below what an eye or ear tells apart.
enum { EDGE_ACCURACY_US = 10000 };

struct panel {
    sd_event *event;
    const struct board *board; // NULL = no outputs
    const struct gpio_driver *driver;
    struct gpio *gpio;
    struct panel_events events;
    struct annunciator *annunciator;
    sd_event_source *edge_timer;
    sd_event_source *input_source;
    bool is_active[LIMIT_BOARD_LINES];
    bool has_failed[LIMIT_BOARD_LINES];
};

static void fail_line(struct panel *panel, size_t line, int error) {
    if (panel->has_failed[line])
        return;
    panel->has_failed[line] = true;
    char what[160];
    (void)snprintf(what, sizeof what, "%s cannot be driven any more: %s",
                   panel->board->lines[line].name, strerrordesc_np(-error));
    panel->events.failed(what, panel->events.userdata);
}

static void drive(struct panel *panel, const struct annunciation *show) {
    for (size_t i = 0; panel->board && i < panel->board->line_count; i++) {
        enum board_role role = panel->board->lines[i].role;
        if (!board_role_is_output(role) || panel->is_active[i] == show->is_lit[role])
            continue;
        int r = panel->driver->set(panel->gpio, i, show->is_lit[role]);
        if (r < 0)
            fail_line(panel, i, r);
        panel->is_active[i] = show->is_lit[role];
    }
}

void panel_update(struct panel *panel) {
    struct annunciation show;
    do {
        annunciator_step(panel->annunciator, clock_boot_us(), &show);
        drive(panel, &show);
        // Told after the lines moved: "it rang" must never be written of a bell that did not.
        if (show.rang)
            panel->events.rang(show.rang, panel->events.userdata);
        if (show.cleared_count > 0)
            panel->events.cleared(show.cleared, show.cleared_count, panel->events.userdata);
    } while (show.cleared_count > 0);

    if (show.next_us == PATTERN_NEVER) {
        (void)sd_event_source_set_enabled(panel->edge_timer, SD_EVENT_OFF);
        return;
    }
    (void)sd_event_source_set_time(panel->edge_timer, (uint64_t)show.next_us);
    (void)sd_event_source_set_enabled(panel->edge_timer, SD_EVENT_ONESHOT);
}

static int on_edge(sd_event_source *source, uint64_t due_us, void *userdata) {
    (void)source;
    (void)due_us;
    panel_update(userdata);
    return 0;
}

// Takes all input changes there are.
static int on_input(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
    (void)source;
    (void)fd;
    (void)revents;
    struct panel *panel = userdata;
    size_t line;
    bool is_active;
    int r;
    while ((r = panel->driver->read(panel->gpio, &line, &is_active)) > 0)
        if (is_active && panel->board->lines[line].role == ROLE_BUTTON)
            panel->events.button(panel->events.userdata);
    if (r == 0)
        return 0;
    panel->events.failed("the button cannot be read any more", panel->events.userdata);
    // The driver drops a chip that is gone; any other error would come back at once, for ever.
    if (r != -ENODEV)
        panel->input_source = sd_event_source_disable_unref(panel->input_source);
    return 0;
}

static int open_board(struct panel *panel, const struct gpio_options *options,
                      struct gpio_problems *ret_problems) {
    ret_problems->count = 0;
    if (!panel->board)
        return 0;
    panel->driver = gpio_driver_of(panel->board);
    int r = panel->driver->open(panel->board, options, ret_problems, &panel->gpio);
    if (r < 0)
        return r;
    int fd = panel->driver->event_fd(panel->gpio);
    if (fd < 0)
        return 0;
    return sd_event_add_io(panel->event, &panel->input_source, fd, EPOLLIN, on_input, panel);
}

int panel_new(sd_event *event, const struct board *board, const struct gpio_options *options,
              const struct panel_events *events, struct gpio_problems *ret_problems,
              struct panel **ret) {
    struct panel *panel = calloc(1, sizeof *panel);
    if (!panel)
        return -ENOMEM;
    panel->event = sd_event_ref(event);
    panel->board = board;
    panel->events = *events;
    int r = annunciator_new(policy_default.levels, &panel->annunciator);
    if (r >= 0)
        r = sd_event_add_time(event, &panel->edge_timer, CLOCK_BOOTTIME, 0, EDGE_ACCURACY_US,
                              on_edge, panel);
    if (r >= 0)
        r = sd_event_source_set_enabled(panel->edge_timer, SD_EVENT_OFF);
    if (r >= 0)
        r = open_board(panel, options, ret_problems);
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
    sd_event_source_disable_unref(panel->input_source);
    if (panel->driver)
        panel->driver->close(panel->gpio);
    annunciator_free(panel->annunciator);
    sd_event_unref(panel->event);
    free(panel);
    return NULL;
}

void panel_raise(struct panel *panel, int64_t id, enum level level, uint32_t rings) {
    annunciator_raise(panel->annunciator, id, level, rings, clock_boot_us());
}

size_t panel_acknowledge(struct panel *panel) {
    size_t count = annunciator_acknowledge(panel->annunciator);
    panel_update(panel);
    return count;
}

size_t panel_count(const struct panel *panel) {
    return annunciator_count(panel->annunciator);
}

void panel_picture(struct panel *panel, bool is_shown) {
    if (panel->driver)
        panel->driver->picture(panel->gpio, is_shown);
}
