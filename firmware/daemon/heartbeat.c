// SPDX-License-Identifier: MIT

#include "daemon/heartbeat.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "port/system/clock.h"

struct heartbeat {
    struct log *log;
    bool (*is_alive)(void *userdata);
    void *userdata;
    uint64_t period_us; // systemd waits no longer than this
    bool was_alive;
    sd_event_source *timer;
};

static void tell(struct heartbeat *heartbeat, bool is_alive) {
    if (is_alive != heartbeat->was_alive)
        log_event(heartbeat->log, LOG_TROUBLE, NULL,
                  is_alive ? "feeds are asked again"
                           : "no feed has been asked that is due: unless that ends the watchdog "
                             "starts wirebell anew");
    heartbeat->was_alive = is_alive;
}

// When nothing is at work the next look is soon: after a sleep of the machine this timer may come
// before the one that asks the feeds.
static int on_beat(sd_event_source *timer, uint64_t due_us, void *userdata) {
    (void)due_us;
    struct heartbeat *heartbeat = userdata;
    const bool is_alive = heartbeat->is_alive(heartbeat->userdata);
    if (is_alive)
        (void)sd_notify(0, "WATCHDOG=1");
    tell(heartbeat, is_alive);
    const uint64_t pause_us = heartbeat->period_us / (is_alive ? 2 : 16);
    (void)sd_event_source_set_time(timer, (uint64_t)clock_monotonic_us() + pause_us);
    return sd_event_source_set_enabled(timer, SD_EVENT_ONESHOT);
}

int heartbeat_new(sd_event *event, struct log *log, bool (*is_alive)(void *userdata),
                  void *userdata, struct heartbeat **ret) {
    uint64_t period_us = 0;
    const int r = sd_watchdog_enabled(0, &period_us);
    if (r <= 0) {
        *ret = NULL;
        return r;
    }
    struct heartbeat *heartbeat = calloc(1, sizeof *heartbeat);
    if (!heartbeat)
        return -ENOMEM;
    *heartbeat = (struct heartbeat){
        .log = log,
        .is_alive = is_alive,
        .userdata = userdata,
        .period_us = period_us,
        .was_alive = true,
    };
    // Like sd-event's own: at half of the period, or up to a quarter later together with others.
    const int added = sd_event_add_time(event, &heartbeat->timer, CLOCK_MONOTONIC, 0, period_us / 4,
                                        on_beat, heartbeat);
    if (added < 0) {
        heartbeat_free(heartbeat);
        return added;
    }
    *ret = heartbeat;
    return 0;
}

struct heartbeat *heartbeat_free(struct heartbeat *heartbeat) {
    if (heartbeat)
        sd_event_source_disable_unref(heartbeat->timer);
    free(heartbeat);
    return NULL;
}
