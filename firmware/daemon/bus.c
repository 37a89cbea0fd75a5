// SPDX-License-Identifier: MIT

#include "daemon/bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "daemon/bus_bell.h"
#include "daemon/bus_properties.h"
#include "port/bus/bus_open.h"

#define SECOND_US UINT64_C(1000000)

// A bus that is restarted is back within seconds; one that is broken is not asked all day.
enum { RETRY_FIRST_S = 1, RETRY_LAST_S = 60 };

struct bus {
    sd_event *event;
    struct log *log;
    struct control *control;
    bool is_user;
    sd_bus *bus; // NULL = between two attempts
    struct bus_bell *bell;
    struct bus_properties *properties;
    bool has_name;   // what is told before is told to nobody
    bool is_refused; // said once for each refusal in a row
    uint64_t retry_s;
    sd_event_source *retry;
};

static void disconnect(struct bus *bus) {
    bus->has_name = false;
    bus->properties = bus_properties_free(bus->properties);
    bus->bell = bus_bell_free(bus->bell);
    bus->bus = sd_bus_close_unref(bus->bus);
}

static void retry_later(struct bus *bus) {
    (void)sd_event_source_set_time_relative(bus->retry, bus->retry_s * SECOND_US);
    (void)sd_event_source_set_enabled(bus->retry, SD_EVENT_ONESHOT);
    bus->retry_s = bus->retry_s * 2 < RETRY_LAST_S ? bus->retry_s * 2 : RETRY_LAST_S;
}

// The connection cannot be ended from within what it calls: that is left to the timer.
static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)message;
    (void)reterr;
    struct bus *bus = userdata;
    bus->has_name = false;
    retry_later(bus);
    return 0;
}

static void say_refused(struct bus *bus, const char *why) {
    if (bus->is_refused)
        return;
    bus->is_refused = true;
    log_event(bus->log, LOG_BUS_REFUSED, NULL,
              "the commands status, ack... do not reach this wirebell: the %s bus does not give it "
              "the name " BUS_NAME ": %s",
              bus->is_user ? "session" : "system", why);
}

static int on_name(sd_bus_message *reply, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    struct bus *bus = userdata;
    const sd_bus_error *error = sd_bus_message_get_error(reply);
    uint32_t result = 0;
    enum { OWNER = 1, IN_QUEUE = 2 }; // D-Bus specification, RequestName
    if (error && sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED))
        say_refused(bus, "its policy does not allow it; run as user wirebell or root, or --user");
    else if (error)
        say_refused(bus, error->message ? error->message : error->name);
    else if (sd_bus_message_read(reply, "u", &result) >= 0 && result == IN_QUEUE)
        say_refused(bus, "another wirebell has it; this one gets it when that one ends");
    if (result != OWNER)
        return 0;
    bus->has_name = true;
    bus->is_refused = false;
    bus->retry_s = RETRY_FIRST_S;
    return 0;
}

// The name came later: the one who had it is gone. The bus tells its owner so without being asked
// to (D-Bus specification, NameAcquired).
static int on_message(sd_bus_message *message, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    struct bus *bus = userdata;
    const char *sender = sd_bus_message_get_sender(message);
    const char *name;
    if (sender && strcmp(sender, "org.freedesktop.DBus") == 0 &&
        sd_bus_message_is_signal(message, "org.freedesktop.DBus", "NameAcquired") > 0 &&
        sd_bus_message_read(message, "s", &name) >= 0 && strcmp(name, BUS_NAME) == 0)
        bus->has_name = true;
    return 0;
}

static int connect_bus(struct bus *bus) {
    int r = bus_open(bus->is_user, true, &bus->bus);
    if (r >= 0)
        r = sd_bus_match_signal(bus->bus, NULL, NULL, NULL, "org.freedesktop.DBus.Local",
                                "Disconnected", on_disconnected, bus);
    if (r >= 0)
        r = sd_bus_add_filter(bus->bus, NULL, on_message, bus);
    if (r >= 0)
        r = bus_bell_new(bus->bus, bus->control, &bus->bell);
    if (r >= 0)
        r = bus_properties_new(bus->bus, bus->control, &bus->properties);
    if (r >= 0)
        r = sd_bus_request_name_async(bus->bus, NULL, BUS_NAME, SD_BUS_NAME_QUEUE, on_name, bus);
    if (r >= 0)
        r = sd_bus_attach_event(bus->bus, bus->event, SD_EVENT_PRIORITY_NORMAL);
    return r;
}

static void reach_bus(struct bus *bus) {
    disconnect(bus);
    int r = connect_bus(bus);
    if (r >= 0)
        return;
    disconnect(bus);
    if (r != -ENOMEDIUM) // the environment names no bus, and never will
        retry_later(bus);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata) {
    (void)source;
    (void)usec;
    reach_bus(userdata);
    return 0;
}

static void on_alert(enum control_event event, const struct alert *alert, void *userdata) {
    struct bus *bus = userdata;
    if (bus->has_name)
        bus_bell_signal(bus->bell, event, alert);
}

static void on_changed(void *userdata) {
    struct bus *bus = userdata;
    if (bus->has_name)
        bus_properties_update(bus->properties);
}

int bus_new(sd_event *event, struct log *log, struct control *control, bool is_user,
            struct bus **ret) {
    struct bus *bus = calloc(1, sizeof *bus);
    if (!bus)
        return -ENOMEM;
    bus->event = sd_event_ref(event);
    bus->log = log;
    bus->control = control;
    bus->is_user = is_user;
    bus->retry_s = RETRY_FIRST_S;
    int r = sd_event_add_time(event, &bus->retry, CLOCK_MONOTONIC, 0, SECOND_US, on_retry, bus);
    if (r >= 0)
        r = sd_event_source_set_enabled(bus->retry, SD_EVENT_OFF);
    if (r < 0) {
        bus_free(bus);
        return r;
    }
    control_listen(control, &(struct control_listener){
                                .alert = on_alert, .changed = on_changed, .userdata = bus});
    reach_bus(bus);
    *ret = bus;
    return 0;
}

struct bus *bus_free(struct bus *bus) {
    if (!bus)
        return NULL;
    control_listen(bus->control, NULL);
    sd_event_source_disable_unref(bus->retry);
    disconnect(bus);
    sd_event_unref(bus->event);
    free(bus);
    return NULL;
}
