// SPDX-License-Identifier: MIT
//
// The only file that knows Mini-XML. Its documents come from core/repair: well-formed, two levels
// deep, one item each. So this file only hands elements on to core/entry, and keeps what is said of
// the feed itself: title, base, ttl.
//
// Mini-XML 3 reports errors to a callback without a user pointer, kept by thread; its SAX load
// returns NULL on success as well as on failure. Hence the one static of core.

#include "core/feed.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mxml.h>

#include "core/charset.h"
#include "core/entry.h"
#include "core/repair.h"
#include "core/url.h"
#include "wirebell/limits.h"

static bool has_xml_failed;

static void note_error(const char *message) {
    (void)message; // speaks of our small document, which nobody can look up
    has_xml_failed = true;
}

struct reader {
    struct arena *arena;
    struct reading *reading;
    struct story *stories; // owned until they are copied to the arena
    size_t story_count;
    size_t story_room;
    struct entry entry;
    struct buffer text; // content of the field being read
    char base[LIMIT_URL_MAX];
};

// --- one document ------------------------------------------------------------------------------

static void read_ttl(struct reader *reader, const char *text) {
    char *end;
    long minutes = strtol(text, &end, 10);
    if (end != text && minutes > 0 && minutes <= LIMIT_POLL_MAX_S / 60)
        reader->reading->ttl_s = minutes * 60;
}

static void enter_base(struct reader *reader, const char *reference) {
    char resolved[LIMIT_URL_MAX];
    size_t size = url_resolve(reader->base, reference, sizeof resolved, resolved);
    if (size > 0)
        memcpy(reader->base, resolved, size + 1);
}

static void read_field(struct reader *reader, mxml_node_t *node) {
    struct entry_field field = {.tag = feed_tag_from_name(mxmlGetElement(node))};
    for (int i = 0; i < mxmlElementGetAttrCount(node); i++) {
        const char *name = NULL;
        const char *value = mxmlElementGetAttrByIndex(node, i, &name);
        enum feed_attr attr = feed_attr_from_name(name);
        if (attr != ATTR_COUNT)
            field.attrs[attr] = value;
    }
    field.text = buffer_terminate(&reader->text);
    field.size = reader->text.size;
    if (field.tag == TAG_TTL)
        read_ttl(reader, field.text);
    else if (field.tag == TAG_BASE && field.attrs[ATTR_BASE])
        enter_base(reader, field.attrs[ATTR_BASE]);
    else
        entry_put(&reader->entry, &field);
}

static void begin_document(struct reader *reader, mxml_node_t *node) {
    char base[LIMIT_URL_MAX];
    const char *own = mxmlElementGetAttr(node, feed_attr_name(ATTR_BASE));
    const char *about = mxmlElementGetAttr(node, feed_attr_name(ATTR_ABOUT));
    bool has_base = own && url_resolve(reader->base, own, sizeof base, base) > 0;
    entry_begin(&reader->entry, has_base ? base : reader->base);
    if (about) {
        struct entry_field id = {.tag = TAG_ID, .text = about, .size = strlen(about)};
        entry_put(&reader->entry, &id);
    }
}

static void on_sax(mxml_node_t *node, mxml_sax_event_t event, void *data) {
    struct reader *reader = data;
    switch (event) {
    case MXML_SAX_ELEMENT_OPEN:
        if (!mxmlGetParent(node))
            begin_document(reader, node);
        reader->text.size = 0;
        return;
    case MXML_SAX_DATA:
        buffer_puts(&reader->text, mxmlGetOpaque(node));
        return;
    case MXML_SAX_CDATA:
        buffer_puts(&reader->text, mxmlGetCDATA(node));
        return;
    case MXML_SAX_ELEMENT_CLOSE:
        if (mxmlGetParent(node))
            read_field(reader, node);
        return;
    case MXML_SAX_COMMENT:
    case MXML_SAX_DIRECTIVE:
        return;
    }
}

// False when Mini-XML did not read it to its end.
static bool parse_piece(struct reader *reader, const char *xml) {
    has_xml_failed = false;
    mxmlSetErrorCallback(note_error);
    (void)mxmlSAXLoadString(NULL, xml, MXML_OPAQUE_CALLBACK, on_sax, reader); // always NULL
    return !has_xml_failed;
}

// --- the feed ----------------------------------------------------------------------------------

static int add_story(struct reader *reader) {
    struct story story;
    int r = entry_finish(&reader->entry, reader->arena, &story);
    if (r < 0)
        return r;
    if (reader->story_count == reader->story_room) {
        size_t room = reader->story_room > 0 ? reader->story_room * 2 : 32;
        struct story *stories = realloc(reader->stories, room * sizeof *stories);
        if (!stories)
            return -ENOMEM;
        reader->stories = stories;
        reader->story_room = room;
    }
    reader->stories[reader->story_count++] = story;
    return 0;
}

static int take_head(struct reader *reader) {
    struct story head;
    int r = entry_finish(&reader->entry, reader->arena, &head);
    if (r == 0 && reader->reading->feed_title[0] == '\0')
        reader->reading->feed_title = head.title;
    return r;
}

// Why reading ended.
enum { END_WHOLE, END_TOO_MANY, END_TOO_LONG };

// All pieces. Returns one of END_*, or -ENOMEM; *ret_bad counts items that could not be read.
static int read_pieces(struct reader *reader, struct repair *repair, size_t *ret_bad) {
    struct repair_piece piece;
    int r;
    *ret_bad = 0;
    while ((r = repair_next(repair, &piece)) > 0) {
        if (piece.is_item && reader->story_count == LIMIT_STORIES_MAX)
            return END_TOO_MANY;
        if (!parse_piece(reader, piece.xml)) {
            ++*ret_bad;
            continue;
        }
        r = piece.is_item ? add_story(reader) : take_head(reader);
        if (r == -ENOSPC)
            return END_TOO_LONG;
        if (r < 0)
            return r;
    }
    return r < 0 ? r : END_WHOLE;
}

// "this is a document of another kind..." with the name people know it by.
static const char *describe_root(struct reader *reader, const char *name) {
    char text[160];
    int size =
        snprintf(text, sizeof text,
                 "this is a document of another kind (it starts with <%s>), not a feed", name);
    const char *copy = arena_copy(reader->arena, text, (size_t)size);
    return copy ? copy : "this is a document of another kind, not a feed";
}

static void tell_not_a_feed(struct reader *reader, const struct repair_report *report) {
    struct reading *reading = reader->reading;
    reading->outcome = READING_NOT_A_FEED;
    if (report->is_html)
        reading->detail = "this is a web page (HTML), not a feed";
    else if (report->root_name[0])
        reading->detail = describe_root(reader, report->root_name);
    else
        reading->detail = "this is text without any element of a feed";
}

static void tell_outcome(struct reader *reader, const struct repair_report *report, int end,
                         size_t bad) {
    struct reading *reading = reader->reading;
    reading->outcome = READING_PARTIAL;
    if (end == END_TOO_MANY)
        reading->detail = "the feed has more items than are read; the first ones were";
    else if (end == END_TOO_LONG)
        reading->detail = "the feed is longer than what is kept of one; the first items were read";
    else if (!report->is_feed)
        tell_not_a_feed(reader, report);
    else if (report->is_cut)
        reading->detail = "the feed ends in the middle; the items before that were read";
    else if (bad > 0)
        reading->detail = "some items could not be read";
    else {
        reading->outcome = READING_OK;
        reading->detail = "";
    }
}

static int keep_stories(struct reader *reader) {
    size_t size = reader->story_count * sizeof *reader->stories;
    struct story *stories = arena_alloc(reader->arena, size);
    if (!stories)
        return -ENOMEM;
    if (size > 0)
        memcpy(stories, reader->stories, size);
    reader->reading->stories = stories;
    reader->reading->story_count = reader->story_count;
    return 0;
}

static int read_xml(struct reader *reader, struct charset *text) {
    struct repair *repair = NULL;
    int r = repair_new(text, &repair);
    if (r < 0)
        return r;
    size_t bad;
    int end = read_pieces(reader, repair, &bad);
    if (end >= 0) {
        tell_outcome(reader, repair_report(repair), end, bad);
        r = reader->reading->outcome == READING_NOT_A_FEED ? 0 : keep_stories(reader);
    } else {
        r = end;
    }
    repair_free(repair);
    return r;
}

static bool is_blank(const struct feed_source *source) {
    for (size_t i = 0; i < source->size; i++)
        if (!strchr(" \t\r\n", source->bytes[i]))
            return false;
    return true;
}

int feed_read(const struct feed_source *source, struct arena *arena, struct reading *reading) {
    reading->outcome = READING_EMPTY;
    reading->detail = "the answer has no content";
    reading->feed_title = "";
    reading->ttl_s = 0;
    reading->stories = NULL;
    reading->story_count = 0;
    if (is_blank(source))
        return 0;
    if (source->size > LIMIT_BODY_MAX) {
        reading->outcome = READING_TOO_BIG;
        reading->detail = "the body is larger than the largest that is read";
        return 0;
    }
    struct reader *reader = calloc(1, sizeof *reader);
    struct charset *text = NULL;
    int r =
        reader ? charset_open(source->bytes, source->size, source->content_type, &text) : -ENOMEM;
    if (r == 0) {
        reader->arena = arena;
        reader->reading = reading;
        entry_init(&reader->entry);
        enter_base(reader, source->base_url);
        r = read_xml(reader, text);
        entry_done(&reader->entry);
        buffer_done(&reader->text);
        free(reader->stories);
    }
    charset_close(text);
    free(reader);
    return r;
}
