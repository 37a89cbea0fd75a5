// SPDX-License-Identifier: MIT

#include "core/repair_text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "core/entity.h"
#include "core/html_tag.h"
#include "core/markup.h"
#include "core/utf8.h"
#include "wirebell/limits.h"

// A character as character data or inside a value in double quotes.
static void put_code(struct repair_text *out, uint32_t code, bool is_markup) {
    char bytes[4];
    switch (code) {
    case '<':
        buffer_puts(&out->xml, is_markup ? "&amp;lt;" : "&lt;");
        return;
    case '&':
        buffer_puts(&out->xml, is_markup ? "&amp;amp;" : "&amp;");
        return;
    case '"':
        buffer_puts(&out->xml, "&quot;");
        return;
    default:
        // A reference to a control is no text, and Mini-XML stops at one.
        if (code >= 0x20 || code == '\t' || code == '\n' || code == '\r')
            buffer_put(&out->xml, bytes, utf8_put(code, bytes));
    }
}

static size_t span_without(const char *text, size_t size, const char *stops) {
    size_t i = 0;
    while (i < size && !(text[i] && strchr(stops, text[i])))
        i++;
    return i;
}

// A definition's replacement text: character references in it are decoded, other entities are not
// (they were replaced when it was defined), and markup in it is text.
static void put_definition(struct repair_text *out, const char *text, size_t size, bool is_markup) {
    while (size > 0) {
        size_t length = span_without(text, size, "&<\"");
        buffer_put(&out->xml, text, length);
        if (length == 0) {
            uint32_t code = (unsigned char)*text;
            length = *text == '&' ? entity_parse(text, size, &code) : 1;
            length += length == 0;
            put_code(out, code, is_markup);
        }
        text += length;
        size -= length;
    }
}

// At '&'. Returns the bytes taken.
static size_t put_reference(struct repair_text *out, const char *text, size_t size,
                            bool is_markup) {
    size_t reach = size < ENTITY_REFERENCE_MAX * 2 ? size : ENTITY_REFERENCE_MAX * 2;
    const char *semicolon = memchr(text, ';', reach);
    if (semicolon && text[1] != '#') {
        size_t found = 0;
        const char *definition =
            dtd_find(out->dtd, text + 1, (size_t)(semicolon - text - 1), &found);
        if (definition) {
            put_definition(out, definition, found, is_markup);
            return (size_t)(semicolon + 1 - text);
        }
    }
    uint32_t code = '&';
    size_t length = entity_parse(text, size, &code);
    put_code(out, code, is_markup);
    return length > 0 ? length : 1;
}

void repair_text_put(struct repair_text *out, const char *text, size_t size, bool is_markup) {
    if (size > 0 && *text == '<') {
        put_code(out, '<', is_markup);
        text++;
        size--;
    }
    while (size > 0) {
        const char *amp = memchr(text, '&', size);
        size_t length = amp ? (size_t)(amp - text) : size;
        buffer_put(&out->xml, text, length);
        if (amp)
            length += put_reference(out, amp, size - length, is_markup);
        text += length;
        size -= length;
    }
}

void repair_text_put_value(struct repair_text *out, const char *text, size_t size) {
    while (size > 0) {
        size_t length = span_without(text, size, "&<\"");
        buffer_put(&out->xml, text, length);
        if (length < size && text[length] == '&') {
            length += put_reference(out, text + length, size - length, false);
        } else if (length < size) {
            put_code(out, (unsigned char)text[length], false);
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

void repair_text_put_cdata(struct repair_text *out, const char *text, size_t size) {
    const char *end = text + size, *tag;
    struct markup_tag parts;
    size_t length;
    buffer_puts(&out->xml, "<![CDATA[");
    // What stands in attributes is not for reading, and it is a good part of most articles.
    while ((tag = find_attributes(text, end, &parts, &length))) {
        buffer_put(&out->xml, text, (size_t)(parts.name + parts.name_size - text));
        buffer_puts(&out->xml, parts.is_empty ? "/>" : ">");
        text = tag + length;
    }
    buffer_put(&out->xml, text, (size_t)(end - text));
    buffer_puts(&out->xml, "]]>");
}
