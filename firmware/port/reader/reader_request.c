// SPDX-License-Identifier: MIT

#include "port/reader/reader_request.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char *copy_text(struct arena *arena, const char *text) {
    size_t size = strlen(text);
    return arena_copy(arena, text, size > LIMIT_URL_MAX ? LIMIT_URL_MAX + 1 : size);
}

static bool copy_items(struct arena *arena, struct reading_items items, struct reading_items *ret) {
    if (items.count == 0)
        return true;
    size_t size = items.count * sizeof *items.hashes;
    uint64_t *hashes = arena_alloc(arena, size);
    if (!hashes)
        return false;
    memcpy(hashes, items.hashes, size);
    *ret = (struct reading_items){hashes, items.count};
    return true;
}

int reader_request_copy(const struct reading_request *request, struct arena *arena,
                        struct reading_request *ret) {
    struct reading_request copy = {
        .url = copy_text(arena, request->url),
        .etag = copy_text(arena, request->etag),
        .last_modified = copy_text(arena, request->last_modified),
        .user_agent = copy_text(arena, request->user_agent),
        .body_hash = request->body_hash,
    };
    if (!copy.url || !copy.etag || !copy.last_modified || !copy.user_agent ||
        !copy_items(arena, request->items, &copy.items))
        return -ENOMEM;
    *ret = copy;
    return 0;
}
