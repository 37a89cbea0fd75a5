// SPDX-License-Identifier: MIT
//
// Whatever starts a construct without ending it ("<!--" without "-->") is not allowed to swallow
// the rest of the feed where that can be seen: then its start is passed over and what follows is
// read as usual.

#include "core/markup/lexer.h"

#include <ctype.h>
#include <string.h>

#include "core/text/ascii.h"
#include "core/markup/entity.h"

void lexer_init(struct lexer *lexer, struct charset *text, struct dtd *dtd) {
    *lexer = (struct lexer){.text = text, .in = charset_window(text), .dtd = dtd};
}

static size_t left(const struct lexer *lexer) {
    return (size_t)(lexer->in->end - lexer->in->at);
}

static bool starts_with(const struct lexer *lexer, const char *start) {
    return ascii_starts_with(lexer->in->at, left(lexer), start);
}

// memmem() for marks whose first byte is rare, so that memchr() does nearly all of the way.
static const char *find(const char *text, size_t size, const char *mark) {
    size_t length = strlen(mark);
    const char *end = text + size;
    while ((size_t)(end - text) >= length) {
        text = memchr(text, mark[0], (size_t)(end - text) - (length - 1));
        if (!text || memcmp(text, mark, length) == 0)
            return text;
        text++;
    }
    return NULL;
}

// Moves behind the next @mark. False, and nothing moved, when the rest, seen whole, has none; a
// rest not seen whole is passed over on the way.
static bool skip_past(struct lexer *lexer, const char *mark) {
    struct charset_window *in = lexer->in;
    size_t size = strlen(mark);
    while (true) {
        const char *found = find(in->at, left(lexer), mark);
        if (found) {
            in->at = found + size;
            return true;
        }
        if (in->is_all)
            return false;
        in->at = left(lexer) >= size ? in->end - (size - 1) : in->at;
        (void)charset_more(lexer->text, CHARSET_LOOK_AHEAD);
    }
}

static void take_comment(struct lexer *lexer) {
    lexer->in->at += strlen("<!--");
    if (lexer->lost_comment)
        return;
    lexer->lost_comment = !skip_past(lexer, "-->");
}

// Moves behind the next '>', or over two bytes when it is too far.
static void skip_to_greater(struct lexer *lexer) {
    struct charset_window *in = lexer->in;
    size_t reach = left(lexer) < CHARSET_LOOK_AHEAD ? left(lexer) : CHARSET_LOOK_AHEAD;
    const char *greater = memchr(in->at, '>', reach);
    in->at = greater ? greater + 1 : in->at + 2;
}

// "<!DOCTYPE rss [ <!ENTITY a "b"> ]>". Quotes and comments inside are not followed: the subset
// ends at the first ']' that a '>' follows.
static void take_doctype(struct lexer *lexer) {
    lexer->has_doctype = true;
    struct charset_window *in = lexer->in;
    size_t reach = left(lexer) < CHARSET_LOOK_AHEAD ? left(lexer) : CHARSET_LOOK_AHEAD;
    const char *stop = in->at + reach;
    const char *at = in->at;
    while (at < stop && *at != '>' && *at != '[')
        at++;
    if (at < stop && *at == '[') {
        const char *subset = ++at;
        while (at < stop && *at != ']')
            at++;
        dtd_parse(lexer->dtd, subset, (size_t)(at - subset));
        while (at < stop && *at != '>')
            at++;
    }
    in->at = at < stop ? at + 1 : in->at + 2;
}

// Behind "<![CDATA[". Gives what is there of the section; false when its end is not to be found.
static bool take_cdata(struct lexer *lexer, struct token *ret) {
    struct charset_window *in = lexer->in;
    const char *end = find(in->at, left(lexer), "]]>");
    if (!end && in->is_all) {
        lexer->lost_cdata = true;
        lexer->is_in_cdata = false;
        return false;
    }
    ret->kind = TOKEN_CDATA;
    ret->text = in->at;
    lexer->is_in_cdata = end == NULL;
    const char *stop = end ? end : in->end - 2;
    ret->size = (size_t)(stop - in->at);
    in->at = end ? end + 3 : stop;
    return true;
}

// At '<'. True when it was the start of what is no tag, and is passed over.
static bool take_no_tag(struct lexer *lexer) {
    if (left(lexer) < 3 || (lexer->in->at[1] != '!' && lexer->in->at[1] != '?'))
        return false;
    if (starts_with(lexer, "<![cdata[")) {
        lexer->in->at += strlen("<![CDATA[");
        lexer->is_in_cdata = !lexer->lost_cdata;
    } else if (starts_with(lexer, "<!--")) {
        take_comment(lexer);
    } else if (starts_with(lexer, "<?")) {
        skip_to_greater(lexer);
    } else if (starts_with(lexer, "<!doctype") && !lexer->has_doctype) {
        take_doctype(lexer);
    } else if (isalpha((unsigned char)lexer->in->at[2])) {
        skip_to_greater(lexer);
    } else {
        return false;
    }
    return true;
}

// At '<'. True when a token was made, false when something was passed over.
static bool take_markup(struct lexer *lexer, struct token *ret) {
    struct charset_window *in = lexer->in;
    if (take_no_tag(lexer))
        return false;
    size_t reach = left(lexer) < CHARSET_LOOK_AHEAD ? left(lexer) : CHARSET_LOOK_AHEAD;
    size_t size = markup_parse_tag(in->at, reach, &ret->tag);
    if (size == MARKUP_UNFINISHED && reach == CHARSET_LOOK_AHEAD) {
        // Longer than can be looked at: a picture in an attribute. Nothing of it is to be read.
        in->at += reach;
        (void)skip_past(lexer, ">");
        return false;
    }
    if (size == 0 || size == MARKUP_UNFINISHED) {
        ret->kind = TOKEN_TEXT;
        ret->text = in->at++;
        ret->size = 1;
        return true;
    }
    ret->kind = TOKEN_TAG;
    ret->text = in->at;
    ret->size = size;
    in->at += size;
    return true;
}

// Text up to the next '<', or a piece of it that does not end inside a reference.
static void take_text(struct lexer *lexer, struct token *ret) {
    struct charset_window *in = lexer->in;
    const char *less = memchr(in->at, '<', left(lexer));
    const char *stop = less ? less : in->end;
    if (!less && !in->is_all) {
        const char *amp = memrchr(stop - 2 * ENTITY_REFERENCE_MAX, '&', 2 * ENTITY_REFERENCE_MAX);
        if (amp)
            stop = amp;
    }
    ret->kind = TOKEN_TEXT;
    ret->text = in->at;
    ret->size = (size_t)(stop - in->at);
    in->at = stop;
}

void lexer_next(struct lexer *lexer, struct token *ret) {
    while (true) {
        if (!lexer->in->is_all)
            (void)charset_more(lexer->text, CHARSET_LOOK_AHEAD);
        if (lexer->is_in_cdata) {
            if (take_cdata(lexer, ret))
                return;
            continue;
        }
        if (left(lexer) == 0) {
            ret->kind = TOKEN_END;
            return;
        }
        if (*lexer->in->at != '<') {
            take_text(lexer, ret);
            return;
        }
        if (take_markup(lexer, ret))
            return;
    }
}

const char *lexer_rest(const struct lexer *lexer, size_t *ret_size) {
    if (!lexer->in->is_all)
        return NULL;
    *ret_size = left(lexer);
    return lexer->in->at;
}

void lexer_skip_to(struct lexer *lexer, const char *at) {
    lexer->in->at = at;
}
