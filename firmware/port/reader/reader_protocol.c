// SPDX-License-Identifier: MIT
//
// A table of the facts does both directions: one line is all a new fact needs.

#include "port/reader/reader_protocol.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "port/reader/reader_facts.h"
#include "port/reader/reader_text.h"
#include "wirebell/limits.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { DETAIL_MAX = 1024, STATUS_MAX = 999, USER_AGENT_MAX = 1024 };

static_assert(sizeof(enum reading_outcome) == sizeof(uint32_t), "it travels as FACT_UINT32");

static const struct reader_fact reading_facts[] = {
    {FACT_UINT32, offsetof(struct reading, outcome), READING_OUTCOME_COUNT - 1},
    {FACT_TEXT, offsetof(struct reading, detail), DETAIL_MAX},
    {FACT_UINT32, offsetof(struct reading, http_status), STATUS_MAX},
    {FACT_BYTES, offsetof(struct reading, etag), LIMIT_VALIDATOR_MAX},
    {FACT_BYTES, offsetof(struct reading, last_modified), LIMIT_VALIDATOR_MAX},
    {FACT_TEXT, offsetof(struct reading, moved_to), LIMIT_URL_MAX},
    {FACT_UINT64, offsetof(struct reading, retry_after_s), INT64_MAX},
    {FACT_UINT64, offsetof(struct reading, max_age_s), INT64_MAX},
    {FACT_UINT64, offsetof(struct reading, server_date_s), INT64_MAX},
    {FACT_UINT64, offsetof(struct reading, ttl_s), INT64_MAX},
    {FACT_UINT64, offsetof(struct reading, update_s), INT64_MAX},
    {FACT_UINT32, offsetof(struct reading, skip_hours), (1u << 24) - 1},
    {FACT_UINT8, offsetof(struct reading, skip_days), (1u << 7) - 1},
    {FACT_UINT64, offsetof(struct reading, body_bytes), UINT64_MAX},
    {FACT_TEXT, offsetof(struct reading, feed_title), LIMIT_TITLE_MAX},
    {FACT_UINT64, offsetof(struct reading, body_hash), UINT64_MAX},
    {FACT_ITEMS, offsetof(struct reading, items), 0},
};

static const struct reader_fact request_facts[] = {
    {FACT_TEXT, offsetof(struct reading_request, url), LIMIT_URL_MAX},
    {FACT_BYTES, offsetof(struct reading_request, etag), LIMIT_VALIDATOR_MAX},
    {FACT_BYTES, offsetof(struct reading_request, last_modified), LIMIT_VALIDATOR_MAX},
    {FACT_BYTES, offsetof(struct reading_request, user_agent), USER_AGENT_MAX},
    {FACT_UINT64, offsetof(struct reading_request, body_hash), UINT64_MAX},
    {FACT_ITEMS, offsetof(struct reading_request, items), 0},
};

// The strings of a story in the order they travel in; the date follows.
static const struct {
    size_t offset;
    size_t max;
} story_texts[] = {
    {offsetof(struct story, id), LIMIT_ID_MAX},
    {offsetof(struct story, title), LIMIT_TITLE_MAX},
    {offsetof(struct story, link), LIMIT_URL_MAX},
    {offsetof(struct story, author), LIMIT_TITLE_MAX},
    {offsetof(struct story, category), LIMIT_TITLE_MAX},
    {offsetof(struct story, text), LIMIT_TEXT_MAX},
};

// --- writing ---------------------------------------------------------------------------------

static int append_story(sd_bus_message *message, const struct story *story, struct arena *scratch) {
    int r = sd_bus_message_open_container(message, 'r', "ssssssx");
    for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(story_texts); i++) {
        const char *text = reader_text_mend(scratch, reader_fact_text(story, story_texts[i].offset),
                                            story_texts[i].max);
        r = text ? sd_bus_message_append_basic(message, 's', text) : -ENOMEM;
    }
    if (r >= 0)
        r = sd_bus_message_append_basic(message, 'x', &story->published_s);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

int reader_protocol_format_read(sd_bus *bus, const struct reading_request *request,
                                sd_bus_message **ret) {
    size_t url_size = strlen(request->url);
    if (reader_text_clean(request->url, url_size, LIMIT_URL_MAX) < url_size)
        return -EINVAL;
    for (size_t i = 0; i < ARRAY_SIZE(request_facts); i++) {
        const struct reader_fact *fact = &request_facts[i];
        if (fact->type == FACT_BYTES && strlen(reader_fact_text(request, fact->offset)) > fact->max)
            return -E2BIG;
    }
    if (request->items.count > LIMIT_STORIES_MAX)
        return -E2BIG;

    sd_bus_message *message = NULL;
    int r = sd_bus_message_new_method_call(bus, &message, NULL, READER_OBJECT, READER_INTERFACE,
                                           READER_READ);
    if (r >= 0)
        r = reader_facts_append(message, request_facts, ARRAY_SIZE(request_facts), request);
    if (r < 0) {
        sd_bus_message_unref(message);
        return r;
    }
    *ret = message;
    return 0;
}

int reader_protocol_format_read_fd(sd_bus *bus, int fd, const char *base_url,
                                   sd_bus_message **ret) {
    size_t url_size = strlen(base_url);
    if (reader_text_clean(base_url, url_size, LIMIT_URL_MAX) < url_size)
        return -EINVAL;

    sd_bus_message *message = NULL;
    int r = sd_bus_message_new_method_call(bus, &message, NULL, READER_OBJECT, READER_INTERFACE,
                                           READER_READ_FD);
    if (r >= 0)
        r = sd_bus_message_append(message, READER_READ_FD_ARGS, fd, base_url);
    if (r < 0) {
        sd_bus_message_unref(message);
        return r;
    }
    *ret = message;
    return 0;
}

int reader_protocol_format_opml(sd_bus *bus, int fd, sd_bus_message **ret) {
    sd_bus_message *message = NULL;
    int r = sd_bus_message_new_method_call(bus, &message, NULL, READER_OBJECT, READER_INTERFACE,
                                           READER_OPML);
    if (r >= 0)
        r = sd_bus_message_append(message, READER_OPML_ARGS, fd);
    if (r < 0) {
        sd_bus_message_unref(message);
        return r;
    }
    *ret = message;
    return 0;
}

// The reading with its own texts (not the stories') mended.
static int mend_reading(const struct reading *reading, struct arena *scratch, struct reading *ret) {
    struct reading mended = *reading;
    for (size_t i = 0; i < ARRAY_SIZE(reading_facts); i++) {
        const struct reader_fact *fact = &reading_facts[i];
        const char **text = reader_fact_member(&mended, fact->offset);
        if (fact->type == FACT_TEXT)
            *text = reader_text_mend(scratch, *text, (size_t)fact->max);
        else if (fact->type == FACT_BYTES && strlen(*text) > fact->max)
            *text = ""; // half a validator would never match
        else
            continue;
        if (!*text)
            return -ENOMEM;
    }
    // Nor is half an address, or a mended one, of any use.
    if (mended.moved_to != reading->moved_to)
        mended.moved_to = "";
    *ret = mended;
    return 0;
}

int reader_protocol_format_reply(sd_bus_message *call, const struct reading *reading,
                                 struct arena *scratch, sd_bus_message **ret) {
    struct reading mended;
    int r = mend_reading(reading, scratch, &mended);
    if (r < 0)
        return r;

    sd_bus_message *message = NULL;
    r = sd_bus_message_new_method_return(call, &message);
    if (r >= 0)
        r = reader_facts_append(message, reading_facts, ARRAY_SIZE(reading_facts), &mended);
    if (r >= 0)
        r = sd_bus_message_open_container(message, 'a', "(ssssssx)");
    for (size_t i = 0; r >= 0 && i < mended.story_count; i++)
        r = append_story(message, &mended.stories[i], scratch);
    if (r >= 0)
        r = sd_bus_message_close_container(message);
    if (r < 0) {
        sd_bus_message_unref(message);
        return r;
    }
    *ret = message;
    return 0;
}

// --- reading ---------------------------------------------------------------------------------

static int parse_story(sd_bus_message *message, struct story *story) {
    for (size_t i = 0; i < ARRAY_SIZE(story_texts); i++) {
        const char **text = reader_fact_member(story, story_texts[i].offset);
        int r = reader_facts_text(message, story_texts[i].max, text);
        if (r < 0)
            return r;
        if (text != &story->category && strchr(*text, '\n'))
            return -EBADMSG;
    }
    return reader_facts_bad(sd_bus_message_read_basic(message, 'x', &story->published_s));
}

// The list doubles in the arena as it grows: a reply does not say beforehand how many come.
static int add_story(struct arena *arena, struct story **stories, size_t *capacity, size_t count) {
    if (count < *capacity)
        return 0;
    size_t wanted = *capacity ? *capacity * 2 : 32;
    struct story *grown = arena_alloc(arena, wanted * sizeof *grown);
    if (!grown)
        return -ENOMEM;
    if (count > 0)
        memcpy(grown, *stories, count * sizeof *grown);
    *stories = grown;
    *capacity = wanted;
    return 0;
}

static int parse_stories(sd_bus_message *message, struct arena *arena, struct reading *reading) {
    struct story *stories = NULL;
    size_t count = 0, capacity = 0;
    int r = sd_bus_message_enter_container(message, 'a', "(ssssssx)");
    if (r < 0)
        return reader_facts_bad(r);
    while ((r = sd_bus_message_enter_container(message, 'r', "ssssssx")) > 0) {
        if (count == LIMIT_STORIES_MAX)
            return -EBADMSG;
        r = add_story(arena, &stories, &capacity, count);
        if (r >= 0)
            r = parse_story(message, &stories[count++]);
        if (r >= 0)
            r = reader_facts_bad(sd_bus_message_exit_container(message));
        if (r < 0)
            return r;
    }
    if (r < 0)
        return reader_facts_bad(r);
    reading->stories = stories;
    reading->story_count = count;
    return reader_facts_bad(sd_bus_message_exit_container(message));
}

int reader_protocol_parse_read(sd_bus_message *call, struct reading_request *ret) {
    struct reading_request request;
    int r = reader_facts_parse(call, request_facts, ARRAY_SIZE(request_facts), &request);
    if (r < 0)
        return r;
    *ret = request;
    return 0;
}

int reader_protocol_parse_read_fd(sd_bus_message *call, int *ret_fd, const char **ret_base_url) {
    int fd;
    const char *base_url;
    int r = reader_facts_bad(sd_bus_message_read_basic(call, 'h', &fd));
    if (r >= 0)
        r = reader_facts_text(call, LIMIT_URL_MAX, &base_url);
    if (r < 0)
        return r;
    *ret_fd = fd;
    *ret_base_url = base_url;
    return 0;
}

int reader_protocol_parse_opml(sd_bus_message *call, int *ret_fd) {
    return reader_facts_bad(sd_bus_message_read_basic(call, 'h', ret_fd));
}

int reader_protocol_parse_reply(sd_bus_message *reply, struct arena *arena, struct reading *ret) {
    struct reading reading = READING_NULL;
    int r = reader_facts_parse(reply, reading_facts, ARRAY_SIZE(reading_facts), &reading);
    if (r >= 0)
        r = parse_stories(reply, arena, &reading);
    if (r < 0)
        return r;
    bool is_read = reading.outcome == READING_OK || reading.outcome == READING_PARTIAL;
    if ((!is_read && (reading.story_count > 0 || reading.items.count > 0)) ||
        (reading.outcome != READING_OK && reading.body_hash != 0))
        return -EBADMSG;
    *ret = reading;
    return 0;
}
