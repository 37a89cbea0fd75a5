// SPDX-License-Identifier: MIT

#include "unit.h"

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_put_one_after_the_other),
        cmocka_unit_test(the_cap_itself_fits_and_one_byte_more_does_not),
        cmocka_unit_test(a_body_can_be_used_again_with_the_same_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
