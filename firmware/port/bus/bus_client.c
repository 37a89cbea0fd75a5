// SPDX-License-Identifier: MIT

#include "port/bus/bus_client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/bus/bus_open.h"
#include "port/reader/reader_text.h"

enum {
    ANSWER_US = 10000000, // a daemon that reads a large configuration is busy for a second or two
    ERROR_SIZE = 1024,
    COMPLAINTS_MAX = 512 << 10,       // of a file with LIMIT_DIAGS_MAX of them, many times over
    SCRATCH_MAX = 2 * COMPLAINTS_MAX, // the texts of one record take less
};

struct bus_client {
    bool is_user;
    bool is_absent;        // nobody was there to answer
    sd_bus *bus;           // NULL = not connected yet
    sd_bus_message *reply; // of the last call
    struct arena *scratch; // owns what was mended of the answer
    char error[ERROR_SIZE];
};

int bus_client_new(bool is_user, struct bus_client **ret) {
    struct bus_client *client = calloc(1, sizeof *client);
    if (!client)
        return -ENOMEM;
    client->is_user = is_user;
    *ret = client;
    return 0;
}

struct bus_client *bus_client_free(struct bus_client *client) {
    if (!client)
        return NULL;
    sd_bus_message_unref(client->reply);
    arena_free(client->scratch);
    sd_bus_close_unref(client->bus);
    free(client);
    return NULL;
}

const char *bus_client_error(const struct bus_client *client) {
    return client->error;
}

// --- what goes wrong -------------------------------------------------------------------------

static void say_nobody(struct bus_client *client) {
    client->is_absent = true;
    const char *text =
        client->is_user
            ? "no wirebell runs on the bus of your session; start one with 'wirebell run --user'"
            : "no wirebell runs on this machine's system bus; start it with 'systemctl start "
              "wirebell'. One started in a terminal with 'wirebell run --user' is asked with "
              "--user";
    (void)snprintf(client->error, sizeof client->error, "%s", text);
}

static void say_no_bus(struct bus_client *client, int error) {
    client->is_absent = true;
    if (client->is_user)
        (void)snprintf(client->error, sizeof client->error,
                       "your session has no message bus that can be reached (%s), so no wirebell "
                       "can be asked over it; log in to a desktop or with systemd's user session",
                       strerrordesc_np(-error));
    else
        (void)snprintf(client->error, sizeof client->error,
                       "this machine's system bus cannot be reached (%s), so no wirebell can be "
                       "asked over it; install and start dbus",
                       strerrordesc_np(-error));
}

static void say_refused(struct bus_client *client, const sd_bus_error *error, int r) {
    static const char *const nobody[] = {SD_BUS_ERROR_SERVICE_UNKNOWN,
                                         SD_BUS_ERROR_NAME_HAS_NO_OWNER};
    for (size_t i = 0; i < sizeof nobody / sizeof *nobody; i++)
        if (sd_bus_error_has_name(error, nobody[i])) {
            say_nobody(client);
            return;
        }
    const char *text = error->message ? error->message : strerrordesc_np(-r);
    if (sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED))
        text = "that is for root and for members of the group wirebell; become one with 'sudo "
               "adduser $USER wirebell', then log in anew";
    else if (sd_bus_error_has_name(error, SD_BUS_ERROR_NO_REPLY) ||
             sd_bus_error_has_name(error, SD_BUS_ERROR_TIMEOUT) || r == -ETIMEDOUT)
        text = "the wirebell that runs does not answer; look at 'systemctl status wirebell'";
    else if (sd_bus_error_has_name(error, SD_BUS_ERROR_UNKNOWN_METHOD))
        text = "the wirebell that runs is of another version and does not know that; restart it "
               "with 'systemctl restart wirebell'";
    (void)snprintf(client->error, sizeof client->error, "%s", text);
}

static int say_unclear(struct bus_client *client, int r) {
    if (r == -ENOMEM)
        (void)snprintf(client->error, sizeof client->error, "%s", strerrordesc_np(ENOMEM));
    else if (r < 0)
        (void)snprintf(client->error, sizeof client->error,
                       "the answer cannot be understood: is the wirebell that runs of another "
                       "version? Restart it with 'systemctl restart wirebell'");
    return r < 0 ? r : 0;
}

// --- a call ----------------------------------------------------------------------------------

static int connect_bus(struct bus_client *client) {
    if (client->bus)
        return 0;
    int r = bus_open(client->is_user, false, &client->bus);
    if (r < 0)
        say_no_bus(client, r);
    return r;
}

// Calls a method with arguments as of sd_bus_message_append(); the answer is client->reply.
static int call(struct bus_client *client, const char *interface, const char *method,
                const char *types, ...) {
    sd_bus_message *message = NULL;
    sd_bus_error error = SD_BUS_ERROR_NULL;
    client->reply = sd_bus_message_unref(client->reply);
    int r = connect_bus(client);
    if (r < 0)
        return r;
    r = sd_bus_message_new_method_call(client->bus, &message, BUS_NAME, BUS_PATH, interface,
                                       method);
    // A wirebell that nobody started is not started by asking how it is.
    if (r >= 0)
        r = sd_bus_message_set_auto_start(message, false);
    va_list arguments;
    va_start(arguments, types);
    if (r >= 0)
        r = sd_bus_message_appendv(message, types, arguments);
    va_end(arguments);
    if (r >= 0)
        r = sd_bus_call(client->bus, message, ANSWER_US, &error, &client->reply);
    if (r < 0)
        say_refused(client, &error, r);
    sd_bus_error_free(&error);
    sd_bus_message_unref(message);
    return r < 0 ? r : 0;
}

static int renew_scratch(struct bus_client *client) {
    client->scratch = arena_free(client->scratch);
    return arena_new(SCRATCH_MAX, &client->scratch);
}

// What the answer says is shown on a terminal: whoever gave it is not trusted that far.
static int tell(struct bus_client *client, struct bus_record *record, bus_client_record_fn each,
                void *userdata) {
    int r = renew_scratch(client);
    if (r == 0)
        r = bus_record_clean(record, client->scratch);
    if (r == 0)
        each(record, userdata);
    return r;
}

// The answer's one record.
static int tell_one(struct bus_client *client, bus_client_record_fn each, void *userdata) {
    struct bus_record record;
    int r = bus_record_read(client->reply, &record);
    if (r > 0)
        return say_unclear(client, tell(client, &record, each, userdata));
    return say_unclear(client, r == 0 ? -EBADMSG : r);
}

// The answer's array of records.
static int tell_each(struct bus_client *client, bus_client_record_fn each, void *userdata) {
    struct bus_record record;
    int r = sd_bus_message_enter_container(client->reply, 'a', "a{sv}");
    while (r > 0 && (r = bus_record_read(client->reply, &record)) > 0)
        r = tell(client, &record, each, userdata) < 0 ? -ENOMEM : 1;
    return say_unclear(client, r);
}

// --- the verbs -------------------------------------------------------------------------------

int bus_client_status(struct bus_client *client, bus_client_record_fn each, void *userdata) {
    int r = call(client, BUS_INTERFACE, "Status", "");
    return r < 0 ? r : tell_one(client, each, userdata);
}

int bus_client_health(struct bus_client *client, bus_client_record_fn each, void *userdata) {
    int r = call(client, "org.freedesktop.DBus.Properties", "Get", "ss", BUS_INTERFACE, "Health");
    if (r < 0)
        return r;
    r = sd_bus_message_enter_container(client->reply, 'v', "a(sxss)");
    if (r > 0)
        r = sd_bus_message_enter_container(client->reply, 'a', "(sxss)");
    const char *cause, *what, *advice;
    int64_t since_s;
    while (r > 0 && (r = sd_bus_message_read(client->reply, "(sxss)", &cause, &since_s, &what,
                                             &advice)) > 0) {
        struct bus_record record = {.fields = {{"cause", 's', cause, 0},
                                               {"since_at", 'x', NULL, since_s},
                                               {"what", 's', what, 0},
                                               {"advice", 's', advice, 0}},
                                    .count = 4};
        r = tell(client, &record, each, userdata) < 0 ? -ENOMEM : 1;
    }
    return say_unclear(client, r);
}

int bus_client_alerts(struct bus_client *client, bus_client_record_fn each, void *userdata) {
    int r = call(client, BUS_INTERFACE, "Alerts", "");
    return r < 0 ? r : tell_each(client, each, userdata);
}

int bus_client_history(struct bus_client *client, const struct bus_client_history *query,
                       bus_client_record_fn each, void *userdata) {
    int r = call(client, BUS_INTERFACE, "History", "xub", query->since_s, query->limit,
                 (int)query->all);
    return r < 0 ? r : tell_each(client, each, userdata);
}

int bus_client_why(struct bus_client *client, int64_t id, bus_client_record_fn each,
                   void *userdata) {
    int r = call(client, BUS_INTERFACE, "Why", "x", id);
    return r < 0 ? r : tell_one(client, each, userdata);
}

int bus_client_snoozes(struct bus_client *client, bus_client_record_fn each, void *userdata) {
    int r = call(client, BUS_INTERFACE, "Snoozes", "");
    return r < 0 ? r : tell_each(client, each, userdata);
}

int bus_client_snooze(struct bus_client *client, int64_t for_s, const char *rule,
                      int64_t *ret_until_s) {
    int r = call(client, BUS_INTERFACE, "Snooze", "ts", (uint64_t)for_s, rule);
    return r < 0 ? r : say_unclear(client, sd_bus_message_read(client->reply, "x", ret_until_s));
}

int bus_client_test(struct bus_client *client, const char *what, bool *ret_is_absent) {
    client->is_absent = false;
    int r = call(client, BUS_INTERFACE, "Test", "s", what);
    *ret_is_absent = client->is_absent;
    return r;
}

int bus_client_feeds(struct bus_client *client, bus_client_record_fn each, void *userdata) {
    int r = call(client, BUS_INTERFACE, "Feeds", "");
    return r < 0 ? r : tell_each(client, each, userdata);
}

int bus_client_acknowledge(struct bus_client *client, int64_t id, uint32_t *ret_count) {
    int r = call(client, BUS_INTERFACE, "Acknowledge", "x", id);
    return r < 0 ? r : say_unclear(client, sd_bus_message_read(client->reply, "u", ret_count));
}

int bus_client_poll(struct bus_client *client, const char *url) {
    return call(client, BUS_INTERFACE, "Poll", "s", url);
}

int bus_client_reload(struct bus_client *client, bool *ret_is_taken, const char **ret_complaints) {
    int is_taken;
    const char *complaints = NULL;
    int r = call(client, BUS_INTERFACE, "Reload", "");
    if (r < 0)
        return r;
    r = sd_bus_message_read(client->reply, "bs", &is_taken, &complaints);
    if (r > 0)
        r = renew_scratch(client);
    if (r >= 0)
        complaints = reader_text_mend(client->scratch, complaints, COMPLAINTS_MAX);
    if (r >= 0 && !complaints)
        r = -ENOMEM;
    if (r < 0)
        return say_unclear(client, r);
    *ret_is_taken = is_taken;
    *ret_complaints = complaints;
    return 0;
}
