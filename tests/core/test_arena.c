// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdalign.h>
#include <string.h>

#include "core/text/arena.h"

static void memory_is_zeroed_and_aligned(void **state) {
    (void)state;
    struct arena *arena = NULL;
    assert_int_equal(arena_new(1 << 20, &arena), 0);
    for (size_t size = 1; size < 9000; size = size * 3 + 1) {
        unsigned char *memory = arena_alloc(arena, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xA5, size);
    }
    arena_free(arena);
}

static void pieces_do_not_overlap(void **state) {
    (void)state;
    struct arena *arena = NULL;
    assert_int_equal(arena_new(1 << 20, &arena), 0);
    char *copies[500];
    for (int i = 0; i < 500; i++) {
        char text[64];
        size_t size = (size_t)(i % 60);
        memset(text, 'a' + i % 26, size);
        copies[i] = arena_copy(arena, text, size);
        assert_non_null(copies[i]);
    }
    for (int i = 0; i < 500; i++) {
        assert_int_equal(strlen(copies[i]), i % 60);
        assert_int_equal(strspn(copies[i], (char[]){(char)('a' + i % 26), 0}), i % 60);
    }
    arena_free(arena);
}

static void cap_is_refused_and_what_was_given_stays(void **state) {
    (void)state;
    struct arena *arena = NULL;
    assert_int_equal(arena_new(1000, &arena), 0);
    char *kept = arena_copy(arena, "kept", 4);
    assert_non_null(kept);
    assert_null(arena_alloc(arena, 1000));
    assert_null(arena_alloc(arena, SIZE_MAX));
    assert_null(arena_copy(arena, "", SIZE_MAX));
    assert_non_null(arena_alloc(arena, 900));
    assert_null(arena_alloc(arena, 100));
    assert_string_equal(kept, "kept");
    assert_true(arena_used(arena) <= 1000);
    arena_free(arena);
}

static void freeing_nothing_is_fine(void **state) {
    (void)state;
    assert_null(arena_free(NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(cap_is_refused_and_what_was_given_stays),
        cmocka_unit_test(freeing_nothing_is_fine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
