// SPDX-License-Identifier: MIT
//
// bus.h - the daemon's place on the message bus: org.wirebell1.
//
// A bell must ring where there is no bus, so nothing here can keep the daemon from being: while
// there is none the connection waits for its socket, woken by what is made in the socket's folders
// and by no timer, and when the bus goes it is sought again, after a second and then less and less
// often. What was told meanwhile is lost: who comes back to the bus asks for the state it has.

#ifndef DAEMON_BUS_H
#define DAEMON_BUS_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "daemon/control.h"
#include "daemon/log.h"

struct bus;

/**
 * bus_new() - offer the verbs on a bus, as soon as there is one
 * @event:   loop; a reference is taken
 * @log:     borrowed; told when the bus refuses the name
 * @control: borrowed; gets a listener
 * @is_user: the session's bus, not the machine's
 * @ret:     owned; written only on success
 *
 * Return: 0; -ENOMEM or -errno of sd-event. A bus that cannot be reached is no error.
 */
int bus_new(sd_event *event, struct log *log, struct control *control, bool is_user,
            struct bus **ret);

// Leaves the bus. NULL is fine. Returns NULL.
struct bus *bus_free(struct bus *bus);

#endif
