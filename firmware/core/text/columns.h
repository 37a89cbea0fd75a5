// SPDX-License-Identifier: MIT
//
// columns.h - how wide a text is on a terminal, and what of it must not get there.

#ifndef CORE_COLUMNS_H
#define CORE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * columns_next() - the character a text begins with
 * @text:         not empty
 * @ret_columns:  those it takes; 1 with @ret_is_unseen
 * @ret_is_unseen: a sign or blank has to stand for it: a terminal would obey it, or it is none
 *
 * Return: its bytes.
 */
size_t columns_next(const char *text, size_t *ret_columns, bool *ret_is_unseen);

#endif
