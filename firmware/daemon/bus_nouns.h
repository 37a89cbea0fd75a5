// SPDX-License-Identifier: MIT
//
// bus_nouns.h - the daemon's nouns as records (port/bus/bus_record.h): which key holds what.
//
// The keys are the interface, on the bus and in what --json prints; wirebell-dbus(7) lists them.
// They may become more, and never change their meaning.

#ifndef DAEMON_BUS_NOUNS_H
#define DAEMON_BUS_NOUNS_H

#include <systemd/sd-bus.h>

#include "core/text/arena.h"
#include "daemon/control.h"
#include "wirebell/alert.h"
#include "wirebell/feed_status.h"

// Each appends one record. @scratch: see bus_field_write(). Return: 0 or -errno.

int bus_nouns_write_alert(sd_bus_message *message, const struct alert *alert,
                          struct arena *scratch);

int bus_nouns_write_feed(sd_bus_message *message, const struct feed_status *feed,
                         struct arena *scratch);

int bus_nouns_write_status(sd_bus_message *message, const struct control_status *status,
                           struct arena *scratch);

#endif
