// SPDX-License-Identifier: MIT

#include "daemon/bus_properties.h"

#include <assert.h>
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

enum { PROPERTY_COUNT = 9 };

// Each property has the name of its key here.
static void read_values(struct control *control, struct control_status *status,
                        struct bus_field ret[static PROPERTY_COUNT]) {
    control_status(control, status);
    const struct bus_field values[] = {
        {"Board", 's', status->board, 0},
        {"ClockTrusted", 'b', NULL, status->is_clock_trusted},
        {"ConfigurationRefused", 's', status->refused, 0},
        {"FailingCount", 'u', NULL, (int64_t)status->failing},
        {"FeedCount", 'u', NULL, (int64_t)status->feeds},
        {"Lit", 's', status->is_lit ? level_name(status->lit) : "", 0},
        {"SnoozedUntil", 'x', NULL, status->snoozed_until_s},
        {"Unacknowledged", 'u', NULL, status->unacknowledged},
        {"Version", 's', WIREBELL_VERSION, 0},
    };
    static_assert(sizeof values / sizeof *values == PROPERTY_COUNT, "a value for each property");
    memcpy(ret, values, sizeof values);
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
    struct bus_field values[PROPERTY_COUNT];
    struct arena *scratch = NULL;
    read_values(properties->control, &status, values);
    int r = arena_new(SCRATCH_MAX, &scratch);
    for (size_t i = 0; i < PROPERTY_COUNT && r >= 0; i++)
        if (strcmp(values[i].key, name) == 0)
            r = bus_field_write(reply, &values[i], scratch);
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
    struct bus_field values[PROPERTY_COUNT];
    size_t count = 0;
    read_values(properties->control, &status, values);
    for (size_t i = 0; i < PROPERTY_COUNT; i++) {
        const char *text = values[i].text ? values[i].text : "";
        const uint64_t hash = hash_bytes(text, strlen(text), (uint64_t)values[i].number);
        if (hash != properties->told[i])
            ret[count++] = (char *)values[i].key;
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
