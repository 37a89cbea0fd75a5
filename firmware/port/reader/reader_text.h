// SPDX-License-Identifier: MIT
//
// reader_text.h - texts that go over a bus: UTF-8 without noncharacters, and nothing unseen.
//
// sd-bus ends a connection over one string it does not like, and it dislikes valid UTF-8 too: the
// noncharacters U+FDD0..U+FDEF, U+xxFFFE and U+xxFFFF. What core/text/utf8.h calls unseen does not
// go, for whoever prints a text that came over a bus may forget that a stranger wrote it. Line ends
// do: they stand between categories.

#ifndef PORT_READER_TEXT_H
#define PORT_READER_TEXT_H

#include <stddef.h>

#include "core/text/arena.h"

/**
 * reader_text_clean() - how much of a text can go as it is
 * @text: any bytes
 * @size: how many
 * @max:  cap, bytes
 *
 * Return: 0..@max, never in the middle of a character.
 */
size_t reader_text_clean(const char *text, size_t size, size_t max);

/**
 * reader_text_mend() - a text that can go
 * @arena: owns the copy, if one is made
 * @text:  any bytes, terminated
 * @max:   cap, bytes
 *
 * Return: @text itself where it can go as it is; else a copy, cut at @max, U+FFFD for what is bad,
 * a blank for what is unseen; NULL when memory or the arena's cap is reached.
 */
const char *reader_text_mend(struct arena *arena, const char *text, size_t max);

#endif
