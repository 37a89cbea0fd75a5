// SPDX-License-Identifier: MIT
//
// words.h - the words of a text, one after the other, folded.
//
// An ASCII word costs a table look-up a byte; only a word with another byte in it goes through
// the Unicode library. What stands between two words is not looked at while walking, for nearly
// always nobody asks: words_gap() tells it afterwards.

#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/chars.h"

// Longer words are kept cut: they begin with a prefix, but equal no word of a rule. Real ones end
// far below (a German one of 63 letters made the news).
enum { WORDS_FOLDED_MAX = 128 };

/**
 * struct words - a walk over a text, standing on a word; may be copied, the copy walks on alone
 * @text:   the text; borrowed
 * @end:    its bytes
 * @next:   where the search for the next word begins
 * @start:  first byte of the word
 * @stop:   the byte after its last; ignored characters behind it are not counted
 * @index:  number of the word in the text, from 0
 * @class:  CHAR_LETTER, CHAR_HANGUL or CHAR_SINGLE
 * @is_cut: longer than @folded holds
 * @size:   bytes in @folded, >= 1
 * @folded: the word, folded, and eight zero bytes
 */
struct words {
    const char *text;
    size_t end;
    size_t next;
    size_t start;
    size_t stop;
    uint32_t index;
    enum char_class class;
    bool is_cut;
    size_t size;
    char folded[WORDS_FOLDED_MAX + 8];
};

/**
 * words_begin() - a walk before the first word
 * @text: UTF-8; bytes that are none stand between words
 * @size: bytes. text[size] is looked at: it must be there, and be no letter, digit or mark (the
 *        terminating NUL, the blank or operator behind a phrase)
 */
void words_begin(struct words *words, const char *text, size_t size);

/**
 * words_next() - step onto the next word
 * Return: false when there is none.
 */
bool words_next(struct words *words);

/**
 * enum words_gap - what stands between two words
 * @GAP_NONE:  nothing, or ignored characters: the script changes, or needs no blanks
 * @GAP_BREAK: blanks, or one hyphen
 * @GAP_OTHER: anything else
 */
enum words_gap { GAP_NONE, GAP_BREAK, GAP_OTHER };

enum words_gap words_gap(const char *text, size_t from, size_t to);

#endif
