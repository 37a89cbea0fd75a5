// SPDX-License-Identifier: MIT
//
// One pass, no way back. At any time we are at a level (outside of the feed, in its head, in an
// item), perhaps inside a field, and perhaps passing over an element that is not ours.
//
// What a missing end tag does is decided by names: a field is over where its own end tag, the end
// tag of an element around it, an item, or an element stands that cannot be part of it.

#include "core/markup/repair.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/ascii.h"
#include "core/markup/lexer.h"
#include "core/markup/names.h"
#include "core/text/hash64.h"
#include "core/markup/piece.h"
#include "core/markup/split.h"
#include "core/text/utf8.h"
#include "wirebell/limits.h"

enum level { LEVEL_OUTSIDE, LEVEL_HEAD, LEVEL_ITEM };

// A qualified name as a number: equal names, letter case aside, are equal numbers.
typedef uint32_t name_key;

struct repair {
    struct lexer lexer;
    struct token token;
    bool is_token_kept; // it is to be looked at again, after the document now ready
    struct names names;
    struct names head_names; // as they were before the item: what is declared in it ends with it
    struct dtd *dtd;         // owned
    struct piece piece;
    struct repair_report report;
    enum level level;
    bool is_ready; // the piece is whole and to be handed over
    // The item as its bytes, where they can be told (split.h):
    struct repair_known known;
    const char *item_end; // where it should end; NULL = no item, or not to be told
    uint64_t item_hash;
    bool is_item_known;
    bool has_items;
    bool is_root_closed;
    // The field being read, if piece.field says that there is one:
    name_key field_key;
    size_t field_nested; // elements of the same name opened inside
    name_key muted;      // element inside an author whose text does not count; 0 = none
    // An element being passed over:
    name_key skipped; // 0 = none
    size_t skipped_nested;
    // Elements between the item (or the head) and here:
    name_key open[LIMIT_DEPTH];
    size_t depth; // may exceed LIMIT_DEPTH, then the rest is not known
};

int repair_new(struct charset *text, struct repair_known known, struct repair **ret) {
    struct repair *repair = calloc(1, sizeof *repair);
    if (!repair)
        return -ENOMEM;
    if (dtd_new(&repair->dtd) < 0) {
        free(repair);
        return -ENOMEM;
    }
    repair->piece.dtd = repair->dtd;
    repair->known = known;
    lexer_init(&repair->lexer, text, repair->dtd);
    *ret = repair;
    return 0;
}

struct repair *repair_free(struct repair *repair) {
    if (!repair)
        return NULL;
    dtd_free(repair->dtd);
    piece_done(&repair->piece);
    free(repair);
    return NULL;
}

const struct repair_report *repair_report(const struct repair *repair) {
    return &repair->report;
}

static name_key key_of(const struct markup_tag *tag) {
    uint32_t hash = 2166136261u; // FNV-1a
    for (size_t i = 0; i < tag->prefix_size; i++)
        hash = (hash ^ (unsigned char)ascii_lower(tag->prefix[i])) * 16777619u;
    hash = (hash ^ ':') * 16777619u;
    for (size_t i = 0; i < tag->name_size; i++)
        hash = (hash ^ (unsigned char)ascii_lower(tag->name[i])) * 16777619u;
    return hash | 1; // 0 means none
}

// --- fields ------------------------------------------------------------------------------------

static void close_piece(struct repair *r) {
    r->is_ready = r->piece.root != TAG_NONE;
    piece_end(&r->piece);
}

static void open_field(struct repair *r, enum feed_tag tag, const struct markup_tag *token) {
    if (r->piece.root == TAG_NONE)
        piece_begin(&r->piece, TAG_CHANNEL, NULL);
    r->field_key = key_of(token);
    r->field_nested = 0;
    r->muted = 0;
    bool is_begun = piece_begin_field(&r->piece, tag, token, r->depth);
    if (token->is_empty)
        piece_end_field(&r->piece);
    else if (!is_begun)
        r->skipped = r->field_key;
}

static void leave_field(struct repair *r) {
    piece_end_field(&r->piece);
    r->skipped = 0;
    r->skipped_nested = 0;
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

// What was told of the base on the root or the channel.
static void put_base(struct repair *r, const struct markup_tag *token) {
    for (size_t i = 0; i < token->attr_count; i++)
        if (feed_attr_find(token->attrs[i].name, token->attrs[i].name_size) == ATTR_BASE) {
            open_field(r, TAG_BASE, token);
            piece_end_field(&r->piece);
            return;
        }
}

// Behind the start tag of an item. What its bytes mean depends on the prefixes, so they are part of
// its hash. Where the document defines entities an item with a reference is read each time: what it
// takes of LIMIT_ENTITY_TOTAL is not there for the items behind it. Returns true when it was read
// before: then it is passed over.
static bool pass_over(struct repair *r) {
    size_t left;
    const char *rest = lexer_rest(&r->lexer, &left);
    r->item_end = NULL;
    r->item_hash = 0;
    if (!rest || r->token.tag.is_empty)
        return false;
    size_t size = split_item(r->token.text, r->token.size + left);
    if (size <= r->token.size)
        return false;
    if (!dtd_is_empty(r->dtd) && memchr(r->token.text, '&', size))
        return false;
    uint64_t hash = hash64(r->names.bindings, r->names.count * sizeof r->names.bindings[0], 0);
    hash = hash64(r->token.text, size, hash);
    r->item_end = r->token.text + size;
    r->item_hash = hash;
    r->is_item_known = split_is_known(r->known.hashes, r->known.count, hash);
    if (r->is_item_known)
        lexer_skip_to(&r->lexer, r->item_end);
    return r->is_item_known;
}

// True when the tag is to be looked at again, after the document now ready.
static bool start_item(struct repair *r, const struct markup_tag *token) {
    leave_field(r);
    r->has_items = true;
    if (r->piece.root == TAG_ITEM) { // its end tag is missing
        r->item_hash = 0;
        r->names = r->head_names;
    }
    close_piece(r);
    if (r->is_ready)
        return true;
    if (pass_over(r)) {
        r->level = LEVEL_HEAD;
        r->depth = 0;
        r->is_root_closed = false;
        r->is_ready = true;
        return false;
    }
    r->head_names = r->names;
    r->level = LEVEL_ITEM;
    r->depth = 0;
    r->is_root_closed = false;
    piece_begin(&r->piece, TAG_ITEM, token);
    if (token->is_empty) {
        close_piece(r);
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
    if (ascii_compare(token->name, token->name_size, "html") == 0)
        report->is_html = true;
}

// Does this element, met inside a field, show that the field's end tag is missing?
static bool ends_field(const struct repair *r, enum feed_tag tag, name_key key) {
    const struct piece *piece = &r->piece;
    if (tag == TAG_NONE || key == r->field_key)
        return false;
    if (piece->field == TAG_AUTHOR)
        return feed_tag_is_unmistakable(tag);
    if (feed_tag_content(piece->field) == CONTENT_PLAIN)
        return true;
    if (piece->field == TAG_TITLE && tag != TAG_BODY && tag != TAG_SKIP)
        return !piece->is_xhtml;
    return feed_tag_is_unmistakable(tag) && !piece->is_xhtml;
}

// Of what is inside an author only the <name> counts.
static void start_inside_field(struct repair *r, const struct markup_tag *token, name_key key) {
    if (key == r->field_key && !token->is_empty)
        r->field_nested++;
    bool is_name = ascii_compare(token->name, token->name_size, "name") == 0;
    if (r->piece.field == TAG_AUTHOR && !is_name && r->muted == 0 && !token->is_empty)
        r->muted = key;
    if (r->muted == 0)
        piece_put_tag(&r->piece, token);
}

static bool start_tag(struct repair *r, const struct markup_tag *token) {
    bool is_inner = r->piece.field != TAG_NONE && r->piece.is_xhtml;
    enum feed_tag tag = is_inner ? TAG_NONE : names_resolve(&r->names, token);
    name_key key = key_of(token);
    if (r->level == LEVEL_OUTSIDE && tag != TAG_ROOT && tag != TAG_CHANNEL &&
        !(tag == TAG_ITEM && r->report.root_name[0] == '\0')) {
        start_outside(r, token);
        return false;
    }
    if (r->piece.field != TAG_NONE) {
        if (!ends_field(r, tag, key)) {
            start_inside_field(r, token, key);
            return false;
        }
        piece_end_field(&r->piece);
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
    // Read to another end than its bytes were split at: it shall be read every time.
    if (r->item_end != r->token.text + r->token.size)
        r->item_hash = 0;
    r->names = r->head_names;
    close_piece(r);
    r->level = LEVEL_HEAD;
    r->depth = 0;
}

static void end_frame(struct repair *r, enum feed_tag tag) {
    if (r->level == LEVEL_OUTSIDE)
        return;
    end_item(r);
    // Behind a channel without items they may still come (RSS 1.0, 5.1).
    r->is_root_closed |= tag == TAG_ROOT || r->has_items;
    if (tag == TAG_ROOT && !r->is_ready)
        close_piece(r);
}

static void end_inside_field(struct repair *r, const struct markup_tag *token, name_key key) {
    if (key == r->muted)
        r->muted = 0;
    if (key == r->field_key && r->field_nested == 0) {
        piece_end_field(&r->piece);
        return;
    }
    if (key == r->field_key)
        r->field_nested--;
    bool is_around = feed_tag_content(r->piece.field) == CONTENT_PLAIN && is_open(r, key);
    if (is_around) {
        piece_end_field(&r->piece);
        pop_to(r, key);
    } else if (r->muted == 0) {
        piece_put_tag(&r->piece, token);
    }
}

static void end_tag(struct repair *r, const struct markup_tag *token) {
    name_key key = key_of(token);
    if (r->piece.field != TAG_NONE && key == r->field_key) {
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
    } else if (r->piece.field != TAG_NONE) {
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
        if (r->muted == 0)
            piece_put_text(&r->piece, token->text, token->size);
        return false;
    case TOKEN_CDATA:
        if (r->muted == 0)
            piece_put_cdata(&r->piece, token->text, token->size);
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
    bool is_begun = r->piece.field_count > (r->piece.field != TAG_NONE ? 1u : 0u);
    leave_field(r);
    if (r->piece.root == TAG_ITEM) {
        r->report.is_cut = true;
        r->item_hash = 0;
        if (is_begun)
            r->piece.root = TAG_NONE;
        else
            piece_begin(&r->piece, TAG_ITEM, NULL);
    }
    close_piece(r);
    r->level = LEVEL_OUTSIDE;
}

int repair_next(struct repair *r, struct repair_piece *ret_piece) {
    r->is_ready = false;
    r->is_item_known = false;
    while (!r->is_ready) {
        if (!r->is_token_kept)
            lexer_next(&r->lexer, &r->token);
        if (r->token.kind == TOKEN_END) {
            finish(r);
            if (!r->is_ready)
                return r->piece.xml.is_failed ? -ENOMEM : 0;
            break;
        }
        r->is_token_kept = take_token(r);
    }
    if (r->is_item_known) {
        *ret_piece = (struct repair_piece){
            .xml = "", .is_item = true, .is_known = true, .hash = r->item_hash};
        return 1;
    }
    const char *xml = buffer_terminate(&r->piece.xml);
    if (r->piece.xml.is_failed)
        return -ENOMEM;
    bool is_item = xml[1] == feed_tag_letter(TAG_ITEM);
    *ret_piece = (struct repair_piece){.xml = xml,
                                       .size = r->piece.xml.size,
                                       .is_item = is_item,
                                       .hash = is_item ? r->item_hash : 0};
    return 1;
}
