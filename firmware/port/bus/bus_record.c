// SPDX-License-Identifier: MIT

#include "port/bus/bus_record.h"

#include <errno.h>
#include <string.h>

#include "core/text/ending.h"
#include "port/reader/reader_text.h"
#include "wirebell/limits.h"

// A text in one line, fit to be carried; NULL = no memory.
static const char *mend(struct arena *scratch, const char *text) {
    const char *mended = reader_text_mend(scratch, text, LIMIT_URL_MAX);
    if (!mended || !strchr(mended, '\n'))
        return mended;
    char *line = arena_copy(scratch, mended, strlen(mended));
    for (size_t i = 0; line && line[i]; i++)
        if (line[i] == '\n')
            line[i] = ' ';
    return line;
}

int bus_field_write(sd_bus_message *message, const struct bus_field *field, struct arena *scratch) {
    const char *text;
    int r;
    switch (field->type) {
    case 's':
        text = mend(scratch, field->text);
        r = text ? sd_bus_message_append(message, "s", text) : -ENOMEM;
        break;
    case 'b':
        r = sd_bus_message_append(message, "b", (int)field->number);
        break;
    case 'u':
        r = sd_bus_message_append(message, "u", (uint32_t)field->number);
        break;
    default:
        r = sd_bus_message_append(message, "x", field->number);
    }
    return r < 0 ? r : 0;
}

static int write_entry(sd_bus_message *message, const struct bus_field *field,
                       struct arena *scratch) {
    const char type[] = {field->type, '\0'};
    int r = sd_bus_message_open_container(message, 'e', "sv");
    if (r >= 0)
        r = sd_bus_message_append(message, "s", field->key);
    if (r >= 0)
        r = sd_bus_message_open_container(message, 'v', type);
    if (r >= 0)
        r = bus_field_write(message, field, scratch);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    return r;
}

int bus_record_write(sd_bus_message *message, const struct bus_field *fields, size_t count,
                     struct arena *scratch) {
    int r = sd_bus_message_open_container(message, 'a', "{sv}");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = write_entry(message, &fields[i], scratch);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    return r < 0 ? r : 0;
}

// Reads the variant the message stands before. Return: 1 when its type is one of ours, else 0.
static int read_value(sd_bus_message *message, struct bus_field *ret) {
    const char *contents;
    int r = sd_bus_message_peek_type(message, NULL, &contents);
    if (r <= 0)
        return r < 0 ? r : -EBADMSG;
    if (contents[0] == '\0' || contents[1] != '\0' || !strchr("sbux", contents[0])) {
        r = sd_bus_message_skip(message, "v");
        return r < 0 ? r : 0;
    }
    int flag = 0;
    uint32_t count = 0;
    ret->type = contents[0];
    switch (ret->type) {
    case 's':
        return sd_bus_message_read(message, "v", "s", &ret->text);
    case 'b':
        r = sd_bus_message_read(message, "v", "b", &flag);
        ret->number = flag;
        return r;
    case 'u':
        r = sd_bus_message_read(message, "v", "u", &count);
        ret->number = count;
        return r;
    default:
        return sd_bus_message_read(message, "v", "x", &ret->number);
    }
}

static int read_entry(sd_bus_message *message, struct bus_record *record) {
    struct bus_field field = {.text = ""};
    int r = sd_bus_message_enter_container(message, 'e', "sv");
    if (r <= 0)
        return r;
    r = sd_bus_message_read_basic(message, 's', &field.key);
    if (r > 0)
        r = read_value(message, &field);
    if (r > 0 && record->count < BUS_FIELDS_MAX)
        record->fields[record->count++] = field;
    if (r >= 0)
        r = sd_bus_message_exit_container(message);
    return r < 0 ? r : 1;
}

int bus_record_read(sd_bus_message *message, struct bus_record *ret) {
    int r = sd_bus_message_enter_container(message, 'a', "{sv}");
    if (r <= 0)
        return r;
    struct bus_record record = {.count = 0};
    while ((r = read_entry(message, &record)) > 0)
        ;
    if (r >= 0)
        r = sd_bus_message_exit_container(message);
    if (r < 0)
        return r;
    *ret = record;
    return 1;
}

bool bus_record_is_time(const char *key) {
    return ending_is(key, "_at");
}

int bus_record_clean(struct bus_record *record, struct arena *scratch) {
    const int64_t year_0_s = INT64_C(-62167219200), year_10k_s = INT64_C(253402300800);
    for (size_t i = 0; i < record->count; i++) {
        struct bus_field *field = &record->fields[i];
        if (field->type == 's')
            field->text = mend(scratch, field->text);
        else if (bus_record_is_time(field->key) &&
                 (field->number < year_0_s || field->number >= year_10k_s))
            field->number = 0;
        if (!field->text && field->type == 's')
            return -ENOMEM;
    }
    return 0;
}

static const struct bus_field *find(const struct bus_record *record, const char *key) {
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->fields[i].key, key) == 0)
            return &record->fields[i];
    return NULL;
}

const char *bus_record_text(const struct bus_record *record, const char *key) {
    const struct bus_field *field = find(record, key);
    return field && field->type == 's' ? field->text : "";
}

int64_t bus_record_number(const struct bus_record *record, const char *key) {
    const struct bus_field *field = find(record, key);
    return field && field->type != 's' ? field->number : 0;
}
