// SPDX-License-Identifier: MIT

#include "daemon/bus_properties.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/arena.h"
#include "core/text/hash.h"
#include "port/bus/bus_open.h"
#include "port/bus/bus_record.h"
#include "port/reader/reader_text.h"
#include "wirebell/limits.h"

// Room for the texts of one value that have to be mended; nearly always none.
enum { SCRATCH_MAX = 64 << 10 };

enum property {
    PROPERTY_BOARD,
    PROPERTY_CLOCK_TRUSTED,
    PROPERTY_CONFIGURATION_REFUSED,
    PROPERTY_FAILING_COUNT,
    PROPERTY_FEED_COUNT,
    PROPERTY_LIT,
    PROPERTY_SNOOZED_UNTIL,
    PROPERTY_UNACKNOWLEDGED,
    PROPERTY_VERSION,
    PROPERTY_COUNT
};

// Each property has the name of its key here.
static struct bus_field property_value(const struct control_status *status, enum property which) {
    switch (which) {
    case PROPERTY_BOARD:
        return (struct bus_field){"Board", 's', status->board, 0};
    case PROPERTY_CLOCK_TRUSTED:
        return (struct bus_field){"ClockTrusted", 'b', NULL, status->is_clock_trusted};
    case PROPERTY_CONFIGURATION_REFUSED:
        return (struct bus_field){"ConfigurationRefused", 's', status->refused, 0};
    case PROPERTY_FAILING_COUNT:
        return (struct bus_field){"FailingCount", 'u', NULL, (int64_t)status->failing};
    case PROPERTY_FEED_COUNT:
        return (struct bus_field){"FeedCount", 'u', NULL, (int64_t)status->feeds};
    case PROPERTY_LIT:
        return (struct bus_field){"Lit", 's', status->is_lit ? level_name(status->lit) : "", 0};
    case PROPERTY_SNOOZED_UNTIL:
        return (struct bus_field){"SnoozedUntil", 'x', NULL, status->snoozed_until_s};
    case PROPERTY_UNACKNOWLEDGED:
        return (struct bus_field){"Unacknowledged", 'u', NULL, status->unacknowledged};
    case PROPERTY_VERSION:
        return (struct bus_field){"Version", 's', WIREBELL_VERSION, 0};
    case PROPERTY_COUNT:
        break;
    }
    return (struct bus_field){"", 's', "", 0};
}

struct bus_properties {
    sd_bus *bus;
    sd_bus_slot *slot;
    struct control *control;
    uint64_t told[PROPERTY_COUNT]; // hashes of the values last told
    uint64_t told_health;
};

// NOLINTNEXTLINE(readability-function-size): sd_bus_property_get_t
static int get_property(sd_bus *bus, const char *path, const char *interface, const char *name,
                        sd_bus_message *reply, void *userdata, sd_bus_error *reterr) {
    (void)bus;
    (void)path;
    (void)interface;
    (void)reterr;
    const struct bus_properties *properties = userdata;
    struct control_status status;
    struct arena *scratch = NULL;
    control_status(properties->control, &status);
    int r = arena_new(SCRATCH_MAX, &scratch);
    for (enum property i = 0; i < PROPERTY_COUNT && r >= 0; i++) {
        const struct bus_field value = property_value(&status, i);
        if (strcmp(value.key, name) == 0)
            r = bus_field_write(reply, &value, scratch);
    }
    arena_free(scratch);
    return r;
}

struct appending {
    sd_bus_message *reply;
    struct arena *scratch;
    int error;
};

static void append_health(const struct health_item *item, void *userdata) {
    struct appending *appending = userdata;
    const char *const texts[] = {
        reader_text_mend(appending->scratch, item->what, LIMIT_LINE_MAX),
        reader_text_mend(appending->scratch, item->advice, LIMIT_LINE_MAX)};
    if (appending->error < 0)
        return;
    appending->error =
        texts[0] && texts[1]
            ? sd_bus_message_append(appending->reply, "(sxss)", health_cause_name(item->cause),
                                    item->since_s, texts[0], texts[1])
            : -ENOMEM;
}

// NOLINTNEXTLINE(readability-function-size): sd_bus_property_get_t
static int get_health(sd_bus *bus, const char *path, const char *interface, const char *name,
                      sd_bus_message *reply, void *userdata, sd_bus_error *reterr) {
    (void)bus;
    (void)path;
    (void)interface;
    (void)name;
    (void)reterr;
    const struct bus_properties *properties = userdata;
    struct appending appending = {.reply = reply};
    int r = arena_new(SCRATCH_MAX, &appending.scratch);
    if (r >= 0)
        r = sd_bus_message_open_container(reply, 'a', "(sxss)");
    if (r >= 0)
        control_each_health(properties->control, append_health, &appending);
    if (r >= 0)
        r = appending.error;
    if (r >= 0)
        r = sd_bus_message_close_container(reply);
    arena_free(appending.scratch);
    return r;
}

static void hash_health(const struct health_item *item, void *userdata) {
    uint64_t *hash = userdata;
    *hash = hash_bytes(item->what, strlen(item->what), *hash + item->cause + 1);
}

// Takes note of all values. Return: how many differ from those noted before; their names are in
// @ret.
static size_t note_values(struct bus_properties *properties, char *ret[static PROPERTY_COUNT + 2]) {
    struct control_status status;
    size_t count = 0;
    control_status(properties->control, &status);
    for (enum property i = 0; i < PROPERTY_COUNT; i++) {
        const struct bus_field value = property_value(&status, i);
        const char *text = value.text ? value.text : "";
        const uint64_t hash = hash_bytes(text, strlen(text), (uint64_t)value.number);
        if (hash != properties->told[i])
            ret[count++] = (char *)value.key;
        properties->told[i] = hash;
    }
    uint64_t health = 0;
    control_each_health(properties->control, hash_health, &health);
    if (health != properties->told_health)
        ret[count++] = (char *)"Health";
    properties->told_health = health;
    ret[count] = NULL;
    return count;
}

void bus_properties_update(struct bus_properties *properties) {
    char *names[PROPERTY_COUNT + 2];
    if (note_values(properties, names) > 0)
        (void)sd_bus_emit_properties_changed_strv(properties->bus, BUS_PATH, BUS_INTERFACE, names);
}

#define PROPERTY(name, type)                                                                       \
    SD_BUS_PROPERTY(name, type, get_property, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

static const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    PROPERTY("Board", "s"),
    PROPERTY("ClockTrusted", "b"),
    PROPERTY("ConfigurationRefused", "s"),
    PROPERTY("FailingCount", "u"),
    PROPERTY("FeedCount", "u"),
    SD_BUS_PROPERTY("Health", "a(sxss)", get_health, 0, SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE),
    PROPERTY("Lit", "s"),
    PROPERTY("SnoozedUntil", "x"),
    PROPERTY("Unacknowledged", "u"),
    SD_BUS_PROPERTY("Version", "s", get_property, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_VTABLE_END,
};

int bus_properties_new(sd_bus *bus, struct control *control, struct bus_properties **ret) {
    struct bus_properties *properties = calloc(1, sizeof *properties);
    if (!properties)
        return -ENOMEM;
    properties->bus = sd_bus_ref(bus);
    properties->control = control;
    int r = sd_bus_add_object_vtable(bus, &properties->slot, BUS_PATH, BUS_INTERFACE, vtable,
                                     properties);
    if (r < 0) {
        bus_properties_free(properties);
        return r;
    }
    char *names[PROPERTY_COUNT + 2];
    (void)note_values(properties, names); // who comes now asks for them
    *ret = properties;
    return 0;
}

struct bus_properties *bus_properties_free(struct bus_properties *properties) {
    if (!properties)
        return NULL;
    sd_bus_slot_unref(properties->slot);
    sd_bus_unref(properties->bus);
    free(properties);
    return NULL;
}
