// SPDX-License-Identifier: MIT
//
// unit.h - what every unit test includes first: cmocka wants these headers before its own.

#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

static inline void unit_write_file(const char *path, const char *bytes, size_t size) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static inline bool unit_is_readable(int fd, int patience_ms) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    return poll(&ready, 1, patience_ms) == 1;
}

// A test between set_up() and tear_down() of its file.
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif
