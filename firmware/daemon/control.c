// SPDX-License-Identifier: MIT

#include "daemon/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/clock.h"

struct control {
    struct control_parts parts;
    struct control_listener listener;
    int64_t started_s;
};

int control_new(const struct control_parts *parts, struct control **ret) {
    struct control *control = calloc(1, sizeof *control);
    if (!control)
        return -ENOMEM;
    control->parts = *parts;
    control->started_s = clock_wall_s();
    *ret = control;
    return 0;
}

struct control *control_free(struct control *control) {
    free(control);
    return NULL;
}

void control_listen(struct control *control, const struct control_listener *listener) {
    control->listener = listener ? *listener : (struct control_listener){.alert = NULL};
}

// --- telling ---------------------------------------------------------------------------------

static void tell(struct control *control, enum control_event event, const struct alert *alert) {
    if (control->listener.alert)
        control->listener.alert(event, alert, control->listener.userdata);
}

void control_tell_raised(struct control *control, const struct alert *alerts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (alerts[i].state == ALERT_RAISED)
            tell(control, CONTROL_RAISED, &alerts[i]);
}

void control_tell_changed(struct control *control) {
    if (control->listener.changed)
        control->listener.changed(control->listener.userdata);
}

static void note_state(struct control *control, const char *what, int error) {
    if (error < 0)
        log_event(control->parts.log, LOG_STATE_FAILED, NULL,
                  "%s cannot be written to the state: %s", what, strerrordesc_np(-error));
    monitor_note_state(control->parts.monitor, error);
}

// The raised alerts that are about to change, told as what they become.
struct change {
    struct control *control;
    enum control_event event;
    int64_t now_s;
    const int64_t *ids; // NULL = all
    size_t id_count;
};

static bool is_of(const struct change *change, int64_t id) {
    bool is_found = !change->ids;
    for (size_t i = 0; i < change->id_count && !is_found; i++)
        is_found = change->ids[i] == id;
    return is_found;
}

static void on_changing(const struct alert *raised, void *userdata) {
    const struct change *change = userdata;
    struct alert alert = *raised;
    if (!is_of(change, alert.id))
        return;
    if (change->event == CONTROL_ACKNOWLEDGED) {
        alert.state = ALERT_ACKNOWLEDGED;
        alert.acknowledged_s = change->now_s;
    } else {
        alert.state = ALERT_CLEARED;
        alert.cleared_s = change->now_s;
    }
    tell(change->control, change->event, &alert);
}

static void tell_change(const struct change *change) {
    // A state that cannot be read has been complained of; there is only nobody to name then.
    if (change->control->listener.alert)
        (void)store_each_raised(change->control->parts.store, on_changing, (void *)change);
}

void control_clear(struct control *control, const int64_t *ids, size_t count) {
    const struct change change = {control, CONTROL_CLEARED, clock_wall_s(), ids, count};
    for (size_t i = 0; i < count; i++)
        if (ids[i] > 0)
            triage_close(control->parts.triage, ids[i]);
    tell_change(&change);
    note_state(control, "that alerts cleared",
               store_clear(control->parts.store, ids, count, change.now_s));
    log_event(control->parts.log, LOG_ALERT_CLEARED, NULL, "routine, cleared by time: %zu", count);
    control_tell_changed(control);
}

// --- the rest --------------------------------------------------------------------------------

static void on_status(const struct alert *alert, void *userdata) {
    struct control_status *status = userdata;
    if (!status->is_lit || alert->level > status->lit) {
        status->lit = alert->level;
        status->lit_s = alert->raised_s;
    }
    status->is_lit = true;
    status->unacknowledged++;
}

void control_status(const struct control *control, struct control_status *ret) {
    const struct configuration *configuration = control->parts.configuration;
    const struct keywords *keywords = configuration->rules.keywords;
    *ret = (struct control_status){
        .feeds = keywords ? keywords_feed_count(keywords) : 0,
        .failing = poller_failing_count(control->parts.poller),
        .rules = keywords ? keywords_rule_count(keywords) : 0,
        .started_s = control->started_s,
        .is_clock_trusted = monitor_now(control->parts.monitor).is_trusted,
        .is_well = monitor_is_well(control->parts.monitor),
        .board = configuration_board(configuration) ? configuration->config.board.name : "",
        .refused = configuration->is_refused ? configuration_complaints(configuration) : "",
    };
    (void)store_each_raised(control->parts.store, on_status, ret); // complained of where it matters
    store_rest(control->parts.store);
}

void control_each_health(const struct control *control, monitor_item_fn each, void *userdata) {
    monitor_each(control->parts.monitor, each, userdata);
}

int control_each_alert(struct control *control, const struct store_alert_query *query,
                       store_alert_fn each, void *userdata) {
    int r = store_each_alert(control->parts.store, query, each, userdata);
    store_rest(control->parts.store); // nobody asks twice within a second
    return r;
}

int control_each_raised(struct control *control, store_alert_fn each, void *userdata) {
    int r = store_each_raised(control->parts.store, each, userdata);
    store_rest(control->parts.store);
    return r;
}

size_t control_acknowledge_all(struct control *control, const char *by) {
    size_t count = panel_acknowledge(control->parts.panel);
    if (count == 0)
        return 0;
    triage_close(control->parts.triage, 0);
    const struct change change = {control, CONTROL_ACKNOWLEDGED, clock_wall_s(), NULL, 0};
    tell_change(&change);
    note_state(control, "that alerts were acknowledged",
               store_acknowledge_all(control->parts.store, change.now_s));
    log_event(control->parts.log, LOG_ACKNOWLEDGED, NULL, "%s: acknowledged, %zu in all", by,
              count);
    control_tell_changed(control);
    return count;
}

void control_poll_all(struct control *control) {
    poller_poll_all(control->parts.poller);
}

bool control_reload(struct control *control, const char **ret_complaints) {
    bool is_taken = control->parts.reload(control->parts.userdata);
    *ret_complaints = configuration_complaints(control->parts.configuration);
    return is_taken;
}
