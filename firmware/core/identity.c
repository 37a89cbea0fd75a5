// SPDX-License-Identifier: MIT

#include "core/identity.h"

#include <stddef.h>

// FNV-1a, the terminator included, so that ("ab","c") and ("a","bc") differ.
static uint64_t mix_string(uint64_t hash, const char *text) {
    do {
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    } while (*text++);
    return hash;
}

uint64_t story_key(const struct story *story) {
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    if (story->id[0])
        hash = mix_string(hash, story->id);
    else if (story->link[0])
        hash = mix_string(hash, story->link);
    else
        hash = mix_string(mix_string(hash, story->title), story->text);
    return hash ^ (hash >> 32);
}
