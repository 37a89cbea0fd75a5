// SPDX-License-Identifier: MIT

#include "core/markup/html_tag.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "core/text/ascii.h"

struct element {
    char name[sizeof "blockquote"];
    uint8_t role; // enum html_role
};

// Sorted by name. Elements of HTML 4 and the HTML Standard; which of them break a line follows
// the Standard's chapter on rendering (15.3), images and form fields added: they stand between
// words as well.
static const struct element ELEMENTS[] = {
    {"a", HTML_INLINE},       {"abbr", HTML_INLINE},      {"acronym", HTML_INLINE},
    {"address", HTML_BREAK},  {"area", HTML_INLINE},      {"article", HTML_BREAK},
    {"aside", HTML_BREAK},    {"audio", HTML_BREAK},      {"b", HTML_INLINE},
    {"bdi", HTML_INLINE},     {"bdo", HTML_INLINE},       {"big", HTML_INLINE},
    {"blink", HTML_INLINE},   {"blockquote", HTML_BREAK}, {"body", HTML_BREAK},
    {"br", HTML_BREAK},       {"button", HTML_BREAK},     {"canvas", HTML_BREAK},
    {"caption", HTML_BREAK},  {"center", HTML_BREAK},     {"cite", HTML_INLINE},
    {"code", HTML_INLINE},    {"col", HTML_BREAK},        {"colgroup", HTML_BREAK},
    {"data", HTML_INLINE},    {"dd", HTML_BREAK},         {"del", HTML_INLINE},
    {"details", HTML_BREAK},  {"dfn", HTML_INLINE},       {"dialog", HTML_BREAK},
    {"dir", HTML_BREAK},      {"div", HTML_BREAK},        {"dl", HTML_BREAK},
    {"dt", HTML_BREAK},       {"em", HTML_INLINE},        {"embed", HTML_BREAK},
    {"fieldset", HTML_BREAK}, {"figcaption", HTML_BREAK}, {"figure", HTML_BREAK},
    {"font", HTML_INLINE},    {"footer", HTML_BREAK},     {"form", HTML_BREAK},
    {"h1", HTML_BREAK},       {"h2", HTML_BREAK},         {"h3", HTML_BREAK},
    {"h4", HTML_BREAK},       {"h5", HTML_BREAK},         {"h6", HTML_BREAK},
    {"head", HTML_BREAK},     {"header", HTML_BREAK},     {"hr", HTML_BREAK},
    {"html", HTML_BREAK},     {"i", HTML_INLINE},         {"iframe", HTML_BREAK},
    {"img", HTML_BREAK},      {"input", HTML_BREAK},      {"ins", HTML_INLINE},
    {"kbd", HTML_INLINE},     {"label", HTML_INLINE},     {"legend", HTML_BREAK},
    {"li", HTML_BREAK},       {"link", HTML_INLINE},      {"main", HTML_BREAK},
    {"map", HTML_INLINE},     {"mark", HTML_INLINE},      {"marquee", HTML_BREAK},
    {"menu", HTML_BREAK},     {"meta", HTML_INLINE},      {"nav", HTML_BREAK},
    {"nobr", HTML_INLINE},    {"noscript", HTML_BREAK},   {"object", HTML_BREAK},
    {"ol", HTML_BREAK},       {"optgroup", HTML_BREAK},   {"option", HTML_BREAK},
    {"p", HTML_BREAK},        {"param", HTML_INLINE},     {"picture", HTML_BREAK},
    {"pre", HTML_BREAK},      {"q", HTML_INLINE},         {"rp", HTML_INLINE},
    {"rt", HTML_INLINE},      {"ruby", HTML_INLINE},      {"s", HTML_INLINE},
    {"samp", HTML_INLINE},    {"script", HTML_HIDDEN},    {"section", HTML_BREAK},
    {"select", HTML_BREAK},   {"small", HTML_INLINE},     {"source", HTML_INLINE},
    {"span", HTML_INLINE},    {"strike", HTML_INLINE},    {"strong", HTML_INLINE},
    {"style", HTML_HIDDEN},   {"sub", HTML_INLINE},       {"summary", HTML_BREAK},
    {"sup", HTML_INLINE},     {"svg", HTML_BREAK},        {"table", HTML_BREAK},
    {"tbody", HTML_BREAK},    {"td", HTML_BREAK},         {"template", HTML_HIDDEN},
    {"textarea", HTML_BREAK}, {"tfoot", HTML_BREAK},      {"th", HTML_BREAK},
    {"thead", HTML_BREAK},    {"time", HTML_INLINE},      {"title", HTML_BREAK},
    {"tr", HTML_BREAK},       {"track", HTML_INLINE},     {"tt", HTML_INLINE},
    {"u", HTML_INLINE},       {"ul", HTML_BREAK},         {"var", HTML_INLINE},
    {"video", HTML_BREAK},    {"wbr", HTML_INLINE},
};

// Where in ELEMENTS the names with each letter begin, a to z, and the end of the last. Tags are
// looked up by the thousand, and a binary search over all would cost twice as much.
static const unsigned char BY_LETTER[27] = {
    0,  8,  17, 24, 34, 36, 42,  42,  52,  57,  57,  58,  62,  68,
    71, 75, 79, 80, 83, 98, 111, 113, 115, 116, 116, 116, 116,
};

enum html_role html_role(const char *name, size_t size) {
    char letter = size > 0 ? ascii_lower(name[0]) : '\0';
    if (letter < 'a' || letter > 'z')
        return HTML_UNKNOWN;
    for (size_t i = BY_LETTER[letter - 'a']; i < BY_LETTER[letter - 'a' + 1]; i++)
        if (ascii_compare(name + 1, size - 1, ELEMENTS[i].name + 1) == 0)
            return (enum html_role)ELEMENTS[i].role;
    return HTML_UNKNOWN;
}

static bool is_name_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
           c == '-' || c == '_' || c == '.';
}

// Where the tag ends: behind its '>'. SIZE_MAX when it does not.
static size_t find_end(const char *text, size_t size, size_t from) {
    char quote = '\0';
    for (size_t i = from; i < size; i++) {
        if (quote) {
            if (text[i] == quote)
                quote = '\0';
        } else if (text[i] == '>') {
            return i + 1;
        } else if ((text[i] == '"' || text[i] == '\'') && text[i - 1] == '=') {
            quote = text[i];
        }
    }
    if (!quote)
        return (size_t)-1;
    // A quote that never closes: take the nearest '>' after all.
    const char *close = memchr(text + from, '>', size - from);
    return close ? (size_t)(close - text) + 1 : (size_t)-1;
}

size_t html_tag_parse_name(const char *text, size_t size, struct html_tag *ret) {
    if (size < 2)
        return 0;
    size_t i = 1 + (text[1] == '/');
    if (i >= size || !isalpha((unsigned char)text[i]))
        return 0;
    size_t start = i;
    for (; i < size && is_name_byte(text[i]); i++)
        if (text[i] == ':')
            start = i + 1;
    *ret =
        (struct html_tag){.name = text + start, .name_size = i - start, .is_end = text[1] == '/'};
    ret->role = html_role(ret->name, ret->name_size);
    if (ret->role != HTML_UNKNOWN)
        return i;
    // A prefix or a hyphen: an element somebody made up (o:p, amp-img), and no mere word.
    if (start > 1 + (size_t)ret->is_end || memchr(ret->name, '-', ret->name_size))
        ret->role = HTML_INLINE;
    return i;
}

size_t html_tag_parse(const char *text, size_t size, struct html_tag *ret) {
    size_t name_end = html_tag_parse_name(text, size, ret);
    if (name_end == 0)
        return 0;
    size_t end = find_end(text, size, name_end);
    if (end == (size_t)-1)
        return 0;
    ret->is_empty = end >= 2 && text[end - 2] == '/';
    return end;
}
