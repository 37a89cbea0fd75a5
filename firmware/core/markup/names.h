// SPDX-License-Identifier: MIT
//
// names.h - which namespace an element's prefix stands for.
//
// Prefixes are bound from where they are declared to the end of the item, or of the document: feeds
// declare them once, and scopes inside an item cost more than they tell. Only a default namespace
// on an inner element is kept to that element, for "<site xmlns=...>" in the middle of RSS is
// common.

#ifndef CORE_NAMES_H
#define CORE_NAMES_H

#include <stddef.h>

#include "core/feed/feed_tag.h"
#include "core/markup/markup.h"

// More prefixes than any feed declares; the rest keep the meaning they usually have.
#define NAMES_MAX 40

struct names {
    struct {
        char prefix[24];
        enum feed_ns ns;
    } bindings[NAMES_MAX];
    size_t count;
};

#define NAMES_NULL ((struct names){.count = 0})

/**
 * names_resolve() - the element a tag is, its own declarations taken in first
 * @names: bindings so far
 * @tag:   start or end tag
 */
enum feed_tag names_resolve(struct names *names, const struct markup_tag *tag);

#endif
