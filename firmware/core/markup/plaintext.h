// SPDX-License-Identifier: MIT
//
// plaintext.h - markup to the text a person would read.

#ifndef CORE_PLAINTEXT_H
#define CORE_PLAINTEXT_H

#include <stddef.h>

/**
 * enum plaintext_kind - what the bytes are
 * @PLAINTEXT_TEXT:  text: '<' and '&' are themselves
 * @PLAINTEXT_HTML:  HTML
 * @PLAINTEXT_GUESS: nobody said (RSS): only tags that HTML knows are taken for tags
 */
enum plaintext_kind { PLAINTEXT_TEXT, PLAINTEXT_HTML, PLAINTEXT_GUESS };

/**
 * plaintext() - make plain text
 * @in:   well-formed UTF-8 without NUL
 * @size: its length
 * @kind: how to read it
 * @out:  room for @max bytes, all of which may be used; may be @in
 * @max:  the text is cut there, between characters
 *
 * Tags and comments go, script and style with what is in them. Tags that stand for a break or a
 * box (p, br, td, li...) separate words, others (b, i, a, span...) do not. Character references
 * are decoded; markup that was escaped once too often is read as the markup it was meant to be.
 * Runs of blanks, also no-break and zero-width ones, become one space, none at either end;
 * invisible hyphens and controls go.
 *
 * Return: bytes written; not terminated.
 */
size_t plaintext(const char *in, size_t size, enum plaintext_kind kind, char *out, size_t max);

#endif
