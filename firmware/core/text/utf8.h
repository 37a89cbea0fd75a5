// SPDX-License-Identifier: MIT
//
// utf8.h - UTF-8 to code points and back, after the Unicode Standard 3.9, table 3-7.

#ifndef CORE_UTF8_H
#define CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xFFFDu

/**
 * utf8_put() - encode one code point
 * @code: any value; a surrogate or a value over U+10FFFF is written as U+FFFD
 * @ret:  room for 4 bytes; not terminated
 *
 * Return: bytes written, 1..4.
 */
size_t utf8_put(uint32_t code, char *ret);

/**
 * utf8_length() - how long is the well-formed character that starts here?
 * @bytes: at least 1 byte
 * @size:  bytes there, >= 1
 *
 * Return: 1..4, or 0 when the bytes are not well-formed UTF-8 (overlong forms, surrogates and
 * values over U+10FFFF are not).
 */
size_t utf8_length(const char *bytes, size_t size);

/**
 * utf8_broken_length() - how many bytes of a broken character belong together
 * @bytes: where utf8_length() said 0
 * @size:  bytes there, >= 1
 *
 * Return: 1..3: the longest start of a well-formed character ("maximal subpart", Unicode 3.9), so
 * that a cut character is replaced once. A surrogate encoded as three bytes counts as one, too.
 */
size_t utf8_broken_length(const char *bytes, size_t size);

/**
 * utf8_get() - decode one character of text known to be well-formed
 * @bytes:      well-formed UTF-8
 * @ret_length: bytes it takes, 1..4
 */
uint32_t utf8_get(const char *bytes, size_t *ret_length);

/**
 * utf8_cut() - the longest whole start of a text that fits
 * @text: well-formed UTF-8
 * @size: its bytes
 * @max:  bytes that fit
 *
 * Return: at most @max, never in the middle of a character.
 */
size_t utf8_cut(const char *text, size_t size, size_t max);

// How many bytes of ASCII a text begins with.
size_t utf8_ascii_length(const char *text, size_t size);

// How many bytes of well-formed characters beyond ASCII a text begins with.
size_t utf8_wide_length(const char *text, size_t size);

/**
 * utf8_is_unseen() - does a character only change how others are shown?
 *
 * Controls of a terminal (C0, DEL, C1) and of the writing direction: what they do reaches beyond
 * the text they stand in.
 */
bool utf8_is_unseen(uint32_t code);

// Is it one of the 66 code points that are for a program's own use, and in no text?
bool utf8_is_noncharacter(uint32_t code);

/**
 * utf8_drop_unseen() - take such characters out
 * @text: well-formed UTF-8, changed in place
 * @size: its bytes
 *
 * Return: bytes left.
 */
size_t utf8_drop_unseen(char *text, size_t size);

/**
 * utf8_screen() - make any bytes fit to be shown to a person
 * @text: terminated, changed in place; may become shorter
 *
 * For whatever leaves for a terminal, a journal or a bus: what is not well-formed is replaced as
 * by utf8_mend(), what is unseen or a noncharacter becomes a blank. A tab stays, and a line end
 * that a blank follows: no text can begin a line of its own.
 */
void utf8_screen(char *text);

/**
 * utf8_mend() - replace what is not well-formed, without moving anything
 * @text: any bytes, changed in place
 * @size: its length
 *
 * Three broken bytes (a surrogate, as JSON libraries make them) become U+FFFD, fewer '?'.
 */
void utf8_mend(char *text, size_t size);

/**
 * utf8_undo_double() - mend text that was encoded twice ("KÃ¼che" for "Küche")
 * @text: well-formed UTF-8, changed in place
 * @size: its bytes
 *
 * UTF-8 taken for ISO-8859-1 and encoded again, a fault of the program that made the feed. It
 * shows: each character stands for one byte, and those bytes are well-formed UTF-8 beyond ASCII. No
 * text a person wrote does that.
 *
 * Return: the size now; @size when the text is no such.
 */
size_t utf8_undo_double(char *text, size_t size);

#endif
