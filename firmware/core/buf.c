// SPDX-License-Identifier: MIT

#include "core/buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096 };

static int grow(struct buf *buf, size_t need) {
    size_t capacity = buf->capacity ? buf->capacity : FIRST_CAPACITY;
    while (capacity < need)
        capacity = capacity > buf->max_bytes / 2 ? buf->max_bytes : capacity * 2;
    if (capacity > buf->max_bytes)
        capacity = buf->max_bytes;
    char *bytes = realloc(buf->bytes, capacity);
    if (!bytes)
        return -ENOMEM;
    buf->bytes = bytes;
    buf->capacity = capacity;
    return 0;
}

int buf_append(struct buf *buf, const void *bytes, size_t size) {
    if (size == 0)
        return 0;
    if (size > buf->max_bytes - buf->size)
        return BUF_TOO_BIG;
    if (size > buf->capacity - buf->size) {
        int r = grow(buf, buf->size + size);
        if (r < 0)
            return r;
    }
    memcpy(buf->bytes + buf->size, bytes, size);
    buf->size += size;
    return 0;
}

void buf_done(struct buf *buf) {
    free(buf->bytes);
    *buf = BUF_OF(buf->max_bytes);
}
