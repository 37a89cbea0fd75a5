// SPDX-License-Identifier: MIT
//
// dtd.h - the entities a document defines in its own DOCTYPE (XML 1.0, 4.2.1). External ones are
// never fetched.

#ifndef CORE_DTD_H
#define CORE_DTD_H

#include <stdbool.h>
#include <stddef.h>

struct dtd;

/**
 * dtd_new() - no entities
 * Return: 0 or -ENOMEM; *ret (owned) is written only on success.
 */
int dtd_new(struct dtd **ret);

// NULL is fine. Returns NULL.
struct dtd *dtd_free(struct dtd *dtd);

/**
 * dtd_parse() - take the entities of an internal subset
 * @dtd:  where to
 * @text: what stands between '[' and ']' of a DOCTYPE
 * @size: its length
 *
 * A reference to an entity defined before is replaced in the definition, so that using one never
 * recurses, and a definition that grows too long is dropped: a "billion laughs" is over in
 * linear time.
 */
void dtd_parse(struct dtd *dtd, const char *text, size_t size);

// True while no entity is defined.
bool dtd_is_empty(const struct dtd *dtd);

/**
 * dtd_find() - replacement text of an entity
 * @dtd:      not const: each answer is counted against LIMIT_ENTITY_TOTAL, beyond which there are
 *            none
 * @name:     without '&' and ';', not terminated
 * @size:     its length
 * @ret_size: bytes of the answer; written only when there is one
 *
 * Return: borrowed text in which character references are not yet decoded; NULL when there is no
 * such entity.
 */
const char *dtd_find(struct dtd *dtd, const char *name, size_t size, size_t *ret_size);

#endif
