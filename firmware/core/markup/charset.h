// SPDX-License-Identifier: MIT
//
// charset.h - the bytes of a document, in whatever charset, as a stream of clean UTF-8.
//
// Clean: well-formed, without NUL and other C0 controls but tab, CR and LF, and without U+FEFF at
// the start. A body that is clean already (nearly all are) is not copied: the window is the body.
// Any other is decoded through a small buffer, so that memory does not grow with the body.

#ifndef CORE_CHARSET_H
#define CORE_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#include "wirebell/limits.h"

// Bytes of text that can be looked at in one piece.
#define CHARSET_LOOK_AHEAD LIMIT_TAG_MAX

struct charset;

/**
 * struct charset_window - the text not yet taken
 * @at:     next byte; whoever takes bytes moves it forward
 * @end:    behind the last byte that is there; never in the middle of a character
 * @is_all: nothing more comes behind @end
 */
struct charset_window {
    const char *at;
    const char *end;
    bool is_all;
};

/**
 * charset_open() - find out the charset and get ready to decode
 * @bytes:        the body; borrowed until charset_close()
 * @size:         its length
 * @content_type: HTTP Content-Type, "" = none
 * @ret:          owned; written only on success
 *
 * In the order RFC 7303 section 3 gives: byte-order mark, charset parameter, XML declaration; then
 * a guess: UTF-8 where the bytes are UTF-8, else windows-1252. Labels mean what the WHATWG
 * Encoding Standard says browsers take them for (ISO-8859-1 is windows-1252). A declaration that
 * cannot be true does not count: an 8-bit charset over bytes that all are well-formed UTF-8, or
 * UTF-16 over a declaration readable as ASCII.
 *
 * Return: 0 or -ENOMEM.
 */
int charset_open(const char *bytes, size_t size, const char *content_type, struct charset **ret);

// NULL is fine. Returns NULL.
struct charset *charset_close(struct charset *charset);

/**
 * charset_window() - the window of this stream; borrowed, the same for its whole life
 */
struct charset_window *charset_window(struct charset *charset);

/**
 * charset_more() - make sure that bytes are there to look at
 * @charset: moves what is left in its window, so pointers into it do not hold beyond this call
 * @need:    bytes wanted, at most CHARSET_LOOK_AHEAD
 *
 * Return: true when @need bytes are there; false when the text ends before (what is left is all).
 */
bool charset_more(struct charset *charset, size_t need);

// Name of the charset decoded from, as iconv or the standard calls it: "UTF-8", "CP932".
const char *charset_name(const struct charset *charset);

#endif
