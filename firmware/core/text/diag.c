// SPDX-License-Identifier: MIT

#include "core/text/diag.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/utf8.h"
#include "wirebell/limits.h"

// A shown line is cut to this many characters on either side of the caret.
enum { CONTEXT_CHARS = 60 };

static bool is_continuation(char c) {
    return ((unsigned char)c & 0xC0) == 0x80;
}

static uint32_t count_chars(const char *text, size_t size) {
    uint32_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += !is_continuation(text[i]);
    return count;
}

// The line for showing: a blank or a sign stands for each character that a terminal would obey or
// that is none, so that the caret stays below its place.
static char *copy_source(const char *source, size_t size) {
    if (size > LIMIT_LINE_MAX)
        size = LIMIT_LINE_MAX;
    char *copy = malloc(size + 1);
    if (!copy)
        return NULL;
    for (size_t i = 0; i < size; i++)
        copy[i] = source[i] == '\0' || source[i] == '\t' || source[i] == '\n' ? ' ' : source[i];
    copy[size] = '\0';
    utf8_screen(copy);
    return copy;
}

void diag_add(struct diag_list *list, enum diag_severity severity, const struct diag_place *place,
              const char *mend, const char *format, ...) {
    va_list args;
    va_start(args, format);
    diag_addv(list, severity, place, mend, format, args);
    va_end(args);
}

void diag_addv(struct diag_list *list, enum diag_severity severity, const struct diag_place *place,
               const char *mend, const char *format, va_list args) {
    if (severity == DIAG_ERROR)
        list->error_count++;
    else
        list->warning_count++;
    if (list->count >= LIMIT_DIAGS_MAX)
        return;

    struct diag *items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items)
        return;
    list->items = items;

    struct diag diag = {.severity = severity, .line = place->line};
    bool has_column = place->line > 0 && place->start != SIZE_MAX;
    if (has_column) {
        size_t start = place->start < place->source_size ? place->start : place->source_size;
        size_t size = place->size;
        if (size > place->source_size - start)
            size = place->source_size - start;
        diag.column = count_chars(place->source, start) + 1;
        diag.width = count_chars(place->source + start, size);
        if (diag.width == 0)
            diag.width = 1;
    }
    (void)vsnprintf(diag.message, sizeof diag.message, format, args);
    if (mend)
        (void)snprintf(diag.mend, sizeof diag.mend, "%s", mend);
    utf8_screen(diag.message); // it may quote what stands there, and be cut within a character
    utf8_screen(diag.mend);
    diag.file = strdup(place->file);
    diag.source =
        copy_source(place->line > 0 ? place->source : "", place->line > 0 ? place->source_size : 0);
    if (!diag.file || !diag.source) {
        free((char *)diag.file);
        free((char *)diag.source);
        return;
    }
    list->items[list->count++] = diag;
}

// Appends to ret at *pos, staying terminated and inside size.
__attribute__((format(printf, 4, 5))) static void append(size_t size, char *ret, size_t *pos,
                                                         const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(ret + *pos, size - *pos, format, args);
    va_end(args);
    if (n > 0)
        *pos += (size_t)n < size - *pos ? (size_t)n : size - *pos - 1;
}

static const char *skip_chars(const char *text, uint32_t count) {
    while (count > 0 && *text) {
        text++;
        while (is_continuation(*text))
            text++;
        count--;
    }
    return text;
}

static void append_excerpt(const struct diag *diag, size_t size, char *ret, size_t *pos) {
    uint32_t before = diag->column > 0 ? diag->column - 1 : 0;
    uint32_t skipped = before > CONTEXT_CHARS ? before - CONTEXT_CHARS : 0;
    const char *from = skip_chars(diag->source, skipped);
    const char *to = skip_chars(from, 2 * CONTEXT_CHARS);

    append(size, ret, pos, "\n    %s%.*s%s", skipped ? "..." : "", (int)(to - from), from,
           *to ? "..." : "");
    if (diag->column == 0)
        return;
    uint32_t width = diag->width;
    if (width > 2 * CONTEXT_CHARS - (before - skipped))
        width = 2 * CONTEXT_CHARS - (before - skipped);
    append(size, ret, pos, "\n    %*s^", (int)(before - skipped + (skipped ? 3 : 0)), "");
    for (uint32_t i = 1; i < width; i++)
        append(size, ret, pos, "~");
}

void diag_format(const struct diag *diag, size_t size, char *ret) {
    size_t pos = 0;
    ret[0] = '\0';
    append(size, ret, &pos, "%s:", diag->file);
    if (diag->line > 0)
        append(size, ret, &pos, "%u:", diag->line);
    if (diag->column > 0)
        append(size, ret, &pos, "%u:", diag->column);
    append(size, ret, &pos, " %s: %s", diag->severity == DIAG_ERROR ? "error" : "warning",
           diag->message);
    if (diag->line > 0)
        append_excerpt(diag, size, ret, &pos);
    if (diag->mend[0])
        append(size, ret, &pos, "\n    %s", diag->mend);
}

void diag_list_done(struct diag_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        free((char *)list->items[i].file);
        free((char *)list->items[i].source);
    }
    free(list->items);
    *list = DIAG_LIST_NULL;
}
