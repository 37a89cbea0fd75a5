// SPDX-License-Identifier: MIT
//
// html_tag.h - one HTML tag: its name and what the element does to the text around it.

#ifndef CORE_HTML_TAG_H
#define CORE_HTML_TAG_H

#include <stdbool.h>
#include <stddef.h>

/**
 * enum html_role - what an element does to the text around it
 * @HTML_UNKNOWN: no element of HTML
 * @HTML_INLINE:  nothing: "un<b>believ</b>able" is one word
 * @HTML_BREAK:   separates words: a box, a line break, an image
 * @HTML_HIDDEN:  its content is not for reading: script, style
 */
enum html_role { HTML_UNKNOWN, HTML_INLINE, HTML_BREAK, HTML_HIDDEN };

/**
 * struct html_tag - a tag as found
 * @name:      without prefix; borrowed from the text, not terminated
 * @name_size: its length
 * @role:      of the element
 * @is_end:    </name>
 * @is_empty:  <name/>
 */
struct html_tag {
    const char *name;
    size_t name_size;
    enum html_role role;
    bool is_end;
    bool is_empty;
};

/**
 * html_tag_parse_name() - read the start of a start or end tag
 * @text: starts with '<'
 * @size: bytes there, >= 1
 * @ret:  written only on success; is_empty is not known yet
 *
 * Return: bytes up to the end of the name; 0 when this is no tag.
 */
size_t html_tag_parse_name(const char *text, size_t size, struct html_tag *ret);

/**
 * html_tag_parse() - read a start or end tag
 * @text: starts with '<'
 * @size: bytes there, >= 1
 * @ret:  written only on success
 *
 * A '>' inside quotes does not end a tag, unless the quotes do not end.
 *
 * Return: bytes it takes; 0 when this is no tag, which, where it has a name, means that there is no
 * '>' in all the text.
 */
size_t html_tag_parse(const char *text, size_t size, struct html_tag *ret);

// What the element of that name (letter case does not matter) does.
enum html_role html_role(const char *name, size_t size);

#endif
