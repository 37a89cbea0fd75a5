// SPDX-License-Identifier: MIT
//
// Messages of the reader and of the daemon's object while memory ends, in our code and in
// libsystemd's: a message is whole or -ENOMEM, and what is read of one is no lie of the other end.

#include "scarce_memory.h"

#include "port/bus/bus_record.h"
#include "port/idle_bus.h"
#include "port/reader/reader_client.h"
#include "port/reader/reader_protocol.h"
#include "wirebell/limits.h"

struct line {
    struct idle_bus idle;
    sd_bus_message *message; // sealed, to be read
};

static int set_up(void **state) {
    static struct line line;
    line = (struct line){.message = NULL};
    idle_bus_open(&line.idle);
    *state = &line;
    return 0;
}

static int tear_down(void **state) {
    struct line *line = *state;
    idle_bus_close(&line->idle);
    return 0;
}

// --- the reader's ----------------------------------------------------------------------------

static const uint64_t HASHES[] = {1, 2, 3};
static const struct story STORIES[] = {
    {"1", "One", "https://e.org/1", "An author", "a\nb", "It shook.", 1700000000},
    {"2", "Not \x1b clean", "", "", "", "", STORY_NO_DATE},
};

static struct reading a_reading(void) {
    struct reading reading = READING_NULL;
    reading.http_status = 200;
    reading.etag = "\"a\"";
    reading.last_modified = "Tue, 14 Nov 2023 22:13:20 GMT";
    reading.max_age_s = 60;
    reading.ttl_s = 3600;
    reading.skip_hours = 5;
    reading.skip_days = 65;
    reading.feed_title = "News";
    reading.body_hash = 7;
    reading.items = (struct reading_items){HASHES, ARRAY_SIZE(HASHES)};
    reading.stories = STORIES;
    reading.story_count = ARRAY_SIZE(STORIES);
    return reading;
}

static int format_read(const struct line *line, sd_bus_message **ret) {
    const struct reading_request request = {.url = "https://e.org/feed",
                                            .etag = "\"a\"",
                                            .last_modified = "yesterday",
                                            .user_agent = "me",
                                            .body_hash = 7,
                                            .items = {HASHES, ARRAY_SIZE(HASHES)}};
    return reader_protocol_format_read(line->idle.bus, &request, ret);
}

static int write_call(void *argument) {
    sd_bus_message *message = NULL;
    const int r = format_read(argument, &message);
    assert_true(r < 0 ? !message : message != NULL);
    sd_bus_message_unref(message);
    return r;
}

static void make_call(void *argument) {
    struct line *line = argument;
    sd_bus_message *message;
    assert_int_equal(format_read(line, &message), 0);
    line->message = idle_bus_seal(message);
}

static int read_call(void *argument) {
    struct line *line = argument;
    struct reading_request request = {.url = NULL};
    int r = reader_protocol_parse_read(line->message, &request);
    if (r == 0) {
        assert_string_equal(request.etag, "\"a\"");
        assert_int_equal(request.items.count, ARRAY_SIZE(HASHES));
    } else {
        assert_null(request.url);
    }
    line->message = sd_bus_message_unref(line->message);
    return r;
}

static int write_reply(void *argument) {
    struct line *line = argument;
    const struct reading reading = a_reading();
    sd_bus_message *reply = NULL;
    struct arena *arena = NULL;
    int r = arena_new(1 << 20, &arena);
    if (r == 0)
        r = reader_protocol_format_reply(line->message, &reading, arena, &reply);
    assert_true(r < 0 ? !reply : reply != NULL);
    sd_bus_message_unref(reply);
    arena_free(arena);
    line->message = sd_bus_message_unref(line->message);
    return r;
}

static void make_reply(void *argument) {
    struct line *line = argument;
    const struct reading reading = a_reading();
    sd_bus_message *reply;
    struct arena *arena;
    make_call(line);
    assert_int_equal(arena_new(1 << 20, &arena), 0);
    assert_int_equal(reader_protocol_format_reply(line->message, &reading, arena, &reply), 0);
    arena_free(arena);
    sd_bus_message_unref(line->message);
    line->message = idle_bus_seal(reply);
}

static int read_reply(void *argument) {
    struct line *line = argument;
    struct reading reading = {.story_count = 4711};
    struct arena *arena = NULL;
    int r = arena_new(1 << 20, &arena);
    if (r == 0)
        r = reader_protocol_parse_reply(line->message, arena, &reading);
    assert_int_equal(reading.story_count, r == 0 ? ARRAY_SIZE(STORIES) : 4711);
    if (r == 0)
        assert_string_equal(reading.stories[0].title, "One");
    arena_free(arena);
    line->message = sd_bus_message_unref(line->message);
    return r;
}

static void what_goes_to_the_reader_and_back_is_whole_or_refused(void **state) {
    memory_try(&(struct memory_trial){
        .name = "a request, written", .run = write_call, .argument = *state});
    memory_try(&(struct memory_trial){
        .name = "a request, read", .prepare = make_call, .run = read_call, .argument = *state});
    memory_try(&(struct memory_trial){
        .name = "a reply, written", .prepare = make_call, .run = write_reply, .argument = *state});
    memory_try(&(struct memory_trial){
        .name = "a reply, read", .prepare = make_reply, .run = read_reply, .argument = *state});
}

// --- a client --------------------------------------------------------------------------------

static void on_reading(const struct reading_request *asked, const struct reading *reading,
                       void *userdata) {
    (void)asked;
    (void)reading;
    (void)userdata;
}

static int open_client(void *argument) {
    (void)argument;
    const struct reader_client_options options = {.socket_path = "/nowhere/reader"};
    const struct reading_request request = {.url = "https://e.org/feed",
                                            .etag = "\"a\"",
                                            .last_modified = "",
                                            .user_agent = "",
                                            .items = {HASHES, ARRAY_SIZE(HASHES)}};
    struct reader_client *client = NULL;
    sd_event *event = NULL;
    int r = sd_event_new(&event);
    if (r >= 0)
        r = reader_client_new(event, &options, &client);
    if (r >= 0)
        r = reader_client_read(client, &request, on_reading, NULL);
    if (r >= 0)
        r = reader_client_read_fd(client, STDIN_FILENO, READER_CLIENT_OPML, on_reading, NULL);
    reader_client_free(client);
    sd_event_unref(event);
    return r < 0 ? r : 0;
}

static void a_client_takes_a_call_or_refuses_it(void **state) {
    memory_try(&(struct memory_trial){
        .name = "reader_client_read", .run = open_client, .argument = *state});
}

// --- the daemon's records --------------------------------------------------------------------

static const struct bus_field FIELDS[] = {{"title", 's', "Quake \x1b", 0},
                                          {"link", 's', "https://e.org/1", 0},
                                          {"drill", 'b', NULL, 1},
                                          {"rings", 'u', NULL, 2},
                                          {"raised_at", 'x', NULL, 1700000000}};

static int write_fields(const struct line *line, sd_bus_message **ret) {
    struct arena *arena = NULL;
    int r = sd_bus_message_new_signal(line->idle.bus, ret, "/a", "a.b", "C");
    if (r >= 0)
        r = arena_new(1 << 16, &arena);
    if (r >= 0)
        r = bus_record_write(*ret, FIELDS, ARRAY_SIZE(FIELDS), arena);
    arena_free(arena);
    return r;
}

static int write_record(void *argument) {
    sd_bus_message *message = NULL;
    const int r = write_fields(argument, &message);
    sd_bus_message_unref(message);
    return r;
}

static void make_record(void *argument) {
    struct line *line = argument;
    sd_bus_message *message = NULL;
    assert_int_equal(write_fields(line, &message), 0);
    line->message = idle_bus_seal(message);
}

static int read_record(void *argument) {
    struct line *line = argument;
    struct bus_record record = {.count = 4711};
    struct arena *arena = NULL;
    int r = arena_new(1 << 16, &arena);
    if (r >= 0)
        r = bus_record_read(line->message, &record);
    assert_int_equal(record.count, r > 0 ? ARRAY_SIZE(FIELDS) : 4711);
    if (r > 0)
        r = bus_record_clean(&record, arena);
    if (r == 0)
        assert_string_equal(bus_record_text(&record, "title"), "Quake  ");
    arena_free(arena);
    line->message = sd_bus_message_unref(line->message);
    return r;
}

static void a_record_is_whole_or_refused(void **state) {
    memory_try(&(struct memory_trial){
        .name = "a record, written", .run = write_record, .argument = *state});
    memory_try(&(struct memory_trial){
        .name = "a record, read", .prepare = make_record, .run = read_record, .argument = *state});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_goes_to_the_reader_and_back_is_whole_or_refused),
        TEST(a_client_takes_a_call_or_refuses_it),
        TEST(a_record_is_whole_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
