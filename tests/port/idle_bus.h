// SPDX-License-Identifier: MIT
//
// idle_bus.h - a connection to nobody: messages need one.

#ifndef TESTS_PORT_IDLE_BUS_H
#define TESTS_PORT_IDLE_BUS_H

#include "unit.h"

#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

struct idle_bus {
    sd_bus *bus;
    int peer_fd;
};

static inline void idle_bus_open(struct idle_bus *ret) {
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    assert_true(sd_bus_new(&ret->bus) >= 0);
    assert_true(sd_bus_negotiate_fds(ret->bus, true) >= 0);
    assert_true(sd_bus_set_fd(ret->bus, pair[0], pair[0]) >= 0);
    assert_true(sd_bus_start(ret->bus) >= 0);
    ret->peer_fd = pair[1];
}

static inline void idle_bus_close(struct idle_bus *idle) {
    sd_bus_close_unref(idle->bus);
    (void)close(idle->peer_fd);
}

// From now on it is read, from its beginning.
static inline sd_bus_message *idle_bus_seal(sd_bus_message *message) {
    assert_true(sd_bus_message_seal(message, 1, 0) >= 0);
    assert_true(sd_bus_message_rewind(message, true) >= 0);
    return message;
}

#endif
