// SPDX-License-Identifier: MIT

#include "daemon/bus_bell.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "core/text/arena.h"
#include "daemon/bus_nouns.h"
#include "port/bus/bus_open.h"
#include "port/bus/bus_record.h"
#include "wirebell/limits.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

// Room for the texts of one reply that have to be mended; nearly always none.
enum { SCRATCH_MAX = 1 << 20 };

// A reply that lists nouns: aa{sv}, or one of them alone.
struct listing {
    sd_bus_message *reply;
    struct arena *scratch;
    int error; // of the first noun that could not be written
    size_t count;
};

struct bus_bell {
    sd_bus *bus;
    sd_bus_slot *slot;
    struct control *control;
};

// --- methods ---------------------------------------------------------------------------------

static int listing_begin(sd_bus_message *call, struct listing *ret) {
    struct listing listing = {.reply = NULL};
    int r = arena_new(SCRATCH_MAX, &listing.scratch);
    if (r >= 0)
        r = sd_bus_message_new_method_return(call, &listing.reply);
    *ret = listing;
    return r;
}

static int listing_end(struct listing *listing, int r) {
    if (r >= 0)
        r = listing->error;
    if (r >= 0)
        r = sd_bus_message_send(listing->reply);
    sd_bus_message_unref(listing->reply);
    arena_free(listing->scratch);
    return r < 0 ? r : 1;
}

// Replies with the nouns that @each_noun lists.
static int reply_list(sd_bus_message *call, struct control *control,
                      int (*each_noun)(struct control *control, struct listing *listing,
                                       const void *query),
                      const void *query) {
    struct listing listing;
    int r = listing_begin(call, &listing);
    if (r >= 0)
        r = sd_bus_message_open_container(listing.reply, 'a', "a{sv}");
    if (r >= 0)
        r = each_noun(control, &listing, query);
    if (r >= 0)
        r = listing.error;
    if (r >= 0)
        r = sd_bus_message_close_container(listing.reply);
    return listing_end(&listing, r);
}

static void list_alert(const struct alert *alert, void *userdata) {
    struct listing *listing = userdata;
    if (listing->error >= 0)
        listing->error = bus_nouns_write_alert(listing->reply, alert, listing->scratch);
    listing->count++;
}

static void list_snooze(const char *rule, int64_t until_s, void *userdata) {
    struct listing *listing = userdata;
    const struct bus_field fields[] = {{"rule", 's', rule, 0}, {"until_at", 'x', NULL, until_s}};
    if (listing->error >= 0)
        listing->error =
            bus_record_write(listing->reply, fields, ARRAY_SIZE(fields), listing->scratch);
}

static int each_snooze(struct control *control, struct listing *listing, const void *query) {
    (void)query;
    return control_each_snooze(control, list_snooze, listing);
}

static void list_feed(const struct feed_status *feed, void *userdata) {
    struct listing *listing = userdata;
    if (listing->error >= 0)
        listing->error = bus_nouns_write_feed(listing->reply, feed, listing->scratch);
    listing->count++;
}

static int each_raised(struct control *control, struct listing *listing, const void *query) {
    (void)query;
    return control_each_raised(control, list_alert, listing);
}

static int each_alert(struct control *control, struct listing *listing, const void *query) {
    return control_each_alert(control, query, list_alert, listing);
}

static int each_feed(struct control *control, struct listing *listing, const void *query) {
    (void)query;
    control_each_feed(control, list_feed, listing);
    return 0;
}

static int on_status(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    const struct bus_bell *bell = userdata;
    struct control_status status;
    struct listing listing;
    control_status(bell->control, &status);
    int r = listing_begin(call, &listing);
    if (r >= 0)
        r = bus_nouns_write_status(listing.reply, &status, listing.scratch);
    return listing_end(&listing, r);
}

static int on_alerts(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    const struct bus_bell *bell = userdata;
    return reply_list(call, bell->control, each_raised, NULL);
}

static int on_history(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    const struct bus_bell *bell = userdata;
    struct store_alert_query query = {.dispositions = CONTROL_RUNG};
    uint32_t limit;
    int with_unrung;
    int r = sd_bus_message_read(call, "xub", &query.since_s, &limit, &with_unrung);
    if (r < 0)
        return r;
    query.limit = limit > 0 && limit < LIMIT_HISTORY_MAX ? limit : LIMIT_HISTORY_MAX;
    if (with_unrung)
        query.dispositions = 0;
    return reply_list(call, bell->control, each_alert, &query);
}

static int on_snoozes(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    const struct bus_bell *bell = userdata;
    return reply_list(call, bell->control, each_snooze, NULL);
}

static int on_why(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    const struct bus_bell *bell = userdata;
    struct store_alert_query query = {.limit = 1};
    struct listing listing;
    int r = sd_bus_message_read(call, "x", &query.id);
    if (r < 0)
        return r;
    if (query.id == 0)
        query.dispositions = CONTROL_RUNG;
    r = listing_begin(call, &listing);
    if (r >= 0)
        r = control_each_alert(bell->control, &query, list_alert, &listing);
    if (r >= 0 && listing.count == 0)
        r = query.id == 0 ? sd_bus_error_setf(reterr, BUS_ERROR_UNKNOWN, "nothing has rung yet")
                          : sd_bus_error_setf(reterr, BUS_ERROR_UNKNOWN,
                                              "there is no alert %" PRId64
                                              "; 'wirebell history' lists those there are",
                                              query.id);
    return listing_end(&listing, r);
}

static int on_acknowledge(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    const struct bus_bell *bell = userdata;
    int64_t id;
    int r = sd_bus_message_read(call, "x", &id);
    if (r < 0)
        return r;
    if (id == 0)
        return sd_bus_reply_method_return(
            call, "u", (uint32_t)control_acknowledge_all(bell->control, "command"));
    r = control_acknowledge(bell->control, id, "command");
    if (r == -ENOENT)
        return sd_bus_error_setf(reterr, BUS_ERROR_UNKNOWN,
                                 "alert %" PRId64 " is not waiting to be acknowledged", id);
    return r < 0 ? r : sd_bus_reply_method_return(call, "u", 1u);
}

static int on_snooze(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    const struct bus_bell *bell = userdata;
    uint64_t seconds;
    const char *rule;
    int64_t until_s;
    int r = sd_bus_message_read(call, "ts", &seconds, &rule);
    if (r < 0)
        return r;
    if (seconds > CONTROL_SNOOZE_MAX_S)
        return sd_bus_error_setf(reterr, SD_BUS_ERROR_INVALID_ARGS,
                                 "a snooze lasts 31 days at most; what is to be silent longer is "
                                 "better taken out of the keywords file");
    r = control_snooze(bell->control, (int64_t)seconds, rule, "command", &until_s);
    if (r == -ENOENT)
        return sd_bus_error_setf(reterr, BUS_ERROR_UNKNOWN,
                                 "no rule of the keywords file is written so: %s", rule);
    return r < 0 ? r : sd_bus_reply_method_return(call, "x", until_s);
}

static int on_test(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    const struct bus_bell *bell = userdata;
    const char *what;
    int64_t id;
    int r = sd_bus_message_read(call, "s", &what);
    if (r < 0)
        return r;
    r = control_test(bell->control, what, "command", &id);
    if (r == -ENOENT)
        return sd_bus_error_setf(reterr, BUS_ERROR_UNKNOWN,
                                 "'%s' is neither a level (flash, bulletin, urgent, routine) nor "
                                 "an output of the board",
                                 what);
    return r < 0 ? r : sd_bus_reply_method_return(call, "x", id);
}

static int on_feeds(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    const struct bus_bell *bell = userdata;
    return reply_list(call, bell->control, each_feed, NULL);
}

static int on_poll(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    const struct bus_bell *bell = userdata;
    const char *url;
    int r = sd_bus_message_read(call, "s", &url);
    if (r < 0)
        return r;
    if (url[0] == '\0') {
        control_poll_all(bell->control);
        return sd_bus_reply_method_return(call, NULL);
    }
    r = control_poll(bell->control, url);
    if (r == -ENOENT)
        return sd_bus_error_setf(reterr, BUS_ERROR_UNKNOWN,
                                 "no feed of the keywords file has the address %s", url);
    if (r == -EAGAIN)
        return sd_bus_error_setf(reterr, BUS_ERROR_FAILED,
                                 "the server of %s told us to wait (Retry-After)", url);
    return r < 0 ? r : sd_bus_reply_method_return(call, NULL);
}

static int on_reload(sd_bus_message *call, void *userdata, sd_bus_error *reterr) {
    (void)reterr;
    const struct bus_bell *bell = userdata;
    const char *complaints;
    struct listing listing;
    int r = listing_begin(call, &listing);
    bool is_taken = control_reload(bell->control, &complaints);
    if (r >= 0) // not as a field: they are lines, of texts that were screened
        r = sd_bus_message_append(listing.reply, "bs", (int)is_taken, complaints);
    return listing_end(&listing, r);
}

// --- the object ------------------------------------------------------------------------------

// sd-bus itself would let root alone call a method without this flag.
#define POLICY_DECIDES SD_BUS_VTABLE_UNPRIVILEGED

static const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD_WITH_ARGS("Status", SD_BUS_NO_ARGS, SD_BUS_RESULT("a{sv}", status), on_status,
                            POLICY_DECIDES),
    SD_BUS_METHOD_WITH_ARGS("Alerts", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", alerts), on_alerts,
                            POLICY_DECIDES),
    SD_BUS_METHOD_WITH_ARGS("History", SD_BUS_ARGS("x", since_at, "u", limit, "b", all),
                            SD_BUS_RESULT("aa{sv}", alerts), on_history, POLICY_DECIDES),
    SD_BUS_METHOD_WITH_ARGS("Why", SD_BUS_ARGS("x", id), SD_BUS_RESULT("a{sv}", alert), on_why,
                            POLICY_DECIDES),
    SD_BUS_METHOD_WITH_ARGS("Feeds", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", feeds), on_feeds,
                            POLICY_DECIDES),
    SD_BUS_METHOD_WITH_ARGS("Snoozes", SD_BUS_NO_ARGS, SD_BUS_RESULT("aa{sv}", snoozes), on_snoozes,
                            POLICY_DECIDES),
    SD_BUS_METHOD_WITH_ARGS("Acknowledge", SD_BUS_ARGS("x", id), SD_BUS_RESULT("u", count),
                            on_acknowledge, POLICY_DECIDES),
    SD_BUS_METHOD_WITH_ARGS("Snooze", SD_BUS_ARGS("t", seconds, "s", rule),
                            SD_BUS_RESULT("x", until_at), on_snooze, POLICY_DECIDES),
    SD_BUS_METHOD_WITH_ARGS("Test", SD_BUS_ARGS("s", what), SD_BUS_RESULT("x", id), on_test,
                            POLICY_DECIDES),
    SD_BUS_METHOD_WITH_ARGS("Poll", SD_BUS_ARGS("s", url), SD_BUS_NO_RESULT, on_poll,
                            POLICY_DECIDES),
    SD_BUS_METHOD_WITH_ARGS("Reload", SD_BUS_NO_ARGS, SD_BUS_RESULT("b", taken, "s", complaints),
                            on_reload, POLICY_DECIDES),
    SD_BUS_SIGNAL_WITH_ARGS("Raised", SD_BUS_ARGS("x", id, "s", level, "s", title, "a{sv}", alert),
                            0),
    SD_BUS_SIGNAL_WITH_ARGS("Acknowledged",
                            SD_BUS_ARGS("x", id, "s", level, "s", title, "a{sv}", alert), 0),
    SD_BUS_SIGNAL_WITH_ARGS("Cleared", SD_BUS_ARGS("x", id, "s", level, "s", title, "a{sv}", alert),
                            0),
    SD_BUS_VTABLE_END,
};

static int send_signal(struct bus_bell *bell, const char *name, const struct alert *alert,
                       struct arena *scratch) {
    sd_bus_message *message = NULL;
    const struct bus_field values[] = {{"id", 'x', NULL, alert->id},
                                       {"level", 's', level_name(alert->level), 0},
                                       {"title", 's', alert->title, 0}};
    int r = sd_bus_message_new_signal(bell->bus, &message, BUS_PATH, BUS_INTERFACE, name);
    for (size_t i = 0; i < ARRAY_SIZE(values) && r >= 0; i++)
        r = bus_field_write(message, &values[i], scratch);
    if (r >= 0)
        r = bus_nouns_write_alert(message, alert, scratch);
    if (r >= 0)
        r = sd_bus_send(bell->bus, message, NULL);
    sd_bus_message_unref(message);
    return r;
}

void bus_bell_signal(struct bus_bell *bell, enum control_event event, const struct alert *alert) {
    static const char *const names[] = {
        [CONTROL_RAISED] = "Raised",
        [CONTROL_ACKNOWLEDGED] = "Acknowledged",
        [CONTROL_CLEARED] = "Cleared",
    };
    struct arena *scratch = NULL;
    if (arena_new(SCRATCH_MAX, &scratch) >= 0)
        (void)send_signal(bell, names[event], alert, scratch);
    arena_free(scratch);
}

int bus_bell_new(sd_bus *bus, struct control *control, struct bus_bell **ret) {
    struct bus_bell *bell = calloc(1, sizeof *bell);
    if (!bell)
        return -ENOMEM;
    bell->bus = sd_bus_ref(bus);
    bell->control = control;
    int r = sd_bus_add_object_vtable(bus, &bell->slot, BUS_PATH, BUS_INTERFACE, vtable, bell);
    if (r < 0) {
        bus_bell_free(bell);
        return r;
    }
    *ret = bell;
    return 0;
}

struct bus_bell *bus_bell_free(struct bus_bell *bell) {
    if (!bell)
        return NULL;
    sd_bus_slot_unref(bell->slot);
    sd_bus_unref(bell->bus);
    free(bell);
    return NULL;
}
