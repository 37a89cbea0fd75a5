// SPDX-License-Identifier: MIT

#include "daemon/monitor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alert/health.h"
#include "port/system/clock.h"

// Ten minutes to deafness are no matter of seconds: the wakeup is shared with others.
enum { ACCURACY_US = 5000000 };

struct monitor {
    sd_event *event;
    struct log *log;
    struct monitor_events events;
    struct health health;
    struct trust trust;
    sd_event_source *timer;
    bool is_state_lost;
};

static void say_begun(struct monitor *monitor, enum health_cause cause) {
    const struct health_entry *entry = &monitor->health.entries[cause];
    const struct log_field fields[] = {
        {"WIREBELL_CAUSE", health_cause_name(cause)},
        {NULL, NULL},
    };
    const char *advice = entry->advice ? entry->advice : "";
    log_event(monitor->log, LOG_HEALTH_LOST, fields, "health: %s%s%s",
              entry->what ? entry->what : health_cause_name(cause), advice[0] ? "; " : "", advice);
}

static void say_mended(struct monitor *monitor, enum health_cause cause) {
    const struct log_field fields[] = {
        {"WIREBELL_CAUSE", health_cause_name(cause)},
        {NULL, NULL},
    };
    log_event(monitor->log, LOG_HEALTH_REGAINED, fields, "health: %s is mended%s",
              health_cause_name(cause), health_is_well(&monitor->health) ? ", all is well" : "");
}

static void tell(struct monitor *monitor) {
    monitor->events.changed(health_is_well(&monitor->health), monitor->events.userdata);
}

void monitor_set(struct monitor *monitor, enum health_cause cause, const char *advice,
                 const char *format, ...) {
    char what[512];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (!health_set(&monitor->health, cause, clock_boot_us(), what, advice))
        return;
    say_begun(monitor, cause);
    tell(monitor);
}

void monitor_clear(struct monitor *monitor, enum health_cause cause) {
    if (!health_clear(&monitor->health, cause))
        return;
    say_mended(monitor, cause);
    tell(monitor);
}

void monitor_note_state(struct monitor *monitor, int error) {
    if (error < 0)
        monitor_set(monitor, HEALTH_STATE,
                    "see that the disk is neither full nor read-only; until then a restart may "
                    "ring again",
                    "the state cannot be written: %s", strerrordesc_np(-error));
    else if (!monitor->is_state_lost)
        monitor_clear(monitor, HEALTH_STATE);
}

void monitor_note_write(struct monitor *monitor, const char *what, int error) {
    if (error < 0)
        log_event(monitor->log, LOG_STATE_FAILED, NULL, "%s cannot be written to the state: %s",
                  what, strerrordesc_np(-error));
    monitor_note_state(monitor, error);
}

void monitor_lose_state(struct monitor *monitor, const char *why) {
    monitor->is_state_lost = true;
    monitor_set(monitor, HEALTH_STATE,
                "mend it and restart; what comes until then may ring again after that",
                "the state is kept in memory only: %s", why);
}

// Brings deafness up to now and arms the timer for it.
static void step(struct monitor *monitor) {
    int64_t next_us;
    if (health_step(&monitor->health, clock_boot_us(), &next_us)) {
        say_begun(monitor, HEALTH_DEAF);
        tell(monitor);
    }
    if (next_us == HEALTH_NEVER) {
        (void)sd_event_source_set_enabled(monitor->timer, SD_EVENT_OFF);
        return;
    }
    (void)sd_event_source_set_time(monitor->timer, (uint64_t)next_us);
    (void)sd_event_source_set_enabled(monitor->timer, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source, uint64_t due_us, void *userdata) {
    (void)source;
    (void)due_us;
    step(userdata);
    return 0;
}

static void judge_clock(struct monitor *monitor) {
    if (trust_holds(&monitor->trust, clock_wall_s()))
        monitor_clear(monitor, HEALTH_CLOCK);
    else
        monitor_set(monitor, HEALTH_CLOCK,
                    "see that time is set over the network (timedatectl); until then no story is "
                    "judged by its date",
                    "the clock is not set");
}

void monitor_note_hearing(struct monitor *monitor, bool is_heard) {
    if (health_note_hearing(&monitor->health, is_heard, clock_boot_us())) {
        say_mended(monitor, HEALTH_DEAF);
        tell(monitor);
    }
    step(monitor);
}

void monitor_note_look(struct monitor *monitor, const struct reading *reading) {
    if (reading_is_success(reading->outcome))
        monitor_note_hearing(monitor, true);
    trust_hear(&monitor->trust, clock_wall_s(), reading->server_date_s);
    judge_clock(monitor);
}

struct moment monitor_now(const struct monitor *monitor) {
    return clock_now(&monitor->trust);
}

const struct trust *monitor_trust(const struct monitor *monitor) {
    return &monitor->trust;
}

const char *monitor_worst(const struct monitor *monitor) {
    for (unsigned cause = 0; cause < HEALTH_CAUSE_COUNT; cause++) {
        const struct health_entry *entry = &monitor->health.entries[cause];
        if (entry->is_on)
            return entry->what ? entry->what : health_cause_name((enum health_cause)cause);
    }
    return "";
}

bool monitor_is_well(const struct monitor *monitor) {
    return health_is_well(&monitor->health);
}

void monitor_each(const struct monitor *monitor, monitor_item_fn each, void *userdata) {
    const struct moment now = monitor_now(monitor);
    struct health_item item;
    for (unsigned cause = 0; cause < HEALTH_CAUSE_COUNT; cause++)
        if (health_item(&monitor->health, (enum health_cause)cause, &now, &item))
            each(&item, userdata);
}

int monitor_new(sd_event *event, struct log *log, const struct monitor_events *events,
                struct monitor **ret) {
    struct monitor *monitor = calloc(1, sizeof *monitor);
    if (!monitor)
        return -ENOMEM;
    monitor->event = sd_event_ref(event);
    monitor->log = log;
    monitor->events = *events;
    int r = sd_event_add_time(event, &monitor->timer, CLOCK_BOOTTIME, 0, ACCURACY_US, on_timer,
                              monitor);
    if (r >= 0)
        r = sd_event_source_set_enabled(monitor->timer, SD_EVENT_OFF);
    if (r < 0) {
        monitor_free(monitor);
        return r;
    }
    *ret = monitor;
    return 0;
}

struct monitor *monitor_free(struct monitor *monitor) {
    if (!monitor)
        return NULL;
    sd_event_source_disable_unref(monitor->timer);
    health_done(&monitor->health);
    sd_event_unref(monitor->event);
    free(monitor);
    return NULL;
}
