// SPDX-License-Identifier: MIT
//
// A table of the facts does both directions: one line is all a new fact needs.

#include "port/reader_protocol.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "port/reader_text.h"
#include "wirebell/limits.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { DETAIL_MAX = 1024, STATUS_MAX = 999, USER_AGENT_MAX = 1024 };

// A member of a struct that travels in a dictionary.
struct fact {
    const char *key;
    enum {
        FACT_TEXT,
        FACT_BYTES,
        FACT_INT,
        FACT_INT64,
        FACT_UINT8,
        FACT_UINT32,
        FACT_UINT64,
        FACT_OUTCOME,
        FACT_ITEMS
    } type;
    size_t offset; // in the struct
    size_t max;    // bytes of texts and byte strings, greatest value of FACT_UINT8 and _UINT32
};

static const struct fact reading_facts[] = {
    {"outcome", FACT_OUTCOME, offsetof(struct reading, outcome), 0},
    {"detail", FACT_TEXT, offsetof(struct reading, detail), DETAIL_MAX},
    {"http-status", FACT_INT, offsetof(struct reading, http_status), 0},
    {"etag", FACT_BYTES, offsetof(struct reading, etag), LIMIT_VALIDATOR_MAX},
    {"last-modified", FACT_BYTES, offsetof(struct reading, last_modified), LIMIT_VALIDATOR_MAX},
    {"moved-to", FACT_TEXT, offsetof(struct reading, moved_to), LIMIT_URL_MAX},
    {"retry-after", FACT_INT64, offsetof(struct reading, retry_after_s), 0},
    {"max-age", FACT_INT64, offsetof(struct reading, max_age_s), 0},
    {"server-date", FACT_INT64, offsetof(struct reading, server_date_s), 0},
    {"ttl", FACT_INT64, offsetof(struct reading, ttl_s), 0},
    {"update", FACT_INT64, offsetof(struct reading, update_s), 0},
    {"skip-hours", FACT_UINT32, offsetof(struct reading, skip_hours), (1u << 24) - 1},
    {"skip-days", FACT_UINT8, offsetof(struct reading, skip_days), (1u << 7) - 1},
    {"body-bytes", FACT_UINT64, offsetof(struct reading, body_bytes), 0},
    {"feed-title", FACT_TEXT, offsetof(struct reading, feed_title), LIMIT_TITLE_MAX},
    {"body-hash", FACT_UINT64, offsetof(struct reading, body_hash), 0},
    {"items", FACT_ITEMS, offsetof(struct reading, items), 0},
};

static const struct fact request_facts[] = {
    {"etag", FACT_BYTES, offsetof(struct reading_request, etag), LIMIT_VALIDATOR_MAX},
    {"last-modified", FACT_BYTES, offsetof(struct reading_request, last_modified),
     LIMIT_VALIDATOR_MAX},
    {"user-agent", FACT_BYTES, offsetof(struct reading_request, user_agent), USER_AGENT_MAX},
    {"body-hash", FACT_UINT64, offsetof(struct reading_request, body_hash), 0},
    {"items", FACT_ITEMS, offsetof(struct reading_request, items), 0},
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

static const char *text_at(const void *owner, size_t offset) {
    return *(const char *const *)((const char *)owner + offset);
}

static void *member_at(void *owner, size_t offset) {
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

static int append_fact(sd_bus_message *message, const struct fact *fact, const void *owner) {
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

static int append_facts(sd_bus_message *message, const struct fact *facts, size_t count,
                        const void *owner) {
    int r = sd_bus_message_open_container(message, 'a', "{sv}");
    for (size_t i = 0; r >= 0 && i < count; i++)
        r = append_fact(message, &facts[i], owner);
    return r < 0 ? r : sd_bus_message_close_container(message);
}

static int append_story(sd_bus_message *message, const struct story *story, struct arena *scratch) {
    int r = sd_bus_message_open_container(message, 'r', "ssssssx");
    for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(story_texts); i++) {
        const char *text =
            reader_text_mend(scratch, text_at(story, story_texts[i].offset), story_texts[i].max);
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
        const struct fact *fact = &request_facts[i];
        if (fact->type == FACT_BYTES && strlen(text_at(request, fact->offset)) > fact->max)
            return -E2BIG;
    }
    if (request->items.count > LIMIT_STORIES_MAX)
        return -E2BIG;

    sd_bus_message *message = NULL;
    int r = sd_bus_message_new_method_call(bus, &message, NULL, READER_OBJECT, READER_INTERFACE,
                                           READER_READ);
    if (r >= 0)
        r = sd_bus_message_append_basic(message, 's', request->url);
    if (r >= 0)
        r = append_facts(message, request_facts, ARRAY_SIZE(request_facts), request);
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

// The reading with its own texts (not the stories') mended.
static int mend_reading(const struct reading *reading, struct arena *scratch, struct reading *ret) {
    struct reading mended = *reading;
    for (size_t i = 0; i < ARRAY_SIZE(reading_facts); i++) {
        const struct fact *fact = &reading_facts[i];
        const char **text = member_at(&mended, fact->offset);
        if (fact->type == FACT_TEXT)
            *text = reader_text_mend(scratch, *text, fact->max);
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
        r = append_facts(message, reading_facts, ARRAY_SIZE(reading_facts), &mended);
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

// sd-bus says -ENXIO or 0 (at the end) for a type that is not there: no such message.
static int as_bad(int r) {
    if (r > 0)
        return 0;
    return r == -ENOMEM ? r : -EBADMSG;
}

static int parse_text(sd_bus_message *message, size_t max, const char **ret) {
    const char *text;
    int r = as_bad(sd_bus_message_read_basic(message, 's', &text));
    if (r < 0)
        return r;
    if (strlen(text) > max)
        return -EBADMSG;
    *ret = text;
    return 0;
}

static int parse_bytes(sd_bus_message *message, size_t max, struct arena *arena, const char **ret) {
    const void *bytes = NULL;
    size_t size = 0;
    int r = sd_bus_message_read_array(message, 'y', &bytes, &size);
    if (r < 0)
        return as_bad(r);
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
        return as_bad(r);
    const struct reading_items items = {hashes, size / sizeof *items.hashes};
    if (!reading_items_are_sound(items))
        return -EBADMSG;
    *ret = items;
    return 0;
}

static int parse_fact(sd_bus_message *message, const struct fact *fact, struct arena *arena,
                      void *owner) {
    void *member = member_at(owner, fact->offset);
    uint32_t outcome;
    int r;
    switch (fact->type) {
    case FACT_TEXT:
        return parse_text(message, fact->max, member);
    case FACT_BYTES:
        return parse_bytes(message, fact->max, arena, member);
    case FACT_INT:
        r = as_bad(sd_bus_message_read_basic(message, 'i', member));
        return r < 0 || (*(int *)member >= 0 && *(int *)member <= STATUS_MAX) ? r : -EBADMSG;
    case FACT_INT64:
        r = as_bad(sd_bus_message_read_basic(message, 'x', member));
        return r < 0 || *(int64_t *)member >= 0 ? r : -EBADMSG;
    case FACT_UINT8:
        r = as_bad(sd_bus_message_read_basic(message, 'y', member));
        return r < 0 || *(uint8_t *)member <= fact->max ? r : -EBADMSG;
    case FACT_UINT32:
        r = as_bad(sd_bus_message_read_basic(message, 'u', member));
        return r < 0 || *(uint32_t *)member <= fact->max ? r : -EBADMSG;
    case FACT_UINT64:
        return as_bad(sd_bus_message_read_basic(message, 't', member));
    case FACT_OUTCOME:
        r = as_bad(sd_bus_message_read_basic(message, 'u', &outcome));
        if (r < 0 || outcome >= READING_OUTCOME_COUNT)
            return -EBADMSG;
        *(enum reading_outcome *)member = (enum reading_outcome)outcome;
        return 0;
    case FACT_ITEMS:
        return parse_items(message, member);
    }
    return -EBADMSG;
}

static const struct fact *find_fact(const struct fact *facts, size_t count, const char *key) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(facts[i].key, key) == 0)
            return &facts[i];
    return NULL;
}

static int parse_entry(sd_bus_message *message, const struct fact *facts, size_t count,
                       struct arena *arena, void *owner) {
    static const char *const signatures[] = {
        [FACT_TEXT] = "s",   [FACT_BYTES] = "ay",  [FACT_INT] = "i",
        [FACT_INT64] = "x",  [FACT_UINT8] = "y",   [FACT_UINT32] = "u",
        [FACT_UINT64] = "t", [FACT_OUTCOME] = "u", [FACT_ITEMS] = "at",
    };
    const char *key;
    int r = as_bad(sd_bus_message_read_basic(message, 's', &key));
    if (r < 0)
        return r;
    const struct fact *fact = find_fact(facts, count, key);
    if (!fact)
        return sd_bus_message_skip(message, "v") < 0 ? -EBADMSG : 0;
    r = as_bad(sd_bus_message_enter_container(message, 'v', signatures[fact->type]));
    if (r >= 0)
        r = parse_fact(message, fact, arena, owner);
    if (r >= 0)
        r = as_bad(sd_bus_message_exit_container(message));
    return r;
}

static int parse_facts(sd_bus_message *message, const struct fact *facts, size_t count,
                       struct arena *arena, void *owner) {
    int r = sd_bus_message_enter_container(message, 'a', "{sv}");
    if (r < 0)
        return as_bad(r);
    while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        r = parse_entry(message, facts, count, arena, owner);
        if (r >= 0)
            r = as_bad(sd_bus_message_exit_container(message));
        if (r < 0)
            return r;
    }
    return r < 0 ? as_bad(r) : as_bad(sd_bus_message_exit_container(message));
}

static int parse_story(sd_bus_message *message, struct story *story) {
    for (size_t i = 0; i < ARRAY_SIZE(story_texts); i++) {
        int r = parse_text(message, story_texts[i].max, member_at(story, story_texts[i].offset));
        if (r < 0)
            return r;
    }
    return as_bad(sd_bus_message_read_basic(message, 'x', &story->published_s));
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
        return as_bad(r);
    while ((r = sd_bus_message_enter_container(message, 'r', "ssssssx")) > 0) {
        if (count == LIMIT_STORIES_MAX)
            return -EBADMSG;
        r = add_story(arena, &stories, &capacity, count);
        if (r >= 0)
            r = parse_story(message, &stories[count++]);
        if (r >= 0)
            r = as_bad(sd_bus_message_exit_container(message));
        if (r < 0)
            return r;
    }
    if (r < 0)
        return as_bad(r);
    reading->stories = stories;
    reading->story_count = count;
    return as_bad(sd_bus_message_exit_container(message));
}

int reader_protocol_parse_read(sd_bus_message *call, struct arena *arena,
                               struct reading_request *ret) {
    struct reading_request request = {.etag = "", .last_modified = "", .user_agent = ""};
    int r = parse_text(call, LIMIT_URL_MAX, &request.url);
    if (r >= 0)
        r = parse_facts(call, request_facts, ARRAY_SIZE(request_facts), arena, &request);
    if (r < 0)
        return r;
    *ret = request;
    return 0;
}

int reader_protocol_parse_read_fd(sd_bus_message *call, int *ret_fd, const char **ret_base_url) {
    int fd;
    const char *base_url;
    int r = as_bad(sd_bus_message_read_basic(call, 'h', &fd));
    if (r >= 0)
        r = parse_text(call, LIMIT_URL_MAX, &base_url);
    if (r < 0)
        return r;
    *ret_fd = fd;
    *ret_base_url = base_url;
    return 0;
}

int reader_protocol_parse_reply(sd_bus_message *reply, struct arena *arena, struct reading *ret) {
    struct reading reading = READING_NULL;
    reading.outcome = READING_OUTCOME_COUNT; // the one fact that must be there
    int r = parse_facts(reply, reading_facts, ARRAY_SIZE(reading_facts), arena, &reading);
    if (r >= 0)
        r = parse_stories(reply, arena, &reading);
    if (r < 0)
        return r;
    bool is_read = reading.outcome == READING_OK || reading.outcome == READING_PARTIAL;
    if (reading.outcome == READING_OUTCOME_COUNT ||
        (!is_read && (reading.story_count > 0 || reading.items.count > 0)) ||
        (reading.outcome != READING_OK && reading.body_hash != 0))
        return -EBADMSG;
    *ret = reading;
    return 0;
}
