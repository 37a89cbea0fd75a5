// SPDX-License-Identifier: MIT
//
// bus_bell.h - org.wirebell1.Bell: the verbs of control.h as D-Bus methods, and its signals.
//
// Who may call what is decided by the bus's policy file, which lets everyone look and the group
// wirebell act; nothing is decided here a second time.

#ifndef DAEMON_BUS_BELL_H
#define DAEMON_BUS_BELL_H

#include <systemd/sd-bus.h>

#include "daemon/control.h"

struct bus_bell;

/**
 * bus_bell_new() - put methods and signals on a connection
 * @bus:     a reference is taken
 * @control: borrowed for life
 * @ret:     owned; written only on success
 *
 * Return: 0 or -errno of sd-bus.
 */
int bus_bell_new(sd_bus *bus, struct control *control, struct bus_bell **ret);

// NULL is fine. Returns NULL.
struct bus_bell *bus_bell_free(struct bus_bell *bell);

// Emits the signal of an event. What cannot be sent is dropped: who reconnects asks anyway.
void bus_bell_signal(struct bus_bell *bell, enum control_event event, const struct alert *alert);

#endif
