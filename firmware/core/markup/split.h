// SPDX-License-Identifier: MIT
//
// split.h - where an item of a feed ends, without reading it.
//
// A feed that is asked for again holds mostly what it held before. An item whose bytes were read
// before need not be read again: finding its end and hashing it costs two instructions a byte,
// reading it fifty times that.
//
// The splitter knows nothing but '<', CDATA sections and the item's own name, and where that may
// not be enough it says so: then the item is read like any other. Whether it was right is checked
// each time an item is read: only where reading ended at the same byte the item gets a hash.

#ifndef CORE_SPLIT_H
#define CORE_SPLIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * split_item() - length of an item
 * @text: starts with the '<' of its start tag
 * @size: bytes there: all the rest of the document
 *
 * Return: bytes up to behind its end tag; 0 when that cannot be told: a comment or another item
 * inside, a CDATA section without end, no end tag.
 */
size_t split_item(const char *text, size_t size);

/**
 * split_is_known() - is the hash in the list?
 * @hashes: in ascending order
 * @count:  how many
 */
bool split_is_known(const uint64_t *hashes, size_t count, uint64_t hash);

#endif
