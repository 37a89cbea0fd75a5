// SPDX-License-Identifier: MIT
//
// repair_text.h - text written into the small XML documents of repair.c: references decoded, what
// XML reserves escaped.

#ifndef CORE_REPAIR_TEXT_H
#define CORE_REPAIR_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buffer.h"
#include "core/dtd.h"

/**
 * struct repair_text - where text is written to
 * @xml: the document so far; owned
 * @dtd: entities of the document read; owned
 */
struct repair_text {
    struct buffer xml;
    struct dtd *dtd;
};

/**
 * repair_text_put() - write character data
 * @out:       where to
 * @text:      as it stands in the source: references not decoded; a '<' only as first byte, then
 *             it is just a character
 * @size:      its length
 * @is_markup: the field holds markup as it stands, so a reference stays one for the reader of the
 *             markup
 */
void repair_text_put(struct repair_text *out, const char *text, size_t size, bool is_markup);

// Writes an attribute's value (without quotes); any byte may stand in it.
void repair_text_put_value(struct repair_text *out, const char *text, size_t size);

// Writes the content of a CDATA section, in which "]]>" must not be, as one of its own. Attributes
// of HTML tags in it are left out.
void repair_text_put_cdata(struct repair_text *out, const char *text, size_t size);

#endif
