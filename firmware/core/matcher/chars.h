// SPDX-License-Identifier: MIT
//
// chars.h - what a character is to the matcher: part of a word, or what stands between words.
//
// Where a word begins and ends follows its script. Scripts that write blanks have words as long
// as they are written; Han, Kana, Thai, Lao, Khmer and Myanmar do not, so each of their characters
// is a word by itself and matches inside text; so is a symbol like an emoji. Hangul has words
// whose ends take particles, and is kept apart from other scripts: NATO가 is NATO and 가.

#ifndef CORE_CHARS_H
#define CORE_CHARS_H

#include <stddef.h>
#include <stdint.h>

enum char_class {
    CHAR_OTHER,      // punctuation, controls, ASCII symbols, bytes that are no UTF-8
    CHAR_BLANK,      // any blank, also the no-break ones and U+200B
    CHAR_HYPHEN,     // any hyphen, also the en dash between words
    CHAR_APOSTROPHE, // any apostrophe, also a single quote
    CHAR_IGNORED,    // soft hyphen, joiners, direction marks: as if they were not there
    CHAR_MARK,       // combining mark: belongs to the character before it
    CHAR_LETTER,     // letter or digit of a script that writes blanks
    CHAR_HANGUL,     // Hangul syllable or jamo
    CHAR_SINGLE      // a word by itself
};

// For each byte: the folded letter or digit, where it is an ASCII one; else 0.
extern const unsigned char CHARS_FOLDED[256];

/**
 * chars_decode() - the character at @text
 * @text:       UTF-8, with a NUL or another byte that ends a sequence after the last character
 * @ret_length: its bytes, 1..4
 *
 * Return: the code point; 0xFFFFFFFF, one byte long, for a byte that begins no valid sequence.
 */
uint32_t chars_decode(const char *text, size_t *ret_length);

enum char_class chars_class(uint32_t code_point);

#endif
