// SPDX-License-Identifier: MIT

#include "core/hash64.h"

#include <string.h>

static const uint64_t PRIME_1 = 0x9E3779B185EBCA87u, PRIME_2 = 0xC2B2AE3D27D4EB4Fu,
                      PRIME_3 = 0x165667B19E3779F9u;

static uint64_t mix(uint64_t hash, uint64_t eight) {
    hash ^= eight * PRIME_2;
    hash = hash << 31 | hash >> 33;
    return hash * PRIME_1;
}

uint64_t hash64(const void *bytes, size_t size, uint64_t seed) {
    const char *at = bytes;
    uint64_t hash = seed ^ (size * PRIME_3), eight;
    for (; size >= sizeof eight; at += sizeof eight, size -= sizeof eight) {
        memcpy(&eight, at, sizeof eight);
        hash = mix(hash, eight);
    }
    eight = 0;
    if (size > 0)
        memcpy(&eight, at, size);
    hash = mix(hash, eight);
    hash = (hash ^ hash >> 33) * PRIME_2;
    hash = (hash ^ hash >> 29) * PRIME_3;
    hash ^= hash >> 32;
    return hash != 0 ? hash : 1;
}
