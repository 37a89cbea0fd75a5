// SPDX-License-Identifier: MIT
//
// Where we are in the document is a path of places, one a level: the top object, its items, an
// item, its authors... Whatever has no place here is PLACE_OTHER, and so is all inside it.

#include "core/feed_json.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <yajl_parse.h>

#include "core/buffer.h"
#include "core/utf8.h"

enum place {
    PLACE_OUTSIDE,
    PLACE_TOP,
    PLACE_ITEMS,
    PLACE_ITEM,
    PLACE_AUTHORS,
    PLACE_AUTHOR,
    PLACE_TAGS,
    PLACE_OTHER
};

enum { PATH_MAX_DEPTH = 8 };

struct json_reader {
    struct collect *collect;
    struct feed_json_report report;
    enum place path[PATH_MAX_DEPTH];
    size_t depth; // levels open; those beyond PATH_MAX_DEPTH are PLACE_OTHER
    char key[24]; // the last key of the innermost object, cut to fit
    struct buffer text;
    int result; // other than 0: why reading was given up
};

// Keys of an item that are fields of a story, as the fields of XML feeds they correspond to.
static const struct {
    const char *key;
    enum feed_tag tag;
    const char *type;
} FIELDS[] = {
    {"id", TAG_ID, NULL},
    {"url", TAG_LINK, NULL},
    {"external_url", TAG_ORIG_LINK, NULL},
    {"title", TAG_TITLE, "text"},
    {"content_html", TAG_CONTENT, "html"},
    {"content_text", TAG_DESCRIPTION, "text"},
    {"summary", TAG_SUMMARY, "text"},
    {"date_published", TAG_PUBLISHED, NULL},
    {"date_modified", TAG_UPDATED, NULL},
};

static enum place place_of(const struct json_reader *r) {
    if (r->depth == 0)
        return PLACE_OUTSIDE;
    return r->depth <= PATH_MAX_DEPTH ? r->path[r->depth - 1] : PLACE_OTHER;
}

static bool is_key(const struct json_reader *r, const char *key) {
    return strcmp(r->key, key) == 0;
}

static void push(struct json_reader *r, enum place place) {
    if (r->depth < PATH_MAX_DEPTH)
        r->path[r->depth] = place;
    r->depth++;
    r->key[0] = '\0';
}

// --- fields ------------------------------------------------------------------------------------

static void put(struct json_reader *r, enum feed_tag tag, const char *type, const char *text,
                size_t size) {
    r->text.size = 0;
    buffer_put(&r->text, text, size);
    if (!r->text.is_failed)
        utf8_mend(r->text.data, size); // yajl passes lone surrogates (\ud800) on
    struct entry_field field = {.tag = tag, .size = size, .text = buffer_terminate(&r->text)};
    field.attrs[ATTR_TYPE] = type;
    field.attrs[ATTR_PERMA] = "";
    if (r->text.is_failed)
        r->result = -ENOMEM;
    else
        entry_put(&r->collect->entry, &field);
}

static void put_member(struct json_reader *r, const char *text, size_t size) {
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        if (is_key(r, FIELDS[i].key))
            put(r, FIELDS[i].tag, FIELDS[i].type, text, size);
}

// The feed's own title and page. They may come after the items, so they are taken at once.
static void put_top_member(struct json_reader *r, const char *text, size_t size) {
    if (is_key(r, "version") && memmem(text, size, "jsonfeed.org/version", 20))
        r->report.is_feed = true;
    bool is_title = is_key(r, "title");
    if (!is_title && !is_key(r, "home_page_url"))
        return;
    collect_begin(r->collect, NULL);
    put(r, is_title ? TAG_TITLE : TAG_LINK, is_title ? "text" : NULL, text, size);
    if (r->result == 0)
        r->result = collect_take_head(r->collect);
}

static void put_text(struct json_reader *r, const char *text, size_t size) {
    switch (place_of(r)) {
    case PLACE_TOP:
        put_top_member(r, text, size);
        return;
    case PLACE_ITEM:
        put_member(r, text, size);
        return;
    case PLACE_AUTHOR:
        if (is_key(r, "name"))
            put(r, TAG_AUTHOR, "text", text, size);
        return;
    case PLACE_TAGS:
        put(r, TAG_CATEGORY, "text", text, size);
        return;
    case PLACE_OUTSIDE:
    case PLACE_ITEMS:
    case PLACE_AUTHORS:
    case PLACE_OTHER:
        return;
    }
}

// --- yajl's callbacks: 1 = go on, 0 = stop -----------------------------------------------------

static int on_string(void *data, const unsigned char *text, size_t size) {
    struct json_reader *r = data;
    put_text(r, (const char *)text, size);
    return r->result == 0;
}

// Ids are numbers now and then, though they must be strings (JSON Feed 1.1, "id").
static int on_number(void *data, const char *text, size_t size) {
    struct json_reader *r = data;
    if (place_of(r) == PLACE_ITEM && is_key(r, "id"))
        put_text(r, text, size);
    return r->result == 0;
}

static int on_key(void *data, const unsigned char *key, size_t size) {
    struct json_reader *r = data;
    if (size >= sizeof r->key)
        size = sizeof r->key - 1;
    memcpy(r->key, key, size);
    r->key[size] = '\0';
    return 1;
}

// No feed is as deep as LIMIT_DEPTH; yajl would go on, its stack growing by 128 bytes at a time.
static int on_start_map(void *data) {
    struct json_reader *r = data;
    enum place place = PLACE_OTHER;
    switch (place_of(r)) {
    case PLACE_OUTSIDE:
        place = PLACE_TOP;
        break;
    case PLACE_ITEMS:
        place = PLACE_ITEM;
        collect_begin(r->collect, NULL);
        break;
    case PLACE_ITEM:
        if (is_key(r, "author"))
            place = PLACE_AUTHOR;
        break;
    case PLACE_AUTHORS:
        place = PLACE_AUTHOR;
        break;
    case PLACE_TOP:
    case PLACE_AUTHOR:
    case PLACE_TAGS:
    case PLACE_OTHER:
        break;
    }
    push(r, place);
    return r->depth <= LIMIT_DEPTH;
}

static int on_end_map(void *data) {
    struct json_reader *r = data;
    if (place_of(r) == PLACE_ITEM) {
        r->result = collect_add_story(r->collect, 0);
    }
    r->depth--;
    return r->result == 0;
}

static int on_start_array(void *data) {
    struct json_reader *r = data;
    enum place here = place_of(r), place = PLACE_OTHER;
    if (here == PLACE_TOP && is_key(r, "items")) {
        place = PLACE_ITEMS;
        r->report.is_feed = true;
    } else if (here == PLACE_ITEM && is_key(r, "authors")) {
        place = PLACE_AUTHORS;
    } else if (here == PLACE_ITEM && is_key(r, "tags")) {
        place = PLACE_TAGS;
    }
    push(r, place);
    return r->depth <= LIMIT_DEPTH;
}

static int on_end_array(void *data) {
    struct json_reader *r = data;
    r->depth--;
    return 1;
}

// --- feeding yajl ------------------------------------------------------------------------------

// A string that is longer than any field may be loses its end before yajl sees it. It is never cut
// inside an escape or a character.
struct cutter {
    bool is_in_string;
    bool is_skipping;
    bool is_escaped; // the last byte was a backslash
    int hex_left;    // digits of \uXXXX still to come
    size_t length;   // of the string so far
};

static void step_in_string(struct cutter *c, char byte, bool is_end) {
    if (c->is_escaped)
        c->hex_left = byte == 'u' ? 4 : 0;
    else if (c->hex_left > 0)
        c->hex_left--;
    c->is_escaped = byte == '\\' && !c->is_escaped;
    c->is_in_string = !is_end;
    c->length++;
}

// How many bytes from @at on are of one kind: all to be read, or all to be left out. May be 0.
static size_t next_run(struct cutter *c, const char *at, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (!c->is_in_string) {
            const char *quote = memchr(at + i, '"', size - i);
            if (!quote)
                return size;
            i = (size_t)(quote - at);
            *c = (struct cutter){.is_in_string = true};
            continue;
        }
        bool is_end = at[i] == '"' && !c->is_escaped;
        bool is_between = !c->is_escaped && c->hex_left == 0 && (at[i] & 0xC0) != 0x80;
        bool is_over = c->length >= LIMIT_FIELD_MAX && is_between && !is_end;
        if (is_over != c->is_skipping && (is_over || is_end)) {
            c->is_skipping = is_over;
            return i;
        }
        step_in_string(c, at[i], is_end);
    }
    return size;
}

static bool feed_piece(yajl_handle yajl, struct cutter *cutter, const char *at, size_t size) {
    while (size > 0) {
        bool is_read = !cutter->is_skipping;
        size_t length = next_run(cutter, at, size);
        if (is_read && yajl_parse(yajl, (const unsigned char *)at, length) != yajl_status_ok)
            return false;
        at += length;
        size -= length;
    }
    return true;
}

int feed_json_read(struct charset *text, struct collect *collect, struct feed_json_report *ret) {
    static const yajl_callbacks CALLBACKS = {
        .yajl_number = on_number,
        .yajl_string = on_string,
        .yajl_start_map = on_start_map,
        .yajl_map_key = on_key,
        .yajl_end_map = on_end_map,
        .yajl_start_array = on_start_array,
        .yajl_end_array = on_end_array,
    };
    struct json_reader reader = {.collect = collect};
    struct cutter cutter = {0};
    struct charset_window *in = charset_window(text);
    yajl_handle yajl = yajl_alloc(&CALLBACKS, NULL, &reader);
    if (!yajl)
        return -ENOMEM;
    yajl_config(yajl, yajl_allow_comments, 1);
    yajl_config(yajl, yajl_allow_trailing_garbage, 1);
    yajl_config(yajl, yajl_dont_validate_strings, 1); // the text is well-formed UTF-8 already

    bool is_fine = true;
    while (is_fine && (charset_more(text, 1) || in->at < in->end)) {
        is_fine = feed_piece(yajl, &cutter, in->at, (size_t)(in->end - in->at));
        in->at = in->end;
    }
    reader.report.is_broken = !is_fine || yajl_complete_parse(yajl) != yajl_status_ok;
    yajl_free(yajl);
    buffer_done(&reader.text);
    *ret = reader.report;
    return reader.result;
}
