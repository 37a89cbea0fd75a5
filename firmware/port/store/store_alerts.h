// SPDX-License-Identifier: MIT
//
// store_alerts.h - the alerts of the state: what rang, what did not and why, what became of it.
//
// Alerts come into the state with the poll that found them (port/store/store.h), in one transaction
// with the keys of their stories. Here they are read, and a person's and the time's doings are
// noted.
//
// Of what matched and did not ring the last STORE_UNRUNG_KEPT are kept; and of all there is, what
// is within the last STORE_ALERTS_KEPT + STORE_UNRUNG_KEPT numbers given out: also of what nobody
// acknowledged, for who left so many others unseen will not look for it. The oldest go with the
// poll that brings more.

#ifndef PORT_STORE_ALERTS_H
#define PORT_STORE_ALERTS_H

#include <stddef.h>
#include <stdint.h>

#include "wirebell/alert.h"

struct store;

// Years of a busy desk, at about 600 bytes each; and some weeks of what a wide rule brings.
enum { STORE_ALERTS_KEPT = 20000, STORE_UNRUNG_KEPT = 2000 };
// Snoozes, ended or not: as many as core/alert/triage remembers.
enum { STORE_SNOOZES_KEPT = 256 };

/**
 * struct store_alert_query - which alerts are asked for; all zero asks for all there are
 * @id:           this one; 0 = any
 * @joined:       those that joined this one; 0 = whatever they did
 * @since_s:      raised at this wall clock time or later
 * @until_s:      raised before it; 0 = no end
 * @states:       set of (1 << enum alert_state); 0 = any
 * @dispositions: set of (1 << enum disposition); 0 = any
 * @limit:        the newest so many; 0 = all
 */
struct store_alert_query {
    int64_t id;
    int64_t joined;
    int64_t since_s;
    int64_t until_s;
    uint32_t states;
    uint32_t dispositions;
    size_t limit;
};

// An alert; its strings live during the call only.
typedef void (*store_alert_fn)(const struct alert *alert, void *userdata);

/**
 * store_each_alert() - call @each for every alert asked for, newest first
 *
 * How long a person took is acknowledged_s - raised_s, where acknowledged_s is not 0.
 *
 * Return: 0 or -errno.
 */
int store_each_alert(struct store *store, const struct store_alert_query *query,
                     store_alert_fn each, void *userdata);

/**
 * store_each_raised() - call @each for every unacknowledged alert, oldest first
 *
 * Return: 0 or -errno.
 */
int store_each_raised(struct store *store, store_alert_fn each, void *userdata);

/**
 * store_add_alert() - keep an alert that no poll brought: a drill
 * @alert: its @id is written on success
 *
 * Return: 0 or -errno.
 */
int store_add_alert(struct store *store, struct alert *alert);

/**
 * store_note_rings() - a bell ring began for all raised alerts of these levels
 * @levels: set of (1 << level)
 *
 * Writes only where the count is still below ALERT_RINGS_MAX: a flash that repeats all night
 * costs no writes.
 */
int store_note_rings(struct store *store, uint32_t levels);

// Marks every raised alert acknowledged at @now_s (wall clock). Return: 0 or -errno.
int store_acknowledge_all(struct store *store, int64_t now_s);

/**
 * store_acknowledge() - marks one raised alert acknowledged at @now_s (wall clock)
 * Return: 0; -ENOENT when no alert of that number is raised; another -errno.
 */
int store_acknowledge(struct store *store, int64_t id, int64_t now_s);

// Marks these raised alerts cleared at @now_s (wall clock). Return: 0 or -errno.
int store_clear(struct store *store, const int64_t *ids, size_t count, int64_t now_s);

/**
 * store_set_snooze() - keep until when a rule is snoozed, so that a restart does not end it
 * @rule:    the rule as written; "" = everything
 * @until_s: wall clock; 0 = not any more
 *
 * Return: 0 or -errno.
 */
int store_set_snooze(struct store *store, const char *rule, int64_t until_s);

// A snooze; @rule lives during the call only.
typedef void (*store_snooze_fn)(const char *rule, int64_t until_s, void *userdata);

// Calls @each for every snooze kept, those that have ended among them. Return: 0 or -errno.
int store_each_snooze(struct store *store, store_snooze_fn each, void *userdata);

#endif
