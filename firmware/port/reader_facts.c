// SPDX-License-Identifier: MIT

#include "port/reader_facts.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "port/reader_text.h"
#include "wirebell/reading.h"

enum { STATUS_MAX = 999 };

const char *reader_fact_text(const void *owner, size_t offset) {
    return *(const char *const *)((const char *)owner + offset);
}

void *reader_fact_member(void *owner, size_t offset) {
    return (char *)owner + offset;
}

// --- writing ---------------------------------------------------------------------------------

// @type: "ay" or "at"
static int append_array(sd_bus_message *message, const char *key, const char *type,
                        const void *array, size_t size) {
    int r = sd_bus_message_open_container(message, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append_basic(message, 's', key);
    if (r >= 0)
        r = sd_bus_message_open_container(message, 'v', type);
    if (r >= 0)
        r = sd_bus_message_append_array(message, type[1], array, size);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    return r;
}

static int append_fact(sd_bus_message *message, const struct reader_fact *fact, const void *owner) {
    const char *member = (const char *)owner + fact->offset;
    const struct reading_items *items;
    const char *bytes;
    switch (fact->type) {
    case FACT_TEXT:
        return sd_bus_message_append(message, "{sv}", fact->key, "s", *(const char *const *)member);
    case FACT_BYTES:
        bytes = *(const char *const *)member;
        return append_array(message, fact->key, "ay", bytes, strlen(bytes));
    case FACT_INT:
        return sd_bus_message_append(message, "{sv}", fact->key, "i", *(const int *)member);
    case FACT_INT64:
        return sd_bus_message_append(message, "{sv}", fact->key, "x", *(const int64_t *)member);
    case FACT_UINT8:
        return sd_bus_message_append(message, "{sv}", fact->key, "y", *(const uint8_t *)member);
    case FACT_UINT32:
        return sd_bus_message_append(message, "{sv}", fact->key, "u", *(const uint32_t *)member);
    case FACT_UINT64:
        return sd_bus_message_append(message, "{sv}", fact->key, "t", *(const uint64_t *)member);
    case FACT_OUTCOME:
        return sd_bus_message_append(message, "{sv}", fact->key, "u",
                                     (uint32_t) * (const enum reading_outcome *)member);
    case FACT_ITEMS:
        items = (const struct reading_items *)(const void *)member;
        return append_array(message, fact->key, "at", items->hashes,
                            items->count * sizeof *items->hashes);
    }
    return -EINVAL;
}

// The outcome is the one that must be there.
static bool is_nothing(const struct reader_fact *fact, const void *owner) {
    const char *member = (const char *)owner + fact->offset;
    switch (fact->type) {
    case FACT_TEXT:
    case FACT_BYTES:
        return reader_fact_text(owner, fact->offset)[0] == '\0';
    case FACT_INT:
        return *(const int *)member == 0;
    case FACT_INT64:
    case FACT_UINT64:
        return *(const uint64_t *)member == 0;
    case FACT_UINT8:
        return *(const uint8_t *)member == 0;
    case FACT_UINT32:
        return *(const uint32_t *)member == 0;
    case FACT_ITEMS:
        return ((const struct reading_items *)(const void *)member)->count == 0;
    case FACT_OUTCOME:
        break;
    }
    return false;
}

int reader_facts_append(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                        const void *owner) {
    int r = sd_bus_message_open_container(message, 'a', "{sv}");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = is_nothing(&facts[i], owner) ? 0 : append_fact(message, &facts[i], owner);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

// --- reading ---------------------------------------------------------------------------------

// sd-bus says -ENXIO or 0 (at the end) for a type that is not there: no such message.
int reader_facts_bad(int r) {
    if (r > 0)
        return 0;
    return r == -ENOMEM ? r : -EBADMSG;
}

int reader_facts_text(sd_bus_message *message, size_t max, const char **ret) {
    const char *text;
    int r = reader_facts_bad(sd_bus_message_read_basic(message, 's', &text));
    if (r < 0)
        return r;
    size_t size = strlen(text);
    if (reader_text_clean(text, size, max) < size)
        return -EBADMSG;
    *ret = text;
    return 0;
}

static int parse_bytes(sd_bus_message *message, size_t max, struct arena *arena, const char **ret) {
    const void *bytes = NULL;
    size_t size = 0;
    int r = sd_bus_message_read_array(message, 'y', &bytes, &size);
    if (r < 0)
        return reader_facts_bad(r);
    if (size > max || (size > 0 && memchr(bytes, '\0', size)))
        return -EBADMSG;
    const char *copy = arena_copy(arena, bytes, size);
    if (!copy)
        return -ENOMEM;
    *ret = copy;
    return 0;
}

static int parse_items(sd_bus_message *message, struct reading_items *ret) {
    const void *hashes = NULL;
    size_t size = 0;
    int r = sd_bus_message_read_array(message, 't', &hashes, &size);
    if (r < 0)
        return reader_facts_bad(r);
    const struct reading_items items = {hashes, size / sizeof *items.hashes};
    if (!reading_items_are_sound(items))
        return -EBADMSG;
    *ret = items;
    return 0;
}

static int parse_fact(sd_bus_message *message, const struct reader_fact *fact, struct arena *arena,
                      void *owner) {
    void *member = reader_fact_member(owner, fact->offset);
    uint32_t outcome;
    int r;
    switch (fact->type) {
    case FACT_TEXT:
        return reader_facts_text(message, fact->max, member);
    case FACT_BYTES:
        return parse_bytes(message, fact->max, arena, member);
    case FACT_INT:
        r = reader_facts_bad(sd_bus_message_read_basic(message, 'i', member));
        return r < 0 || (*(int *)member >= 0 && *(int *)member <= STATUS_MAX) ? r : -EBADMSG;
    case FACT_INT64:
        r = reader_facts_bad(sd_bus_message_read_basic(message, 'x', member));
        return r < 0 || *(int64_t *)member >= 0 ? r : -EBADMSG;
    case FACT_UINT8:
        r = reader_facts_bad(sd_bus_message_read_basic(message, 'y', member));
        return r < 0 || *(uint8_t *)member <= fact->max ? r : -EBADMSG;
    case FACT_UINT32:
        r = reader_facts_bad(sd_bus_message_read_basic(message, 'u', member));
        return r < 0 || *(uint32_t *)member <= fact->max ? r : -EBADMSG;
    case FACT_UINT64:
        return reader_facts_bad(sd_bus_message_read_basic(message, 't', member));
    case FACT_OUTCOME:
        r = reader_facts_bad(sd_bus_message_read_basic(message, 'u', &outcome));
        if (r < 0 || outcome >= READING_OUTCOME_COUNT)
            return -EBADMSG;
        *(enum reading_outcome *)member = (enum reading_outcome)outcome;
        return 0;
    case FACT_ITEMS:
        return parse_items(message, member);
    }
    return -EBADMSG;
}

static const struct reader_fact *find_fact(const struct reader_fact *facts, size_t count,
                                           const char *key) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(facts[i].key, key) == 0)
            return &facts[i];
    return NULL;
}

static int parse_entry(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                       struct arena *arena, void *owner) {
    static const char *const signatures[] = {
        [FACT_TEXT] = "s",   [FACT_BYTES] = "ay",  [FACT_INT] = "i",
        [FACT_INT64] = "x",  [FACT_UINT8] = "y",   [FACT_UINT32] = "u",
        [FACT_UINT64] = "t", [FACT_OUTCOME] = "u", [FACT_ITEMS] = "at",
    };
    const char *key;
    int r = reader_facts_bad(sd_bus_message_read_basic(message, 's', &key));
    if (r < 0)
        return r;
    const struct reader_fact *fact = find_fact(facts, count, key);
    if (!fact)
        return sd_bus_message_skip(message, "v") < 0 ? -EBADMSG : 0;
    r = reader_facts_bad(sd_bus_message_enter_container(message, 'v', signatures[fact->type]));
    if (r >= 0)
        r = parse_fact(message, fact, arena, owner);
    if (r >= 0)
        r = reader_facts_bad(sd_bus_message_exit_container(message));
    return r;
}

int reader_facts_parse(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                       struct arena *arena, void *owner) {
    int r = sd_bus_message_enter_container(message, 'a', "{sv}");
    if (r < 0)
        return reader_facts_bad(r);
    while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        r = parse_entry(message, facts, count, arena, owner);
        if (r >= 0)
            r = reader_facts_bad(sd_bus_message_exit_container(message));
        if (r < 0)
            return r;
    }
    return r < 0 ? reader_facts_bad(r) : reader_facts_bad(sd_bus_message_exit_container(message));
}
