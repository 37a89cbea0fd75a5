// SPDX-License-Identifier: MIT
//
// One pass over the bytes, writing never ahead of reading. Words are copied whole: nearly all of a
// text is bytes that mean nothing special, and a table of 256 entries finds their end.
//
// Escaped once too often: "&lt;p&gt;Hello" in a field that holds HTML already. When a first pass
// meets no tag of its own but its result is full of them, a second pass is made over the result.
// An article that quotes a tag in a paragraph has tags of its own, and keeps its quotation.

#include "core/markup/plaintext.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "core/markup/entity.h"
#include "core/markup/html_tag.h"
#include "core/text/utf8.h"

struct writer {
    char *out;
    size_t used;
    size_t max;
    bool is_blank_due; // a blank stands between the last word and the next
    bool is_full;
};

struct reader {
    const char *at;
    const char *end;
    enum plaintext_kind kind;
    const char *last_greater; // the last '>', NULL = none: no tag ends behind it
    bool has_no_comment_end;
    size_t tag_count;
    struct writer *writer;
};

// Bytes that end a run of ordinary ones: blanks and controls, '&', '<', and the lead bytes of the
// blanks beyond ASCII (C2 A0, C2 AD, E1 9A 80, E2 80 80.., E3 80 80, EF BB BF).
static const bool IS_SPECIAL[256] = {
    [0x00] = true, [0x01] = true, [0x02] = true, [0x03] = true, [0x04] = true, [0x05] = true,
    [0x06] = true, [0x07] = true, [0x08] = true, [0x09] = true, [0x0A] = true, [0x0B] = true,
    [0x0C] = true, [0x0D] = true, [0x0E] = true, [0x0F] = true, [0x10] = true, [0x11] = true,
    [0x12] = true, [0x13] = true, [0x14] = true, [0x15] = true, [0x16] = true, [0x17] = true,
    [0x18] = true, [0x19] = true, [0x1A] = true, [0x1B] = true, [0x1C] = true, [0x1D] = true,
    [0x1E] = true, [0x1F] = true, [0x20] = true, ['&'] = true,  ['<'] = true,  [0x7F] = true,
    [0xC2] = true, [0xE1] = true, [0xE2] = true, [0xE3] = true, [0xEF] = true,
};

static void put(struct writer *w, const char *bytes, size_t size) {
    size_t blank = w->is_blank_due && w->used > 0;
    if (w->is_full || size == 0)
        return;
    if (w->used + blank + size > w->max) {
        w->is_full = true;
        if (w->used + blank >= w->max)
            return;
        size = utf8_cut(bytes, size, w->max - w->used - blank);
        if (size == 0)
            return;
    }
    if (blank)
        w->out[w->used++] = ' ';
    w->is_blank_due = false;
    memmove(w->out + w->used, bytes, size);
    w->used += size;
}

enum glyph { GLYPH_WORD, GLYPH_BLANK, GLYPH_NOTHING };

// What a character is to a reader of the text.
static enum glyph classify(uint32_t code) {
    if (code <= 0x20)
        return code == 0x20 || (code >= 0x09 && code <= 0x0D) ? GLYPH_BLANK : GLYPH_NOTHING;
    if (code < 0x7F)
        return GLYPH_WORD;
    if (code < 0xA0)
        return code == 0x85 ? GLYPH_BLANK : GLYPH_NOTHING;
    switch (code) {
    case 0xA0:
    case 0x1680:
    case 0x2028:
    case 0x2029:
    case 0x202F:
    case 0x205F:
    case 0x3000:
        return GLYPH_BLANK;
    case 0x202A: // direction of the text, up to a mark that may never come
    case 0x202B:
    case 0x202C:
    case 0x202D:
    case 0x202E:
    case 0x2066:
    case 0x2067:
    case 0x2068:
    case 0x2069:
    case 0xAD:   // soft hyphen
    case 0x200B: // zero width space: a place where a line may break, inside a word too
    case 0x2060:
    case 0xFEFF:
    case 0xFFFE:
    case 0xFFFF:
        return GLYPH_NOTHING;
    default:
        return code >= 0x2000 && code <= 0x200A ? GLYPH_BLANK : GLYPH_WORD;
    }
}

static void put_code(struct writer *w, uint32_t code) {
    char bytes[4];
    switch (classify(code)) {
    case GLYPH_BLANK:
        w->is_blank_due = true;
        return;
    case GLYPH_NOTHING:
        return;
    case GLYPH_WORD:
        put(w, bytes, utf8_put(code, bytes));
    }
}

// A reference to '&' that starts another reference is one level of escaping too many.
static void read_reference(struct reader *r) {
    uint32_t code = '&';
    size_t length = entity_parse(r->at, (size_t)(r->end - r->at), &code);
    r->at += length > 0 ? length : 1;
    while (code == '&' && length > 0 && r->at < r->end) {
        char again[ENTITY_REFERENCE_MAX] = "&";
        size_t size = (size_t)(r->end - r->at);
        if (size > sizeof again - 1)
            size = sizeof again - 1;
        memcpy(again + 1, r->at, size);
        length = entity_parse(again, size + 1, &code);
        if (length > 0)
            r->at += length - 1;
    }
    put_code(r->writer, code);
}

// Skips to behind "</name>"; to the end when there is none.
static void skip_element(struct reader *r, const char *name, size_t size) {
    while (r->at < r->end) {
        const char *less = memchr(r->at, '<', (size_t)(r->end - r->at));
        if (!less) {
            r->at = r->end;
            return;
        }
        r->at = less + 1;
        if ((size_t)(r->end - r->at) > size && *r->at == '/' &&
            strncasecmp(r->at + 1, name, size) == 0) {
            const char *close = memchr(r->at, '>', (size_t)(r->end - r->at));
            r->at = close ? close + 1 : r->end;
            return;
        }
    }
}

// At "<!". Length of the comment or declaration; 0 when it does not end, then it is text.
static size_t declaration_length(struct reader *r) {
    size_t left = (size_t)(r->end - r->at);
    if (left > 3 && memcmp(r->at, "<!--", 4) == 0) {
        const char *close = r->has_no_comment_end ? NULL : memmem(r->at + 4, left - 4, "-->", 3);
        r->has_no_comment_end = close == NULL;
        return close ? (size_t)(close - r->at) + 3 : 0;
    }
    if (left < 3 || !(isalpha((unsigned char)r->at[2]) || r->at[2] == '['))
        return 0;
    const char *close = memchr(r->at, '>', left);
    return close ? (size_t)(close - r->at) + 1 : 0;
}

// At '<'. Length of what is markup and not text; 0 when this is just a '<'.
static size_t markup_length(struct reader *r, struct html_tag *ret_tag) {
    size_t left = (size_t)(r->end - r->at);
    *ret_tag = (struct html_tag){.role = HTML_INLINE};
    bool is_declaration = left > 1 && (r->at[1] == '!' || r->at[1] == '?');
    if (r->at < r->last_greater && is_declaration)
        return declaration_length(r);
    if (html_tag_parse_name(r->at, left, ret_tag) == 0)
        return 0;
    bool is_known = ret_tag->role != HTML_UNKNOWN;
    // Cut off in the middle of a tag: the rest is not for reading.
    if (r->at > r->last_greater)
        return is_known ? left : 0;
    if (!is_known && r->kind == PLAINTEXT_GUESS)
        return 0;
    return html_tag_parse(r->at, left, ret_tag);
}

// At '<'. Takes a tag, a comment or a lone '<'.
static void read_markup(struct reader *r) {
    struct html_tag tag;
    size_t length = markup_length(r, &tag);
    if (length == 0) {
        put(r->writer, "<", 1);
        r->at++;
        return;
    }
    r->at += length;
    r->tag_count++;
    if (tag.role == HTML_BREAK)
        r->writer->is_blank_due = true;
    if (tag.role == HTML_HIDDEN && !tag.is_end && !tag.is_empty)
        skip_element(r, tag.name, tag.name_size);
}

static void read_special(struct reader *r) {
    unsigned char c = (unsigned char)*r->at;
    if (c == ' ' || c == '\n') {
        r->writer->is_blank_due = true;
        r->at++;
    } else if (c == '<' && r->kind != PLAINTEXT_TEXT) {
        read_markup(r);
    } else if (c == '&' && r->kind != PLAINTEXT_TEXT) {
        read_reference(r);
    } else {
        size_t length;
        uint32_t code = utf8_get(r->at, &length);
        put_code(r->writer, code);
        r->at += length;
    }
}

// The common case, byte by byte: words and the single spaces between them.
static void copy_words(struct reader *r) {
    struct writer *w = r->writer;
    if ((size_t)(r->end - r->at) >= w->max - w->used) {
        const char *run = r->at;
        while (r->at < r->end && !IS_SPECIAL[(unsigned char)*r->at])
            r->at++;
        put(w, run, (size_t)(r->at - run));
        return;
    }
    // Locals, for writing through out may change anything reached by a pointer.
    const char *at = r->at, *const end = r->end;
    char *const first = w->out, *out = first + w->used;
    if (w->is_blank_due && out > first && !IS_SPECIAL[(unsigned char)*at])
        *out++ = ' ';
    if (!IS_SPECIAL[(unsigned char)*at])
        w->is_blank_due = false;
    while (true) {
        while (at < end && !IS_SPECIAL[(unsigned char)*at])
            *out++ = *at++;
        // A single blank between two words is copied like them.
        bool is_between = end - at > 1 && *at == ' ' && !IS_SPECIAL[(unsigned char)at[1]];
        if (!is_between || out == first)
            break;
        *out++ = *at++;
    }
    w->used = (size_t)(out - first);
    r->at = at;
}

// Does the text look like markup: an end tag, or one of those that break a line?
static bool has_tags(const char *text, size_t size) {
    const char *end = text + size;
    for (const char *at = text; (at = memchr(at, '<', (size_t)(end - at))); at++) {
        struct html_tag tag;
        size_t length = html_tag_parse_name(at, (size_t)(end - at), &tag);
        bool is_tag = length > 0 && at + length < end && strchr(" />", at[length]);
        if (is_tag && tag.role != HTML_UNKNOWN && (tag.is_end || tag.role == HTML_BREAK))
            return true;
    }
    return false;
}

// One pass. *ret_tag_count: tags met.
static size_t read_all(const char *in, size_t size, enum plaintext_kind kind, struct writer *writer,
                       size_t *ret_tag_count) {
    struct reader reader = {.at = in, .end = in + size, .kind = kind, .writer = writer};
    reader.last_greater = memrchr(in, '>', size);
    while (reader.at < reader.end && !writer->is_full) {
        copy_words(&reader);
        if (reader.at < reader.end)
            read_special(&reader);
    }
    *ret_tag_count = reader.tag_count;
    return writer->used;
}

size_t plaintext(const char *in, size_t size, enum plaintext_kind kind, char *out, size_t max) {
    struct writer first = {.out = out, .max = max}, second = {.out = out, .max = max};
    size_t tag_count;
    size = read_all(in, size, kind, &first, &tag_count);
    if (kind != PLAINTEXT_TEXT && tag_count == 0 && has_tags(out, size))
        size = read_all(out, size, PLAINTEXT_GUESS, &second, &tag_count);
    return size;
}
