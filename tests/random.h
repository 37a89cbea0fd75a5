// SPDX-License-Identifier: MIT

#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdint.h>

// The next number of a sequence that its seed fixes (splitmix64): for tests that print their seed.
static inline uint64_t random_next(uint64_t *state) {
    uint64_t mixed = *state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

#endif
