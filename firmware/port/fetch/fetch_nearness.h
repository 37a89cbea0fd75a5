// SPDX-License-Identifier: MIT
//
// fetch_nearness.h - how near to this machine an address is. Pure functions.
//
// A site on the Internet may redirect to any other; it may not make the bell ask what only this
// machine, or only its network, can reach: the router's pages, a printer, a service on loopback.
// Whoever wrote the line in the keywords file may.

#ifndef PORT_FETCH_NEARNESS_H
#define PORT_FETCH_NEARNESS_H

#include <sys/socket.h>

// In this order: the greater, the nearer.
enum fetch_nearness {
    FETCH_NEARNESS_PUBLIC,  // an address of the Internet
    FETCH_NEARNESS_NETWORK, // of a network of our own: private, link-local, shared, multicast
    FETCH_NEARNESS_MACHINE, // this machine: loopback, unspecified
};

/**
 * fetch_nearness_of() - of a socket address
 * @address: IPv4 or IPv6; one of IPv6 that carries an IPv4 address (mapped, compatible, NAT64,
 *           6to4) is as near as that; any other family is this machine's
 *
 * Source: the special-purpose registries of RFC 6890. Documentation networks count as public:
 * they lead nowhere. So does a public address that is this machine's own.
 */
enum fetch_nearness fetch_nearness_of(const struct sockaddr *address);

/**
 * fetch_nearness_of_text() - of an address as text
 * @text:      "192.0.2.1", "fe80::1%eth0"; NULL is fine
 * @otherwise: given where it is no address
 */
enum fetch_nearness fetch_nearness_of_text(const char *text, enum fetch_nearness otherwise);

#endif
