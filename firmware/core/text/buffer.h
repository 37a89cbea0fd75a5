// SPDX-License-Identifier: MIT
//
// buffer.h - bytes that grow. A failure sticks: write on, and look once at the end.

#ifndef CORE_BUFFER_H
#define CORE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct buffer - growing bytes
 * @data:      owned; not terminated unless buffer_terminate() was called
 * @size:      bytes written
 * @capacity:  bytes there
 * @is_failed: memory ran out; what was put since is lost
 */
struct buffer {
    char *data;
    size_t size;
    size_t capacity;
    bool is_failed;
};

#define BUFFER_NULL ((struct buffer){0})

/**
 * buffer_reserve() - make room
 * Return: where @size more bytes may be written (then add them to the buffer's size), or NULL.
 */
char *buffer_reserve(struct buffer *buffer, size_t size);

void buffer_put(struct buffer *buffer, const char *bytes, size_t size);

// Puts a terminated string without its end.
void buffer_puts(struct buffer *buffer, const char *string);

/**
 * buffer_terminate() - see the bytes as a string
 * Return: the data with a NUL behind it that does not count; "" when empty or failed.
 */
const char *buffer_terminate(struct buffer *buffer);

// Frees what it owns and makes it BUFFER_NULL again.
void buffer_done(struct buffer *buffer);

#endif
