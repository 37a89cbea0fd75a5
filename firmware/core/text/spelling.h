// SPDX-License-Identifier: MIT
//
// spelling.h - which of the words there are somebody may have meant who typed another.

#ifndef CORE_SPELLING_H
#define CORE_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

// What @least begins with: further away than two letters is another word.
enum { SPELLING_FAR = 3 };

/**
 * spelling_is_nearer() - is this word nearer to what was typed than the nearest before it?
 * @typed: any text
 * @word:  one of those there are, up to 31 bytes; a longer one is near to nothing
 * @least: letters (bytes) that had to be put in, taken out or changed for the nearest so far;
 *         SPELLING_FAR before the first. Written when the answer is yes
 *
 * A word of which nothing would be left is not meant. The first of two equally near ones stays.
 */
bool spelling_is_nearer(const char *typed, const char *word, size_t *least);

#endif
