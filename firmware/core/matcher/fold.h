// SPDX-License-Identifier: MIT
//
// fold.h - the form in which two spellings of a word are the same bytes.
//
// Compatibility forms are folded (NFKC), then letter case, then accents are taken off: only U+0300
// to U+036F, which are the accents of Latin, Greek and Cyrillic. Marks of other scripts stay, for
// there they are vowels and change the word. Soft hyphens, joiners and direction marks go.
// Homoglyphs are not folded: a Cyrillic А is no Latin A.

#ifndef CORE_FOLD_H
#define CORE_FOLD_H

#include <stddef.h>

/**
 * fold_word() - fold one word
 * @text:     UTF-8
 * @size:     bytes
 * @max:      size of @ret
 * @ret:      folded UTF-8, not terminated
 * @ret_size: bytes written; 0 for a word of nothing but ignored characters
 *
 * Return: 0; FOLD_CUT when @ret is too small: then it holds the beginning, cut at a whole
 * character.
 */
int fold_word(const char *text, size_t size, size_t max, char *ret, size_t *ret_size);

enum fold_result { FOLD_CUT = 1 };

/**
 * fold_exactly() - the form in which text looks the same, letter case and accents kept
 * @text:     UTF-8
 * @size:     bytes
 * @max:      size of @ret
 * @ret:      canonical composition (NFC) without ignored characters; a run of blanks is one ' ',
 *            any hyphen '-', any apostrophe '\''; not terminated
 * @ret_size: bytes written
 *
 * Return: 0; FOLD_CUT when @ret is too small.
 */
int fold_exactly(const char *text, size_t size, size_t max, char *ret, size_t *ret_size);

#endif
