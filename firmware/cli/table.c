// SPDX-License-Identifier: MIT

#include "cli/table.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "core/text/arena.h"
#include "core/text/columns.h"
#include "wirebell/limits.h"

enum {
    GAP = 2,              // blanks between two columns
    LAST_MIN = 20,        // a terminal narrower than that breaks lines itself
    TABLE_MAX = 32 << 20, // LIMIT_HISTORY_MAX rows of a title each, many times over
};

struct row {
    struct row *next;
    const char *style;
    const char *cells[TABLE_COLUMNS_MAX];
};

struct table {
    size_t columns;
    struct arena *arena; // owns the rows
    struct row *first;
    struct row **end;
};

struct table *table_new(size_t columns) {
    struct table *table = calloc(1, sizeof *table);
    if (!table || arena_new(TABLE_MAX, &table->arena) < 0) {
        free(table);
        return NULL;
    }
    table->columns = columns;
    table->end = &table->first;
    return table;
}

struct table *table_free(struct table *table) {
    if (table)
        arena_free(table->arena);
    free(table);
    return NULL;
}

static size_t width_of(const char *text) {
    size_t total = 0;
    while (*text) {
        size_t width;
        bool is_blank;
        text += columns_next(text, &width, &is_blank);
        total += width;
    }
    return total;
}

// Prints at most @max columns, with "…" where that is not all. Return: columns printed.
static size_t print_cell(FILE *out, const char *text, size_t max) {
    const bool is_cut = width_of(text) > max;
    size_t used = 0;
    while (*text) {
        size_t width;
        bool is_blank;
        const size_t size = columns_next(text, &width, &is_blank);
        if (is_cut && used + width > max - 1)
            break;
        if (is_blank)
            (void)fputc(' ', out);
        else
            (void)fwrite(text, 1, size, out);
        text += size;
        used += width;
    }
    if (is_cut)
        (void)fputs("…", out);
    return used + is_cut;
}

void table_add(struct table *table, const char *style, const char *const *cells) {
    struct row *row = table ? arena_alloc(table->arena, sizeof *row) : NULL;
    if (!row)
        return;
    row->style = style;
    for (size_t i = 0; i < table->columns; i++) {
        row->cells[i] = arena_copy(table->arena, cells[i], strlen(cells[i]));
        if (!row->cells[i])
            return;
    }
    *table->end = row;
    table->end = &row->next;
}

static size_t terminal_width(FILE *out) {
    struct winsize size;
    return isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void print_row(const struct table *table, const struct row *row, const size_t *widths,
                      size_t last_max, FILE *out) {
    for (size_t i = 0; i < table->columns; i++) {
        const bool is_last = i + 1 == table->columns;
        size_t used = print_cell(out, row->cells[i], is_last ? last_max : SIZE_MAX);
        for (; !is_last && used < widths[i] + GAP; used++)
            (void)fputc(' ', out);
    }
}

size_t table_print(const struct table *table, FILE *out, int has_colour) {
    size_t widths[TABLE_COLUMNS_MAX] = {0}, before_last = 0, count = 0;
    for (const struct row *row = table ? table->first : NULL; row; row = row->next)
        for (size_t i = 0; i < table->columns; i++) {
            const size_t width = width_of(row->cells[i]);
            widths[i] = width > widths[i] ? width : widths[i];
        }
    for (size_t i = 0; table && i + 1 < table->columns; i++)
        before_last += widths[i] + GAP;
    const size_t terminal = terminal_width(out);
    const size_t last_max = terminal > before_last + LAST_MIN ? terminal - before_last : SIZE_MAX;
    for (const struct row *row = table ? table->first : NULL; row; row = row->next, count++) {
        const bool is_styled = has_colour && row->style[0];
        if (is_styled)
            (void)fprintf(out, "\033[%sm", row->style);
        print_row(table, row, widths, last_max, out);
        (void)fputs(is_styled ? "\033[0m\n" : "\n", out);
    }
    return count;
}
