// SPDX-License-Identifier: MIT

#include "core/markup/piece.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "core/text/ascii.h"
#include "core/markup/entity.h"
#include "core/markup/html_tag.h"
#include "core/text/utf8.h"
#include "wirebell/limits.h"

// --- text --------------------------------------------------------------------------------------

// How a character that was a reference is written, and where to.
enum form {
    FORM_VALUE,  // in an attribute
    FORM_MARKUP, // in a field whose content is markup: it stays a reference there
    FORM_DECODED // in piece::decoded, as it is
};

static struct buffer *target(struct piece *piece, enum form form) {
    return form == FORM_DECODED ? &piece->decoded : &piece->xml;
}

static void put_code(struct piece *piece, uint32_t code, enum form form) {
    char bytes[4];
    const char *reference = NULL;
    if (form != FORM_DECODED && code == '<')
        reference = form == FORM_MARKUP ? "&amp;lt;" : "&lt;";
    else if (form != FORM_DECODED && code == '&')
        reference = form == FORM_MARKUP ? "&amp;amp;" : "&amp;";
    else if (form != FORM_DECODED && code == '"')
        reference = "&quot;";
    if (reference)
        buffer_puts(&piece->xml, reference);
    // A reference to a control is no text, and Mini-XML stops at one.
    else if (code >= 0x20 || code == '\t' || code == '\n' || code == '\r')
        buffer_put(target(piece, form), bytes, utf8_put(code, bytes));
}

static size_t span_without(const char *text, size_t size, const char *stops) {
    size_t i = 0;
    while (i < size && !(text[i] && strchr(stops, text[i])))
        i++;
    return i;
}

// A definition's replacement text: character references in it are decoded, other entities are not
// (they were replaced when it was defined), and markup in it is text.
static void put_definition(struct piece *piece, const char *text, size_t size, enum form form) {
    while (size > 0) {
        size_t length = span_without(text, size, "&<\"");
        buffer_put(target(piece, form), text, length);
        if (length == 0) {
            uint32_t code = (unsigned char)*text;
            length = *text == '&' ? entity_parse(text, size, &code) : 1;
            length += length == 0;
            put_code(piece, code, form);
        }
        text += length;
        size -= length;
    }
}

// At '&'. Writes what the document defines for the reference; returns the bytes taken, 0 = none.
static size_t put_definition_of(struct piece *piece, const char *text, size_t size,
                                enum form form) {
    if (dtd_is_empty(piece->dtd) || size < 2 || text[1] == '#')
        return 0;
    size_t reach = size < ENTITY_REFERENCE_MAX * 2 ? size : ENTITY_REFERENCE_MAX * 2;
    const char *semicolon = memchr(text, ';', reach);
    size_t found = 0;
    const char *definition =
        semicolon ? dtd_find(piece->dtd, text + 1, (size_t)(semicolon - text - 1), &found) : NULL;
    if (!definition)
        return 0;
    put_definition(piece, definition, found, form);
    return (size_t)(semicolon + 1 - text);
}

// At '&'. Returns the bytes taken.
static size_t put_reference(struct piece *piece, const char *text, size_t size, enum form form) {
    uint32_t code = '&';
    size_t length = put_definition_of(piece, text, size, form);
    if (length > 0)
        return length;
    length = entity_parse(text, size, &code);
    put_code(piece, code, form);
    return length > 0 ? length : 1;
}

static void put_decoded(struct piece *piece, const char *text, size_t size, enum form form) {
    if (size > 0 && *text == '<') {
        put_code(piece, '<', form);
        text++;
        size--;
    }
    while (size > 0) {
        const char *amp = memchr(text, '&', size);
        size_t length = amp ? (size_t)(amp - text) : size;
        buffer_put(target(piece, form), text, length);
        if (amp)
            length += put_reference(piece, amp, size - length, form);
        text += length;
        size -= length;
    }
}

static void put_value(struct piece *piece, const char *text, size_t size) {
    while (size > 0) {
        size_t length = span_without(text, size, "&<\"");
        buffer_put(&piece->xml, text, length);
        if (length < size && text[length] == '&') {
            length += put_reference(piece, text + length, size - length, FORM_VALUE);
        } else if (length < size) {
            put_code(piece, (unsigned char)text[length], FORM_VALUE);
            length++;
        }
        text += length;
        size -= length;
    }
}

// The next start tag of HTML that has attributes; NULL when there is none. What looks like one but
// does not end here counts as text.
static const char *find_attributes(const char *text, const char *end, struct markup_tag *ret,
                                   size_t *ret_length) {
    while ((text = memchr(text, '<', (size_t)(end - text)))) {
        const char *at = text + 1;
        while (at < end && isalnum((unsigned char)*at))
            at++;
        if (at < end && isspace((unsigned char)*at) && at > text + 1 &&
            html_role(text + 1, (size_t)(at - text - 1)) != HTML_UNKNOWN) {
            size_t left = (size_t)(end - text);
            size_t length =
                markup_parse_tag(text, left < LIMIT_TAG_MAX ? left : LIMIT_TAG_MAX, ret);
            if (length > 0 && length != MARKUP_UNFINISHED) {
                *ret_length = length;
                return text;
            }
        }
        text = at;
    }
    return NULL;
}

// Inside a section. What would end it is put into two; it never comes together out of two calls,
// for each ends with the text or the name of a tag.
static void put_verbatim(struct piece *piece, const char *text, size_t size) {
    const char *end = text + size, *at = text;
    while ((at = memchr(at, ']', (size_t)(end - at)))) {
        at++;
        if (end - at < 2 || at[0] != ']' || at[1] != '>')
            continue;
        buffer_put(&piece->xml, text, (size_t)(at - text));
        buffer_puts(&piece->xml, "]]><![CDATA[");
        text = at;
    }
    buffer_put(&piece->xml, text, (size_t)(end - text));
}

static void put_section(struct piece *piece, const char *text, size_t size) {
    const char *end = text + size, *tag;
    struct markup_tag parts;
    size_t length;
    buffer_puts(&piece->xml, "<![CDATA[");
    // What stands in attributes is not for reading, and it is a good part of most articles.
    while (!piece->is_plain && (tag = find_attributes(text, end, &parts, &length))) {
        put_verbatim(piece, text, (size_t)(parts.name + parts.name_size - text));
        buffer_puts(&piece->xml, parts.is_empty ? "/>" : ">");
        text = tag + length;
    }
    put_verbatim(piece, text, (size_t)(end - text));
    buffer_puts(&piece->xml, "]]>");
}

// Text with references: decoded here and put as a section, for Mini-XML is slow at references.
static void put_escaped(struct piece *piece, const char *text, size_t size) {
    piece->decoded.size = 0;
    put_decoded(piece, text, size, FORM_DECODED);
    if (piece->decoded.is_failed)
        piece->xml.is_failed = true;
    else if (piece->decoded.size > 0)
        put_section(piece, piece->decoded.data, piece->decoded.size);
}

// --- elements ----------------------------------------------------------------------------------

static void put_start(struct piece *piece, enum feed_tag tag) {
    buffer_put(&piece->xml, (char[]){'<', feed_tag_letter(tag)}, 2);
}

static void put_end(struct piece *piece, enum feed_tag tag) {
    buffer_put(&piece->xml, (char[]){'<', '/', feed_tag_letter(tag), '>'}, 4);
}

static void put_attr_name(struct piece *piece, enum feed_attr attr) {
    buffer_put(&piece->xml, (char[]){' ', feed_attr_letter(attr), '=', '"'}, 4);
}

// Of an attribute given twice the first counts.
static void put_attrs(struct piece *piece, const struct markup_tag *tag) {
    bool is_put[ATTR_COUNT] = {false};
    for (size_t i = 0; i < tag->attr_count; i++) {
        enum feed_attr attr = feed_attr_find(tag->attrs[i].name, tag->attrs[i].name_size);
        if (attr == ATTR_COUNT || is_put[attr])
            continue;
        is_put[attr] = true;
        // All that is read of isPermaLink is that it is false.
        bool is_flag = attr == ATTR_PERMA;
        if (is_flag && ascii_compare(tag->attrs[i].value, tag->attrs[i].value_size, "false") != 0)
            continue;
        put_attr_name(piece, attr);
        if (!is_flag)
            put_value(piece, tag->attrs[i].value, tag->attrs[i].value_size);
        buffer_put(&piece->xml, "\"", 1);
    }
}

static void put_depth(struct piece *piece, size_t depth) {
    if (depth == 0)
        return;
    if (depth > 99)
        depth = 99;
    put_attr_name(piece, ATTR_DEPTH);
    buffer_put(&piece->xml, (char[]){(char)('0' + depth / 10), (char)('0' + depth % 10), '"'}, 3);
}

void piece_done(struct piece *piece) {
    buffer_done(&piece->xml);
    buffer_done(&piece->decoded);
}

void piece_begin(struct piece *piece, enum feed_tag root, const struct markup_tag *tag) {
    piece->xml.size = 0;
    piece->root = root;
    piece->field = TAG_NONE;
    piece->field_count = 0;
    put_start(piece, root);
    if (tag)
        put_attrs(piece, tag);
    buffer_puts(&piece->xml, ">");
}

void piece_end(struct piece *piece) {
    piece_end_field(piece);
    if (piece->root != TAG_NONE)
        put_end(piece, piece->root);
    piece->root = TAG_NONE;
}

// What kind of content the tag says that it has.
static void note_type(struct piece *piece, const struct markup_tag *tag) {
    for (size_t i = 0; i < tag->attr_count; i++) {
        const struct markup_attr *attr = &tag->attrs[i];
        if (feed_attr_find(attr->name, attr->name_size) != ATTR_TYPE)
            continue;
        piece->is_xhtml |= memmem(attr->value, attr->value_size, "xhtml", 5) != NULL;
        piece->is_plain = ascii_compare(attr->value, attr->value_size, "text") == 0 ||
                          memmem(attr->value, attr->value_size, "plain", 5) != NULL;
        return;
    }
}

bool piece_begin_field(struct piece *piece, enum feed_tag field, const struct markup_tag *tag,
                       size_t depth) {
    if (piece->field_count >= LIMIT_ITEM_FIELDS)
        return false;
    piece->field_count++;
    piece->field = field;
    piece->is_xhtml = field == TAG_BODY;
    piece->is_plain = false;
    note_type(piece, tag);
    put_start(piece, field);
    put_depth(piece, depth);
    put_attrs(piece, tag);
    buffer_puts(&piece->xml, ">");
    piece->field_start = piece->xml.size;
    return true;
}

void piece_end_field(struct piece *piece) {
    if (piece->field != TAG_NONE)
        put_end(piece, piece->field);
    piece->field = TAG_NONE;
}

// How many more bytes of text the field takes.
static size_t field_room(const struct piece *piece) {
    size_t used = piece->xml.size - piece->field_start;
    return piece->field != TAG_NONE && used < LIMIT_FIELD_MAX ? LIMIT_FIELD_MAX - used : 0;
}

void piece_put_text(struct piece *piece, const char *text, size_t size) {
    size = utf8_cut(text, size, field_room(piece));
    if (size == 0)
        return;
    bool is_verbatim = *text != '<' && !memchr(text, '&', size);
    if (is_verbatim)
        buffer_put(&piece->xml, text, size);
    else if (piece->is_xhtml)
        put_decoded(piece, text, size, FORM_MARKUP);
    else
        put_escaped(piece, text, size);
}

void piece_put_cdata(struct piece *piece, const char *text, size_t size) {
    size = utf8_cut(text, size, field_room(piece));
    if (size > 0)
        put_section(piece, text, size);
}

void piece_put_tag(struct piece *piece, const struct markup_tag *tag) {
    if (field_room(piece) == 0 || feed_tag_content(piece->field) != CONTENT_MARKUP)
        return;
    buffer_puts(&piece->xml, tag->is_end ? "&lt;/" : "&lt;");
    buffer_put(&piece->xml, tag->name, tag->name_size);
    buffer_puts(&piece->xml, tag->is_empty ? "/>" : ">");
}
