// SPDX-License-Identifier: MIT

#include "core/markup/dtd.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/buffer.h"
#include "wirebell/limits.h"

enum { NAME_MAX_SIZE = 64 };

struct entity {
    size_t name; // where it stands in dtd::text
    size_t name_size;
    size_t value;
    size_t value_size;
};

struct dtd {
    struct buffer text; // names and values, one behind the other
    struct entity entities[LIMIT_ENTITIES];
    size_t count;
    size_t expanded; // bytes given out
};

int dtd_new(struct dtd **ret) {
    struct dtd *dtd = calloc(1, sizeof *dtd);
    if (!dtd)
        return -ENOMEM;
    *ret = dtd;
    return 0;
}

struct dtd *dtd_free(struct dtd *dtd) {
    if (dtd)
        buffer_done(&dtd->text);
    free(dtd);
    return NULL;
}

static const struct entity *find(const struct dtd *dtd, const char *name, size_t size) {
    for (size_t i = 0; i < dtd->count; i++)
        if (dtd->entities[i].name_size == size &&
            memcmp(dtd->text.data + dtd->entities[i].name, name, size) == 0)
            return &dtd->entities[i];
    return NULL;
}

bool dtd_is_empty(const struct dtd *dtd) {
    return dtd->count == 0;
}

const char *dtd_find(struct dtd *dtd, const char *name, size_t size, size_t *ret_size) {
    const struct entity *entity = dtd->count > 0 ? find(dtd, name, size) : NULL;
    if (!entity || dtd->expanded > LIMIT_ENTITY_TOTAL)
        return NULL;
    dtd->expanded += entity->value_size;
    *ret_size = entity->value_size;
    return dtd->text.data + entity->value;
}

// Copies a value with the entities known so far replaced.
static void put_value(struct dtd *dtd, const char *value, size_t size) {
    const char *end = value + size;
    size_t start = dtd->text.size;
    while (value < end && dtd->text.size - start <= LIMIT_ENTITY_MAX) {
        const char *amp = memchr(value, '&', (size_t)(end - value));
        const char *semicolon = amp ? memchr(amp, ';', (size_t)(end - amp)) : NULL;
        if (!semicolon) {
            buffer_put(&dtd->text, value, (size_t)(end - value));
            return;
        }
        buffer_put(&dtd->text, value, (size_t)(amp - value));
        value = semicolon + 1;
        const struct entity *inner = find(dtd, amp + 1, (size_t)(semicolon - amp - 1));
        if (!inner)
            buffer_put(&dtd->text, amp, (size_t)(value - amp));
        else if (buffer_reserve(&dtd->text, inner->value_size))
            buffer_put(&dtd->text, dtd->text.data + inner->value, inner->value_size);
    }
}

static void add(struct dtd *dtd, const char *name, size_t name_size, const char *value,
                size_t value_size) {
    // The first definition counts (XML 1.0, 4.2).
    if (dtd->count == LIMIT_ENTITIES || name_size > NAME_MAX_SIZE || find(dtd, name, name_size))
        return;
    struct entity entity = {.name = dtd->text.size, .name_size = name_size};
    buffer_put(&dtd->text, name, name_size);
    entity.value = dtd->text.size;
    put_value(dtd, value, value_size);
    entity.value_size = dtd->text.size - entity.value;
    if (dtd->text.is_failed || entity.value_size > LIMIT_ENTITY_MAX) {
        dtd->text.size = entity.name;
        return;
    }
    dtd->entities[dtd->count++] = entity;
}

static const char *skip_blanks(const char *at, const char *end) {
    while (at < end && strchr(" \t\r\n", *at))
        at++;
    return at;
}

// Behind "<!ENTITY": name, then the value in quotes. Anything else (%, SYSTEM) is passed over.
static const char *parse_entity(struct dtd *dtd, const char *at, const char *end) {
    const char *name = skip_blanks(at, end);
    at = name;
    while (at < end && !strchr(" \t\r\n>\"'", *at))
        at++;
    size_t name_size = (size_t)(at - name);
    at = skip_blanks(at, end);
    if (at == end || (*at != '"' && *at != '\'') || name_size == 0)
        return at;
    const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));
    if (!close)
        return end;
    add(dtd, name, name_size, at + 1, (size_t)(close - at - 1));
    return close + 1;
}

void dtd_parse(struct dtd *dtd, const char *text, size_t size) {
    const char *end = text + size;
    while ((text = memmem(text, (size_t)(end - text), "<!ENTITY", 8)))
        text = parse_entity(dtd, text + 8, end);
}
