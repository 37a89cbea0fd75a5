// SPDX-License-Identifier: MIT

#include "daemon/wiring.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "port/system/clock.h"
#include "port/gpio/gpio.h"

#define SECONDS(n) ((n)*UINT64_C(1000000))

// The first look comes soon, for a plug that slipped; the last ones cost a wakeup a minute.
static const uint64_t recheck_first_us = SECONDS(1);
static const uint64_t recheck_last_us = SECONDS(60);

// Longer than any sound that is meant (ANNUNCIATOR_SOUND_US): what lasts so long is a fault.
static const uint64_t sound_max_us = SECONDS(5) / 2;

/**
 * struct wiring
 * @input_source:  the driver's descriptor; NULL = it has none
 * @recheck_timer: the next look for what is missing
 * @wait_us:       how long after the last one
 * @is_sounding:   it is to sound; @sound_timer was armed when that began
 * @is_cut:        it did so for too long, and is off until it is to be silent
 * @sound_timer:   drives it off when nobody else does
 * @missing:       wiring_missing(); "" = none
 */
struct wiring {
    sd_event *event;
    const struct board *board;
    const struct gpio_driver *driver;
    struct gpio *gpio;
    struct wiring_events events;
    sd_event_source *input_source;
    sd_event_source *recheck_timer;
    uint64_t wait_us;
    bool is_sounding;
    bool is_cut;
    sd_event_source *sound_timer;
    char missing[1024];
};

// --- what is missing -------------------------------------------------------------------------

static void describe(const struct board *board, const struct gpio_problems *problems, size_t size,
                     char *ret) {
    char text[512];
    size_t index = 0, used = 0;
    ret[0] = '\0';
    while (used < size && gpio_next_problem(board, problems, &index, sizeof text, text))
        used += (size_t)snprintf(ret + used, size - used, "%s%s", used ? "; " : "", text);
}

static void arm_recheck(struct wiring *wiring) {
    int enabled = wiring->missing[0] ? SD_EVENT_ONESHOT : SD_EVENT_OFF;
    (void)sd_event_source_set_time_relative(wiring->recheck_timer, wiring->wait_us);
    (void)sd_event_source_set_enabled(wiring->recheck_timer, enabled);
}

// Takes what an open or a recheck found. Returns whether it is news.
static bool take_problems(struct wiring *wiring, const struct gpio_problems *problems) {
    char text[sizeof wiring->missing];
    describe(wiring->board, problems, sizeof text, text);
    bool is_news = strcmp(text, wiring->missing) != 0;
    memcpy(wiring->missing, text, sizeof text);
    return is_news;
}

// Not at once: the kernel may not be done yet with a chip that goes (see gpio.h on recheck). What
// is missing then may be back soon: the waits begin anew.
static void recheck_soon(struct wiring *wiring) {
    wiring->wait_us = recheck_first_us / 2;
    (void)sd_event_source_set_time_relative(wiring->recheck_timer, wiring->wait_us);
    (void)sd_event_source_set_enabled(wiring->recheck_timer, SD_EVENT_ONESHOT);
}

static int on_recheck(sd_event_source *source, uint64_t due_us, void *userdata) {
    (void)source;
    (void)due_us;
    struct wiring *wiring = userdata;
    struct gpio_problems problems = {.count = 0};
    // Without memory or descriptors nothing was found out: the next time will tell.
    bool is_news =
        wiring->driver->recheck(wiring->gpio, &problems) >= 0 && take_problems(wiring, &problems);
    wiring->wait_us = wiring->wait_us < recheck_last_us / 2 ? wiring->wait_us * 2 : recheck_last_us;
    arm_recheck(wiring);
    if (is_news)
        wiring->events.changed(wiring->events.userdata);
    return 0;
}

// --- inputs and outputs ----------------------------------------------------------------------

void wiring_take_inputs(struct wiring *wiring) {
    struct gpio_change change;
    bool has_lost = false;
    int found;
    while ((found = wiring->driver->read(wiring->gpio, &change)) != GPIO_NOTHING) {
        if (found == GPIO_INPUT)
            wiring->events.input(&change, wiring->events.userdata);
        else
            has_lost = true; // that is told once, so this ends
    }
    if (!has_lost)
        return;
    wiring->events.lost(wiring->events.userdata);
    recheck_soon(wiring);
}

static int on_input(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
    (void)source;
    (void)fd;
    (void)revents;
    wiring_take_inputs(userdata);
    return 0;
}

static int on_sound_too_long(sd_event_source *source, uint64_t due_us, void *userdata) {
    (void)source;
    (void)due_us;
    struct wiring *wiring = userdata;
    wiring->is_cut = true;
    for (size_t i = 0; i < wiring->board->line_count; i++)
        if (wiring->board->lines[i].role == ROLE_BUZZER)
            (void)wiring->driver->set(wiring->gpio, i, false);
    return 0;
}

// Beside whoever decides what sounds: it may be wrong, and may not come again.
static void bound_sound(struct wiring *wiring, bool is_sounding) {
    if (is_sounding == wiring->is_sounding)
        return;
    wiring->is_sounding = is_sounding;
    wiring->is_cut = false;
    (void)sd_event_source_set_time_relative(wiring->sound_timer, sound_max_us);
    (void)sd_event_source_set_enabled(wiring->sound_timer,
                                      is_sounding ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

void wiring_drive(struct wiring *wiring, const bool is_lit[ROLE_COUNT]) {
    bool must_recheck = false;
    bound_sound(wiring, is_lit[ROLE_BUZZER]);
    for (size_t i = 0; i < wiring->board->line_count; i++) {
        enum board_role role = wiring->board->lines[i].role;
        bool is_on = is_lit[role] && !(role == ROLE_BUZZER && wiring->is_cut);
        if (board_role_is_output(role))
            must_recheck |= wiring->driver->set(wiring->gpio, i, is_on) < 0;
    }
    if (must_recheck)
        recheck_soon(wiring);
}

// --- the rest --------------------------------------------------------------------------------

const char *wiring_missing(const struct wiring *wiring) {
    return wiring->missing[0] ? wiring->missing : NULL;
}

void wiring_note(struct wiring *wiring, enum gpio_note kind, const char *text) {
    wiring->driver->note(wiring->gpio, kind, text);
}

void wiring_picture(struct wiring *wiring, bool is_shown) {
    wiring->driver->picture(wiring->gpio, is_shown);
}

static int open_lines(struct wiring *wiring, const struct gpio_options *options) {
    struct gpio_problems problems;
    int r = wiring->driver->open(wiring->board, options, &problems, &wiring->gpio);
    if (r < 0)
        return r;
    r = sd_event_add_time_relative(wiring->event, &wiring->recheck_timer, CLOCK_BOOTTIME,
                                   recheck_first_us, 0, on_recheck, wiring);
    if (r >= 0)
        r = sd_event_add_time_relative(wiring->event, &wiring->sound_timer, CLOCK_BOOTTIME,
                                       sound_max_us, 0, on_sound_too_long, wiring);
    if (r >= 0)
        r = sd_event_source_set_enabled(wiring->sound_timer, SD_EVENT_OFF);
    if (r < 0)
        return r;
    (void)take_problems(wiring, &problems);
    arm_recheck(wiring);
    int fd = wiring->driver->event_fd(wiring->gpio);
    if (fd < 0)
        return 0;
    return sd_event_add_io(wiring->event, &wiring->input_source, fd, EPOLLIN, on_input, wiring);
}

int wiring_new(sd_event *event, const struct board *board, const struct gpio_options *options,
               const struct wiring_events *events, struct wiring **ret) {
    struct wiring *wiring = calloc(1, sizeof *wiring);
    if (!wiring)
        return -ENOMEM;
    wiring->event = sd_event_ref(event);
    wiring->board = board;
    wiring->driver = gpio_driver_of(board);
    wiring->events = *events;
    wiring->wait_us = recheck_first_us;
    int r = open_lines(wiring, options);
    if (r < 0) {
        (void)wiring_free(wiring);
        return r;
    }
    *ret = wiring;
    return 0;
}

struct wiring *wiring_free(struct wiring *wiring) {
    if (!wiring)
        return NULL;
    sd_event_source_disable_unref(wiring->recheck_timer);
    sd_event_source_disable_unref(wiring->sound_timer);
    sd_event_source_disable_unref(wiring->input_source);
    (void)wiring->driver->close(wiring->gpio);
    sd_event_unref(wiring->event);
    free(wiring);
    return NULL;
}
