// SPDX-License-Identifier: MIT
//
// bus_properties.h - the properties of org.wirebell1.Bell, and who is told when they change.
//
// A value is made when it is asked for; of what was last told only a hash is kept.

#ifndef DAEMON_BUS_PROPERTIES_H
#define DAEMON_BUS_PROPERTIES_H

#include <systemd/sd-bus.h>

#include "daemon/control.h"

struct bus_properties;

/**
 * bus_properties_new() - put the properties on a connection
 * @bus:     a reference is taken
 * @control: borrowed for life
 * @ret:     owned; written only on success
 *
 * Return: 0 or -errno of sd-bus.
 */
int bus_properties_new(sd_bus *bus, struct control *control, struct bus_properties **ret);

// NULL is fine. Returns NULL.
struct bus_properties *bus_properties_free(struct bus_properties *properties);

// Emits PropertiesChanged for what differs from the last time.
void bus_properties_update(struct bus_properties *properties);

#endif
