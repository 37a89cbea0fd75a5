// SPDX-License-Identifier: MIT
//
// libFuzzer door to what comes over D-Bus: the reader's replies and the calls to it, and the
// records wirebell's own commands read. A connection whose other end lies: the first byte chooses
// what is expected, its highest bit the byte order; the rest is the message's body. The seeds are
// made by make_bus_seeds. Asserted beside "no crash": what is taken keeps the promises of
// wirebell/reading.h.

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "bus_line.h"
#include "port/bus/bus_record.h"
#include "port/reader/reader_protocol.h"
#include "soundness.h"
#include "wirebell/limits.h"

enum kind { KIND_REPLY, KIND_READ, KIND_RECORD, KIND_RECORDS, KIND_COUNT };

static const char *const SIGNATURES[KIND_COUNT] = {
    [KIND_REPLY] = READER_REPLY,
    [KIND_READ] = READER_READ_ARGS,
    [KIND_RECORD] = "a{sv}",
    [KIND_RECORDS] = "aa{sv}",
};

// --- the other end ---------------------------------------------------------------------------

// The message as sd-bus hands it out; NULL when it refused it.
static sd_bus_message *deliver(struct bus_line *line, enum kind kind, bool is_big,
                               const uint8_t *body, size_t size) {
    bus_line_reply(line, is_big, 1, SIGNATURES[kind], body, size);
    sd_bus_message *message = NULL;
    int r = 1;
    while (!message && r > 0)
        r = sd_bus_process(line->bus, &message);
    if (r < 0)
        bus_line_close(line);
    return message;
}

// --- what is read of it ----------------------------------------------------------------------

static void check_story(const struct story *story) {
    check_text(story->id, LIMIT_ID_MAX, "");
    check_text(story->title, LIMIT_TITLE_MAX, "");
    check_text(story->link, LIMIT_URL_MAX, "");
    check_text(story->author, LIMIT_TITLE_MAX, "");
    check_text(story->category, LIMIT_TITLE_MAX, "\n");
    check_text(story->text, LIMIT_TEXT_MAX, "");
}

static void check_reading(const struct reading *reading) {
    const bool is_read = reading->outcome == READING_OK || reading->outcome == READING_PARTIAL;
    check((unsigned)reading->outcome < READING_OUTCOME_COUNT);
    check(reading->http_status >= 0 && reading->http_status <= 999);
    check(reading->retry_after_s >= 0 && reading->max_age_s >= 0 && reading->server_date_s >= 0);
    check(reading->ttl_s >= 0 && reading->update_s >= 0);
    check(reading->skip_hours < 1u << 24 && reading->skip_days < 1u << 7);
    check(strlen(reading->etag) <= LIMIT_VALIDATOR_MAX);
    check(strlen(reading->last_modified) <= LIMIT_VALIDATOR_MAX);
    check_text(reading->detail, LIMIT_URL_MAX, "\n");
    check_text(reading->moved_to, LIMIT_URL_MAX, "\n");
    check_text(reading->feed_title, LIMIT_TITLE_MAX, "\n");
    check(reading_items_are_sound(reading->items));
    check(is_read || (reading->story_count == 0 && reading->items.count == 0));
    check(reading->outcome == READING_OK || reading->body_hash == 0);
    check(reading->story_count <= LIMIT_STORIES_MAX);
    for (size_t i = 0; i < reading->story_count; i++)
        check_story(&reading->stories[i]);
}

static void read_reply(sd_bus_message *message, struct arena *arena) {
    struct reading reading;
    const int r = reader_protocol_parse_reply(message, arena, &reading);
    check(r == 0 || r == -EBADMSG || r == -ENOMEM);
    if (r == 0)
        check_reading(&reading);
}

static void read_call(sd_bus_message *message) {
    struct reading_request request;
    const int r = reader_protocol_parse_read(message, &request);
    check(r == 0 || r == -EBADMSG || r == -ENOMEM);
    if (r < 0)
        return;
    check_text(request.url, LIMIT_URL_MAX, "\n");
    check(strlen(request.etag) <= LIMIT_VALIDATOR_MAX);
    check(strlen(request.last_modified) <= LIMIT_VALIDATOR_MAX);
    check(reading_items_are_sound(request.items) && strlen(request.user_agent) <= 1024);
}

static int read_record(sd_bus_message *message) {
    struct bus_record record;
    const int r = bus_record_read(message, &record);
    for (size_t i = 0; r > 0 && i < record.count; i++) {
        const struct bus_field *field = &record.fields[i];
        check(strchr("sbux", field->type) && field->text);
        check(field->type != 'b' || field->number == 0 || field->number == 1);
        check(bus_record_text(&record, field->key) != NULL);
        (void)bus_record_number(&record, field->key);
    }
    return r;
}

static void read_message(enum kind kind, sd_bus_message *message) {
    struct arena *arena = NULL;
    check(arena_new(1 << 20, &arena) == 0);
    if (kind == KIND_REPLY)
        read_reply(message, arena);
    else if (kind == KIND_READ)
        read_call(message);
    else if (kind == KIND_RECORD)
        (void)read_record(message);
    else if (sd_bus_message_enter_container(message, 'a', "a{sv}") > 0)
        while (read_record(message) > 0)
            ;
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct bus_line line;
    if (size == 0)
        return 0;
    if (!line.bus)
        bus_line_open(&line);
    const enum kind kind = (enum kind)((data[0] & 0x7F) % KIND_COUNT);
    sd_bus_message *message = deliver(&line, kind, data[0] & 0x80, data + 1, size - 1);
    if (message)
        read_message(kind, message);
    sd_bus_message_unref(message);
    return 0;
}
