// SPDX-License-Identifier: MIT
//
// network_watch.h - has a way out of this machine come up?
//
// The kernel tells of new routes (rtnetlink(7)), which is what a cable, a Wi-Fi and a modem have in
// common once they carry something. To be watched only while there is a reason: where IPv6 routers
// advertise themselves, routes are told of again and again.

#ifndef PORT_NETWORK_WATCH_H
#define PORT_NETWORK_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

struct network_watch;

// From the event loop, once or more; may close the watch.
typedef void (*network_watch_fn)(void *userdata);

/**
 * network_watch_open() - tell of each way out that comes up from now on
 * @event: a reference is taken
 * @ret:   owned; written only on success
 *
 * Return: 0, -ENOMEM, or -errno of socket(2), bind(2) or sd-event (-EAFNOSUPPORT where a sandbox
 * allows no AF_NETLINK).
 */
int network_watch_open(sd_event *event, network_watch_fn changed, void *userdata,
                       struct network_watch **ret);

// NULL is fine. Returns NULL.
struct network_watch *network_watch_close(struct network_watch *watch);

/**
 * network_watch_is_way() - does this tell of a way to other machines?
 * @bytes: messages of rtnetlink, aligned as struct nlmsghdr is
 *
 * True for a new route to hosts elsewhere; false for this machine's own addresses, for broadcast
 * and multicast, for routes that only mend another one, and for IPv6 link-local ones, which an
 * interface has before it leads anywhere.
 */
bool network_watch_is_way(const void *bytes, size_t size);

#endif
