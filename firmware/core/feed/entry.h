// SPDX-License-Identifier: MIT
//
// entry.h - the fields of one item, gathered in the order they come, to the story they make.
//
// Knows which field wins when several say the same, what kind of text each holds, and how links
// and identity are found. Knows nothing of XML or JSON: both readers put their fields here.

#ifndef CORE_ENTRY_H
#define CORE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text/arena.h"
#include "core/text/buffer.h"
#include "core/feed/feed_tag.h"
#include "wirebell/limits.h"
#include "wirebell/story.h"

/**
 * struct entry_field - one field as found; all borrowed
 * @tag:   what it is
 * @attrs: attributes by enum feed_attr, NULL where there is none
 * @text:  content, terminated, well-formed UTF-8, references of XML decoded
 * @size:  its length
 */
struct entry_field {
    enum feed_tag tag;
    const char *attrs[ATTR_COUNT];
    const char *text;
    size_t size;
};

/**
 * struct entry_slot - the best candidate so far for one part of the story
 * @text: its text; owned
 * @rank: the smaller the better; ENTRY_NO_RANK = none yet
 * @kind: how the text is to be read, enum plaintext_kind
 */
struct entry_slot {
    struct buffer text;
    unsigned rank;
    int kind;
};

#define ENTRY_NO_RANK 0xFFFFFFFFu

/**
 * struct entry - an item being gathered; only entry.c touches the members
 * @base:      base URL of the item, "" = unknown
 * @category:  category after category, separated by '\n'
 */
struct entry {
    struct entry_slot title, link, id, author, content, summary;
    struct buffer category;
    bool is_id_link; // the id may stand for a missing link
    int64_t published_s;
    unsigned published_rank;
    char base[LIMIT_URL_MAX];
};

// Makes an entry with nothing in it.
void entry_init(struct entry *entry);

// Frees what it owns.
void entry_done(struct entry *entry);

/**
 * entry_begin() - start on a new item; memory of the last one is used again
 * @base: base URL its links are relative to, "" = unknown; copied
 */
void entry_begin(struct entry *entry, const char *base);

// Adds a field. Out of memory shows in entry_finish().
void entry_put(struct entry *entry, const struct entry_field *field);

/**
 * entry_finish() - make the story
 * @entry: is used up; next comes entry_begin()
 * @arena: where the strings go
 * @ret:   written only on success
 *
 * Return: 0, -ENOMEM, or -ENOSPC when the arena gave nothing more.
 */
int entry_finish(struct entry *entry, struct arena *arena, struct story *ret);

#endif
