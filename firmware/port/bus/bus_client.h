// SPDX-License-Identifier: MIT
//
// bus_client.h - asking the daemon that runs on this machine, over D-Bus.
//
// One function a verb. What goes wrong is put into a sentence here, for it is the same for all of
// them: nobody runs, nobody may, or the daemon said no.

#ifndef PORT_BUS_CLIENT_H
#define PORT_BUS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "port/bus/bus_record.h"

struct bus_client;

// One noun of an answer; @record lives during the call only.
typedef void (*bus_client_record_fn)(const struct bus_record *record, void *userdata);

/**
 * bus_client_new() - a way to the daemon; nothing is sent yet
 * @is_user: on the session's bus, not on the machine's
 * @ret:     owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int bus_client_new(bool is_user, struct bus_client **ret);

// NULL is fine. Returns NULL.
struct bus_client *bus_client_free(struct bus_client *client);

// Why the last call failed: a sentence or two, what to do included.
const char *bus_client_error(const struct bus_client *client);

/*
 * The verbs. Each waits for the answer, some seconds at most, and returns 0, or -errno and
 * bus_client_error() then tells why.
 */

// One record: the daemon in one look.
int bus_client_status(struct bus_client *client, bus_client_record_fn each, void *userdata);

// A record for each cause of ill health, worst first: cause, since_at, what, advice.
int bus_client_health(struct bus_client *client, bus_client_record_fn each, void *userdata);

// A record for each unacknowledged alert, oldest first.
int bus_client_alerts(struct bus_client *client, bus_client_record_fn each, void *userdata);

/**
 * struct bus_client_history - which alerts of the past
 * @since_s: raised then or later, seconds since 1970
 * @limit:   the newest so many; 0 = as many as the daemon tells at once
 * @all:     those that matched and did not ring, too
 */
struct bus_client_history {
    int64_t since_s;
    uint32_t limit;
    bool all;
};

// A record for each alert of the past, newest first.
int bus_client_history(struct bus_client *client, const struct bus_client_history *query,
                       bus_client_record_fn each, void *userdata);

// One record: the alert of that number; 0 = the last that rang.
int bus_client_why(struct bus_client *client, int64_t id, bus_client_record_fn each,
                   void *userdata);

// A record for each feed, in the order of addresses.
int bus_client_feeds(struct bus_client *client, bus_client_record_fn each, void *userdata);

// A record for each snooze that has not ended: rule ("" = everything), until_at.
int bus_client_snoozes(struct bus_client *client, bus_client_record_fn each, void *userdata);

// Acknowledges one alert, or with 0 all. *ret_count = how many that were.
int bus_client_acknowledge(struct bus_client *client, int64_t id, uint32_t *ret_count);

/**
 * bus_client_snooze() - silence for a while
 * @for_s:       >= 0; 0 ends it
 * @rule:        as written in the keywords file; "" = everything
 * @ret_until_s: the end, seconds since 1970; 0 = it has ended
 */
int bus_client_snooze(struct bus_client *client, int64_t for_s, const char *rule,
                      int64_t *ret_until_s);

/**
 * bus_client_test() - a lamp test (""), or a drill of that level
 * @ret_is_absent: always written: no wirebell runs, or there is no bus to ask it over
 */
int bus_client_test(struct bus_client *client, const char *what, bool *ret_is_absent);

// Asks a feed now, or with "" every feed; returns before they have answered.
int bus_client_poll(struct bus_client *client, const char *url);

/**
 * bus_client_reload() - have the keywords read again
 * @ret_is_taken:   they are in force
 * @ret_complaints: what is wrong with them, "" = nothing; borrowed until the next call
 */
int bus_client_reload(struct bus_client *client, bool *ret_is_taken, const char **ret_complaints);

#endif
