// SPDX-License-Identifier: MIT
//
// buf.h - bytes that arrive piece by piece; the cap is set when the buffer is made.

#ifndef CORE_BUF_H
#define CORE_BUF_H

#include <stddef.h>

/**
 * struct buf - a growing run of bytes
 * @bytes:     owned; NULL while empty; not terminated
 * @size:      bytes in it
 * @capacity:  bytes there is room for
 * @max_bytes: it never grows beyond
 */
struct buf {
    char *bytes;
    size_t size;
    size_t capacity;
    size_t max_bytes;
};

#define BUF_OF(max) ((struct buf){.max_bytes = (max)})

// What buf_append() returns besides 0.
enum buf_result { BUF_TOO_BIG = 1 };

/**
 * buf_append() - add bytes at the end
 * Return: 0; BUF_TOO_BIG when they do not fit under the cap, or -ENOMEM: then nothing was added.
 */
int buf_append(struct buf *buf, const void *bytes, size_t size);

// Frees the bytes; the buffer is empty and can be used again.
void buf_done(struct buf *buf);

#endif
