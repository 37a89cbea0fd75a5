// SPDX-License-Identifier: MIT
//
// bus_open.h - the way to the message bus, the same for the daemon and for who asks it.

#ifndef PORT_BUS_OPEN_H
#define PORT_BUS_OPEN_H

#include <stdbool.h>
#include <systemd/sd-bus.h>

#define BUS_NAME      "org.wirebell1"
#define BUS_PATH      "/org/wirebell1"
#define BUS_INTERFACE "org.wirebell1.Bell"

// Errors of the interface, beside those every D-Bus service has; each comes with a sentence.
#define BUS_ERROR_UNKNOWN "org.wirebell1.Error.Unknown" // no such alert, feed, rule, lamp
#define BUS_ERROR_FAILED  "org.wirebell1.Error.Failed"

/**
 * bus_open() - begin a connection to a bus daemon; nothing is waited for
 * @is_user: the session's bus ($DBUS_SESSION_BUS_ADDRESS, else $XDG_RUNTIME_DIR/bus), not the
 *           machine's ($DBUS_SYSTEM_BUS_ADDRESS, else /run/dbus/system_bus_socket)
 * @waits:   when there is no such socket yet, the connection is made once there is; needs an event
 *           loop, and wakes nobody up meanwhile
 * @ret:     owned; written only on success. What is sent before the connection stands is kept
 *
 * Return: 0; -ENOMEDIUM when the environment names no session bus; -ENOENT, -ECONNREFUSED... where
 * nobody listens.
 */
int bus_open(bool is_user, bool waits, sd_bus **ret);

#endif
