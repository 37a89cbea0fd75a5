// SPDX-License-Identifier: MIT

#include "port/bus/bus_open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int set_address(sd_bus *bus, bool is_user) {
    const char *address =
        secure_getenv(is_user ? "DBUS_SESSION_BUS_ADDRESS" : "DBUS_SYSTEM_BUS_ADDRESS");
    if (address)
        return sd_bus_set_address(bus, address);
    if (!is_user)
        return sd_bus_set_address(bus, "unix:path=/run/dbus/system_bus_socket");
    const char *folder = secure_getenv("XDG_RUNTIME_DIR");
    char path[256];
    if (!folder || (size_t)snprintf(path, sizeof path, "unix:path=%s/bus", folder) >= sizeof path)
        return -ENOMEDIUM;
    return sd_bus_set_address(bus, path);
}

int bus_open(bool is_user, bool waits, sd_bus **ret) {
    sd_bus *bus = NULL;
    int r = sd_bus_new(&bus);
    if (r >= 0)
        r = set_address(bus, is_user);
    if (r >= 0)
        r = sd_bus_set_bus_client(bus, true);
    if (r >= 0)
        r = sd_bus_set_watch_bind(bus, waits);
    if (r >= 0)
        r = sd_bus_start(bus);
    if (r < 0) {
        sd_bus_close_unref(bus);
        return r;
    }
    *ret = bus;
    return 0;
}
