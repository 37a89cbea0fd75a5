// SPDX-License-Identifier: MIT
//
// diag.h - complaints about a file a person wrote: where, what was expected, what to do.
//
// A parser adds diagnostics to a list and goes on, so that one run shows all mistakes. A list owns
// what it shows (it keeps a copy of the line), so it may outlive the file's bytes.

#ifndef CORE_DIAG_H
#define CORE_DIAG_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum diag_severity { DIAG_ERROR, DIAG_WARNING };

/**
 * struct diag - one complaint
 * @severity: error (this line counts for nothing) or warning
 * @file:     name as the person gave it; owned by the list
 * @line:     from 1; 0 = the file as a whole
 * @column:   from 1, in characters as shown (not bytes); 0 = the line as a whole
 * @width:    characters the caret line underlines, >= 1 where column > 0
 * @message:  what is wrong and what was expected
 * @mend:     what to write instead; "" where that cannot be told
 * @source:   the line as it stands, controls replaced by blanks, "" with line 0; owned by the list
 */
struct diag {
    enum diag_severity severity;
    const char *file;
    uint32_t line;
    uint32_t column;
    uint32_t width;
    char message[200];
    char mend[160];
    const char *source;
};

/**
 * struct diag_list - complaints in the order found; at most LIMIT_DIAGS_MAX are kept
 * @items:         owned
 * @count:         kept
 * @error_count:   errors found, kept or not
 * @warning_count: warnings found, kept or not
 */
struct diag_list {
    struct diag *items;
    size_t count;
    size_t error_count;
    size_t warning_count;
};

#define DIAG_LIST_NULL ((struct diag_list){0})

/**
 * struct diag_place - where in a text a complaint points; all borrowed
 * @file:        name to show
 * @line:        from 1; 0 = the file as a whole, the rest is then ignored
 * @source:      first byte of that line
 * @source_size: its bytes, without the line end
 * @start:       byte offset in @source the caret points to; SIZE_MAX = no column
 * @size:        bytes underlined; 0 counts as 1 character
 */
struct diag_place {
    const char *file;
    uint32_t line;
    const char *source;
    size_t source_size;
    size_t start;
    size_t size;
};

/**
 * diag_add() - add one complaint
 * @list:     where to
 * @severity: error or warning
 * @place:    where the mistake is
 * @mend:     what to do about it, or NULL
 * @format:   printf format of the message; cut at the size of struct diag.message
 *
 * Out of memory or over the cap the complaint is counted though not kept, so that
 * error_count == 0 always means that nothing was wrong.
 */
void diag_add(struct diag_list *list, enum diag_severity severity, const struct diag_place *place,
              const char *mend, const char *format, ...) __attribute__((format(printf, 5, 6)));

// The same, with the arguments of the format in a list.
void diag_addv(struct diag_list *list, enum diag_severity severity, const struct diag_place *place,
               const char *mend, const char *format, va_list args)
    __attribute__((format(printf, 5, 0)));

/**
 * diag_format() - a complaint as people read it
 * @diag: which
 * @size: of @ret, bytes; 1024 holds any
 * @ret:  "file:line:column: error: message", the line, a caret line, the mend; lines separated by
 * '\n', none at the end; always terminated, cut when too long
 */
void diag_format(const struct diag *diag, size_t size, char *ret);

// Frees what the list owns and makes it DIAG_LIST_NULL again.
void diag_list_done(struct diag_list *list);

#endif
