// SPDX-License-Identifier: MIT
//
// lexer.h - the text of a document, cut into tags and what stands between them.
//
// Comments and processing instructions are passed over, a DOCTYPE is taken for its entities.
// Nothing is an error: what cannot be markup is text.

#ifndef CORE_LEXER_H
#define CORE_LEXER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/markup/charset.h"
#include "core/markup/dtd.h"
#include "core/markup/markup.h"

enum token_kind {
    TOKEN_END,   // of the text
    TOKEN_TEXT,  // references not decoded; '<' only as first byte
    TOKEN_CDATA, // content of a CDATA section, or a part of it
    TOKEN_TAG
};

/**
 * struct token - one piece; borrowed, holds until the next lexer_next()
 * @kind: what it is
 * @text: of TEXT and CDATA; a run of text may come in several pieces, never cut inside a reference
 * @size: its length
 * @tag:  of TAG; its bytes are @text and @size, too
 */
struct token {
    enum token_kind kind;
    const char *text;
    size_t size;
    struct markup_tag tag;
};

/**
 * struct lexer - where we are; only lexer.c touches the members
 * @text:         decoded text; borrowed
 * @in:           its window
 * @dtd:          entities are added here; borrowed
 * @is_in_cdata:  the next token is more of a CDATA section
 * @lost_comment: no "-->" in the rest: no use to search again
 * @lost_cdata:   no "]]>" in the rest
 * @has_doctype:  there was one; a second is nothing
 */
struct lexer {
    struct charset *text;
    struct charset_window *in;
    struct dtd *dtd;
    bool is_in_cdata;
    bool lost_comment;
    bool lost_cdata;
    bool has_doctype;
};

void lexer_init(struct lexer *lexer, struct charset *text, struct dtd *dtd);

// Takes the next token; after TOKEN_END again TOKEN_END.
void lexer_next(struct lexer *lexer, struct token *ret);

/**
 * lexer_rest() - what comes behind the last token, when all of it is there to be seen
 * @ret_size: bytes; written only on success
 *
 * Return: borrowed; NULL when the document is decoded piece by piece.
 */
const char *lexer_rest(const struct lexer *lexer, size_t *ret_size);

// Goes on at @at, which is inside of what lexer_rest() gave.
void lexer_skip_to(struct lexer *lexer, const char *at);

#endif
