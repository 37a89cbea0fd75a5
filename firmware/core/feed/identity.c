// SPDX-License-Identifier: MIT

#include "core/feed/identity.h"

#include <string.h>

#include "core/text/hash.h"

static uint64_t add_string(uint64_t hash, const char *text) {
    return hash_bytes(text, strlen(text), hash);
}

uint64_t story_key(const struct story *story) {
    if (story->id[0])
        return add_string(0, story->id);
    if (story->link[0])
        return add_string(0, story->link);
    return add_string(add_string(0, story->title), story->text);
}
