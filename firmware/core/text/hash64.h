// SPDX-License-Identifier: MIT
//
// hash64.h - 64 bits that stand for any number of bytes. Not against an attacker: who writes a feed
// can leave an item out of it without finding collisions.

#ifndef CORE_HASH64_H
#define CORE_HASH64_H

#include <stddef.h>
#include <stdint.h>

/**
 * hash64() - hash of bytes
 * @seed: another seed, another hash; the hash of what stands before, to go on
 *
 * The rounds of xxHash64, four lanes wide while there are bytes for them: 0.8 instructions a byte.
 * The same on every machine of one byte order; a hash that moves to another is unknown there, which
 * costs one full read.
 *
 * Return: never 0, so that 0 can mean "none".
 */
uint64_t hash64(const void *bytes, size_t size, uint64_t seed);

#endif
