// SPDX-License-Identifier: MIT
//
// soundness.h - what the fuzzers ask of every result: texts that steer no terminal, what
// wirebell/board.h promises, and complaints that point into their file.

#ifndef TESTS_FUZZ_SOUNDNESS_H
#define TESTS_FUZZ_SOUNDNESS_H

#include <stdlib.h>
#include <string.h>

#include "core/text/diag.h"
#include "core/text/utf8.h"
#include "wirebell/board.h"

static inline void check(bool is_sound) {
    if (!is_sound)
        abort();
}

// Marks of direction that reach no further than the text they stand in.
#define MARKS "\u061C\u200E\u200F"

// UTF-8 of at most so many bytes; of what is unseen only the characters of @allowed.
static inline void check_text(const char *text, size_t max, const char *allowed) {
    const size_t size = strlen(text);
    check(size <= max);
    for (size_t at = 0, length; at < size; at += length) {
        check(utf8_length(text + at, size - at) > 0);
        check(!utf8_is_unseen(utf8_get(text + at, &length)) ||
              memmem(allowed, strlen(allowed), text + at, length));
    }
}

static inline void check_diags(const struct diag_list *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        char text[2048];
        diag_format(&diags->items[i], sizeof text, text);
        check(diags->items[i].column == 0 || diags->items[i].line > 0);
    }
}

static inline void check_line(const struct board *board, const struct board_line *line) {
    check(memchr(line->name, '\0', sizeof line->name) && line->name[0]);
    check(memchr(line->chip_label, '\0', sizeof line->chip_label));
    check(memchr(line->pwm_device, '\0', sizeof line->pwm_device));
    check(memchr(line->needs, '\0', sizeof line->needs));
    check((unsigned)line->role < ROLE_COUNT && (unsigned)line->bias <= BIAS_PULL_DOWN);
    check((unsigned)line->fault <= FAULT_UNPLUGGED && line->offset <= UINT16_MAX);
    check(!line->pwm_device[0] || (line->tone_hz >= 20 && line->tone_hz <= 20000));
    for (const struct board_line *other = board->lines; other < line; other++)
        check(strcmp(other->name, line->name) != 0);
}

// A configuration may leave a board without a line: those with a mistake are dropped.
static inline void check_board(const struct board *board) {
    check(memchr(board->name, '\0', sizeof board->name));
    check(memchr(board->description, '\0', sizeof board->description));
    check(memchr(board->source, '\0', sizeof board->source));
    check(memchr(board->notes, '\0', sizeof board->notes));
    check(memchr(board->host, '\0', sizeof board->host));
    check((unsigned)board->driver <= DRIVER_SIM && board->line_count <= LIMIT_BOARD_LINES);
    check(board->chip_label_count <= BOARD_CHIP_LABELS_MAX);
    check(board->chip_label_count > 0 || board->driver == DRIVER_SIM);
    for (size_t i = 0; i < board->chip_label_count; i++)
        check(memchr(board->chip_labels[i], '\0', sizeof board->chip_labels[i]));
    for (size_t i = 0; i < board->line_count; i++)
        check_line(board, &board->lines[i]);
}

#endif
