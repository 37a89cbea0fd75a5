// SPDX-License-Identifier: MIT

#include "port/reader/reader_network.h"

#include <errno.h>
#include <stdint.h>

#include "port/reader/reader_protocol.h"

static int on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    struct reader_network *network = userdata;
    network->slot = sd_bus_slot_unref(network->slot);
    // An error is a reader that cannot tell, or has died.
    if (!sd_bus_message_is_method_error(reply, NULL))
        network->changed(network->userdata);
    return 0;
}

int reader_network_await(struct reader_network *network, sd_bus *bus) {
    if (!bus)
        return -ENOTCONN;
    if (network->slot && sd_bus_slot_get_bus(network->slot) == bus)
        return 0;
    reader_network_done(network); // of a reader that is gone
    sd_bus_message *message = NULL;
    int r = sd_bus_message_new_method_call(bus, &message, NULL, READER_OBJECT, READER_INTERFACE,
                                           READER_AWAIT);
    if (r >= 0)
        r = sd_bus_call_async(bus, &network->slot, message, on_reply, network, UINT64_MAX);
    sd_bus_message_unref(message);
    return r < 0 ? r : 0;
}

void reader_network_done(struct reader_network *network) {
    network->slot = sd_bus_slot_unref(network->slot);
}
