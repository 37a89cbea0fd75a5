// SPDX-License-Identifier: MIT
//
// libFuzzer door to what comes over D-Bus: the reader's replies and the calls to it, and the
// records wirebell's own commands read. A connection whose other end lies: the first byte chooses
// what is expected, its highest bit the byte order; the rest is the message's body, byte for byte,
// behind a header that is right. So what sd-bus checks is not stepped over. The seeds are made by
// make_bus_seeds. Asserted beside "no crash": what is taken keeps the promises of
// wirebell/reading.h.

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "core/utf8.h"
#include "port/bus_record.h"
#include "port/reader_protocol.h"
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

struct line {
    sd_bus *bus;
    int peer_fd;
};

static void line_open(struct line *ret) {
    static const char WELCOME[] = "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\n";
    int pair[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    check(sd_bus_new(&ret->bus) >= 0 && sd_bus_set_fd(ret->bus, pair[0], pair[0]) >= 0);
    check(sd_bus_negotiate_fds(ret->bus, false) >= 0 && sd_bus_start(ret->bus) >= 0);
    ret->peer_fd = pair[1];
    check(write(ret->peer_fd, WELCOME, sizeof WELCOME - 1) == sizeof WELCOME - 1);
    while (sd_bus_is_ready(ret->bus) == 0)
        check(sd_bus_process(ret->bus, NULL) >= 0);
}

static void line_close(struct line *line) {
    sd_bus_close_unref(line->bus);
    (void)close(line->peer_fd);
    line->bus = NULL;
}

static void put_number(unsigned char *at, bool is_big, uint32_t number) {
    const uint32_t ordered = is_big ? htobe32(number) : htole32(number);
    memcpy(at, &ordered, sizeof ordered);
}

// A method return with that signature (D-Bus specification, "Message Format").
static size_t put_header(const char *signature, bool is_big, size_t body_size, unsigned char *ret) {
    const size_t fields_size = 8 + 6 + strlen(signature);
    memset(ret, 0, 128);
    memcpy(ret, is_big ? "B\2\1\1" : "l\2\1\1", 4);
    put_number(ret + 4, is_big, (uint32_t)body_size);
    put_number(ret + 8, is_big, 1);
    put_number(ret + 12, is_big, (uint32_t)fields_size);
    memcpy(ret + 16, "\5\1u", 3);
    put_number(ret + 20, is_big, 1);
    memcpy(ret + 24, "\10\1g", 3);
    ret[28] = (unsigned char)strlen(signature);
    memcpy(ret + 29, signature, strlen(signature));
    return 16 + (fields_size + 7) / 8 * 8;
}

// The message as sd-bus hands it out; NULL when it refused it.
static sd_bus_message *deliver(struct line *line, enum kind kind, bool is_big, const uint8_t *body,
                               size_t size) {
    unsigned char header[128];
    const size_t header_size = put_header(SIGNATURES[kind], is_big, size, header);
    check(write(line->peer_fd, header, header_size) == (ssize_t)header_size);
    check(size == 0 || write(line->peer_fd, body, size) == (ssize_t)size);
    sd_bus_message *message = NULL;
    int r = 1;
    while (!message && r > 0)
        r = sd_bus_process(line->bus, &message);
    if (r < 0)
        line_close(line);
    return message;
}

// --- what is read of it ----------------------------------------------------------------------

static void check_text(const char *text, size_t max, const char *allowed) {
    const size_t size = strlen(text);
    check(size <= max);
    for (size_t at = 0, length; at < size; at += length) {
        check(utf8_length(text + at, size - at) > 0);
        check(!utf8_is_unseen(utf8_get(text + at, &length)) || strchr(allowed, text[at]));
    }
}

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

static void read_call(sd_bus_message *message, struct arena *arena) {
    struct reading_request request;
    const int r = reader_protocol_parse_read(message, arena, &request);
    check(r == 0 || r == -EBADMSG || r == -ENOMEM);
    if (r < 0)
        return;
    check(strlen(request.url) <= LIMIT_URL_MAX && strlen(request.etag) <= LIMIT_VALIDATOR_MAX);
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
        read_call(message, arena);
    else if (kind == KIND_RECORD)
        (void)read_record(message);
    else if (sd_bus_message_enter_container(message, 'a', "a{sv}") > 0)
        while (read_record(message) > 0)
            ;
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct line line;
    if (size == 0)
        return 0;
    if (!line.bus)
        line_open(&line);
    const enum kind kind = (enum kind)((data[0] & 0x7F) % KIND_COUNT);
    sd_bus_message *message = deliver(&line, kind, data[0] & 0x80, data + 1, size - 1);
    if (message)
        read_message(kind, message);
    sd_bus_message_unref(message);
    return 0;
}
