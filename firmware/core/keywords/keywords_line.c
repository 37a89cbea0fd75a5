// SPDX-License-Identifier: MIT
//
// One line of a keywords file: what it is, and who is to read it. A line that is wrong is
// complained of and left out; the next one is read as if it had not been there.

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "core/matcher/chars.h"
#include "core/keywords/keywords_parser.h"
#include "core/text/utf8.h"
#include "wirebell/limits.h"

const struct diag_place *keywords_at(struct keywords_parser *parser, size_t start, size_t size) {
    parser->line.start = start;
    parser->line.size = size;
    return &parser->line;
}

void keywords_wrong(struct keywords_parser *parser, size_t start, size_t size, const char *mend,
                    const char *format, ...) {
    va_list args;
    va_start(args, format);
    diag_addv(parser->diags, DIAG_ERROR, keywords_at(parser, start, size), mend, format, args);
    va_end(args);
}

bool keywords_is_torn(struct keywords_parser *parser, size_t size, size_t *at,
                      struct setting *setting) {
    if (!setting_is_torn(parser->line.source, size, at, setting))
        return false;
    keywords_wrong(parser, setting->start, setting->size, "every=30m, cooldown=30m, lamp=red",
                   "no blanks can stand around the '=' of a setting");
    return true;
}

// Lines that begin so are no rules, whatever follows.
static const struct {
    const char *sign;
    const char *message;
    const char *mend;
} NO_RULES[] = {
    {"http://", "an address, where words to look for are expected", "put it below a line [feeds]"},
    {"https://", "an address, where words to look for are expected", "put it below a line [feeds]"},
    {"//", "this does not begin a comment", "a comment begins with '#'"},
    {"/*", "this does not begin a comment", "a comment begins with '#'"},
    {"--", "this does not begin a comment", "a comment begins with '#'"},
    {";", "this does not begin a comment", "a comment begins with '#'"},
    {"name=", "a setting, where words to look for are expected", "[bulletin name=\"EU cyber\"]"},
    {"lamp=", "a setting, where words to look for are expected", "[bulletin lamp=red]"},
    {"sound=", "a setting, where words to look for are expected", "[bulletin sound=off]"},
    {"cooldown=", "a setting, where words to look for are expected", "[bulletin cooldown=30m]"},
    {"hours=", "a setting, where words to look for are expected", "[bulletin hours=07:00-23:00]"},
};

static bool begins_with(const struct keywords_parser *parser, const char *sign) {
    const char *text = parser->line.source + parser->line.start;
    const size_t size = strlen(sign);
    return parser->line.source_size - parser->line.start >= size && memcmp(text, sign, size) == 0;
}

static int add_rule(struct keywords_parser *parser) {
    const char *first = parser->line.source + parser->line.start;
    for (size_t i = 0; i < sizeof NO_RULES / sizeof NO_RULES[0]; i++) {
        if (*first != *NO_RULES[i].sign || !begins_with(parser, NO_RULES[i].sign))
            continue;
        keywords_wrong(parser, parser->line.start, strlen(NO_RULES[i].sign), NO_RULES[i].mend, "%s",
                       NO_RULES[i].message);
        return 0;
    }
    if (rule_parse(&parser->line, parser->diags, parser->rule) != 0 || parser->is_lost)
        return 0;
    return keywords_keep_rule(parser);
}

static int add_feed(struct keywords_parser *parser) {
    struct keywords_feed_line line;
    const int r = keywords_read_feed(parser, &line);
    return r != 0 || line.url_size == 0 || parser->is_lost ? r : keywords_keep_feed(parser, &line);
}

static int add_selftest(struct keywords_parser *parser) {
    const char *line = parser->line.source;
    const size_t first = parser->line.start;
    const bool should_ring = line[first + 1] != '!';
    size_t at = first + (should_ring ? 1 : 2), end = at;
    struct setting word; // only to find the end of the text, which may be a comment
    for (size_t next = at;
         setting_next(line, parser->line.source_size, &next, &word) != SETTING_END;)
        end = word.start + word.size;
    while (at < end && (line[at] == ' ' || line[at] == '\t'))
        at++;
    if (at == end) {
        keywords_wrong(parser, first, 1, "?  EU condemns cyber attack",
                       "expected a text behind '?' to try the rules of this section on");
        return 0;
    }
    if (parser->is_lost)
        return 0;
    // The line as well, for complaints: the text is the end of it.
    const char *copy = arena_copy(parser->arena, line, end);
    if (!copy)
        return -ENOMEM;
    const struct keywords_selftest test = {
        .text = copy + at,
        .indent = at,
        .should_ring = should_ring,
        .section = parser->section,
        .file = parser->line.file,
        .line = parser->line.line,
    };
    return keywords_keep_selftest(parser, &test);
}

// Would a terminal obey it? Marks of direction are in words of scripts that need them, and stay.
static bool is_steering(uint32_t code) {
    return code >= 0x80 && utf8_is_unseen(code) && code != 0x061C && code != 0x200E &&
           code != 0x200F && code != 0xFEFF;
}

// Bytes that no text has. True when the line is fit to be read.
static bool check_bytes(struct keywords_parser *parser) {
    const char *line = parser->line.source;
    const size_t size = parser->line.source_size;
    size_t at = 0;
    while (at < size && line[at] >= ' ' && line[at] < 0x7F)
        at++;
    for (size_t length; at < size; at += length) {
        const unsigned char c = (unsigned char)line[at];
        length = 1;
        const uint32_t code = c >= 0x80 ? chars_decode(line + at, &length) : c;
        if (code == 0xFFFFFFFF) {
            keywords_wrong(parser, at, 1, "save the file as UTF-8", "byte 0x%02X is no UTF-8", c);
            return false;
        }
        if (is_steering(code)) {
            keywords_wrong(parser, at, length, "delete it",
                           "a character that is not shown (U+%04X) stands here", code);
            return false;
        }
        if ((c < 0x20 && c != '\t') || c == 0x7F) {
            keywords_wrong(parser, at, 1, "delete it", "a control character (0x%02X) stands here",
                           c);
            return false;
        }
    }
    if (size <= LIMIT_LINE_MAX)
        return true;
    keywords_wrong(parser, LIMIT_LINE_MAX, 1, "make it several lines",
                   "a line can have at most %d bytes", LIMIT_LINE_MAX);
    return false;
}

static int read_line(struct keywords_parser *parser) {
    if (!check_bytes(parser))
        return 0;
    const char *line = parser->line.source;
    size_t at = 0;
    for (size_t blank; (blank = setting_blank_at(line, parser->line.source_size, at)) > 0;)
        at += blank;
    if (at >= parser->line.source_size || line[at] == '#')
        return 0;
    parser->line.start = at;
    if (line[at] == '[')
        return keywords_read_head(parser);
    const bool is_feed =
        parser->where == KEYWORDS_IN_FEEDS ||
        (parser->is_lost && (begins_with(parser, "http://") || begins_with(parser, "https://")));
    if (is_feed)
        return add_feed(parser);
    return line[at] == '?' ? add_selftest(parser) : add_rule(parser);
}

int keywords_read_lines(struct keywords_parser *parser, const char *bytes, size_t size) {
    const char *const end = bytes + size;
    while (bytes < end) {
        const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
        const char *stop = newline ? newline : end;
        const char *next = newline ? newline + 1 : end;
        if (stop > bytes && stop[-1] == '\r')
            stop--;
        parser->line.line++;
        parser->line.source = bytes;
        parser->line.source_size = (size_t)(stop - bytes);
        const int r = read_line(parser);
        if (r != 0)
            return r;
        bytes = next;
    }
    return 0;
}
