// SPDX-License-Identifier: MIT

#include "cli/highlight.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/matcher/match.h"
#include "core/text/utf8.h"

bool highlight_has_colour(FILE *out) {
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fileno(out)) && !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
}

// Prints [from, to), a blank for whatever a terminal would obey and for bytes that are no text.
static void print_clean(FILE *out, const char *text, size_t from, size_t to) {
    for (size_t at = from, length; at < to; at += length) {
        length = utf8_length(text + at, to - at);
        bool is_shown = length > 0 && !utf8_is_unseen(utf8_get(text + at, &length));
        if (is_shown)
            (void)fwrite(text + at, 1, length, out);
        else
            (void)fputc(' ', out);
        length = length > 0 ? length : 1;
    }
}

// The span of this field that begins first at or behind @from; NULL when there is none.
static const struct match_span *next_span(const struct match *match, enum match_field field,
                                          size_t from) {
    const struct match_span *next = NULL;
    for (size_t i = 0; i < match->span_count; i++) {
        const struct match_span *span = &match->spans[i];
        if (span->field == field && span->start >= from && (!next || span->start < next->start))
            next = span;
    }
    return next;
}

void highlight_print(FILE *out, const char *text, const struct match *match, enum match_field field,
                     bool has_colour) {
    const size_t size = strlen(text);
    const struct match_span *span = next_span(match, field, 0);
    size_t at, end;
    match_window(text, span, &at, &end);
    (void)fputs(at > 0 ? "…" : "", out);
    for (; span && span->start < end; span = next_span(match, field, at)) {
        const size_t stop = span->start + span->length;
        print_clean(out, text, at, span->start);
        (void)fputs(has_colour ? "\033[1;33m" : "[", out);
        print_clean(out, text, span->start, stop);
        (void)fputs(has_colour ? "\033[0m" : "]", out);
        at = stop;
        if (at > end)
            end = at;
    }
    print_clean(out, text, at, end);
    (void)fputs(end < size ? "…" : "", out);
}
