// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdint.h>
#include <string.h>

#include "core/markup/body.h"

static void pieces_are_put_one_after_the_other(void **state) {
    (void)state;
    struct body body = BODY_OF(100);
    assert_int_equal(body_append(&body, "ab", 2), 0);
    assert_int_equal(body_append(&body, "", 0), 0);
    assert_int_equal(body_append(&body, "c\0d", 3), 0);
    assert_int_equal(body.size, 5);
    assert_memory_equal(body.bytes, "abc\0d", 5);
    body_done(&body);
    assert_null(body.bytes);
    assert_int_equal(body.size, 0);
}

static void the_cap_itself_fits_and_one_byte_more_does_not(void **state) {
    (void)state;
    static char zeros[9000];
    struct body body = BODY_OF(9001);
    assert_int_equal(body_append(&body, zeros, sizeof zeros), 0);
    assert_int_equal(body_append(&body, "xy", 2), BODY_TOO_BIG);
    assert_int_equal(body.size, 9000);
    assert_int_equal(body_append(&body, "x", 1), 0);
    assert_int_equal(body_append(&body, "y", 1), BODY_TOO_BIG);
    assert_int_equal(body.bytes[9000], 'x');
    assert_true(body.capacity <= 9001);
    body_done(&body);
}

static void a_body_can_be_used_again_with_the_same_cap(void **state) {
    (void)state;
    struct body body = BODY_OF(4);
    assert_int_equal(body_append(&body, "full", 4), 0);
    body_done(&body);
    assert_int_equal(body_append(&body, "again", 5), BODY_TOO_BIG);
    assert_int_equal(body_append(&body, "once", 4), 0);
    body_done(&body);
}

static void what_is_expected_is_room_and_nothing_else(void **state) {
    (void)state;
    static char zeros[100001];
    struct body body = BODY_OF(4 << 20);
    body_expect(&body, 100000);
    assert_int_equal(body.size, 0);
    assert_int_equal(body.capacity, 100000);
    const char *bytes = body.bytes;
    assert_int_equal(body_append(&body, zeros, 100000), 0);
    assert_ptr_equal(body.bytes, bytes);
    body_expect(&body, 200000); // too late
    assert_int_equal(body.capacity, 100000);
    assert_int_equal(body_append(&body, zeros, sizeof zeros), 0);
    assert_int_equal(body.size, 200001);
    body_done(&body);
}

static void of_what_a_stranger_announces_a_part_is_believed(void **state) {
    (void)state;
    struct body body = BODY_OF(4 << 20);
    body_expect(&body, SIZE_MAX);
    assert_int_equal(body.capacity, 1 << 20);
    body_done(&body);
    body_expect(&body, 1);
    assert_int_equal(body.capacity, 0);

    struct body small = BODY_OF(5000);
    body_expect(&small, SIZE_MAX);
    assert_int_equal(small.capacity, 5000);
    body_done(&small);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_put_one_after_the_other),
        cmocka_unit_test(the_cap_itself_fits_and_one_byte_more_does_not),
        cmocka_unit_test(a_body_can_be_used_again_with_the_same_cap),
        cmocka_unit_test(what_is_expected_is_room_and_nothing_else),
        cmocka_unit_test(of_what_a_stranger_announces_a_part_is_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
