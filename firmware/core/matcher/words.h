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
#include <string.h>

#include "core/matcher/chars.h"

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

// words_next() for all that is not ASCII, or the end: goes on at @at, where no ASCII word was
// ended.
bool words_next_slowly(struct words *words, size_t at);

/**
 * words_next() - step onto the next word
 *
 * In a long text nearly everything is spent here, so the common case, an ASCII word with ASCII on
 * both sides, is written out: four letters a turn, and nothing is looked at twice.
 *
 * Return: false when there is none.
 */
static inline bool words_next(struct words *words) {
    const unsigned char *text = (const unsigned char *)words->text;
    size_t at = words->next;
    while (!CHARS_FOLDED[text[at]]) {
        if (text[at] >= 0x80 || at >= words->end)
            return words_next_slowly(words, at);
        at++;
    }
    if (at >= words->end)
        return words_next_slowly(words, at);
    const unsigned char *letter = text + at;
    unsigned char *out = (unsigned char *)words->folded;
    unsigned char *const out_end = out + WORDS_FOLDED_MAX - 4;
    for (; out < out_end; letter += 4, out += 4) {
        if (!(out[0] = CHARS_FOLDED[letter[0]]))
            break;
        if (!(out[1] = CHARS_FOLDED[letter[1]])) {
            letter += 1, out += 1;
            break;
        }
        if (!(out[2] = CHARS_FOLDED[letter[2]])) {
            letter += 2, out += 2;
            break;
        }
        if (!(out[3] = CHARS_FOLDED[letter[3]])) {
            letter += 3, out += 3;
            break;
        }
    }
    if (out >= out_end || *letter >= 0x80)
        return words_next_slowly(words, at);
    memset(out, 0, 8);
    words->start = at;
    words->stop = words->next = (size_t)(letter - text);
    words->size = words->stop - at;
    words->class = CHAR_LETTER;
    words->is_cut = false;
    words->index++;
    return true;
}

/**
 * enum words_gap - what stands between two words
 * @GAP_NONE:  nothing, or ignored characters: the script changes, or needs no blanks
 * @GAP_BREAK: blanks, or one hyphen
 * @GAP_OTHER: anything else
 */
enum words_gap { GAP_NONE, GAP_BREAK, GAP_OTHER };

enum words_gap words_gap(const char *text, size_t from, size_t to);

#endif
