// SPDX-License-Identifier: MIT

#include "port/idle_bus.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "nouns.h"
#include "port/reader/reader_protocol.h"
#include "wirebell/limits.h"

struct fixture {
    struct idle_bus idle;
    struct arena *arena;
};

static int set_up(void **state) {
    static struct fixture fixture;
    idle_bus_open(&fixture.idle);
    *state = &fixture;
    return arena_new(64 << 20, &fixture.arena);
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    idle_bus_close(&fixture->idle);
    arena_free(fixture->arena);
    return 0;
}

static sd_bus_message *new_call(struct fixture *fixture) {
    sd_bus_message *call = NULL;
    const struct reading_request request = a_request("http://a.org/");
    assert_int_equal(reader_protocol_format_read(fixture->idle.bus, &request, &call), 0);
    return idle_bus_seal(call);
}

// The reading as it comes out at the other end; the message that owns it is left in @ret_message.
static int pass(struct fixture *fixture, const struct reading *reading,
                sd_bus_message **ret_message, struct reading *ret) {
    sd_bus_message *call = new_call(fixture);
    int r = reader_protocol_format_reply(call, reading, fixture->arena, ret_message);
    sd_bus_message_unref(call);
    assert_int_equal(r, 0);
    return reader_protocol_parse_reply(idle_bus_seal(*ret_message), fixture->arena, ret);
}

// The request as it comes out at the other end; the message that owns it is left in @ret_call.
static int pass_request(struct fixture *fixture, const struct reading_request *request,
                        sd_bus_message **ret_call, struct reading_request *ret) {
    assert_int_equal(reader_protocol_format_read(fixture->idle.bus, request, ret_call), 0);
    return reader_protocol_parse_read(idle_bus_seal(*ret_call), ret);
}

static struct reading reading_of(const struct story *stories, size_t count) {
    struct reading reading = READING_NULL;
    reading.stories = stories;
    reading.story_count = count;
    return reading;
}

static void a_request_arrives_byte_for_byte(void **state) {
    struct fixture *fixture = *state;
    const struct reading_request request = {
        .url = "https://example.org/\xC3\xBC?a=b#c",
        .etag = "W/\"a b,\xE9\xFF\"",
        .last_modified = "Sat, 01 Jan 2000 00:00:00 GMT",
        .user_agent = "me/1 (\xE9)",
        .body_hash = UINT64_MAX,
        .items = {(const uint64_t[]){1, UINT64_C(1) << 63, UINT64_MAX}, 3},
    };
    sd_bus_message *call;
    struct reading_request got;
    assert_int_equal(pass_request(fixture, &request, &call, &got), 0);
    assert_string_equal(got.url, request.url);
    assert_string_equal(got.etag, request.etag);
    assert_string_equal(got.last_modified, request.last_modified);
    assert_string_equal(got.user_agent, request.user_agent);
    assert_true(got.body_hash == UINT64_MAX);
    assert_int_equal(got.items.count, 3);
    assert_memory_equal(got.items.hashes, request.items.hashes, 3 * sizeof *got.items.hashes);
    sd_bus_message_unref(call);
}

static void a_request_that_cannot_travel_is_refused_before_it_is_sent(void **state) {
    struct fixture *fixture = *state;
    char long_url[LIMIT_URL_MAX + 2], long_etag[LIMIT_VALIDATOR_MAX + 2];
    memset(long_url, 'a', sizeof long_url - 1);
    long_url[sizeof long_url - 1] = '\0';
    memset(long_etag, 'a', sizeof long_etag - 1);
    long_etag[sizeof long_etag - 1] = '\0';
    static const uint64_t hashes[LIMIT_STORIES_MAX + 1];
    static char untouched;
    sd_bus_message *call = (sd_bus_message *)(void *)&untouched;
    sd_bus_message *const before = call;
    const struct {
        struct reading_request request;
        int expected;
    } cases[] = {
        {{"http://a.org/\xFF", "", "", "", 0, {NULL, 0}}, -EINVAL},
        {{long_url, "", "", "", 0, {NULL, 0}}, -EINVAL},
        {{"http://a.org/", long_etag, "", "", 0, {NULL, 0}}, -E2BIG},
        {{"http://a.org/", "", "", "", 0, {hashes, LIMIT_STORIES_MAX + 1}}, -E2BIG},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(reader_protocol_format_read(fixture->idle.bus, &cases[i].request, &call),
                         cases[i].expected);
        assert_ptr_equal(call, before);
    }
}

static void a_descriptor_arrives_with_its_base(void **state) {
    struct fixture *fixture = *state;
    sd_bus_message *call = NULL;
    assert_int_equal(reader_protocol_format_read_fd(fixture->idle.bus, fixture->idle.peer_fd,
                                                    "http://b.org/", &call),
                     0);
    int fd = -1;
    const char *base_url = NULL;
    assert_int_equal(reader_protocol_parse_read_fd(idle_bus_seal(call), &fd, &base_url), 0);
    assert_string_equal(base_url, "http://b.org/");
    struct stat sent, got;
    assert_int_equal(fstat(fixture->idle.peer_fd, &sent), 0);
    assert_int_equal(fstat(fd, &got), 0);
    assert_int_equal(sent.st_ino, got.st_ino);
    sd_bus_message_unref(call);
}

static void a_reading_arrives_whole(void **state) {
    struct fixture *fixture = *state;
    const struct story stories[] = {
        {"id1", "title", "link", "author", "a\nb", "text \xE2\x82\xAC", 1700000000},
        {"", "", "", "", "", "", STORY_NO_DATE},
    };
    const struct reading reading = {
        .outcome = READING_PARTIAL,
        .detail = "cut",
        .http_status = 200,
        .etag = "\"\xE9\"",
        .last_modified = "yesterday",
        .moved_to = "https://new.org/",
        .retry_after_s = 1,
        .max_age_s = 2,
        .server_date_s = 1767312000,
        .ttl_s = 3,
        .update_s = 4,
        .skip_hours = 0xFFFFFF,
        .skip_days = 0x7F,
        .body_bytes = UINT64_MAX,
        .feed_title = "feed",
        .stories = stories,
        .story_count = 2,
        .items = {(const uint64_t[]){7, 8, 9, 10}, 4},
    };
    sd_bus_message *message = NULL;
    struct reading got;
    assert_int_equal(pass(fixture, &reading, &message, &got), 0);
    assert_int_equal(got.outcome, READING_PARTIAL);
    assert_string_equal(got.detail, "cut");
    assert_int_equal(got.http_status, 200);
    assert_string_equal(got.etag, "\"\xE9\"");
    assert_string_equal(got.last_modified, "yesterday");
    assert_string_equal(got.moved_to, "https://new.org/");
    assert_int_equal(got.retry_after_s, 1);
    assert_int_equal(got.max_age_s, 2);
    assert_int_equal(got.server_date_s, 1767312000);
    assert_int_equal(got.ttl_s, 3);
    assert_int_equal(got.update_s, 4);
    assert_int_equal(got.skip_hours, 0xFFFFFF);
    assert_int_equal(got.skip_days, 0x7F);
    assert_true(got.body_bytes == UINT64_MAX);
    assert_string_equal(got.feed_title, "feed");
    assert_true(got.body_hash == 0);
    assert_int_equal(got.items.count, 4);
    assert_true(got.items.hashes[3] == 10);
    assert_int_equal(got.story_count, 2);
    assert_string_equal(got.stories[0].id, "id1");
    assert_string_equal(got.stories[0].category, "a\nb");
    assert_string_equal(got.stories[0].text, "text \xE2\x82\xAC");
    assert_int_equal(got.stories[0].published_s, 1700000000);
    assert_string_equal(got.stories[1].title, "");
    assert_true(got.stories[1].published_s == STORY_NO_DATE);
    sd_bus_message_unref(message);
}

static void texts_the_bus_dislikes_are_mended_not_fatal(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        const char *sent;
        const char *expected;
    } cases[] = {
        {"a\xFFz", "a\xEF\xBF\xBDz"},                                 // no UTF-8
        {"a\xED\xA0\x80z", "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz"}, // a surrogate
        {"\xEF\xB7\x90", "\xEF\xBF\xBD"},                             // U+FDD0
        {"x\xEF\xBF\xBE", "x\xEF\xBF\xBD"},                           // U+FFFE
        {"\xF0\x9F\xBF\xBFx", "\xEF\xBF\xBDx"},                       // U+1FFFF
        {"cut \xE2\x82", "cut \xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\xEF\xBB\xBF fine \xF0\x9F\x94\x94", "  fine \xF0\x9F\x94\x94"}, // U+FEFF
        {"\033[31m \xC2\x9B \xE2\x80\xAE", " [31m    "},                   // what steers terminals
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct story story = {"", cases[i].sent, "", "", "", "", 0};
        struct reading reading = reading_of(&story, 1), got;
        reading.detail = cases[i].sent;
        reading.moved_to = cases[i].sent;
        sd_bus_message *message = NULL;
        assert_int_equal(pass(fixture, &reading, &message, &got), 0);
        assert_string_equal(got.stories[0].title, cases[i].expected);
        assert_string_equal(got.detail, cases[i].expected);
        assert_string_equal(got.moved_to, "");
        sd_bus_message_unref(message);
    }
}

static void texts_over_their_cap_are_cut_between_characters(void **state) {
    struct fixture *fixture = *state;
    char *text = malloc(LIMIT_TEXT_MAX + 32), etag[LIMIT_VALIDATOR_MAX + 2];
    assert_non_null(text);
    memset(text, 'a', LIMIT_TEXT_MAX - 1);
    memcpy(text + LIMIT_TEXT_MAX - 1, "\xE2\x82\xAC and more", 12 + 1);
    memset(etag, 'e', sizeof etag - 1);
    etag[sizeof etag - 1] = '\0';
    const struct story story = {"", "", "", "", "", text, 0};
    struct reading reading = reading_of(&story, 1), got;
    reading.etag = etag;
    sd_bus_message *message = NULL;
    assert_int_equal(pass(fixture, &reading, &message, &got), 0);
    assert_int_equal(strlen(got.stories[0].text), LIMIT_TEXT_MAX - 1);
    assert_string_equal(got.etag, ""); // half a validator would never match
    sd_bus_message_unref(message);
    free(text);
}

static void as_many_stories_as_the_cap_arrive_and_no_more(void **state) {
    struct fixture *fixture = *state;
    struct story *stories = calloc(LIMIT_STORIES_MAX + 1, sizeof *stories);
    assert_non_null(stories);
    for (size_t i = 0; i <= LIMIT_STORIES_MAX; i++)
        stories[i] = (struct story){"", "", "", "", "", "", (int64_t)i};
    struct reading reading = reading_of(stories, LIMIT_STORIES_MAX), got;
    sd_bus_message *message = NULL;
    assert_int_equal(pass(fixture, &reading, &message, &got), 0);
    assert_int_equal(got.story_count, LIMIT_STORIES_MAX);
    assert_int_equal(got.stories[LIMIT_STORIES_MAX - 1].published_s, LIMIT_STORIES_MAX - 1);
    sd_bus_message_unref(message);

    reading.story_count++;
    assert_int_equal(pass(fixture, &reading, &message, &got), -EBADMSG);
    sd_bus_message_unref(message);
    free(stories);
}

// --- a reader that lies ----------------------------------------------------------------------

enum lie {
    LIE_NOTHING,
    LIE_OUTCOME_TOO_HIGH,
    LIE_NUMBER_TOO_FEW,
    LIE_NEGATIVE_SECONDS,
    LIE_HOUR,
    LIE_DAY,
    LIE_STATUS,
    LIE_TEXT_TOO_FEW,
    LIE_TEXT_TOO_MANY,
    LIE_TEXT_WITHOUT_END,
    LIE_NO_TEXTS,
    LIE_LONG_ETAG,
    LIE_LONG_DETAIL,
    LIE_DETAIL_NOT_UTF8,
    LIE_STEERING_TITLE,
    LIE_LINE_IN_TITLE,
    LIE_STORIES_WITH_304,
    LIE_LONG_TITLE,
    LIE_ITEMS_OUT_OF_ORDER,
    LIE_ITEM_TWICE,
    LIE_ITEM_ZERO,
    LIE_ITEMS_TOO_MANY,
    LIE_ITEMS_WITH_304,
    LIE_NUMBERS_OF_BYTES,
    LIE_BODY_OF_A_PART,
    LIE_COUNT,
};

static enum reading_outcome outcome_of(enum lie lie) {
    switch ((int)lie) {
    case LIE_OUTCOME_TOO_HIGH:
        return READING_OUTCOME_COUNT;
    case LIE_STORIES_WITH_304:
    case LIE_ITEMS_WITH_304:
        return READING_UNCHANGED;
    case LIE_BODY_OF_A_PART:
        return READING_PARTIAL;
    default:
        return READING_OK;
    }
}

static struct reading_items items_of(enum lie lie) {
    static uint64_t many[LIMIT_STORIES_MAX + 1];
    for (size_t i = 0; i < ARRAY_SIZE(many); i++)
        many[i] = i + 1;
    static const uint64_t out_of_order[] = {2, 1}, twice[] = {3, 3}, zero[] = {0};
    switch ((int)lie) {
    case LIE_ITEMS_OUT_OF_ORDER:
        return (struct reading_items){out_of_order, 2};
    case LIE_ITEM_TWICE:
        return (struct reading_items){twice, 2};
    case LIE_ITEM_ZERO:
        return (struct reading_items){zero, 1};
    case LIE_ITEMS_TOO_MANY:
        return (struct reading_items){many, ARRAY_SIZE(many)};
    case LIE_ITEMS_WITH_304:
        return (struct reading_items){many, 1};
    default:
        return (struct reading_items){NULL, 0};
    }
}

static void append_texts(sd_bus_message *message, enum lie lie) {
    static char texts[2 * LIMIT_TITLE_MAX];
    memset(texts, 'a', sizeof texts);
    const size_t detail_size = lie == LIE_LONG_DETAIL ? 1025 : 1024;
    const size_t etag_size = lie == LIE_LONG_ETAG ? LIMIT_VALIDATOR_MAX + 1 : LIMIT_VALIDATOR_MAX;
    if (lie == LIE_DETAIL_NOT_UTF8)
        texts[0] = '\xFF';
    size_t size = detail_size;
    texts[size++] = '\0';
    size += etag_size;
    texts[size++] = '\0';
    texts[size++] = '\0';
    texts[size++] = '\0';
    if (lie != LIE_TEXT_TOO_FEW)
        texts[size++] = '\0';
    if (lie == LIE_TEXT_TOO_MANY)
        texts[size++] = '\0';
    if (lie == LIE_TEXT_WITHOUT_END)
        texts[size++] = 'a';
    if (lie == LIE_NO_TEXTS)
        size = 0;
    assert_true(sd_bus_message_append_array(message, 'y', texts, size) >= 0);
}

static void append_numbers(sd_bus_message *message, enum lie lie) {
    uint64_t numbers[11 + LIMIT_STORIES_MAX + 1] = {
        outcome_of(lie),
        lie == LIE_STATUS ? 1000 : 200,
        0,
        0,
        0,
        lie == LIE_NEGATIVE_SECONDS ? (uint64_t)-1 : 4,
        0,
        lie == LIE_HOUR ? 1u << 24 : 0,
        lie == LIE_DAY ? 1u << 7 : 0,
        0,
        lie == LIE_BODY_OF_A_PART ? 1 : 0,
    };
    const size_t count = lie == LIE_NUMBER_TOO_FEW ? 10 : 11;
    const struct reading_items items = items_of(lie);
    if (items.count > 0)
        memcpy(numbers + count, items.hashes, items.count * sizeof *numbers);
    const char type = lie == LIE_NUMBERS_OF_BYTES ? 'y' : 't';
    assert_true(sd_bus_message_append_array(message, type, numbers,
                                            (count + items.count) * sizeof *numbers) >= 0);
}

static void append_lie(sd_bus_message *message, enum lie lie) {
    static char long_text[LIMIT_TITLE_MAX + 2];
    memset(long_text, 'a', sizeof long_text - 1);
    append_texts(message, lie);
    append_numbers(message, lie);
    const char *title = lie == LIE_LONG_TITLE       ? long_text
                        : lie == LIE_STEERING_TITLE ? "\xE2\x80\xAE"
                        : lie == LIE_LINE_IN_TITLE  ? "a\nb"
                                                    : "t";
    int r = sd_bus_message_open_container(message, 'a', "(ssssssx)");
    if (r >= 0 && lie != LIE_ITEMS_WITH_304)
        r = sd_bus_message_append(message, "(ssssssx)", "", title, "", "", "", "", INT64_C(0));
    assert_true(r >= 0 && sd_bus_message_close_container(message) >= 0);
}

static int pass_lie(struct fixture *fixture, enum lie lie, struct reading *ret) {
    sd_bus_message *call = new_call(fixture), *message = NULL;
    assert_true(sd_bus_message_new_method_return(call, &message) >= 0);
    append_lie(message, lie);
    int r = reader_protocol_parse_reply(idle_bus_seal(message), fixture->arena, ret);
    sd_bus_message_unref(message);
    sd_bus_message_unref(call);
    return r;
}

static void a_reply_that_breaks_a_promise_is_refused_whole(void **state) {
    for (enum lie lie = LIE_NOTHING + 1; lie < LIE_COUNT; lie++) {
        struct reading got = READING_NULL;
        got.ttl_s = 4711;
        assert_int_equal(pass_lie(*state, lie, &got), -EBADMSG);
        assert_int_equal(got.ttl_s, 4711);
    }
}

static void a_reply_that_keeps_its_promises_is_taken(void **state) {
    struct reading got;
    assert_int_equal(pass_lie(*state, LIE_NOTHING, &got), 0);
    assert_int_equal(got.story_count, 1);
    assert_int_equal(got.ttl_s, 4);
}

static void a_request_with_items_that_are_not_sound_is_refused(void **state) {
    struct fixture *fixture = *state;
    const uint64_t out_of_order[] = {1, 3, 2};
    struct reading_request request = a_request("http://a.org/"), got = {.url = "untouched"};
    request.items = (struct reading_items){out_of_order, 3};
    sd_bus_message *call;
    assert_int_equal(pass_request(fixture, &request, &call, &got), -EBADMSG);
    assert_string_equal(got.url, "untouched");
    sd_bus_message_unref(call);
}

static void as_many_items_as_the_cap_travel_both_ways(void **state) {
    struct fixture *fixture = *state;
    static uint64_t hashes[LIMIT_STORIES_MAX];
    for (size_t i = 0; i < LIMIT_STORIES_MAX; i++)
        hashes[i] = (i + 1) * UINT64_C(0x1000000000);
    struct reading reading = READING_NULL, got;
    reading.body_hash = 1;
    reading.items = (struct reading_items){hashes, LIMIT_STORIES_MAX};
    sd_bus_message *message = NULL;
    assert_int_equal(pass(fixture, &reading, &message, &got), 0);
    assert_int_equal(got.items.count, LIMIT_STORIES_MAX);
    assert_memory_equal(got.items.hashes, hashes, sizeof hashes);
    sd_bus_message_unref(message);

    struct reading_request request = a_request("http://a.org/"), asked;
    request.items = reading.items;
    assert_int_equal(pass_request(fixture, &request, &message, &asked), 0);
    assert_int_equal(asked.items.count, LIMIT_STORIES_MAX);
    assert_memory_equal(asked.items.hashes, hashes, sizeof hashes);
    sd_bus_message_unref(message);
}

static void another_kind_of_reply_is_refused(void **state) {
    struct fixture *fixture = *state;
    static const char *const signatures[] = {"", "s", "ay", "ayat"};
    for (size_t i = 0; i < ARRAY_SIZE(signatures); i++) {
        sd_bus_message *call = new_call(fixture), *message = NULL;
        assert_true(sd_bus_message_new_method_return(call, &message) >= 0);
        if (i == 1)
            assert_true(sd_bus_message_append(message, "s", "hello") >= 0);
        if (i >= 2)
            append_texts(message, LIE_NOTHING);
        if (i == 3)
            append_numbers(message, LIE_NOTHING);
        assert_true(sd_bus_message_has_signature(message, signatures[i]) > 0);
        struct reading got;
        assert_int_equal(reader_protocol_parse_reply(idle_bus_seal(message), fixture->arena, &got),
                         -EBADMSG);
        sd_bus_message_unref(message);
        sd_bus_message_unref(call);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_arrives_byte_for_byte),
        cmocka_unit_test(a_request_that_cannot_travel_is_refused_before_it_is_sent),
        cmocka_unit_test(a_descriptor_arrives_with_its_base),
        cmocka_unit_test(a_reading_arrives_whole),
        cmocka_unit_test(texts_the_bus_dislikes_are_mended_not_fatal),
        cmocka_unit_test(texts_over_their_cap_are_cut_between_characters),
        cmocka_unit_test(as_many_stories_as_the_cap_arrive_and_no_more),
        cmocka_unit_test(a_reply_that_breaks_a_promise_is_refused_whole),
        cmocka_unit_test(a_reply_that_keeps_its_promises_is_taken),
        cmocka_unit_test(a_request_with_items_that_are_not_sound_is_refused),
        cmocka_unit_test(as_many_items_as_the_cap_travel_both_ways),
        cmocka_unit_test(another_kind_of_reply_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
