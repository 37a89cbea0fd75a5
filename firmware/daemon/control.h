// SPDX-License-Identifier: MIT
//
// control.h - what a person can ask of the running daemon, whoever carries it: a bus, a button.
//
// Each verb is done here once, on the daemon's parts: first the lamps, then the state, then the
// log, then whoever listens. Nothing of D-Bus is known here.

#ifndef DAEMON_CONTROL_H
#define DAEMON_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alert/triage.h"
#include "daemon/configuration.h"
#include "daemon/log.h"
#include "daemon/monitor.h"
#include "daemon/panel.h"
#include "daemon/poller.h"
#include "port/store/store.h"
#include "port/store/store_alerts.h"
#include "wirebell/alert.h"

struct control;

// What raised an alert, as a set of (1 << enum disposition): the others matched and were silent.
#define CONTROL_RUNG (1u << DISPOSITION_RANG | 1u << DISPOSITION_QUIET)

enum control_event { CONTROL_RAISED, CONTROL_ACKNOWLEDGED, CONTROL_CLEARED };

/**
 * struct control_parts - what the verbs work on; all borrowed for life
 * @reload:   reads the keywords again; returns whether they are in force
 * @told:     as control_listener::alert, for whoever counts; NULL = nobody
 * @changed:  something of struct control_status may have changed; to be answered by
 *            control_tell_changed()
 * @userdata: handed to all
 */
struct control_parts {
    struct log *log;
    struct monitor *monitor;
    struct store *store;
    struct panel *panel;
    struct triage *triage;
    struct poller *poller;
    const struct configuration *configuration;
    bool (*reload)(void *userdata);
    void (*told)(enum control_event event, const struct alert *alert, void *userdata);
    void (*changed)(void *userdata);
    void *userdata;
};

/**
 * struct control_listener - who is told what happens, whoever asked for it
 * @alert:    an alert as it is now; borrowed during the call
 * @changed:  something of struct control_status may have changed
 * @userdata: handed to both
 */
struct control_listener {
    void (*alert)(enum control_event event, const struct alert *alert, void *userdata);
    void (*changed)(void *userdata);
    void *userdata;
};

/**
 * struct control_status - the daemon in one look; strings borrowed until the next change
 * @is_lit:         an alert is unacknowledged
 * @lit:            the highest level of those; valid where @is_lit
 * @lit_s:          wall clock of the first of that level
 * @unacknowledged: how many
 * @feeds:          feeds of the keywords file
 * @failing:        of these, feeds whose last look failed
 * @rules:          rules in force
 * @started_s:      wall clock when the daemon began
 * @due_s:          wall clock of the next look at a feed; 0 = none is planned
 * @is_clock_trusted: the wall clock can be believed
 * @is_well:        no cause of ill health is on
 * @board:          name of the board, "" = none
 * @snoozed_until_s: everything is snoozed until this wall clock time, which may have passed; 0 = it
 *                  is not
 * @refused:        complaints about an edit that was not taken, "" = none
 */
struct control_status {
    bool is_lit;
    enum level lit;
    int64_t lit_s;
    uint32_t unacknowledged;
    size_t feeds;
    size_t failing;
    size_t rules;
    int64_t started_s;
    int64_t due_s;
    bool is_clock_trusted;
    bool is_well;
    int64_t snoozed_until_s;
    const char *board;
    const char *refused;
};

// Return: 0 or -ENOMEM; *ret (owned) is written only on success.
int control_new(const struct control_parts *parts, struct control **ret);

// NULL is fine. Returns NULL.
struct control *control_free(struct control *control);

// @listener: copied; NULL = nobody
void control_listen(struct control *control, const struct control_listener *listener);

// --- what the daemon tells -------------------------------------------------------------------

// At the start: what is lit comes back lit, what is snoozed stays so, and what rang is known.
void control_recall(struct control *control);

// Alerts came into the state: those of them that are raised show, ring, and are told of.
void control_raise(struct control *control, const struct alert *alerts, size_t count);

// Other stories changed alerts that were raised before: what shows follows, and one that became
// louder is told of again.
void control_change(struct control *control, const struct alert_change *changes, size_t count);

// Alerts cleared by themselves, and show no more: writes it down and tells it.
void control_clear(struct control *control, const int64_t *ids, size_t count);

// Something of the status may have changed.
void control_tell_changed(struct control *control);

// --- what a person asks ----------------------------------------------------------------------

void control_status(const struct control *control, struct control_status *ret);

// Calls @each for every unacknowledged alert, oldest first. Return: 0 or -errno.
int control_each_raised(struct control *control, store_alert_fn each, void *userdata);

// Calls @each for every alert asked for, newest first. Return: 0 or -errno.
int control_each_alert(struct control *control, const struct store_alert_query *query,
                       store_alert_fn each, void *userdata);

// Calls @each for every feed, in the order of addresses.
void control_each_feed(const struct control *control, poller_feed_fn each, void *userdata);

// Calls @each for every cause of ill health that is on, worst first.
void control_each_health(const struct control *control, monitor_item_fn each, void *userdata);

/**
 * control_acknowledge_all() - everything seen
 * @by:        who says so, for the log: "button", "command"
 *
 * The lamps go dark whatever becomes of the state.
 *
 * Return: how many alerts that were.
 */
size_t control_acknowledge_all(struct control *control, const char *by);

/**
 * control_acknowledge() - one alert seen
 * Return: 0; -ENOENT when no alert of that number is raised; another -errno of the state.
 */
int control_acknowledge(struct control *control, int64_t id, const char *by);

// No snooze is longer: what is to be silent for good is better taken out of the keywords.
#define CONTROL_SNOOZE_MAX_S (INT64_C(31) * 86400)

/**
 * control_snooze() - stories ring later, or not
 * @for_s:       0..CONTROL_SNOOZE_MAX_S; 0 ends it
 * @rule:        a rule as written: its stories are recorded and do not ring; "" = everything: what
 *               is lit goes dark too, and shows again at the end
 * @ret_until_s: wall clock of the end; 0 = it has ended
 *
 * Return: 0; -ENOENT when no rule is written so; -EINVAL when it is too long.
 */
int control_snooze(struct control *control, int64_t for_s, const char *rule, const char *by,
                   int64_t *ret_until_s);

// Calls @each for every snooze that has not ended.
int control_each_snooze(struct control *control, store_snooze_fn each, void *userdata);

/**
 * control_test() - a lamp test, or a drill
 * @what:   "" = all lamps for some seconds; the name of an output of the board = that one alone;
 * the name of a level = a drill: an alert of that level, marked as a drill in the log, the history
 * and on the bus, that clears itself
 * @ret_id: the drill's number; 0 = there is none
 *
 * Return: 0; -ENOENT when neither a level nor an output is called so.
 */
int control_test(struct control *control, const char *what, const char *by, int64_t *ret_id);

// Asks every feed now, as poller_poll_all() does.
void control_poll_all(struct control *control);

// Asks one feed now. Return: 0, -ENOENT, -EAGAIN as of poller_poll().
int control_poll(struct control *control, const char *url);

/**
 * control_reload() - read the keywords again
 * @ret_complaints: what was wrong with it, "" = nothing; borrowed until the next reload
 *
 * Return: whether it is in force.
 */
bool control_reload(struct control *control, const char **ret_complaints);

#endif
