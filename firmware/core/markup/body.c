// SPDX-License-Identifier: MIT

#include "core/markup/body.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_CAPACITY = 4096,
    EXPECTED_MAX = 1 << 20, // so much is believed of what is only announced
};

static int resize(struct body *body, size_t capacity) {
    char *bytes = realloc(body->bytes, capacity);
    if (!bytes)
        return -ENOMEM;
    body->bytes = bytes;
    body->capacity = capacity;
    return 0;
}

static int grow(struct body *body, size_t need) {
    size_t capacity = body->capacity ? body->capacity : FIRST_CAPACITY;
    while (capacity < need)
        capacity = capacity > body->max_bytes / 2 ? body->max_bytes : capacity * 2;
    return resize(body, capacity > body->max_bytes ? body->max_bytes : capacity);
}

void body_expect(struct body *body, size_t size) {
    if (size > EXPECTED_MAX)
        size = EXPECTED_MAX;
    if (size > body->max_bytes)
        size = body->max_bytes;
    if (size > FIRST_CAPACITY && !body->bytes)
        (void)resize(body, size);
}

int body_append(struct body *body, const void *bytes, size_t size) {
    if (size == 0)
        return 0;
    if (size > body->max_bytes - body->size)
        return BODY_TOO_BIG;
    if (size > body->capacity - body->size) {
        int r = grow(body, body->size + size);
        if (r < 0)
            return r;
    }
    memcpy(body->bytes + body->size, bytes, size);
    body->size += size;
    return 0;
}

void body_done(struct body *body) {
    free(body->bytes);
    *body = BODY_OF(body->max_bytes);
}
