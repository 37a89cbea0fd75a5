// SPDX-License-Identifier: MIT

#include "cli/highlight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/matcher/match.h"
#include "core/text/utf8.h"

bool highlight_has_colour(void) {
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no_color && no_color[0]) && term && strcmp(term, "dumb") != 0;
}

void highlight_print_clean(const char *text, size_t size) {
    for (size_t at = 0, length; at < size; at += length) {
        length = utf8_length(text + at, size - at);
        bool is_shown = length > 0 && !utf8_is_unseen(utf8_get(text + at, &length));
        if (is_shown)
            (void)fwrite(text + at, 1, length, stdout);
        else
            putchar(' ');
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

void highlight_print(const char *text, const struct match *match, enum match_field field,
                     bool has_colour) {
    const size_t size = strlen(text);
    const struct match_span *span = next_span(match, field, 0);
    size_t at, end;
    match_window(text, span, &at, &end);
    fputs(at > 0 ? "…" : "", stdout);
    for (; span && span->start < end; span = next_span(match, field, at)) {
        const size_t stop = span->start + span->length;
        highlight_print_clean(text + at, span->start - at);
        fputs(has_colour ? "\033[1;33m" : "[", stdout);
        highlight_print_clean(text + span->start, span->length);
        fputs(has_colour ? "\033[0m" : "]", stdout);
        at = stop;
        if (at > end)
            end = at;
    }
    highlight_print_clean(text + at, end - at);
    fputs(end < size ? "…" : "", stdout);
}
