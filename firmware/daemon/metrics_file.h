// SPDX-License-Identifier: MIT
//
// metrics_file.h - the file that node_exporter reads, where one is asked for (metrics=).
//
// It is written when something has happened, a round of polls at the least, and once however much
// happened in that turn of the event loop; never by a timer, for an idle bell sleeps. So the age of
// the file tells whether the daemon lives, and a clean stop takes it away: there is nothing to tell
// then. What cannot be written is said once; the bell rings on.

#ifndef DAEMON_METRICS_FILE_H
#define DAEMON_METRICS_FILE_H

#include <stddef.h>
#include <systemd/sd-event.h>

#include "daemon/control.h"
#include "daemon/log.h"
#include "daemon/poller.h"
#include "wirebell/alert.h"

struct metrics_file;

/**
 * struct metrics_file_parts - where it has its numbers from; all borrowed for life
 * @event:   loop; a reference is taken
 * @log:     for a file that cannot be written
 * @poller:  the feeds
 * @control: all the rest
 */
struct metrics_file_parts {
    sd_event *event;
    struct log *log;
    struct poller *poller;
    struct control *control;
};

/**
 * metrics_file_new() - counts from now on, and writes nothing until it has a path
 * Return: 0, -ENOMEM or another -errno of sd-event; *ret (owned) is written only on success.
 */
int metrics_file_new(const struct metrics_file_parts *parts, struct metrics_file **ret);

// Takes the file away. NULL is fine. Returns NULL.
struct metrics_file *metrics_file_free(struct metrics_file *file);

/**
 * metrics_file_set_path() - which file; one that was written under another name goes
 * @file: NULL is fine
 * @path: copied; "" = none
 */
void metrics_file_set_path(struct metrics_file *file, const char *path);

// Something may have changed: to be written before the loop sleeps. NULL is fine.
void metrics_file_touch(struct metrics_file *file);

// Stories met a rule, and rang or did not. NULL is fine.
void metrics_file_count(struct metrics_file *file, const struct alert *alerts, size_t count);

// An alert changed; what is not an acknowledgement is passed over. NULL is fine.
void metrics_file_hear(struct metrics_file *file, enum control_event event,
                       const struct alert *alert);

#endif
