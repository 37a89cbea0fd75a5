// SPDX-License-Identifier: MIT
//
// One pass. All that is remembered on the way are the folders we are in.

#include "core/feed/opml.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/ascii.h"
#include "core/markup/lexer.h"
#include "core/markup/piece.h"
#include "core/text/utf8.h"
#include "wirebell/limits.h"

struct opml {
    struct lexer lexer;
    struct token token;
    struct dtd *dtd; // owned
    struct piece piece;
    struct opml_report report;
    bool is_closed;
    // Names of the outlines we are in, as they stand in the source, one behind the other; those
    // that name no folder are empty. All together have at most LIMIT_TITLE_MAX bytes, as a story's
    // categories do, for they are written out for each feed inside.
    struct buffer folders;
    size_t starts[LIMIT_DEPTH];
    size_t depth;         // may exceed LIMIT_DEPTH, then the rest is not known
    struct buffer mended; // a tag; owned
};

int opml_new(struct charset *text, struct opml **ret) {
    struct opml *opml = calloc(1, sizeof *opml);
    if (!opml)
        return -ENOMEM;
    if (dtd_new(&opml->dtd) < 0) {
        free(opml);
        return -ENOMEM;
    }
    opml->piece.dtd = opml->dtd;
    lexer_init(&opml->lexer, text, opml->dtd);
    *ret = opml;
    return 0;
}

struct opml *opml_free(struct opml *opml) {
    if (!opml)
        return NULL;
    dtd_free(opml->dtd);
    piece_done(&opml->piece);
    buffer_done(&opml->folders);
    buffer_done(&opml->mended);
    free(opml);
    return NULL;
}

const struct opml_report *opml_report(const struct opml *opml) {
    return &opml->report;
}

// --- attributes --------------------------------------------------------------------------------

static const struct markup_attr NO_ATTR = {.name = "", .value = ""};

// The first attribute of that name, in any letter case, that says something.
static const struct markup_attr *find(const struct markup_tag *tag, const char *name) {
    for (size_t i = 0; i < tag->attr_count; i++) {
        const struct markup_attr *attr = &tag->attrs[i];
        if (attr->value_size > 0 && ascii_compare(attr->name, attr->name_size, name) == 0)
            return attr;
    }
    return &NO_ATTR;
}

static const struct markup_attr *find_address(const struct markup_tag *tag) {
    const struct markup_attr *address = find(tag, "xmlurl"), *type = find(tag, "type");
    bool is_elsewhere = ascii_compare(type->value, type->value_size, "link") == 0 ||
                        ascii_compare(type->value, type->value_size, "include") == 0;
    return address->value_size > 0 || is_elsewhere ? address : find(tag, "url");
}

static const struct markup_attr *find_title(const struct markup_tag *tag) {
    const struct markup_attr *title = find(tag, "title");
    return title->value_size > 0 ? title : find(tag, "text");
}

// --- the document of a feed --------------------------------------------------------------------

static void put_field(struct piece *piece, enum feed_tag field, const char *text, size_t size) {
    const struct markup_tag no_attrs = {0};
    if (size == 0 || !piece_begin_field(piece, field, &no_attrs, 0))
        return;
    piece_put_text(piece, text, size);
    piece_end_field(piece);
}

static void put_folders(struct opml *opml) {
    size_t known = opml->depth < LIMIT_DEPTH ? opml->depth : LIMIT_DEPTH;
    for (size_t i = 0; i < known; i++) {
        size_t end = i + 1 < known ? opml->starts[i + 1] : opml->folders.size;
        if (end > opml->starts[i])
            put_field(&opml->piece, TAG_CATEGORY, opml->folders.data + opml->starts[i],
                      end - opml->starts[i]);
    }
}

static void put_categories(struct piece *piece, const struct markup_attr *categories) {
    const char *at = categories->value, *end = at + categories->value_size;
    while (at < end) {
        const char *stop = at;
        while (stop < end && *stop != ',' && *stop != '/')
            stop++;
        put_field(piece, TAG_CATEGORY, at, (size_t)(stop - at));
        at = stop + 1;
    }
}

static void put_feed(struct opml *opml, const struct markup_tag *tag,
                     const struct markup_attr *address) {
    const struct markup_attr *title = find_title(tag);
    piece_begin(&opml->piece, TAG_ITEM, NULL);
    put_field(&opml->piece, TAG_TITLE, title->value, title->value_size);
    put_field(&opml->piece, TAG_LINK, address->value, address->value_size);
    put_folders(opml);
    put_categories(&opml->piece, find(tag, "category"));
    piece_end(&opml->piece);
}

// --- tags --------------------------------------------------------------------------------------

static void enter(struct opml *opml, const struct markup_attr *name) {
    bool is_short = opml->folders.size + name->value_size <= LIMIT_TITLE_MAX;
    if (opml->depth < LIMIT_DEPTH) {
        opml->starts[opml->depth] = opml->folders.size;
        buffer_put(&opml->folders, name->value, is_short ? name->value_size : 0);
    }
    opml->depth++;
}

static void leave(struct opml *opml) {
    if (opml->depth == 0)
        return;
    opml->depth--;
    if (opml->depth < LIMIT_DEPTH)
        opml->folders.size = opml->starts[opml->depth];
}

// A bare '<' in an attribute makes the value run away to the end of the tag (markup.h): then the
// tag is read again with "&lt;" in its place. False when that does not help.
static bool mend_tag(struct opml *opml) {
    struct token *token = &opml->token;
    const char *at = token->text + 1, *end = token->text + token->size, *less;
    if (!memchr(at, '<', (size_t)(end - at)))
        return true;
    opml->mended.size = 0;
    buffer_puts(&opml->mended, "<");
    for (; (less = memchr(at, '<', (size_t)(end - at))); at = less + 1) {
        buffer_put(&opml->mended, at, (size_t)(less - at));
        buffer_puts(&opml->mended, "&lt;");
    }
    buffer_put(&opml->mended, at, (size_t)(end - at));
    return !opml->mended.is_failed &&
           markup_parse_tag(opml->mended.data, opml->mended.size, &token->tag) == opml->mended.size;
}

// True when it is a feed, and its document is ready.
static bool start_outline(struct opml *opml, const struct markup_tag *tag) {
    if (!mend_tag(opml)) {
        opml->report.lost++;
        return false;
    }
    const struct markup_attr *address = find_address(tag);
    bool is_feed = address->value_size > 0;
    if (is_feed)
        put_feed(opml, tag, address);
    if (!tag->is_empty)
        enter(opml, is_feed ? &NO_ATTR : find_title(tag));
    return is_feed;
}

static void note_root(struct opml_report *report, const struct markup_tag *tag) {
    if (report->root_name[0] != '\0')
        return;
    size_t size = utf8_cut(tag->name, tag->name_size, sizeof report->root_name - 1);
    memcpy(report->root_name, tag->name, size);
    report->root_name[size] = '\0';
}

// True when the document of a feed is ready.
static bool take_tag(struct opml *opml, const struct markup_tag *tag) {
    bool is_root = ascii_compare(tag->name, tag->name_size, "opml") == 0;
    bool is_outline = ascii_compare(tag->name, tag->name_size, "outline") == 0;
    if (tag->is_end) {
        opml->is_closed |= is_root;
        if (is_outline)
            leave(opml);
        return false;
    }
    note_root(&opml->report, tag);
    opml->report.is_opml |= is_root || is_outline;
    return is_outline && start_outline(opml, tag);
}

int opml_next(struct opml *opml, struct repair_piece *ret_piece) {
    bool is_ready = false;
    while (!is_ready) {
        lexer_next(&opml->lexer, &opml->token);
        if (opml->token.kind == TOKEN_END)
            break;
        is_ready = opml->token.kind == TOKEN_TAG && take_tag(opml, &opml->token.tag);
    }
    const char *xml = buffer_terminate(&opml->piece.xml);
    if (opml->piece.xml.is_failed || opml->folders.is_failed || opml->mended.is_failed)
        return -ENOMEM;
    opml->report.is_cut = opml->report.is_opml && !opml->is_closed;
    if (!is_ready)
        return 0;
    *ret_piece = (struct repair_piece){.xml = xml, .size = opml->piece.xml.size, .is_item = true};
    return 1;
}
