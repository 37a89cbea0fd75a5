// SPDX-License-Identifier: MIT
//
// body.h - a document as it arrives, piece by piece; the cap is set when it is made.

#ifndef CORE_BODY_H
#define CORE_BODY_H

#include <stddef.h>

/**
 * struct body - a growing run of bytes
 * @bytes:     owned; may be NULL while empty; not terminated
 * @size:      bytes in it
 * @capacity:  bytes there is room for
 * @max_bytes: it never grows beyond
 */
struct body {
    char *bytes;
    size_t size;
    size_t capacity;
    size_t max_bytes;
};

#define BODY_OF(max) ((struct body){.max_bytes = (max)})

// What body_append() returns besides 0.
enum body_result { BODY_TOO_BIG = 1 };

/**
 * body_append() - add bytes at the end
 * Return: 0; BODY_TOO_BIG when they do not fit under the cap, or -ENOMEM: then nothing was added.
 */
int body_append(struct body *body, const void *bytes, size_t size);

/**
 * body_expect() - make room for a document that is said to be so large
 * @size: bytes; from a stranger, so of a very large one a first part only
 *
 * Only saves work: where it is a small one, there is no memory, or something is there already,
 * nothing happens.
 */
void body_expect(struct body *body, size_t size);

// Frees the bytes; the buffer is empty and can be used again.
void body_done(struct body *body);

#endif
