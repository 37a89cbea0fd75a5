// SPDX-License-Identifier: MIT
//
// One pass, no way back. At any time we are at a level (outside of the feed, in its head, in an
// item), perhaps inside a field, and perhaps passing over an element that is not ours.
//
// What a missing end tag does is decided by names: a field is over where its own end tag, the end
// tag of an element around it, an item, or an element stands that cannot be part of it.

#include "core/repair.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/lexer.h"
#include "core/names.h"
#include "core/repair_text.h"
#include "core/utf8.h"
#include "wirebell/limits.h"

enum level { LEVEL_OUTSIDE, LEVEL_HEAD, LEVEL_ITEM };

// A qualified name as a number: equal names, letter case aside, are equal numbers.
typedef uint32_t name_key;

// The element being written.
struct field {
    enum feed_tag tag; // TAG_NONE = in no field
    name_key key;
    size_t nested;  // elements of the same name opened inside
    bool is_xhtml;  // its content is markup as it stands, references are HTML's
    bool is_author; // of the elements inside only <name> counts
    name_key muted; // element inside an author whose text does not count; 0 = none
    size_t start;   // size of the document when the content began
};

struct repair {
    struct lexer lexer;
    struct token token;
    bool is_token_kept; // it is to be looked at again, after the document now ready
    struct names names;
    struct repair_text out;
    struct repair_report report;
    enum level level;
    bool is_document_open;
    bool is_ready; // the document is closed and to be handed over
    bool is_root_closed;
    size_t field_count; // of this document
    struct field field;
    name_key skipped; // element being passed over; 0 = none
    size_t skipped_nested;
    name_key open[LIMIT_DEPTH]; // elements between the item (or head) and here
    size_t depth;               // how many; may exceed LIMIT_DEPTH, then the rest is not known
};

int repair_new(struct charset *text, struct repair **ret) {
    struct repair *repair = calloc(1, sizeof *repair);
    if (!repair)
        return -ENOMEM;
    if (dtd_new(&repair->out.dtd) < 0) {
        free(repair);
        return -ENOMEM;
    }
    lexer_init(&repair->lexer, text, repair->out.dtd);
    *ret = repair;
    return 0;
}

struct repair *repair_free(struct repair *repair) {
    if (!repair)
        return NULL;
    dtd_free(repair->out.dtd);
    buffer_done(&repair->out.xml);
    free(repair);
    return NULL;
}

const struct repair_report *repair_report(const struct repair *repair) {
    return &repair->report;
}

static name_key key_of(const struct markup_tag *tag) {
    uint32_t hash = 2166136261u; // FNV-1a
    for (size_t i = 0; i < tag->prefix_size; i++)
        hash = (hash ^ (uint32_t)tolower((unsigned char)tag->prefix[i])) * 16777619u;
    hash = (hash ^ ':') * 16777619u;
    for (size_t i = 0; i < tag->name_size; i++)
        hash = (hash ^ (uint32_t)tolower((unsigned char)tag->name[i])) * 16777619u;
    return hash | 1; // 0 means none
}

// --- the document being written ----------------------------------------------------------------

static void put_tag(struct repair *r, const char *before, enum feed_tag tag, const char *after) {
    char *to = buffer_reserve(&r->out.xml, 4);
    if (!to)
        return;
    char *at = stpcpy(to, before);
    *at++ = feed_tag_letter(tag);
    while (*after)
        *at++ = *after++;
    r->out.xml.size += (size_t)(at - to);
}

static void open_document(struct repair *r) {
    if (r->is_document_open)
        return;
    r->is_document_open = true;
    r->field_count = 0;
    if (r->level != LEVEL_ITEM)
        put_tag(r, "<", TAG_CHANNEL, ">");
}

static void close_document(struct repair *r) {
    if (!r->is_document_open)
        return;
    put_tag(r, "</", r->level == LEVEL_ITEM ? TAG_ITEM : TAG_CHANNEL, ">");
    r->is_document_open = false;
    r->is_ready = true;
}

static void put_attrs(struct repair *r, const struct markup_tag *tag) {
    bool is_put[ATTR_COUNT] = {false};
    for (size_t i = 0; i < tag->attr_count; i++) {
        enum feed_attr attr = feed_attr_find(tag->attrs[i].name, tag->attrs[i].name_size);
        if (attr == ATTR_COUNT || is_put[attr])
            continue;
        is_put[attr] = true;
        buffer_put(&r->out.xml, (char[]){' ', feed_attr_letter(attr), '=', '"'}, 4);
        repair_text_put_value(&r->out, tag->attrs[i].value, tag->attrs[i].value_size);
        buffer_puts(&r->out.xml, "\"");
    }
}

// --- fields ------------------------------------------------------------------------------------

static bool is_attr_xhtml(const struct markup_tag *tag) {
    for (size_t i = 0; i < tag->attr_count; i++) {
        const struct markup_attr *attr = &tag->attrs[i];
        if (feed_attr_find(attr->name, attr->name_size) == ATTR_TYPE)
            return memmem(attr->value, attr->value_size, "xhtml", 5) != NULL;
    }
    return false;
}

static void put_depth(struct repair *r) {
    if (r->depth == 0)
        return;
    size_t depth = r->depth < 99 ? r->depth : 99;
    char tens = (char)('0' + depth / 10), ones = (char)('0' + depth % 10);
    buffer_put(&r->out.xml, (char[]){' ', feed_attr_letter(ATTR_DEPTH), '=', '"', tens, ones, '"'},
               7);
}

static void close_field(struct repair *r) {
    if (r->field.tag == TAG_NONE)
        return;
    put_tag(r, "</", r->field.tag, ">");
    r->field = (struct field){.tag = TAG_NONE};
}

static void open_field(struct repair *r, enum feed_tag tag, const struct markup_tag *token) {
    open_document(r);
    if (r->field_count++ >= LIMIT_ITEM_FIELDS) {
        if (!token->is_empty)
            r->skipped = key_of(token);
        return;
    }
    put_tag(r, "<", tag, "");
    put_depth(r);
    put_attrs(r, token);
    buffer_puts(&r->out.xml, ">");
    r->field = (struct field){
        .tag = tag,
        .key = key_of(token),
        .is_xhtml = tag == TAG_BODY || is_attr_xhtml(token),
        .is_author = tag == TAG_AUTHOR,
        .start = r->out.xml.size,
    };
    if (token->is_empty)
        close_field(r);
}

// How many more bytes of text the field takes.
static size_t field_room(const struct repair *r) {
    size_t used = r->out.xml.size - r->field.start;
    bool is_open = r->field.tag != TAG_NONE && r->field.muted == 0;
    return is_open && used < LIMIT_FIELD_MAX ? LIMIT_FIELD_MAX - used : 0;
}

static void put_text(struct repair *r, const char *text, size_t size) {
    size = utf8_cut(text, size, field_room(r));
    if (size > 0)
        repair_text_put(&r->out, text, size, r->field.is_xhtml);
}

static void put_cdata(struct repair *r, const char *text, size_t size) {
    size = utf8_cut(text, size, field_room(r));
    if (size > 0)
        repair_text_put_cdata(&r->out, text, size);
}

// A tag inside a field: markup of the text. Its attributes are nothing to read.
static void put_inner_tag(struct repair *r, const struct markup_tag *token) {
    if (feed_tag_content(r->field.tag) != CONTENT_MARKUP || field_room(r) == 0)
        return;
    buffer_puts(&r->out.xml, token->is_end ? "&lt;/" : "&lt;");
    buffer_put(&r->out.xml, token->name, token->name_size);
    buffer_puts(&r->out.xml, token->is_empty ? "/>" : ">");
}

// --- tags --------------------------------------------------------------------------------------

static void pop_to(struct repair *r, name_key key) {
    if (r->depth > LIMIT_DEPTH) {
        r->depth--;
        return;
    }
    for (size_t i = r->depth; i > 0; i--)
        if (r->open[i - 1] == key) {
            r->depth = i - 1;
            return;
        }
}

static void push(struct repair *r, name_key key) {
    if (r->depth < LIMIT_DEPTH)
        r->open[r->depth] = key;
    r->depth++;
}

static bool is_open(const struct repair *r, name_key key) {
    size_t known = r->depth < LIMIT_DEPTH ? r->depth : LIMIT_DEPTH;
    for (size_t i = 0; i < known; i++)
        if (r->open[i] == key)
            return true;
    return false;
}

static void leave_field(struct repair *r) {
    close_field(r);
    r->skipped = 0;
    r->skipped_nested = 0;
}

// What was told of the base on the root or the channel.
static void put_base(struct repair *r, const struct markup_tag *token) {
    for (size_t i = 0; i < token->attr_count; i++)
        if (feed_attr_find(token->attrs[i].name, token->attrs[i].name_size) == ATTR_BASE) {
            open_field(r, TAG_BASE, token);
            close_field(r);
            return;
        }
}

// True when the tag is to be looked at again, after the document now ready.
static bool start_item(struct repair *r, const struct markup_tag *token) {
    leave_field(r);
    close_document(r);
    if (r->is_ready)
        return true;
    r->level = LEVEL_ITEM;
    r->depth = 0;
    r->is_root_closed = false;
    r->is_document_open = true;
    r->field_count = 0;
    put_tag(r, "<", TAG_ITEM, "");
    put_attrs(r, token);
    buffer_puts(&r->out.xml, ">");
    if (token->is_empty) {
        close_document(r);
        r->level = LEVEL_HEAD;
    }
    return false;
}

static void start_frame(struct repair *r, enum feed_tag tag, const struct markup_tag *token) {
    leave_field(r);
    r->depth = 0;
    if (r->level == LEVEL_OUTSIDE)
        r->level = LEVEL_HEAD;
    r->report.is_feed = true;
    if (tag == TAG_ROOT)
        r->is_root_closed = false;
    put_base(r, token);
}

// An element outside of a feed: remembered to tell people what this document is.
static void start_outside(struct repair *r, const struct markup_tag *token) {
    struct repair_report *report = &r->report;
    if (report->root_name[0] == '\0') {
        size_t size = utf8_cut(token->name, token->name_size, sizeof report->root_name - 1);
        memcpy(report->root_name, token->name, size);
        report->root_name[size] = '\0';
    }
    if (token->name_size == 4 && strncasecmp(token->name, "html", 4) == 0)
        report->is_html = true;
}

// Does this element, met inside a field, show that the field's end tag is missing?
static bool ends_field(const struct repair *r, enum feed_tag tag, name_key key) {
    if (tag == TAG_NONE || key == r->field.key)
        return false;
    if (r->field.is_author)
        return feed_tag_is_unmistakable(tag);
    if (feed_tag_content(r->field.tag) == CONTENT_PLAIN)
        return true;
    if (r->field.tag == TAG_TITLE && tag != TAG_BODY && tag != TAG_SKIP)
        return !r->field.is_xhtml;
    return feed_tag_is_unmistakable(tag) && !r->field.is_xhtml;
}

static void start_inside_field(struct repair *r, const struct markup_tag *token, name_key key) {
    if (key == r->field.key && !token->is_empty)
        r->field.nested++;
    bool is_name = token->name_size == 4 && strncasecmp(token->name, "name", 4) == 0;
    if (r->field.is_author && !is_name && r->field.muted == 0 && !token->is_empty)
        r->field.muted = key;
    put_inner_tag(r, token);
}

static bool start_tag(struct repair *r, const struct markup_tag *token) {
    bool is_inner = r->field.tag != TAG_NONE && r->field.is_xhtml;
    enum feed_tag tag = is_inner ? TAG_NONE : names_resolve(&r->names, token);
    name_key key = key_of(token);
    if (r->level == LEVEL_OUTSIDE && tag != TAG_ROOT && tag != TAG_CHANNEL &&
        !(tag == TAG_ITEM && r->report.root_name[0] == '\0')) {
        start_outside(r, token);
        return false;
    }
    if (r->field.tag != TAG_NONE) {
        if (!ends_field(r, tag, key)) {
            start_inside_field(r, token, key);
            return false;
        }
        close_field(r);
    }
    switch (tag) {
    case TAG_ITEM:
        r->report.is_feed = true;
        return start_item(r, token);
    case TAG_ROOT:
    case TAG_CHANNEL:
        if (r->level != LEVEL_ITEM)
            start_frame(r, tag, token);
        return false;
    default:
        break;
    }
    if (r->skipped != 0) {
        r->skipped_nested += key == r->skipped && !token->is_empty;
    } else if (tag == TAG_SKIP) {
        r->skipped = token->is_empty ? 0 : key;
    } else if (tag != TAG_NONE) {
        open_field(r, tag, token);
    } else if (!token->is_empty) {
        push(r, key);
    }
    return false;
}

static void end_item(struct repair *r) {
    leave_field(r);
    if (r->level != LEVEL_ITEM)
        return;
    close_document(r);
    r->level = LEVEL_HEAD;
    r->depth = 0;
}

static void end_frame(struct repair *r, enum feed_tag tag) {
    if (r->level == LEVEL_OUTSIDE)
        return;
    end_item(r);
    r->is_root_closed = true;
    if (tag == TAG_ROOT && !r->is_ready)
        close_document(r);
}

static void end_inside_field(struct repair *r, const struct markup_tag *token, name_key key) {
    if (key == r->field.muted)
        r->field.muted = 0;
    if (key != r->field.key) {
        if (is_open(r, key) && feed_tag_content(r->field.tag) == CONTENT_PLAIN) {
            close_field(r);
            pop_to(r, key);
            return;
        }
        put_inner_tag(r, token);
    } else if (r->field.nested > 0) {
        r->field.nested--;
        put_inner_tag(r, token);
    } else {
        close_field(r);
    }
}

static void end_tag(struct repair *r, const struct markup_tag *token) {
    name_key key = key_of(token);
    if (r->field.tag != TAG_NONE && key == r->field.key) {
        end_inside_field(r, token, key);
        return;
    }
    enum feed_tag tag = names_resolve(&r->names, token);
    if (tag == TAG_ITEM) {
        end_item(r);
    } else if (tag == TAG_ROOT || tag == TAG_CHANNEL) {
        end_frame(r, tag);
    } else if (r->skipped != 0) {
        if (key == r->skipped && r->skipped_nested-- == 0)
            leave_field(r);
    } else if (r->field.tag != TAG_NONE) {
        end_inside_field(r, token, key);
    } else {
        pop_to(r, key);
    }
}

// --- the text ----------------------------------------------------------------------------------

// True when the token is to be looked at again, after the document now ready.
static bool take_token(struct repair *r) {
    const struct token *token = &r->token;
    switch (token->kind) {
    case TOKEN_TEXT:
        put_text(r, token->text, token->size);
        return false;
    case TOKEN_CDATA:
        put_cdata(r, token->text, token->size);
        return false;
    case TOKEN_TAG:
        if (token->tag.is_end)
            end_tag(r, &token->tag);
        else
            return start_tag(r, &token->tag);
        return false;
    case TOKEN_END:
        break;
    }
    return false;
}

// At the end of the text. An item that is still open was cut off: it is left out, for half of it
// would pass for the whole one later. One of which nothing was read yet is an empty item.
static void finish(struct repair *r) {
    r->report.is_cut = r->report.is_feed && !r->is_root_closed;
    bool is_begun = r->field_count > (r->field.tag != TAG_NONE ? 1u : 0u);
    leave_field(r);
    if (r->level == LEVEL_ITEM && r->is_document_open) {
        r->report.is_cut = true;
        r->is_document_open = false;
        r->out.xml.size = 0;
        if (!is_begun) {
            put_tag(r, "<", TAG_ITEM, ">");
            r->is_document_open = true;
        }
    }
    close_document(r);
    r->level = LEVEL_OUTSIDE;
}

int repair_next(struct repair *r, struct repair_piece *ret_piece) {
    if (r->is_ready) {
        r->out.xml.size = 0;
        r->is_ready = false;
    }
    while (!r->is_ready) {
        if (!r->is_token_kept)
            lexer_next(&r->lexer, &r->token);
        if (r->token.kind == TOKEN_END) {
            finish(r);
            if (!r->is_ready)
                return r->out.xml.is_failed ? -ENOMEM : 0;
            break;
        }
        r->is_token_kept = take_token(r);
    }
    bool is_item = r->out.xml.size > 1 && r->out.xml.data[1] == feed_tag_letter(TAG_ITEM);
    *ret_piece = (struct repair_piece){
        .xml = buffer_terminate(&r->out.xml), .size = r->out.xml.size, .is_item = is_item};
    return r->out.xml.is_failed ? -ENOMEM : 1;
}
