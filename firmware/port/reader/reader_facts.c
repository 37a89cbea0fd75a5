// SPDX-License-Identifier: MIT

#include "port/reader/reader_facts.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "port/reader/reader_text.h"
#include "wirebell/reading.h"

const char *reader_fact_text(const void *owner, size_t offset) {
    return *(const char *const *)((const char *)owner + offset);
}

void *reader_fact_member(void *owner, size_t offset) {
    return (char *)owner + offset;
}

static bool is_text(const struct reader_fact *fact) {
    return fact->type == FACT_TEXT || fact->type == FACT_BYTES;
}

// --- writing ---------------------------------------------------------------------------------

static int append_texts(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                        const void *owner) {
    size_t size = 0;
    for (size_t i = 0; i < count; i++)
        if (is_text(&facts[i]))
            size += strlen(reader_fact_text(owner, facts[i].offset)) + 1;
    void *space;
    int r = sd_bus_message_append_array_space(message, 'y', size, &space);
    if (r < 0)
        return r;
    char *at = space;
    for (size_t i = 0; i < count; i++) {
        if (!is_text(&facts[i]))
            continue;
        const char *text = reader_fact_text(owner, facts[i].offset);
        size_t text_size = strlen(text) + 1;
        memcpy(at, text, text_size);
        at += text_size;
    }
    return 0;
}

static uint64_t get_number(const struct reader_fact *fact, const void *owner) {
    const void *member = (const char *)owner + fact->offset;
    switch ((int)fact->type) {
    case FACT_UINT8:
        return *(const uint8_t *)member;
    case FACT_UINT32:
        return *(const uint32_t *)member;
    default:
        return *(const uint64_t *)member;
    }
}

static int append_numbers(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                          const void *owner) {
    struct reading_items items = {NULL, 0};
    size_t number_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (facts[i].type == FACT_ITEMS)
            memcpy(&items, (const char *)owner + facts[i].offset, sizeof items);
        else if (!is_text(&facts[i]))
            number_count++;
    }
    void *space;
    int r = sd_bus_message_append_array_space(
        message, 't', (number_count + items.count) * sizeof(uint64_t), &space);
    if (r < 0)
        return r;
    uint64_t *at = space;
    for (size_t i = 0; i < count; i++)
        if (!is_text(&facts[i]) && facts[i].type != FACT_ITEMS)
            *at++ = get_number(&facts[i], owner);
    if (items.count > 0)
        memcpy(at, items.hashes, items.count * sizeof *items.hashes);
    return 0;
}

int reader_facts_append(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                        const void *owner) {
    int r = append_texts(message, facts, count, owner);
    return r < 0 ? r : append_numbers(message, facts, count, owner);
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

// What has not been taken yet.
struct rest {
    const char *texts;
    size_t texts_size;
    const uint64_t *numbers;
    size_t number_count;
};

static bool take_text(struct rest *rest, const struct reader_fact *fact, const char **ret) {
    const char *text = rest->texts;
    const char *end = rest->texts_size > 0 ? memchr(text, '\0', rest->texts_size) : NULL;
    if (!end)
        return false;
    const size_t size = (size_t)(end - text), max = (size_t)fact->max;
    if (fact->type == FACT_TEXT ? reader_text_clean(text, size, max) < size : size > max)
        return false;
    rest->texts += size + 1;
    rest->texts_size -= size + 1;
    *ret = text;
    return true;
}

static bool take_number(struct rest *rest, const struct reader_fact *fact, void *ret) {
    if (rest->number_count == 0 || *rest->numbers > fact->max)
        return false;
    const uint64_t number = *rest->numbers++;
    rest->number_count--;
    switch ((int)fact->type) {
    case FACT_UINT8:
        *(uint8_t *)ret = (uint8_t)number;
        return true;
    case FACT_UINT32:
        *(uint32_t *)ret = (uint32_t)number;
        return true;
    default:
        *(uint64_t *)ret = number;
        return true;
    }
}

static bool take_items(struct rest *rest, struct reading_items *ret) {
    *ret = (struct reading_items){rest->numbers, rest->number_count};
    rest->number_count = 0;
    return reading_items_are_sound(*ret);
}

static bool take_fact(struct rest *rest, const struct reader_fact *fact, void *owner) {
    void *member = reader_fact_member(owner, fact->offset);
    if (is_text(fact))
        return take_text(rest, fact, member);
    return fact->type == FACT_ITEMS ? take_items(rest, member) : take_number(rest, fact, member);
}

int reader_facts_parse(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                       void *owner) {
    const void *texts, *numbers;
    size_t texts_size, numbers_size;
    int r = reader_facts_bad(sd_bus_message_read_array(message, 'y', &texts, &texts_size));
    if (r >= 0)
        r = reader_facts_bad(sd_bus_message_read_array(message, 't', &numbers, &numbers_size));
    if (r < 0)
        return r;
    struct rest rest = {texts, texts_size, numbers, numbers_size / sizeof(uint64_t)};
    for (size_t i = 0; i < count; i++)
        if (!take_fact(&rest, &facts[i], owner))
            return -EBADMSG;
    return rest.texts_size == 0 && rest.number_count == 0 ? 0 : -EBADMSG;
}
