// SPDX-License-Identifier: MIT
//
// The desk over simulated time: a run steps from due time to due time, as the daemon does, and
// counts what a person would see and hear.

#include "unit.h"

#include <string.h>

#include "core/alert/annunciator.h"
#include "wirebell/limits.h"

#define S INT64_C(1000000)

// What lamps and bell did over a stretch of time.
struct seen {
    uint32_t strokes;
    uint32_t edges[ROLE_COUNT];
    int64_t lit_us[ROLE_COUNT];
    int64_t longest_sound_us;
    uint32_t rang[LEVEL_COUNT];
    uint32_t cleared;
    uint32_t steps;
};

struct desk {
    struct annunciator *annunciator;
    int64_t now_us;
    bool is_lit[ROLE_COUNT];
    int64_t sound_since_us;
};

static void desk_open(struct desk *desk) {
    *desk = (struct desk){.now_us = 1000 * S};
    assert_int_equal(annunciator_new(&policy_default, true, &desk->annunciator), 0);
}

static void step_at(struct desk *desk, struct annunciation *show) {
    annunciator_step(desk->annunciator, &(struct moment){.boot_us = desk->now_us}, show);
}

static void desk_step(struct desk *desk, struct seen *seen, struct annunciation *show) {
    step_at(desk, show);
    seen->steps++;
    seen->cleared += (uint32_t)show->cleared_count;
    for (size_t level = 0; level < LEVEL_COUNT; level++)
        seen->rang[level] += (show->rang >> level) & 1;
    for (size_t role = 0; role < ROLE_COUNT; role++)
        if (show->is_lit[role] != desk->is_lit[role])
            seen->edges[role]++;
    if (show->is_lit[ROLE_BUZZER] && !desk->is_lit[ROLE_BUZZER]) {
        seen->strokes++;
        desk->sound_since_us = desk->now_us;
    }
    memcpy(desk->is_lit, show->is_lit, sizeof desk->is_lit);
}

static struct seen desk_run(struct desk *desk, int64_t for_us) {
    struct seen seen = {0};
    int64_t end_us = desk->now_us + for_us;
    for (;;) {
        struct annunciation show;
        desk_step(desk, &seen, &show);
        int64_t next_us = show.next_us < end_us ? show.next_us : end_us;
        assert_true(next_us >= desk->now_us);
        for (size_t role = 0; role < ROLE_COUNT; role++)
            if (show.is_lit[role])
                seen.lit_us[role] += next_us - desk->now_us;
        if (show.is_lit[ROLE_BUZZER] && next_us - desk->sound_since_us > seen.longest_sound_us)
            seen.longest_sound_us = next_us - desk->sound_since_us;
        desk->now_us = next_us;
        if (next_us == end_us)
            return seen;
    }
}

static void desk_raise(struct desk *desk, int64_t id, enum level level, uint32_t rings) {
    const struct annunciator_alert alert = {
        .id = id, .level = level, .lamp = ROLE_COUNT, .rings = rings};
    annunciator_raise(desk->annunciator, &alert, desk->now_us);
}

static void desk_close(struct desk *desk) {
    annunciator_free(desk->annunciator);
}

static void an_empty_desk_is_dark_and_never_wakes(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    struct annunciation show;
    step_at(&desk, &show);
    assert_int_equal(show.next_us, PATTERN_NEVER);
    assert_false(show.is_showing);
    for (size_t role = 0; role < ROLE_COUNT; role++)
        assert_false(show.is_lit[role]);
    desk_close(&desk);
}

static void each_level_has_its_lamp_and_its_strokes(void **state) {
    (void)state;
    const struct {
        enum level level;
        enum board_role lamp;
        uint32_t strokes;
        uint32_t edges_in_10_s;
    } cases[] = {
        {LEVEL_FLASH, ROLE_RED, 10, 40},
        {LEVEL_BULLETIN, ROLE_RED, 5, 13},
        {LEVEL_URGENT, ROLE_AMBER, 3, 13},
        {LEVEL_ROUTINE, ROLE_GREEN, 0, 1},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct desk desk;
        desk_open(&desk);
        desk_raise(&desk, 1, cases[i].level, 0);
        struct seen seen = desk_run(&desk, 10 * S - 1);
        assert_int_equal(seen.strokes, cases[i].strokes);
        assert_int_equal(seen.rang[cases[i].level], 1);
        for (size_t role = 0; role < ROLE_BUZZER; role++)
            assert_int_equal(seen.edges[role], role == cases[i].lamp ? cases[i].edges_in_10_s : 0);
        assert_true(seen.longest_sound_us <= S);
        desk_close(&desk);
    }
}

static void the_lamp_lights_at_once(void **state) {
    (void)state;
    for (enum level level = 0; level < LEVEL_COUNT; level++) {
        struct desk desk;
        desk_open(&desk);
        desk_raise(&desk, 1, level, 0);
        struct annunciation show;
        step_at(&desk, &show);
        assert_true(show.is_lit[policy_default.levels[level].lamp]);
        desk_close(&desk);
    }
}

static void the_highest_level_shows_alone(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_raise(&desk, 1, LEVEL_URGENT, 0);
    desk_run(&desk, 10 * S);
    desk_raise(&desk, 2, LEVEL_BULLETIN, 0);
    struct seen seen = desk_run(&desk, 10 * S);
    assert_true(seen.lit_us[ROLE_RED] > 4 * S);
    assert_int_equal(seen.lit_us[ROLE_AMBER], 0);
    assert_int_equal(annunciator_count(desk.annunciator), 2);
    desk_close(&desk);
}

static void two_levels_raised_together_ring_one_after_the_other(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_raise(&desk, 1, LEVEL_URGENT, 0);
    desk_raise(&desk, 2, LEVEL_BULLETIN, 0);
    struct seen first = desk_run(&desk, 5 * 400000 - 250000 + S);
    assert_int_equal(first.strokes, 5);
    assert_int_equal(first.rang[LEVEL_BULLETIN], 1);
    assert_int_equal(first.rang[LEVEL_URGENT], 0);
    struct seen second = desk_run(&desk, 20 * S);
    assert_int_equal(second.strokes, 3);
    assert_int_equal(second.rang[LEVEL_URGENT], 1);
    desk_close(&desk);
}

static void alerts_of_one_level_raised_together_ring_once(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    for (int64_t id = 1; id <= 40; id++)
        desk_raise(&desk, id, LEVEL_URGENT, 0);
    assert_int_equal(desk_run(&desk, 3600 * S).strokes, 3);
    desk_close(&desk);
}

static void a_later_alert_of_the_same_level_rings_again(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_raise(&desk, 1, LEVEL_URGENT, 0);
    desk_run(&desk, 60 * S);
    desk_raise(&desk, 2, LEVEL_URGENT, 0);
    assert_int_equal(desk_run(&desk, 60 * S).strokes, 3);
    desk_close(&desk);
}

static void a_flash_cuts_a_lower_ring_short(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_raise(&desk, 1, LEVEL_URGENT, 0);
    desk_run(&desk, 500000);
    desk_raise(&desk, 2, LEVEL_FLASH, 0);
    struct annunciation show;
    step_at(&desk, &show);
    assert_int_equal(show.rang, 1u << LEVEL_FLASH);
    assert_true(show.is_lit[ROLE_BUZZER]);
    desk_close(&desk);
}

static void an_unacknowledged_flash_rings_after_a_minute_then_every_five(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_raise(&desk, 1, LEVEL_FLASH, 0);
    assert_int_equal(desk_run(&desk, 59 * S).strokes, 10);
    assert_int_equal(desk_run(&desk, 10 * S).strokes, 10);
    assert_int_equal(desk_run(&desk, 280 * S).strokes, 0);
    assert_int_equal(desk_run(&desk, 30 * S).strokes, 10);
    struct seen day = desk_run(&desk, 24 * 3600 * S);
    assert_int_equal(day.rang[LEVEL_FLASH], 24 * 12);
    assert_int_equal(day.strokes, 24 * 12 * 10);
    desk_close(&desk);
}

static void an_unacknowledged_bulletin_rings_once_more(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_raise(&desk, 1, LEVEL_BULLETIN, 0);
    assert_int_equal(desk_run(&desk, 599 * S).strokes, 5);
    assert_int_equal(desk_run(&desk, 24 * 3600 * S).strokes, 5);
    desk_close(&desk);
}

static void acknowledging_darkens_silences_and_stops_repeats(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_raise(&desk, 1, LEVEL_FLASH, 0);
    desk_raise(&desk, 2, LEVEL_URGENT, 0);
    desk_run(&desk, 450000);
    assert_int_equal(annunciator_acknowledge(desk.annunciator), 2);
    struct annunciation show;
    step_at(&desk, &show);
    for (size_t role = 0; role < ROLE_COUNT; role++)
        assert_false(show.is_lit[role]);
    assert_int_equal(show.next_us, PATTERN_NEVER);
    assert_int_equal(annunciator_acknowledge(desk.annunciator), 0);
    desk_close(&desk);
}

static void a_routine_alert_clears_by_itself_after_half_an_hour(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    for (int64_t id = 1; id <= 20; id++)
        desk_raise(&desk, id, LEVEL_ROUTINE, 0);
    struct seen before = desk_run(&desk, 1800 * S - 1);
    assert_int_equal(before.cleared, 0);
    assert_int_equal(before.strokes, 0);
    struct seen after = desk_run(&desk, 2);
    assert_int_equal(after.cleared, 20);
    assert_int_equal(annunciator_count(desk.annunciator), 0);
    assert_false(desk.is_lit[ROLE_GREEN]);
    desk_close(&desk);
}

static void after_a_restart_the_lamp_is_lit_and_the_bell_silent(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_raise(&desk, 7, LEVEL_BULLETIN, 1);
    desk_raise(&desk, 8, LEVEL_URGENT, 1);
    struct seen seen = desk_run(&desk, 500 * S);
    assert_int_equal(seen.strokes, 0);
    assert_true(seen.lit_us[ROLE_RED] > 200 * S);
    assert_int_equal(desk_run(&desk, 24 * 3600 * S).strokes, 5); // the bulletin's one repeat
    desk_close(&desk);
}

static void a_restored_alert_that_never_rang_rings(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_raise(&desk, 7, LEVEL_URGENT, 1);
    desk_raise(&desk, 8, LEVEL_URGENT, 0);
    assert_int_equal(desk_run(&desk, 10 * S).strokes, 3);
    desk_close(&desk);
}

static void a_full_desk_keeps_the_highest_levels(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    for (int64_t id = 1; id <= LIMIT_ALERTS_MAX; id++)
        desk_raise(&desk, id, LEVEL_ROUTINE, 0);
    desk_raise(&desk, 1000, LEVEL_FLASH, 0);
    assert_int_equal(annunciator_count(desk.annunciator), LIMIT_ALERTS_MAX);
    assert_int_equal(desk_run(&desk, 5 * S).strokes, 10);
    for (int64_t id = 1; id <= LIMIT_ALERTS_MAX; id++)
        desk_raise(&desk, 2000 + id, LEVEL_FLASH, 0);
    desk_raise(&desk, 3000, LEVEL_ROUTINE, 0); // outranked by all that is there
    struct seen seen = desk_run(&desk, 1801 * S);
    assert_int_equal(seen.cleared, 0);
    desk_close(&desk);
}

static void a_blinking_lamp_costs_its_edges_only(void **state) {
    (void)state;
    struct desk desk;
    desk_open(&desk);
    desk_raise(&desk, 1, LEVEL_URGENT, 1);
    struct seen seen = desk_run(&desk, 60 * S);
    assert_true(seen.steps <= seen.edges[ROLE_AMBER] + 2);
    desk_close(&desk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_desk_is_dark_and_never_wakes),
        cmocka_unit_test(each_level_has_its_lamp_and_its_strokes),
        cmocka_unit_test(the_lamp_lights_at_once),
        cmocka_unit_test(the_highest_level_shows_alone),
        cmocka_unit_test(two_levels_raised_together_ring_one_after_the_other),
        cmocka_unit_test(alerts_of_one_level_raised_together_ring_once),
        cmocka_unit_test(a_later_alert_of_the_same_level_rings_again),
        cmocka_unit_test(a_flash_cuts_a_lower_ring_short),
        cmocka_unit_test(an_unacknowledged_flash_rings_after_a_minute_then_every_five),
        cmocka_unit_test(an_unacknowledged_bulletin_rings_once_more),
        cmocka_unit_test(acknowledging_darkens_silences_and_stops_repeats),
        cmocka_unit_test(a_routine_alert_clears_by_itself_after_half_an_hour),
        cmocka_unit_test(after_a_restart_the_lamp_is_lit_and_the_bell_silent),
        cmocka_unit_test(a_restored_alert_that_never_rang_rings),
        cmocka_unit_test(a_full_desk_keeps_the_highest_levels),
        cmocka_unit_test(a_blinking_lamp_costs_its_edges_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
