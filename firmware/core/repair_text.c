// SPDX-License-Identifier: MIT

#include "core/repair_text.h"

#include <stdint.h>
#include <string.h>

#include "core/entity.h"
#include "core/utf8.h"

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

void repair_text_put_cdata(struct repair_text *out, const char *text, size_t size) {
    buffer_puts(&out->xml, "<![CDATA[");
    buffer_put(&out->xml, text, size);
    buffer_puts(&out->xml, "]]>");
}
