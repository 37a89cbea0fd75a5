// SPDX-License-Identifier: MIT
//
// scarce_memory.h - memory that ends when a test says so; to be included by one file of a program.
//
// The program brings its own malloc(), which all libraries then use, too, and whatever is not given
// back is counted. So SQLite, libsystemd and the C library fail with our own code. With
// SCARCE_MEMORY_OURS only our own code fails, by the linker's --wrap, and the libraries are spared:
// libconfuse's scanner ends the process. Under sanitizers, which have their own malloc(), it is
// always so, and what is lost is for them to say.

#ifndef TESTS_SCARCE_MEMORY_H
#define TESTS_SCARCE_MEMORY_H

#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

static struct {
    long fail_at;    // allocations until the one that fails; below 0 = none does
    uint64_t seed;   // of failures that come by chance
    uint32_t one_in; // so many allocations fail; 0 = none by chance
    long held;       // allocations not given back
    size_t failures; // since memory_fail_...() was called
} memory = {.fail_at = -1};

static bool memory_is_to_fail(void) {
    bool fails = memory.fail_at >= 0 && memory.fail_at-- == 0;
    if (memory.one_in > 0)
        fails = fails || random_next(&memory.seed) % memory.one_in == 0;
    memory.failures += fails ? 1 : 0;
    if (fails)
        errno = ENOMEM;
    return fails;
}

#ifndef WIREBELL_SANITIZE

// glibc's own, under the names it has for programs that do this.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *old);

#ifdef SCARCE_MEMORY_OURS
#define MEMORY_ALL_FAIL false
#else
#define MEMORY_ALL_FAIL memory_is_to_fail()
#endif

static void *memory_count(void *taken) {
    memory.held += taken ? 1 : 0;
    return taken;
}

void *malloc(size_t size) {
    return MEMORY_ALL_FAIL ? NULL : memory_count(__libc_malloc(size));
}

void *calloc(size_t count, size_t size) {
    return MEMORY_ALL_FAIL ? NULL : memory_count(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size) {
    if (MEMORY_ALL_FAIL)
        return NULL;
    void *taken = __libc_realloc(old, size);
    memory.held += taken && !old ? 1 : 0;
    return taken;
}

void free(void *old) {
    memory.held -= old ? 1 : 0;
    __libc_free(old);
}

#endif

#if defined(WIREBELL_SANITIZE) || defined(SCARCE_MEMORY_OURS)

// What the linker calls a malloc() in our code, and malloc() itself.
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

void *__wrap_malloc(size_t size) {
    return memory_is_to_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return memory_is_to_fail() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size) {
    return memory_is_to_fail() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text) {
    return memory_is_to_fail() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size) {
    return memory_is_to_fail() ? NULL : __real_strndup(text, size);
}

#endif

// From now on no allocation fails.
static void memory_is_plenty(void) {
    memory.fail_at = -1;
    memory.one_in = 0;
}

// The allocation of that number fails, from 0 on, and no other.
static void memory_fail_at(long number) {
    memory_is_plenty();
    memory.failures = 0;
    memory.fail_at = number;
}

// One in so many fails, by a sequence that the seed fixes.
static void memory_fail_by_chance(uint64_t seed, uint32_t one_in) {
    memory_is_plenty();
    memory.failures = 0;
    memory.seed = seed;
    memory.one_in = one_in;
}

/**
 * struct memory_trial - something done while memory ends
 * @name:     for the output
 * @prepare:  called before, while memory is plenty; NULL = nothing to do
 * @run:      does it, and undoes it; calls memory_is_plenty() before it looks at what there is.
 *            Returns 0 or a positive outcome, else -errno
 * @argument: handed to both
 * @step:     where there are thousands of allocations, nearly all of them a library's: beyond the
 *            first hundreds only each so many fails; 0 = each does
 */
struct memory_trial {
    const char *name;
    void (*prepare)(void *argument);
    int (*run)(void *argument);
    void *argument;
    long step;
};

static void memory_judge(const struct memory_trial *trial, const char *how, unsigned long number,
                         long before, int r) {
    if (r < 0 && r != -ENOMEM)
        fail_msg("%s, %s %lu: %s", trial->name, how, number, strerrordesc_np(-r));
    if (memory.held > before)
        fail_msg("%s, %s %lu: %ld not given back", trial->name, how, number, memory.held - before);
}

static int memory_run(const struct memory_trial *trial, long number, uint64_t seed) {
    memory_is_plenty();
    if (trial->prepare)
        trial->prepare(trial->argument);
    if (seed > 0)
        memory_fail_by_chance(seed, 2 + (uint32_t)seed % 60);
    else
        memory_fail_at(number);
    const int r = trial->run(trial->argument);
    memory_is_plenty();
    return r;
}

// Each allocation fails once, then some by chance: every time it is -ENOMEM or done all the same,
// and nothing is lost.
static void memory_try(const struct memory_trial *trial) {
    enum { SEEDS = 40, ALL_BELOW = 400 };
    for (int i = 0; i < 2; i++) // what libraries keep, they have then
        assert_true(memory_run(trial, -1, 0) >= 0);
    const long before = memory.held;
    long number = 0;
    size_t refused = 0;
    for (bool was_reached = true; was_reached;
         number += number < ALL_BELOW || !trial->step ? 1 : trial->step) {
        const int r = memory_run(trial, number, 0);
        was_reached = memory.failures > 0;
        refused += r == -ENOMEM ? 1 : 0;
        memory_judge(trial, "allocation", (unsigned long)number, before, r);
    }
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        memory_judge(trial, "seed", (unsigned long)seed, before, memory_run(trial, -1, seed));
    assert_true(memory_run(trial, -1, 0) >= 0);
    print_message("%s: up to allocation %ld, %zu of them needed\n", trial->name, number - 1,
                  refused);
}

#endif
