// SPDX-License-Identifier: MIT

#include "daemon/control.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/report.h"
#include "port/system/clock.h"

struct control {
    struct control_parts parts;
    struct control_listener listener;
    int64_t started_s;
    int64_t snoozed_until_s; // everything
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

static bool is_heard(const struct control *control) {
    return control->listener.alert || control->parts.told;
}

static void tell(struct control *control, enum control_event event, const struct alert *alert) {
    if (control->parts.told)
        control->parts.told(event, alert, control->parts.userdata);
    if (control->listener.alert)
        control->listener.alert(event, alert, control->listener.userdata);
}

static void note_changed(struct control *control) {
    control->parts.changed(control->parts.userdata);
}

void control_raise(struct control *control, const struct alert *alerts, size_t count) {
    const struct control_parts *parts = &control->parts;
    for (size_t i = 0; i < count; i++) {
        const struct annunciator_alert shown = annunciator_alert_of(&alerts[i]);
        if (alerts[i].state == ALERT_RAISED)
            panel_raise(parts->panel, &shown);
    }
    // The lamp first: words can wait for the light, not the light for the words.
    panel_update(parts->panel);
    for (size_t i = 0; i < count; i++) {
        if (alerts[i].state != ALERT_RAISED)
            continue;
        report_alert(parts->log, LOG_ALERT_RAISED, &alerts[i]);
        panel_note_story(parts->panel, alerts[i].level, alerts[i].title, alerts[i].rule);
        tell(control, CONTROL_RAISED, &alerts[i]);
    }
    report_not_raised(parts->log, alerts, count);
    note_changed(control);
}

static void on_louder(const struct alert *alert, void *userdata) {
    struct control *control = userdata;
    report_alert(control->parts.log, LOG_ALERT_RAISED, alert);
    tell(control, CONTROL_RAISED, alert);
}

void control_change(struct control *control, const struct alert_change *changes, size_t count) {
    const struct control_parts *parts = &control->parts;
    for (size_t i = 0; i < count; i++) {
        const struct annunciator_alert shown = annunciator_alert_changed(&changes[i]);
        if (changes[i].is_open)
            panel_raise(parts->panel, &shown);
    }
    panel_update(parts->panel);
    for (size_t i = 0; i < count; i++)
        // A state that cannot be read has been complained of; there is only nobody to name then.
        if (changes[i].is_open && changes[i].must_ring)
            (void)store_each_alert(parts->store, &(struct store_alert_query){.id = changes[i].id},
                                   on_louder, control);
    note_changed(control);
}

void control_tell_changed(struct control *control) {
    if (control->listener.changed)
        control->listener.changed(control->listener.userdata);
}

// Alerts that changed, told as what they became, and only when that is kept: who is told may count
// on it, even if the power fails that moment.
struct change {
    struct control *control;
    enum control_event event;
    int64_t now_s;
    const int64_t *ids; // those <= 0 were never kept, and have nothing to tell
    size_t count;
};

static void tell_became(const struct alert *kept, void *userdata) {
    const struct change *change = userdata;
    struct alert alert = *kept; // where the state could not be written, it is raised in there still
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
    for (size_t i = 0; is_heard(change->control) && i < change->count; i++)
        if (change->ids[i] > 0)
            (void)store_each_alert(change->control->parts.store,
                                   &(struct store_alert_query){.id = change->ids[i]}, tell_became,
                                   (void *)change);
}

struct id_list {
    int64_t *ids; // owned
    size_t count;
};

static void take_id(const struct alert *raised, void *userdata) {
    struct id_list *list = userdata;
    int64_t *ids = reallocarray(list->ids, list->count + 1, sizeof *ids);
    if (!ids)
        return; // acknowledged all the same; only the listener does not hear of it
    list->ids = ids;
    list->ids[list->count++] = raised->id;
}

void control_clear(struct control *control, const int64_t *ids, size_t count) {
    const struct change change = {control, CONTROL_CLEARED, clock_wall_s(), ids, count};
    for (size_t i = 0; i < count; i++)
        if (ids[i] > 0)
            triage_close(control->parts.triage, ids[i]);
    monitor_note_write(control->parts.monitor, "that alerts cleared",
                       store_clear(control->parts.store, ids, count, change.now_s));
    log_event(control->parts.log, LOG_ALERT_CLEARED, NULL, "cleared by time: %zu", count);
    tell_change(&change);
    note_changed(control);
}

// --- what was before ---------------------------------------------------------------------------

static void recall_story(const struct alert *alert, void *userdata) {
    struct control *control = userdata;
    const struct moment now = monitor_now(control->parts.monitor);
    triage_recall(control->parts.triage, alert, &now);
}

static void recall_snooze(const char *rule, int64_t until_s, void *userdata) {
    struct control *control = userdata;
    const struct moment now = monitor_now(control->parts.monitor);
    const int64_t until_us = now.boot_us + (until_s - now.wall_s) * 1000000;
    if (!now.is_trusted || until_s <= now.wall_s)
        return;
    triage_snooze(control->parts.triage, rule, until_us);
    if (rule[0] != '\0')
        return;
    panel_snooze(control->parts.panel, until_us);
    control->snoozed_until_s = until_s;
}

static void recall_raised(const struct alert *alert, void *userdata) {
    struct control *control = userdata;
    const struct annunciator_alert shown = annunciator_alert_of(alert);
    panel_raise(control->parts.panel, &shown);
    report_alert(control->parts.log, LOG_ALERT_RESTORED, alert);
}

void control_recall(struct control *control) {
    const struct control_parts *parts = &control->parts;
    const struct moment now = monitor_now(parts->monitor);
    const struct store_alert_query query = {
        .since_s = now.is_trusted ? now.wall_s - triage_memory_s() : 0,
        .limit = TRIAGE_SIGHTINGS_MAX,
    };
    int r = store_each_alert(parts->store, &query, recall_story, control);
    if (r == 0)
        r = store_each_snooze(parts->store, recall_snooze, control);
    if (r == 0)
        r = store_each_raised(parts->store, recall_raised, control);
    if (r < 0)
        log_event(parts->log, LOG_STATE_FAILED, NULL, "what rang before cannot be read: %s",
                  strerrordesc_np(-r));
    monitor_note_state(parts->monitor, r);
    panel_update(parts->panel);
}

// --- what a person asks ----------------------------------------------------------------------

static void on_status(const struct alert *alert, void *userdata) {
    struct control_status *status = userdata;
    if (!status->is_lit || alert->level > status->lit) {
        status->lit = alert->level;
        status->lit_s = alert->raised_s;
    }
    status->is_lit = true;
    status->unacknowledged++;
}

static void on_feed(const struct feed_status *feed, void *userdata) {
    struct control_status *status = userdata;
    if (status->due_s == 0 || feed->due_s < status->due_s)
        status->due_s = feed->due_s;
}

void control_status(const struct control *control, struct control_status *ret) {
    const struct configuration *configuration = control->parts.configuration;
    const struct keywords *keywords = configuration->rules.keywords;
    const struct board *board = configuration_board(configuration);
    *ret = (struct control_status){
        .feeds = keywords ? keywords_feed_count(keywords) : 0,
        .failing = poller_failing_count(control->parts.poller),
        .rules = keywords ? keywords_rule_count(keywords) : 0,
        .started_s = control->started_s,
        .is_clock_trusted = monitor_now(control->parts.monitor).is_trusted,
        .is_well = monitor_is_well(control->parts.monitor),
        .snoozed_until_s = control->snoozed_until_s,
        .board = board ? board->name : "",
        .refused = configuration->is_refused ? configuration_complaints(configuration) : "",
    };
    poller_each_feed(control->parts.poller, on_feed, ret);
    (void)store_each_raised(control->parts.store, on_status, ret); // complained of where it matters
    store_rest(control->parts.store);
}

void control_each_feed(const struct control *control, poller_feed_fn each, void *userdata) {
    poller_each_feed(control->parts.poller, each, userdata);
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
    struct id_list raised = {NULL, 0};
    if (is_heard(control))
        (void)store_each_raised(control->parts.store, take_id, &raised); // complained of below
    const int64_t now_s = clock_wall_s();
    monitor_note_write(control->parts.monitor, "that alerts were acknowledged",
                       store_acknowledge_all(control->parts.store, now_s));
    log_event(control->parts.log, LOG_ACKNOWLEDGED, NULL, "%s: acknowledged, %zu in all", by,
              count);
    tell_change(&(struct change){control, CONTROL_ACKNOWLEDGED, now_s, raised.ids, raised.count});
    free(raised.ids);
    note_changed(control);
    return count;
}

int control_acknowledge(struct control *control, int64_t id, const char *by) {
    const struct control_parts *parts = &control->parts;
    const struct change change = {control, CONTROL_ACKNOWLEDGED, clock_wall_s(), &id, 1};
    // A desk that was full does not hold it, and a state that could not be written does not know
    // it.
    bool was_shown = panel_remove(parts->panel, id);
    int r = store_acknowledge(parts->store, id, change.now_s);
    if (r == -ENOENT && !was_shown)
        return r;
    if (r < 0)
        monitor_note_write(control->parts.monitor, "that an alert was acknowledged", r);
    triage_close(parts->triage, id);
    log_event(parts->log, LOG_ACKNOWLEDGED, NULL, "%s: acknowledged alert %" PRId64, by, id);
    if (r != -ENOENT)
        tell_change(&change);
    note_changed(control);
    return 0;
}

static bool is_rule(const struct control *control, const char *text) {
    const struct keywords *keywords = control->parts.configuration->rules.keywords;
    for (size_t i = 0; keywords && i < keywords_rule_count(keywords); i++)
        if (strcmp(keywords_rule(keywords, i).text, text) == 0)
            return true;
    return false;
}

int control_snooze(struct control *control, int64_t for_s, const char *rule, const char *by,
                   int64_t *ret_until_s) {
    const struct control_parts *parts = &control->parts;
    const struct moment now = monitor_now(parts->monitor);
    const bool is_all = rule[0] == '\0';
    if (for_s < 0 || for_s > CONTROL_SNOOZE_MAX_S)
        return -EINVAL;
    // A rule that is gone may still be woken.
    if (!is_all && for_s > 0 && !is_rule(control, rule))
        return -ENOENT;
    const int64_t until_us = for_s > 0 ? now.boot_us + for_s * 1000000 : 0;
    const int64_t until_s = for_s > 0 ? now.wall_s + for_s : 0;
    triage_snooze(parts->triage, rule, until_us);
    if (is_all) {
        panel_snooze(parts->panel, until_us);
        control->snoozed_until_s = until_s;
    }
    monitor_note_write(control->parts.monitor, "the snooze",
                       store_set_snooze(parts->store, rule, until_s));
    const char *what = is_all ? "everything" : rule;
    if (for_s > 0)
        log_event(parts->log, LOG_SNOOZED, NULL, "%s: snoozed for %" PRId64 " minutes: %s", by,
                  (for_s + 59) / 60, what);
    else
        log_event(parts->log, LOG_SNOOZED, NULL, "%s: not snoozed any more: %s", by, what);
    note_changed(control);
    *ret_until_s = until_s;
    return 0;
}

int control_test(struct control *control, const char *what, const char *by, int64_t *ret_id) {
    const struct control_parts *parts = &control->parts;
    struct alert drill = {
        .is_drill = true,
        .lamp = ROLE_COUNT,
        .sources = 1,
        .stories = 1,
        .raised_s = clock_wall_s(),
        .published_s = STORY_NO_DATE,
        .title = "this is how it rings; nothing has happened",
        .feed = "",
        .link = "",
        .rule = "",
        .rule_file = "",
        .section = "",
        .words = "",
        .spans = "",
        .excerpt = "",
    };
    *ret_id = 0;
    if (what[0] == '\0') {
        log_event(parts->log, LOG_ACKNOWLEDGED, NULL, "%s: lamp test", by);
        panel_lamp_test(parts->panel);
        return 0;
    }
    if (level_parse(what, &drill.level) < 0) {
        int r = panel_test_output(parts->panel, what);
        if (r == 0)
            log_event(parts->log, LOG_ACKNOWLEDGED, NULL, "%s: test of %s", by, what);
        return r;
    }
    monitor_note_write(control->parts.monitor, "the drill", store_add_alert(parts->store, &drill));
    control_raise(control, &drill, 1);
    *ret_id = drill.id;
    return 0;
}

// What is kept of snoozes that have ended is passed over.
struct snoozes {
    int64_t now_s;
    store_snooze_fn each;
    void *userdata;
};

static void pass_snooze(const char *rule, int64_t until_s, void *userdata) {
    const struct snoozes *snoozes = userdata;
    if (until_s > snoozes->now_s)
        snoozes->each(rule, until_s, snoozes->userdata);
}

int control_each_snooze(struct control *control, store_snooze_fn each, void *userdata) {
    struct snoozes snoozes = {clock_wall_s(), each, userdata};
    return store_each_snooze(control->parts.store, pass_snooze, &snoozes);
}

void control_poll_all(struct control *control) {
    poller_poll_all(control->parts.poller);
}

int control_poll(struct control *control, const char *url) {
    return poller_poll(control->parts.poller, url);
}

bool control_reload(struct control *control, const char **ret_complaints) {
    bool is_taken = control->parts.reload(control->parts.userdata);
    *ret_complaints = configuration_complaints(control->parts.configuration);
    return is_taken;
}
