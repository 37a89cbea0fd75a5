// SPDX-License-Identifier: MIT
//
// The only file that knows Mini-XML. Its documents come from core/markup/repair (or
// core/feed/opml): well-formed, two levels deep, one item each. So this file only hands elements on
// to core/feed/entry, and keeps what is said of the feed itself: title, base, hints.
//
// Mini-XML 3 reports errors to a callback without a user pointer, kept by thread; its SAX load
// returns NULL on success as well as on failure. Hence the one static of core.

#include "core/feed/feed.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <mxml.h>

#include "core/markup/charset.h"
#include "core/feed/collect.h"
#include "core/feed/feed_hints.h"
#include "core/feed/feed_html.h"
#include "core/feed/feed_json.h"
#include "core/feed/opml.h"
#include "core/markup/repair.h"
#include "core/text/utf8.h"
#include "wirebell/limits.h"

static bool has_xml_failed;

static void note_error(const char *message) {
    (void)message; // speaks of our small document, which nobody can look up
    has_xml_failed = true;
}

struct xml_reader {
    struct collect *collect;
    struct feed_hints hints;
    struct buffer text; // content of the field being read; owned
    bool is_item;       // else it is what is said of the feed
};

// --- one document ------------------------------------------------------------------------------

static void read_attrs(mxml_node_t *node, const char **ret_attrs) {
    int count = mxmlElementGetAttrCount(node);
    for (int i = 0; i < count; i++) {
        const char *name = NULL;
        const char *value = mxmlElementGetAttrByIndex(node, i, &name);
        enum feed_attr attr = feed_attr_from_name(name);
        if (attr != ATTR_COUNT)
            ret_attrs[attr] = value;
    }
}

static void read_field(struct xml_reader *reader, mxml_node_t *node) {
    struct entry_field field = {.tag = feed_tag_from_name(mxmlGetElement(node))};
    read_attrs(node, field.attrs);
    field.text = buffer_terminate(&reader->text);
    field.size = reader->text.size;
    if (!reader->is_item && feed_hints_put(&reader->hints, field.tag, field.text))
        return;
    if (field.tag == TAG_BASE && field.attrs[ATTR_BASE])
        collect_enter_base(reader->collect, field.attrs[ATTR_BASE]);
    else
        entry_put(&reader->collect->entry, &field);
}

static void begin_document(struct collect *collect, mxml_node_t *node) {
    const char *attrs[ATTR_COUNT] = {NULL};
    read_attrs(node, attrs);
    collect_begin(collect, attrs[ATTR_BASE]);
    const char *about = attrs[ATTR_ABOUT];
    if (!about)
        return;
    // rdf:about names the item (RSS 1.0, 5.5); its page is what <link> says.
    struct entry_field id = {.tag = TAG_ID, .text = about, .size = strlen(about)};
    id.attrs[ATTR_PERMA] = "";
    entry_put(&collect->entry, &id);
}

static void on_sax(mxml_node_t *node, mxml_sax_event_t event, void *data) {
    struct xml_reader *reader = data;
    switch (event) {
    case MXML_SAX_ELEMENT_OPEN:
        if (!mxmlGetParent(node))
            begin_document(reader->collect, node);
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
static bool parse_piece(struct xml_reader *reader, const char *xml) {
    has_xml_failed = false;
    mxmlSetErrorCallback(note_error);
    (void)mxmlSAXLoadString(NULL, xml, MXML_OPAQUE_CALLBACK, on_sax, reader); // always NULL
    return !has_xml_failed;
}

// --- the feed ----------------------------------------------------------------------------------

// One piece; an item that cannot be read adds to *bad. Returns as read_pieces() does.
static int read_piece(struct xml_reader *reader, const struct repair_piece *piece, size_t *bad) {
    reader->is_item = piece->is_item;
    if (piece->is_known)
        return collect_note_item(reader->collect, piece->hash);
    if (!parse_piece(reader, piece->xml)) {
        ++*bad;
        return piece->is_item ? collect_note_item(reader->collect, 0) : 0;
    }
    return piece->is_item ? collect_add_story(reader->collect, piece->hash)
                          : collect_take_head(reader->collect);
}

// All pieces; *ret_bad counts items that could not be read. Returns 0, COLLECT_*, or -ENOMEM.
static int read_pieces(struct collect *collect, struct repair *repair, size_t *ret_bad) {
    struct xml_reader reader = {.collect = collect};
    struct repair_piece piece;
    int r, stop = 0;
    *ret_bad = 0;
    while (stop == 0 && (r = repair_next(repair, &piece)) != 0)
        stop = r < 0 ? r : read_piece(&reader, &piece, ret_bad);
    bool is_failed = reader.text.is_failed;
    buffer_done(&reader.text);
    feed_hints_tell(&reader.hints, collect->reading);
    return is_failed ? -ENOMEM : stop;
}

static void tell(struct reading *reading, enum reading_outcome outcome, const char *detail) {
    reading->outcome = outcome;
    reading->detail = detail;
}

// What a document that is no feed looks like.
static void tell_not_a_feed(struct collect *collect, const struct repair_report *report) {
    char text[160] = "this is text without any element of a feed";
    if (report->is_html)
        (void)snprintf(text, sizeof text, "this is a web page (HTML), not a feed");
    else if (strcasecmp(report->root_name, "opml") == 0)
        (void)snprintf(text, sizeof text,
                       "this is a list of feeds (OPML), not a feed: 'wirebell import FILE' "
                       "makes lines of the keywords file of it");
    else if (report->root_name[0])
        (void)snprintf(text, sizeof text,
                       "this is a document of another kind (it starts with <%s>), not a feed",
                       report->root_name);
    size_t size = utf8_drop_unseen(text, utf8_cut(text, strlen(text), sizeof text - 1));
    const char *detail = arena_copy(collect->arena, text, size);
    tell(collect->reading, READING_NOT_A_FEED, detail ? detail : "this is not a feed");
}

// A web page may say where its feeds are: people who gave its address want one of those.
static int name_offers(const struct feed_source *source, struct arena *arena,
                       struct reading *reading) {
    enum { OFFERS_MAX = 2000 };
    char detail[OFFERS_MAX + 100], offers[OFFERS_MAX];
    struct charset *text = NULL;
    int r = charset_open(source->bytes, source->size, source->content_type, &text);
    if (r < 0)
        return r;
    size_t count = feed_html_offers(text, source->base_url, sizeof offers, offers);
    charset_close(text);
    if (count == 0)
        return 0;
    int size = snprintf(detail, sizeof detail,
                        "this is a web page (HTML), not a feed; put the feed it offers in its "
                        "place: %s",
                        offers);
    const char *copy = arena_copy(arena, detail, utf8_drop_unseen(detail, (size_t)size));
    if (copy)
        reading->detail = copy;
    return 0;
}

// @bad: items that could not be read.
static void tell_outcome(struct collect *collect, int stop, bool is_cut, size_t bad) {
    struct reading *reading = collect->reading;
    // With the first items passed over, the next reading would come further than this one and take
    // old items, never seen before, for new ones.
    if (stop == COLLECT_TOO_LONG)
        collect->item_count = 0;
    if (stop == COLLECT_TOO_MANY)
        tell(reading, READING_PARTIAL,
             "the feed has more items than are read; the first ones were");
    else if (stop == COLLECT_TOO_LONG)
        tell(reading, READING_PARTIAL,
             "the feed is longer than what is kept of one; the first items were read");
    else if (is_cut && collect->item_count == 0)
        tell(reading, READING_NOT_A_FEED, "the feed ends before its first item does");
    else if (is_cut)
        tell(reading, READING_PARTIAL,
             "the feed ends in the middle; the items before that were read");
    else if (bad > 0)
        tell(reading, READING_PARTIAL, "some items could not be read");
    else
        tell(reading, READING_OK, "");
}

// *ret_is_html: no feed but a web page.
static int read_xml(struct collect *collect, struct charset *text, const struct feed_known *known,
                    bool *ret_is_html) {
    struct repair *repair = NULL;
    struct repair_known passed = {known->hashes, known->count};
    int r = repair_new(text, passed, &repair);
    if (r < 0)
        return r;
    size_t bad;
    int stop = read_pieces(collect, repair, &bad);
    const struct repair_report *report = repair_report(repair);
    if (stop == 0 && !report->is_feed)
        tell_not_a_feed(collect, report);
    else if (stop >= 0)
        tell_outcome(collect, stop, report->is_cut, bad);
    *ret_is_html = stop == 0 && report->is_html && !report->is_feed;
    repair_free(repair);
    return stop < 0 ? stop : 0;
}

static int read_json(struct collect *collect, struct charset *text) {
    struct feed_json_report report;
    int stop = feed_json_read(text, collect, &report);
    if (stop < 0)
        return stop;
    if (report.is_feed)
        tell_outcome(collect, stop, report.is_cut, report.bad);
    else
        tell(collect->reading, READING_NOT_A_FEED, "this is JSON, but not a JSON Feed");
    return 0;
}

// A feed in JSON is an object; nothing in XML begins with a brace.
static bool is_json(struct charset *text) {
    struct charset_window *in = charset_window(text);
    (void)charset_more(text, CHARSET_LOOK_AHEAD);
    const char *at = in->at;
    while (at < in->end && strchr(" \t\r\n\v\f", *at))
        at++;
    return at < in->end && *at == '{';
}

static bool is_blank(const struct feed_source *source) {
    for (size_t i = 0; i < source->size; i++)
        if (!memchr(" \t\r\n", source->bytes[i], 4))
            return false;
    return true;
}

static int read_document(const struct feed_source *source, const struct feed_known *known,
                         struct arena *arena, struct reading *reading,
                         struct feed_items *ret_items) {
    struct charset *text = NULL;
    int r = charset_open(source->bytes, source->size, source->content_type, &text);
    if (r < 0)
        return r;
    struct collect *collect = malloc(sizeof *collect); // some KB: not for the stack
    if (!collect) {
        charset_close(text);
        return -ENOMEM;
    }
    collect_init(collect, arena, reading, source->base_url);
    bool is_html = false;
    r = is_json(text) ? read_json(collect, text) : read_xml(collect, text, known, &is_html);
    if (r == 0 && reading->outcome != READING_NOT_A_FEED) {
        collect_finish(collect);
        *ret_items = (struct feed_items){collect->hashes, collect->item_count};
    }
    collect_done(collect);
    free(collect);
    charset_close(text);
    return r == 0 && is_html ? name_offers(source, arena, reading) : r;
}

// Makes it a reading of nothing. False when there is nothing more to do.
static bool begin_reading(const struct feed_source *source, struct reading *reading) {
    reading->feed_title = "";
    feed_hints_tell(&(const struct feed_hints){0}, reading);
    reading->stories = NULL;
    reading->story_count = 0;
    if (source->size > LIMIT_BODY_MAX)
        tell(reading, READING_TOO_BIG, "the body is larger than the largest that is read");
    else if (is_blank(source))
        tell(reading, READING_EMPTY, "the answer has no content");
    else
        return true;
    return false;
}

int feed_read_news(const struct feed_source *source, const struct feed_known *known,
                   struct arena *arena, struct reading *reading, struct feed_items *ret_items) {
    struct feed_items items = {NULL, 0};
    int r = 0;
    if (begin_reading(source, reading))
        r = read_document(source, known, arena, reading, &items);
    if (r == 0)
        *ret_items = items;
    return r;
}

int feed_read(const struct feed_source *source, struct arena *arena, struct reading *reading) {
    const struct feed_known nothing = {NULL, 0};
    struct feed_items items;
    return feed_read_news(source, &nothing, arena, reading, &items);
}

// --- a list of feeds -----------------------------------------------------------------------------

static void tell_list_outcome(struct reading *reading, int stop, bool is_cut, size_t bad) {
    if (stop != 0)
        tell(reading, READING_PARTIAL, "the list is longer than is read; its first feeds were");
    else if (is_cut)
        tell(reading, READING_PARTIAL,
             "the list ends in the middle; the feeds before that were "
             "read");
    else if (bad > 0)
        tell(reading, READING_PARTIAL, "some feeds of the list could not be read");
    else
        tell(reading, READING_OK, "");
}

static void tell_not_a_list(struct collect *collect, const struct opml_report *report) {
    char text[120];
    (void)snprintf(text, sizeof text, "this is no list of feeds (OPML): it starts with <%s>",
                   report->root_name);
    size_t size = utf8_drop_unseen(text, utf8_cut(text, strlen(text), sizeof text - 1));
    const char *detail = report->root_name[0] ? arena_copy(collect->arena, text, size) : NULL;
    tell(collect->reading, READING_NOT_A_FEED, detail ? detail : "this is no list of feeds (OPML)");
}

static int read_outlines(struct collect *collect, struct opml *opml) {
    struct xml_reader reader = {.collect = collect};
    struct repair_piece piece;
    size_t bad = 0;
    int r, stop = 0;
    while (stop == 0 && (r = opml_next(opml, &piece)) != 0)
        stop = r < 0 ? r : read_piece(&reader, &piece, &bad);
    bool is_failed = reader.text.is_failed;
    buffer_done(&reader.text);
    if (stop < 0 || is_failed)
        return -ENOMEM;
    const struct opml_report *report = opml_report(opml);
    if (!report->is_opml) {
        tell_not_a_list(collect, report);
        return 0;
    }
    tell_list_outcome(collect->reading, stop, report->is_cut, bad + report->lost);
    collect_finish(collect);
    return 0;
}

int feed_read_opml(const struct feed_source *source, struct arena *arena, struct reading *reading) {
    if (!begin_reading(source, reading))
        return 0;
    struct charset *text = NULL;
    struct opml *opml = NULL;
    struct collect *collect = malloc(sizeof *collect); // some KB: not for the stack
    int r =
        collect ? charset_open(source->bytes, source->size, source->content_type, &text) : -ENOMEM;
    if (r == 0)
        r = opml_new(text, &opml);
    if (r == 0) {
        collect_init(collect, arena, reading, "");
        r = read_outlines(collect, opml);
        collect_done(collect);
    }
    opml_free(opml);
    charset_close(text);
    free(collect);
    return r;
}
