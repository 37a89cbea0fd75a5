// SPDX-License-Identifier: MIT
//
// markup.h - one tag of XML or HTML, cut in its parts, however badly it is written.

#ifndef CORE_MARKUP_H
#define CORE_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

// More attributes than any element of a feed has; the rest of them is passed over, in linear time.
#define MARKUP_ATTRS_MAX 24

// The tag does not end within the bytes given.
#define MARKUP_UNFINISHED ((size_t)-1)

struct markup_attr {
    const char *name;
    size_t name_size;
    const char *value; // references not yet decoded
    size_t value_size;
};

/**
 * struct markup_tag - a tag; all pointers borrowed from the text, nothing terminated
 * @prefix:      "dc" of <dc:date>
 * @prefix_size: 0 = none
 * @name:        "date" of <dc:date>
 * @attrs:       in their order; of repeated ones all are there
 * @is_end:      </name>
 * @is_empty:    <name/>
 */
struct markup_tag {
    const char *prefix;
    size_t prefix_size;
    const char *name;
    size_t name_size;
    struct markup_attr attrs[MARKUP_ATTRS_MAX];
    size_t attr_count;
    bool is_end;
    bool is_empty;
};

/**
 * markup_parse_tag() - read a start, end or empty tag
 * @text: starts with '<'
 * @size: bytes there, >= 1
 * @ret:  on MARKUP_UNFINISHED what was read so far, on 0 garbage
 *
 * Understands values without quotes and without value; a quote that is not closed before the next
 * '<' ends at '>'. An end tag may lack its '>'.
 *
 * Return: bytes the tag takes; 0 when this '<' starts no tag; MARKUP_UNFINISHED.
 */
size_t markup_parse_tag(const char *text, size_t size, struct markup_tag *ret);

#endif
