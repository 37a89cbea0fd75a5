// SPDX-License-Identifier: MIT
//
// json_split.h - a JSON Feed as small JSON documents: one a text said of the feed, one an item.
//
// json-c builds a tree of all it is shown, some hundred bytes for each "{}". So it is never shown
// the document itself, only one item at a time: memory is that of the largest item, a broken item
// costs that item, a feed cut off keeps its whole items. What json-c does not end where it was
// split is not used.

#ifndef CORE_JSON_SPLIT_H
#define CORE_JSON_SPLIT_H

#include <stdbool.h>

#include "core/markup/charset.h"

struct json_object;
struct json_split;

/**
 * struct json_piece - one small document
 * @key:   the member of the feed this is: "title"; "items" = one of its items
 * @value: a string, or an object when it is an item; NULL = an item that cannot be read. Borrowed,
 *         holds until the next json_split_next()
 */
struct json_piece {
    const char *key;
    struct json_object *value;
};

/**
 * struct json_split_report - what was seen of the document
 * @has_items: the top object has an array of items
 * @is_cut:    the document ends, or its brackets do not match, before the top object is closed
 */
struct json_split_report {
    bool has_items;
    bool is_cut;
};

/**
 * json_split_new() - start on a text
 * @text: borrowed, must outlive this
 * @keys: members of the top object that are wanted when they are strings, NULL behind the last;
 *        borrowed, must outlive this
 * @ret:  owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int json_split_new(struct charset *text, const char *const *keys, struct json_split **ret);

// NULL is fine. Returns NULL.
struct json_split *json_split_free(struct json_split *split);

/**
 * json_split_next() - make the next piece
 *
 * A string longer than LIMIT_FIELD_MAX loses its end before json-c sees it, never inside an escape
 * or a character. An item of more than LIMIT_JSON_VALUES values, or deeper than LIMIT_DEPTH, cannot
 * be read.
 *
 * Return: 1 and *ret_piece; 0 at the end of the text; -ENOMEM.
 */
int json_split_next(struct json_split *split, struct json_piece *ret_piece);

// True to its name only after json_split_next() returned 0.
struct json_split_report json_split_report(const struct json_split *split);

#endif
