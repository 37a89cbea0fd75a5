// SPDX-License-Identifier: MIT
//
// heartbeat.h - systemd's watchdog is fed while the bell works, and not merely while its loop runs.
//
// A loop that stands (a write to a disk that hangs, too: writes are made in the loop) feeds
// nothing. One that runs while no feed is asked any more does not, either: a bell that is deaf by a
// fault of its own is started anew, and what was lit is lit again. A write that fails is no reason:
// the bell rings on, the health lamp says so, and a restart would mend nothing.

#ifndef DAEMON_HEARTBEAT_H
#define DAEMON_HEARTBEAT_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "daemon/log.h"

struct heartbeat;

/**
 * heartbeat_new() - the first sign of life, and those that follow
 * @event:    loop
 * @log:      borrowed for life; told once when signs of life end, and once when they begin again
 * @is_alive: is all at work? Called before each sign
 * @userdata: handed to it
 *
 * Return: 0, also when nobody watches (WATCHDOG_USEC of sd_watchdog_enabled(3)), *ret is NULL then;
 * -ENOMEM or another -errno of sd-event. *ret (owned) is written only on success.
 */
int heartbeat_new(sd_event *event, struct log *log, bool (*is_alive)(void *userdata),
                  void *userdata, struct heartbeat **ret);

// NULL is fine. Returns NULL.
struct heartbeat *heartbeat_free(struct heartbeat *heartbeat);

#endif
