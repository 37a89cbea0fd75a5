// SPDX-License-Identifier: MIT
//
// hash.h - a fast 64-bit hash of bytes.
//
// Eight bytes a step, without 128-bit products, for a Pi Zero has none. Good for tables and for
// telling things apart that nobody forges; no protection against somebody who looks for
// collisions, so whoever uses it compares the bytes afterwards, or can bear a mix-up. Bytes are
// taken in the machine's order: a stored hash belongs to its machine's kind.

#ifndef CORE_HASH_H
#define CORE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hash_step(uint64_t hash, uint64_t bytes) {
    hash = (hash ^ bytes) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 32);
}

/**
 * hash_bytes() - hash of @size bytes
 * @seed: 0, or a number that keeps one kind of key apart from another
 */
static inline uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed) {
    const unsigned char *at = (const unsigned char *)bytes;
    uint64_t hash = seed ^ size;
    uint64_t piece;
    for (; size > 8; size -= 8, at += 8) {
        memcpy(&piece, at, 8);
        hash = hash_step(hash, piece);
    }
    piece = 0;
    memcpy(&piece, at, size);
    // A second round spreads the last piece over all bits: the high ones choose the bucket.
    return hash_step(hash_step(hash, piece), hash);
}

/**
 * hash_padded() - the same hash, quicker, where eight zero bytes follow the @size bytes
 */
static inline uint64_t hash_padded(const char *bytes, size_t size, uint64_t seed) {
    uint64_t hash = seed ^ size;
    uint64_t piece;
    for (; size > 8; size -= 8, bytes += 8) {
        memcpy(&piece, bytes, 8);
        hash = hash_step(hash, piece);
    }
    memcpy(&piece, bytes, 8);
    return hash_step(hash_step(hash, piece), hash);
}

#endif
