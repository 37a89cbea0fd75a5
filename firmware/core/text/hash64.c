// SPDX-License-Identifier: MIT

#include "core/text/hash64.h"

#include <string.h>

enum { STRIPE = 4 * sizeof(uint64_t) };

static const uint64_t PRIME_1 = 0x9E3779B185EBCA87u, PRIME_2 = 0xC2B2AE3D27D4EB4Fu,
                      PRIME_3 = 0x165667B19E3779F9u;

static uint64_t mix(uint64_t hash, uint64_t eight) {
    hash += eight * PRIME_2;
    hash = hash << 31 | hash >> 33;
    return hash * PRIME_1;
}

static uint64_t load(const char *at) {
    uint64_t eight;
    memcpy(&eight, at, sizeof eight);
    return eight;
}

// The lanes do not wait for each other, which is what makes them fast. Not an array: compilers make
// vectors of one, without a multiplication for them.
static uint64_t mix_stripes(const char *at, const char *end, uint64_t hash) {
    uint64_t a = hash, b = hash + PRIME_1, c = hash + PRIME_2, d = hash + PRIME_3;
    for (; at < end; at += STRIPE) {
        a = mix(a, load(at));
        b = mix(b, load(at + 8));
        c = mix(c, load(at + 16));
        d = mix(d, load(at + 24));
    }
    return mix(mix(mix(mix(hash, a), b), c), d);
}

uint64_t hash64(const void *bytes, size_t size, uint64_t seed) {
    const char *at = bytes;
    uint64_t hash = seed ^ (size * PRIME_3), eight = 0;
    if (size >= STRIPE) {
        const char *end = at + size / STRIPE * STRIPE;
        hash = mix_stripes(at, end, hash);
        at = end;
        size %= STRIPE;
    }
    for (; size >= sizeof eight; at += sizeof eight, size -= sizeof eight)
        hash = mix(hash, load(at));
    if (size > 0)
        memcpy(&eight, at, size);
    hash = mix(hash, eight);
    hash = (hash ^ hash >> 33) * PRIME_2;
    hash = (hash ^ hash >> 29) * PRIME_3;
    hash ^= hash >> 32;
    return hash != 0 ? hash : 1;
}
