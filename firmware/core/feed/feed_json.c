// SPDX-License-Identifier: MIT

#include "core/feed/feed_json.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include <json-c/json.h>

#include "core/text/buffer.h"
#include "core/markup/json_split.h"
#include "core/text/utf8.h"

struct json_reader {
    struct collect *collect;
    struct feed_json_report report;
    struct buffer text; // of the field being put; owned
};

// Members of an item that are fields of a story, as the fields of XML feeds they correspond to.
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

static void put_text(struct json_reader *r, enum feed_tag tag, const char *type, const char *text,
                     size_t size) {
    r->text.size = 0;
    buffer_put(&r->text, text, size);
    if (r->text.is_failed)
        return;
    utf8_mend(r->text.data, size); // no library is trusted with lone surrogates (\ud800)
    struct entry_field field = {.tag = tag, .size = size, .text = buffer_terminate(&r->text)};
    field.attrs[ATTR_TYPE] = type;
    field.attrs[ATTR_PERMA] = "";
    if (!r->text.is_failed)
        entry_put(&r->collect->entry, &field);
}

// A value that is no string is none; but ids are numbers now and then (JSON Feed 1.1, "id").
static void put_value(struct json_reader *r, enum feed_tag tag, const char *type,
                      struct json_object *value) {
    bool is_number =
        json_object_is_type(value, json_type_int) || json_object_is_type(value, json_type_double);
    const char *text = NULL;
    if (json_object_is_type(value, json_type_string) || (is_number && tag == TAG_ID))
        text = json_object_get_string(value);
    if (text)
        put_text(r, tag, type, text,
                 is_number ? strlen(text) : (size_t)json_object_get_string_len(value));
}

// The n-th of what should be an array, NULL = it is none or has no more.
static struct json_object *element(struct json_object *array, size_t n) {
    bool is_there =
        json_object_is_type(array, json_type_array) && n < json_object_array_length(array);
    return is_there ? json_object_array_get_idx(array, n) : NULL;
}

// Gives NULL also where there is nothing to look into.
static struct json_object *member(struct json_object *object, const char *key) {
    struct json_object *value = NULL;
    (void)json_object_object_get_ex(object, key, &value); // NULL is what it is then
    return value;
}

static void put_item(struct json_reader *r, struct json_object *item) {
    for (size_t i = 0; i < sizeof FIELDS / sizeof *FIELDS; i++)
        put_value(r, FIELDS[i].tag, FIELDS[i].type, member(item, FIELDS[i].key));
    struct json_object *authors = member(item, "authors"), *tags = member(item, "tags");
    struct json_object *name = member(element(authors, 0), "name");
    put_value(r, TAG_AUTHOR, "text", name ? name : member(member(item, "author"), "name"));
    for (size_t i = 0; i < LIMIT_ITEM_FIELDS && element(tags, i); i++)
        put_value(r, TAG_CATEGORY, "text", element(tags, i));
}

static int read_item(struct json_reader *r, struct json_object *item) {
    if (!item) {
        r->report.bad++;
        return collect_note_item(r->collect, 0);
    }
    collect_begin(r->collect, NULL);
    put_item(r, item);
    return r->text.is_failed ? -ENOMEM : collect_add_story(r->collect, 0);
}

// The feed's own title and page. They may come after the items, so they are taken at once.
static int read_head(struct json_reader *r, const char *key, struct json_object *value) {
    if (strcmp(key, "version") == 0) {
        r->report.is_feed |= strstr(json_object_get_string(value), "jsonfeed.org/version") != NULL;
        return 0;
    }
    bool is_title = strcmp(key, "title") == 0;
    collect_begin(r->collect, NULL);
    put_value(r, is_title ? TAG_TITLE : TAG_LINK, is_title ? "text" : NULL, value);
    return r->text.is_failed ? -ENOMEM : collect_take_head(r->collect);
}

int feed_json_read(struct charset *text, struct collect *collect, struct feed_json_report *ret) {
    static const char *const KEYS[] = {"version", "title", "home_page_url", NULL};
    struct json_reader reader = {.collect = collect};
    struct json_split *split = NULL;
    struct json_piece piece;
    int result = 0, r = json_split_new(text, KEYS, &split);
    if (r < 0)
        return r;
    while (result == 0 && (r = json_split_next(split, &piece)) > 0)
        result = strcmp(piece.key, "items") == 0 ? read_item(&reader, piece.value)
                                                 : read_head(&reader, piece.key, piece.value);
    reader.report.is_feed |= json_split_report(split).has_items;
    reader.report.is_cut = json_split_report(split).is_cut;
    json_split_free(split);
    buffer_done(&reader.text);
    if (r < 0)
        return r;
    *ret = reader.report;
    return result;
}
