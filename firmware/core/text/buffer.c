// SPDX-License-Identifier: MIT

#include "core/text/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 256 };

char *buffer_reserve(struct buffer *buffer, size_t size) {
    if (buffer->is_failed || size > SIZE_MAX / 4 - buffer->size) {
        buffer->is_failed = true;
        return NULL;
    }
    size_t need = buffer->size + size;
    if (need > buffer->capacity) {
        // Half as much again: never far above what the largest field needs.
        size_t capacity = buffer->capacity + buffer->capacity / 2;
        if (capacity < need)
            capacity = need;
        if (capacity < FIRST_SIZE)
            capacity = FIRST_SIZE;
        char *data = realloc(buffer->data, capacity);
        if (!data) {
            buffer->is_failed = true;
            return NULL;
        }
        buffer->data = data;
        buffer->capacity = capacity;
    }
    return buffer->data + buffer->size;
}

void buffer_put(struct buffer *buffer, const char *bytes, size_t size) {
    if (size == 0)
        return;
    char *to = buffer_reserve(buffer, size);
    if (!to)
        return;
    memcpy(to, bytes, size);
    buffer->size += size;
}

void buffer_puts(struct buffer *buffer, const char *string) {
    buffer_put(buffer, string, strlen(string));
}

const char *buffer_terminate(struct buffer *buffer) {
    char *end = buffer_reserve(buffer, 1);
    if (!end)
        return "";
    *end = '\0';
    return buffer->data;
}

void buffer_done(struct buffer *buffer) {
    free(buffer->data);
    *buffer = BUFFER_NULL;
}
