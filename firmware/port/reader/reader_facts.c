// SPDX-License-Identifier: MIT

#include "port/reader/reader_facts.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "port/reader/reader_text.h"
#include "wirebell/reading.h"

enum { STATUS_MAX = 999 };

const char *reader_fact_text(const void *owner, size_t offset) {
    return *(const char *const *)((const char *)owner + offset);
}

void *reader_fact_member(void *owner, size_t offset) {
    return (char *)owner + offset;
}

// --- writing ---------------------------------------------------------------------------------

static int append_fact(sd_bus_message *message, const struct reader_fact *fact, const void *owner) {
    const char *member = (const char *)owner + fact->offset;
    const struct reading_items *items;
    const char *text;
    uint32_t outcome;
    switch (fact->type) {
    case FACT_TEXT:
        return sd_bus_message_append_basic(message, 's', reader_fact_text(owner, fact->offset));
    case FACT_BYTES:
        text = reader_fact_text(owner, fact->offset);
        return sd_bus_message_append_array(message, 'y', text, strlen(text));
    case FACT_INT:
        return sd_bus_message_append_basic(message, 'i', member);
    case FACT_INT64:
        return sd_bus_message_append_basic(message, 'x', member);
    case FACT_UINT8:
        return sd_bus_message_append_basic(message, 'y', member);
    case FACT_UINT32:
        return sd_bus_message_append_basic(message, 'u', member);
    case FACT_UINT64:
        return sd_bus_message_append_basic(message, 't', member);
    case FACT_OUTCOME:
        outcome = (uint32_t) * (const enum reading_outcome *)member;
        return sd_bus_message_append_basic(message, 'u', &outcome);
    case FACT_ITEMS:
        items = (const struct reading_items *)(const void *)member;
        return sd_bus_message_append_array(message, 't', items->hashes,
                                           items->count * sizeof *items->hashes);
    }
    return -EINVAL;
}

int reader_facts_append(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                        const void *owner) {
    int r = 0;
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = append_fact(message, &facts[i], owner);
    return r < 0 ? r : 0;
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
    if (size == 0) {
        *ret = "";
        return 0;
    }
    if (size > max || memchr(bytes, '\0', size))
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

int reader_facts_parse(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                       struct arena *arena, void *owner) {
    int r = 0;
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = parse_fact(message, &facts[i], arena, owner);
    return r;
}
