// SPDX-License-Identifier: MIT

#include "unit.h"

#include "core/alert/pattern.h"

static void a_blinking_lamp_starts_lit_and_follows_its_period(void **state) {
    (void)state;
    const struct rhythm rhythm = {250, 750};
    const struct {
        int64_t phase_us;
        bool is_lit;
        int64_t next_us;
    } cases[] = {
        {0, true, 250},
        {249, true, 250},
        {250, false, 1000},
        {999, false, 1000},
        {1000, true, 1250},
        {123456000, true, 123456250},
        {123456500, false, 123457000},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        int64_t next_us = -1;
        assert_int_equal(pattern_lamp(&rhythm, cases[i].phase_us, &next_us), cases[i].is_lit);
        assert_int_equal(next_us, cases[i].next_us);
    }
}

static void a_steady_lamp_has_no_next_edge(void **state) {
    (void)state;
    int64_t next_us = -1;
    assert_true(pattern_lamp(&(struct rhythm){1000, 0}, 99999, &next_us));
    assert_int_equal(next_us, PATTERN_NEVER);
}

static void a_bell_rings_its_strokes_and_no_more(void **state) {
    (void)state;
    const struct strokes strokes = {3, 150, 250};
    uint32_t begun = 0;
    bool was_on = false;
    int64_t phase_us = 0;
    while (phase_us != PATTERN_NEVER) {
        int64_t next_us = -1;
        bool is_on = pattern_bell(&strokes, phase_us, &next_us);
        assert_true(next_us > phase_us);
        begun += is_on && !was_on;
        was_on = is_on;
        phase_us = next_us;
    }
    assert_int_equal(begun, 3);
    assert_false(was_on);
    assert_int_equal(pattern_bell_length_us(&strokes), 3 * 150 + 2 * 250);
}

static void a_bell_without_strokes_is_silent(void **state) {
    (void)state;
    int64_t next_us = -1;
    assert_false(pattern_bell(&(struct strokes){0, 150, 250}, 0, &next_us));
    assert_int_equal(next_us, PATTERN_NEVER);
    assert_int_equal(pattern_bell_length_us(&(struct strokes){0, 150, 250}), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blinking_lamp_starts_lit_and_follows_its_period),
        cmocka_unit_test(a_steady_lamp_has_no_next_edge),
        cmocka_unit_test(a_bell_rings_its_strokes_and_no_more),
        cmocka_unit_test(a_bell_without_strokes_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
