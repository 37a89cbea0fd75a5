// SPDX-License-Identifier: MIT
//
// unit.h - what every unit test includes first: cmocka wants these headers before its own.

#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"

// A text put together in a buffer of so many bytes; terminated after each piece.
struct unit_text {
    char *bytes;
    size_t capacity;
    size_t size;
};

// Adds a piece; one that does not fit fails the test.
static inline void unit_put(struct unit_text *text, const char *piece) {
    size_t size = strlen(piece);
    assert_true(size < text->capacity - text->size);
    memcpy(text->bytes + text->size, piece, size + 1);
    text->size += size;
}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
