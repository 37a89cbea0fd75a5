// SPDX-License-Identifier: MIT

#include "core/markup/markup.h"

#include <string.h>

struct scan {
    const char *at;
    const char *end;
};

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_name_byte(char c) {
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static void skip_blanks(struct scan *s) {
    while (s->at < s->end && is_blank(*s->at))
        s->at++;
}

static void parse_name(struct scan *s, struct markup_tag *tag) {
    tag->name = s->at;
    while (s->at < s->end && (is_name_byte(*s->at) || *s->at == ':')) {
        if (*s->at == ':' && tag->prefix_size == 0) {
            tag->prefix = tag->name;
            tag->prefix_size = (size_t)(s->at - tag->name);
            tag->name = s->at + 1;
        }
        s->at++;
    }
    tag->name_size = (size_t)(s->at - tag->name);
}

static bool ends_attr_name(char c) {
    return c == '=' || c == '>' || c == '<' || c == '/';
}

// Behind '='. False when the text ends before the value does.
static bool parse_value(struct scan *s, struct markup_attr *attr) {
    skip_blanks(s);
    if (s->at == s->end)
        return false;
    char quote = *s->at;
    size_t left = (size_t)(s->end - s->at);
    if (quote == '"' || quote == '\'') {
        const char *close = memchr(s->at + 1, quote, left - 1);
        size_t span = close ? (size_t)(close - s->at - 1) : left - 1;
        bool is_run_away = memchr(s->at + 1, '<', span) != NULL;
        if (!close && !is_run_away)
            return false;
        attr->value = ++s->at;
        if (is_run_away) {
            const char *greater = memchr(s->at, '>', left - 1);
            if (!greater)
                return false;
            attr->value_size = (size_t)(greater - s->at);
            s->at = greater;
            return true;
        }
        attr->value_size = span;
        s->at = close + 1;
        return true;
    }
    attr->value = s->at;
    while (s->at < s->end && !is_blank(*s->at) && *s->at != '>')
        s->at++;
    attr->value_size = (size_t)(s->at - attr->value);
    if (attr->value_size > 0 && s->at < s->end && s->at[-1] == '/') {
        s->at--; // <link href=a/> : the slash ends the tag
        attr->value_size--;
    }
    return s->at < s->end;
}

// At the first byte of a name. False when the text ends first.
static bool parse_attr(struct scan *s, struct markup_tag *tag) {
    struct markup_attr attr = {.name = s->at};
    while (s->at < s->end && !is_blank(*s->at) && !ends_attr_name(*s->at))
        s->at++;
    attr.name_size = (size_t)(s->at - attr.name);
    if (attr.name_size == 0 && *s->at != '=') {
        s->at++; // a stray slash or the like
        return true;
    }
    skip_blanks(s);
    if (s->at < s->end && *s->at == '=') {
        s->at++;
        if (!parse_value(s, &attr))
            return false;
    }
    if (tag->attr_count < MARKUP_ATTRS_MAX && attr.value)
        tag->attrs[tag->attr_count++] = attr;
    return s->at < s->end;
}

size_t markup_parse_tag(const char *text, size_t size, struct markup_tag *ret) {
    struct scan s = {.at = text + 1, .end = text + size};
    ret->prefix = "";
    ret->prefix_size = 0;
    ret->attr_count = 0;
    ret->is_empty = false;
    ret->is_end = s.at < s.end && *s.at == '/';
    s.at += ret->is_end;
    if (s.at == s.end || !is_name_start(*s.at))
        return 0;
    parse_name(&s, ret);
    while (true) {
        skip_blanks(&s);
        if (s.at == s.end)
            return MARKUP_UNFINISHED;
        if (*s.at == '>')
            return (size_t)(s.at + 1 - text);
        if (*s.at == '<')
            return ret->is_end ? (size_t)(s.at - text) : 0;
        if (*s.at == '/' && s.at + 1 < s.end && s.at[1] == '>') {
            ret->is_empty = !ret->is_end;
            return (size_t)(s.at + 2 - text);
        }
        if (!parse_attr(&s, ret))
            return MARKUP_UNFINISHED;
    }
}
