// SPDX-License-Identifier: MIT
//
// reader_network.h - the caller's end of AwaitNetwork: the one process that sees the network tells
// when it has changed.
//
// A call that is answered late. Meanwhile the reader stays, so it is for outages only. When the
// reader dies the call is lost, and to be made again; nothing depends on its answer.

#ifndef PORT_READER_NETWORK_H
#define PORT_READER_NETWORK_H

#include <systemd/sd-bus.h>

// From the event loop: a way out has come up, or somebody was heard.
typedef void (*reader_network_fn)(void *userdata);

/**
 * struct reader_network - all zero but @changed = nothing is awaited
 * @changed:  set by the caller
 * @userdata: handed to it
 * @slot:     the call under way; owned, NULL = none
 */
struct reader_network {
    reader_network_fn changed;
    void *userdata;
    sd_bus_slot *slot;
};

/**
 * reader_network_await() - be told of the next change, once
 * @bus: to the reader, of reader_client_bus(); NULL = there is none
 *
 * While a call is under way on @bus this does nothing.
 *
 * Return: 0; -ENOTCONN without @bus; another -errno of sd-bus.
 */
int reader_network_await(struct reader_network *network, sd_bus *bus);

// Awaits nothing any more.
void reader_network_done(struct reader_network *network);

#endif
