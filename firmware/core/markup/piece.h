// SPDX-License-Identifier: MIT
//
// piece.h - writes the small XML documents of repair.h: one element, fields in it, text in those.
//
// What is written is well-formed whatever is put in, and never longer than LIMIT_ITEM_FIELDS fields
// of LIMIT_FIELD_MAX bytes. What belongs where is for repair.c to decide.

#ifndef CORE_PIECE_H
#define CORE_PIECE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text/buffer.h"
#include "core/markup/dtd.h"
#include "core/feed/feed_tag.h"
#include "core/markup/markup.h"

/**
 * struct piece - a document being written
 * @xml:         so far; owned
 * @dtd:         entities of the source; borrowed
 * @root:        its element, TAG_ITEM or TAG_CHANNEL; TAG_NONE = no document is open
 * @field:       the field being written, TAG_NONE = none
 * @field_count: fields begun
 * @field_start: where the content of the field begins
 * @is_xhtml:    the field's content is markup as it stands: references in it are HTML's
 * @is_plain:    markup in it is to be shown, not read
 * @decoded:     text being decoded; owned
 */
struct piece {
    struct buffer xml;
    struct dtd *dtd;
    enum feed_tag root;
    enum feed_tag field;
    size_t field_count;
    size_t field_start;
    bool is_xhtml;
    bool is_plain;
    struct buffer decoded;
};

// Frees what it owns.
void piece_done(struct piece *piece);

/**
 * piece_begin() - start a document; what was in @xml is gone
 * @root: TAG_ITEM or TAG_CHANNEL
 * @tag:  its attributes, NULL = none
 */
void piece_begin(struct piece *piece, enum feed_tag root, const struct markup_tag *tag);

// Closes the field, if one is open, and the document.
void piece_end(struct piece *piece);

/**
 * piece_begin_field() - start a field
 * @field: what it is
 * @tag:   its attributes
 * @depth: elements between the root and it
 *
 * Return: false, and nothing written, when there are LIMIT_ITEM_FIELDS already.
 */
bool piece_begin_field(struct piece *piece, enum feed_tag field, const struct markup_tag *tag,
                       size_t depth);

void piece_end_field(struct piece *piece);

// Adds character data to the field as it stands in the source: references not decoded.
void piece_put_text(struct piece *piece, const char *text, size_t size);

// Adds the content, or a part of it, of a CDATA section to the field.
void piece_put_cdata(struct piece *piece, const char *text, size_t size);

// Adds a tag to the field as text, if it is a field of markup.
void piece_put_tag(struct piece *piece, const struct markup_tag *tag);

#endif
