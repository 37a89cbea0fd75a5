// SPDX-License-Identifier: MIT
//
// log.h - what the daemon says, once, where it decides.
//
// Under systemd each line is a journal entry with a MESSAGE_ID for its kind and fields
// (WIREBELL_FEED=, WIREBELL_RULE=, WIREBELL_LEVEL=...), so that "show me all rings" is one
// journalctl call. Anywhere else it is a line on standard error that begins with the time.
//
// Whatever is said passes utf8_screen(): texts of strangers are among it.

#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include <stdbool.h>
#include <stddef.h>

// Kinds of events; each has a MESSAGE_ID and a priority in log.c.
enum log_event {
    LOG_STARTED,
    LOG_STOPPED,
    LOG_CONFIGURATION_LOADED,
    LOG_CONFIGURATION_REFUSED, // an edit that was wrong: the last good one is kept
    LOG_OUTPUT_MISSING,
    LOG_STATE_FAILED,
    LOG_FEED_BASELINE,
    LOG_FEED_FAILED,
    LOG_FEED_RECOVERED,
    LOG_FEED_MOVED,    // a permanent redirect is believed, or no longer
    LOG_FEED_INTERVAL, // why it is asked otherwise than one would think
    LOG_NETWORK,       // offline, online again
    LOG_ALERT_RAISED,
    LOG_ALERT_RESTORED,
    LOG_NOT_RAISED, // stories met a rule and do not ring, with the reasons
    LOG_ALERT_CLEARED,
    LOG_ACKNOWLEDGED,
    LOG_SNOOZED,
    LOG_HEALTH_LOST,
    LOG_HEALTH_REGAINED,
    LOG_BUS_REFUSED, // nobody can ask or command this wirebell over D-Bus
    LOG_TROUBLE,     // at this end, not foreseen
    LOG_EVENT_COUNT
};

// Extra journal field; @value may be any text, a NULL value leaves the field out.
struct log_field {
    const char *name;
    const char *value;
};

struct log;

// Takes nothing from the environment but JOURNAL_STREAM. Return: 0 or -ENOMEM.
int log_new(struct log **ret);

// NULL is fine. Returns NULL.
struct log *log_free(struct log *log);

/**
 * log_event() - say something
 * @event:  its kind
 * @fields: ends with a name of NULL; NULL = none
 * @format: one sentence for people
 */
void log_event(struct log *log, enum log_event event, const struct log_field *fields,
               const char *format, ...) __attribute__((format(printf, 4, 5)));

/**
 * log_progress() - "37 of 200 feeds read", on a terminal; the next line that is said takes its
 * place
 * @total: 0 = take it away
 */
void log_progress(struct log *log, size_t done, size_t total);

/**
 * log_set_terminal() - who draws on the terminal that lines are written to
 * @picture: called with false before a line is written and with true after it; NULL = nobody
 */
void log_set_terminal(struct log *log, void (*picture)(bool is_shown, void *userdata),
                      void *userdata);

#endif
