// SPDX-License-Identifier: MIT
//
// What lamps and bell do with what is on the desk, line by line of ALERTS.md, over simulated days.

#include "core/newsdesk.h"

static void raise_one(enum level level) {
    static const char *const titles[] = {"harbour closes", "museum burns",     "bridge falls",
                                         "airport floods", "refinery reopens", "tower sways"};
    const struct news news = {titles[desk.kept_count % ARRAY_SIZE(titles)], .level = level};
    (void)newsdesk_story(&desk, news);
}

static void set_quiet_hours(void) {
    desk.policy.quiet_from_min = 23 * 60;
    desk.policy.quiet_until_min = 7 * 60;
    newsdesk_reopen(&desk);
}

// --- levels ------------------------------------------------------------------------------------

static void a_flash_rings_ten_then_again_after_a_minute_then_every_five(void **state) {
    (void)state;
    raise_one(LEVEL_FLASH);
    assert_int_equal(newsdesk_run(&desk, 59 * S).strokes, 10);
    assert_int_equal(newsdesk_run(&desk, 10 * S).strokes, 10);
    assert_int_equal(newsdesk_run(&desk, 4 * MINUTE + 50 * S).strokes, 0);
    const struct trace hour = newsdesk_run(&desk, HOUR);
    assert_int_equal(hour.strokes, 12 * 10);
    assert_int_equal(hour.edges[ROLE_RED] / 4, 3600); // 2 Hz
    newsdesk_acknowledge(&desk);
    const struct trace after = newsdesk_run(&desk, DAY);
    assert_int_equal(after.strokes, 0);
    assert_int_equal(after.lit_us[ROLE_RED], 0);
}

static void a_bulletin_rings_five_and_once_more_after_ten_minutes(void **state) {
    (void)state;
    raise_one(LEVEL_BULLETIN);
    assert_int_equal(newsdesk_run(&desk, 10 * MINUTE - S).strokes, 5);
    const struct trace day = newsdesk_run(&desk, DAY);
    assert_int_equal(day.strokes, 5);
    assert_in_range(day.edges[ROLE_RED] * 10 / (2 * 86400), 5, 6); // 0.6 Hz
}

static void an_urgent_rings_three_and_stays_lit_until_acknowledged(void **state) {
    (void)state;
    raise_one(LEVEL_URGENT);
    const struct trace week = newsdesk_run(&desk, 7 * DAY);
    assert_int_equal(week.strokes, 3);
    assert_in_range(week.lit_us[ROLE_AMBER] / HOUR, 83, 85); // half of the time
}

static void a_routine_is_a_steady_lamp_for_half_an_hour(void **state) {
    (void)state;
    raise_one(LEVEL_ROUTINE);
    const struct trace day = newsdesk_run(&desk, DAY);
    assert_int_equal(day.strokes, 0);
    assert_int_equal(day.edges[ROLE_GREEN], 2);
    assert_int_equal(day.lit_us[ROLE_GREEN], 30 * MINUTE);
    assert_int_equal(desk.kept[0].state, ALERT_CLEARED);
}

static void the_highest_unacknowledged_level_shows(void **state) {
    (void)state;
    raise_one(LEVEL_ROUTINE);
    raise_one(LEVEL_FLASH);
    raise_one(LEVEL_URGENT);
    const struct trace trace = newsdesk_run(&desk, MINUTE);
    assert_true(trace.lit_us[ROLE_RED] > 0);
    assert_int_equal(trace.lit_us[ROLE_AMBER] + trace.lit_us[ROLE_GREEN], 0);
    assert_true(annunciator_remove(desk.annunciator, 2));
    assert_false(annunciator_remove(desk.annunciator, 2));
    assert_true(newsdesk_run(&desk, MINUTE).lit_us[ROLE_AMBER] > 0);
}

static void a_section_has_its_own_lamp_and_may_be_silent(void **state) {
    (void)state;
    static const struct keywords_section section = {
        .name = "", .lamp = ROLE_GREEN, .is_silent = true, .from_min = -1, .until_min = -1};
    const struct news silent = {"harbour closes", .level = LEVEL_BULLETIN, .section = &section};
    (void)newsdesk_story(&desk, silent);
    const struct trace trace = newsdesk_run(&desk, HOUR);
    assert_int_equal(trace.strokes, 0);
    assert_int_equal(trace.lit_us[ROLE_RED], 0);
    assert_true(trace.edges[ROLE_GREEN] > 4000); // with the rhythm of its level
    raise_one(LEVEL_BULLETIN); // another of the level is heard, and both lamps are seen
    const struct trace both = newsdesk_run(&desk, HOUR);
    assert_int_equal(both.strokes, 10);
    assert_true(both.lit_us[ROLE_RED] > 0 && both.lit_us[ROLE_GREEN] > 0);
}

// --- quiet hours -------------------------------------------------------------------------------

static void in_quiet_hours_a_flash_rings(void **state) {
    (void)state;
    set_quiet_hours();
    (void)newsdesk_run_until(&desk, 3, 0);
    raise_one(LEVEL_FLASH);
    assert_int_equal(desk.kept[0].disposition, DISPOSITION_RANG);
    assert_int_equal(newsdesk_run(&desk, HOUR).strokes, 130);
}

static void in_quiet_hours_bulletin_and_urgent_are_a_lamp_only(void **state) {
    (void)state;
    set_quiet_hours();
    (void)newsdesk_run_until(&desk, 23, 0);
    raise_one(LEVEL_URGENT);
    assert_int_equal(desk.kept[0].disposition, DISPOSITION_QUIET);
    assert_true(newsdesk_run(&desk, HOUR).lit_us[ROLE_AMBER] > 29 * MINUTE);
    raise_one(LEVEL_BULLETIN);
    const struct trace night = newsdesk_run_until(&desk, 6, 59);
    assert_int_equal(night.strokes, 0);
    assert_true(night.lit_us[ROLE_RED] > 3 * HOUR);
    // The lamp told: the morning has nothing to add.
    assert_int_equal(newsdesk_run(&desk, HOUR).strokes, 0);
}

static void a_repeat_that_falls_into_quiet_hours_is_left_out(void **state) {
    (void)state;
    set_quiet_hours();
    (void)newsdesk_run_until(&desk, 22, 55);
    raise_one(LEVEL_BULLETIN);
    assert_int_equal(newsdesk_run_until(&desk, 12, 0).strokes, 5);
}

static void what_was_dark_comes_to_light_once_when_quiet_hours_end(void **state) {
    (void)state;
    set_quiet_hours();
    (void)newsdesk_run_until(&desk, 23, 30);
    raise_one(LEVEL_ROUTINE);
    raise_one(LEVEL_ROUTINE);
    const struct trace night = newsdesk_run_until(&desk, 7, 0);
    assert_int_equal(night.lit_us[ROLE_GREEN], 0);
    assert_true(night.steps < 20); // and it is not waited for busily
    const struct trace morning = newsdesk_run(&desk, 12 * HOUR);
    assert_int_equal(morning.edges[ROLE_GREEN], 2);
    assert_int_equal(morning.lit_us[ROLE_GREEN], 30 * MINUTE);
    assert_int_equal(newsdesk_run(&desk, DAY).lit_us[ROLE_GREEN], 0);
}

static void a_level_that_waits_in_the_dark_rings_once_in_the_morning(void **state) {
    (void)state;
    desk.policy.levels[LEVEL_URGENT].quiet = QUIET_DARK;
    set_quiet_hours();
    (void)newsdesk_run_until(&desk, 1, 0);
    raise_one(LEVEL_URGENT);
    raise_one(LEVEL_URGENT);
    const struct trace night = newsdesk_run_until(&desk, 7, 0);
    assert_int_equal(night.strokes + night.edges[ROLE_AMBER], 0);
    assert_int_equal(newsdesk_run(&desk, DAY).strokes, 3);
}

static void quiet_hours_follow_the_clock_on_the_wall_into_summer_time(void **state) {
    (void)state;
    desk.is_in_europe = true;
    set_quiet_hours();
    (void)newsdesk_run_until(&desk, 23, 0);
    const int64_t night_s = desk.now.wall_s;
    raise_one(LEVEL_ROUTINE);
    struct annunciation show;
    do {
        struct trace trace = {.steps = 0};
        newsdesk_step(&desk, &trace, &show);
        if (!show.is_lit[ROLE_GREEN])
            newsdesk_pass(&desk, show.next_us - desk.now.boot_us);
    } while (!show.is_lit[ROLE_GREEN]);
    assert_int_equal(desk.now.wall_s - night_s, 7 * 3600); // the hour from two to three was missing
}

static void while_the_clock_is_not_set_there_are_no_quiet_hours(void **state) {
    (void)state;
    set_quiet_hours();
    (void)newsdesk_run_until(&desk, 2, 0);
    desk.now.is_trusted = false;
    raise_one(LEVEL_URGENT);
    assert_int_equal(desk.kept[0].disposition, DISPOSITION_RANG);
    assert_int_equal(newsdesk_run(&desk, HOUR).strokes, 3);
}

// --- snooze ------------------------------------------------------------------------------------

static void a_snooze_darkens_what_rings_and_gives_it_back(void **state) {
    (void)state;
    raise_one(LEVEL_FLASH);
    (void)newsdesk_run(&desk, S);
    annunciator_snooze(desk.annunciator, desk.now.boot_us + HOUR);
    const struct trace snoozed = newsdesk_run(&desk, HOUR);
    assert_int_equal(snoozed.strokes, 0);
    assert_int_equal(snoozed.lit_us[ROLE_RED], 0);
    assert_true(snoozed.steps < 5);
    const struct trace after = newsdesk_run(&desk, MINUTE);
    assert_int_equal(after.strokes, 10);
    assert_true(after.lit_us[ROLE_RED] > 29 * S);
}

static void a_snooze_that_is_taken_back_ends_at_once(void **state) {
    (void)state;
    raise_one(LEVEL_URGENT);
    annunciator_snooze(desk.annunciator, desk.now.boot_us + HOUR);
    assert_int_equal(newsdesk_run(&desk, MINUTE).edges[ROLE_AMBER], 0);
    annunciator_snooze(desk.annunciator, 0);
    const struct trace trace = newsdesk_run(&desk, MINUTE);
    assert_int_equal(trace.strokes, 3); // it had not rung yet
    assert_true(trace.lit_us[ROLE_AMBER] > 0);
}

// --- health ------------------------------------------------------------------------------------

static void silent_death_shows_on_the_health_lamp_and_never_rings(void **state) {
    (void)state;
    annunciator_set_health(desk.annunciator, true, desk.now.boot_us);
    struct trace trace = newsdesk_run(&desk, DAY);
    assert_int_equal(trace.strokes, 0);
    assert_int_equal(trace.lit_us[ROLE_HEALTH], DAY);
    raise_one(LEVEL_FLASH); // an alert takes nothing from it
    assert_int_equal(newsdesk_run(&desk, HOUR).lit_us[ROLE_HEALTH], HOUR);
    annunciator_snooze(desk.annunciator, desk.now.boot_us + HOUR); // nor does a snooze
    assert_int_equal(newsdesk_run(&desk, HOUR).lit_us[ROLE_HEALTH], HOUR);
    annunciator_set_health(desk.annunciator, false, desk.now.boot_us);
    assert_int_equal(newsdesk_run(&desk, HOUR).lit_us[ROLE_HEALTH], 0);
}

static void without_a_health_lamp_amber_flicks_twice_every_five_seconds(void **state) {
    (void)state;
    annunciator_free(desk.annunciator);
    assert_int_equal(annunciator_new(&desk.policy, false, &desk.annunciator), 0);
    annunciator_set_health(desk.annunciator, true, desk.now.boot_us);
    struct trace trace = newsdesk_run(&desk, 50 * S);
    assert_int_equal(trace.edges[ROLE_AMBER], 40);
    assert_int_equal(trace.lit_us[ROLE_AMBER], 20 * 80000);
    assert_int_equal(trace.lit_us[ROLE_HEALTH] + trace.strokes, 0);
    raise_one(LEVEL_BULLETIN); // red shows, so amber can flick on
    assert_int_equal(newsdesk_run(&desk, 50 * S).edges[ROLE_AMBER], 40);
    newsdesk_acknowledge(&desk);
    raise_one(LEVEL_URGENT); // amber is taken
    assert_in_range(newsdesk_run(&desk, 50 * S).edges[ROLE_AMBER], 59, 61);
    newsdesk_acknowledge(&desk);
    assert_in_range(newsdesk_run(&desk, 50 * S).edges[ROLE_AMBER], 39, 41);
}

// --- drill -------------------------------------------------------------------------------------

static void a_drill_shows_all_lamps_then_its_level_and_clears_itself(void **state) {
    (void)state;
    static const uint32_t strokes[] = {0, 3, 5, 10};
    for (unsigned level = 0; level < LEVEL_COUNT; level++) {
        const struct annunciator_alert drill = {
            .id = 7, .level = (enum level)level, .lamp = ROLE_COUNT, .is_drill = true};
        desk.kept_count = 7;
        annunciator_raise(desk.annunciator, &drill, desk.now.boot_us);
        const struct trace all = newsdesk_run(&desk, S);
        for (size_t role = 0; role < ROLE_BUZZER; role++)
            assert_int_equal(all.lit_us[role], S);
        assert_int_equal(all.strokes, 0);
        const struct trace trace = newsdesk_run(&desk, HOUR);
        assert_int_equal(trace.strokes, strokes[level]);
        assert_true(trace.lit_us[policy_default.levels[level].lamp] > 2 * S);
        assert_int_equal(annunciator_count(desk.annunciator), 0);
        assert_int_equal(desk.kept[6].state, ALERT_CLEARED);
    }
}

// --- the bound on sound ------------------------------------------------------------------------

static void the_buzzer_never_sounds_longer_than_two_seconds_at_a_stretch(void **state) {
    (void)state;
    for (unsigned level = 0; level < LEVEL_COUNT; level++) {
        desk.policy.levels[level].strokes = (struct strokes){5, 600 * S, 0}; // as nobody may set it
        desk.policy.levels[level].repeat_us[0] = desk.policy.levels[level].repeat_us[1] = S;
    }
    newsdesk_reopen(&desk);
    uint64_t seed = 20260328;
    print_message("seed %ju\n", (uintmax_t)seed);
    int64_t longest_us = 0;
    for (size_t turn = 0; turn < 2000; turn++) {
        const uint64_t random = random_next(&seed);
        if (random % 8 < 3)
            raise_one((enum level)(random >> 8) % LEVEL_COUNT);
        else if (random % 8 == 3)
            newsdesk_acknowledge(&desk);
        else if (random % 8 == 4)
            annunciator_snooze(desk.annunciator, desk.now.boot_us + (int64_t)(random >> 60) * S);
        if (desk.kept_count > NEWSDESK_ALERTS_MAX - 2)
            newsdesk_acknowledge(&desk), desk.kept_count = 0, newsdesk_reopen(&desk);
        const struct trace trace = newsdesk_run(&desk, (int64_t)(random >> 44) * 4);
        if (trace.longest_sound_us > longest_us)
            longest_us = trace.longest_sound_us;
    }
    assert_int_equal(longest_us, ANNUNCIATOR_SOUND_US); // reached, and never passed
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_flash_rings_ten_then_again_after_a_minute_then_every_five),
        TEST(a_bulletin_rings_five_and_once_more_after_ten_minutes),
        TEST(an_urgent_rings_three_and_stays_lit_until_acknowledged),
        TEST(a_routine_is_a_steady_lamp_for_half_an_hour),
        TEST(the_highest_unacknowledged_level_shows),
        TEST(a_section_has_its_own_lamp_and_may_be_silent),
        TEST(in_quiet_hours_a_flash_rings),
        TEST(in_quiet_hours_bulletin_and_urgent_are_a_lamp_only),
        TEST(a_repeat_that_falls_into_quiet_hours_is_left_out),
        TEST(what_was_dark_comes_to_light_once_when_quiet_hours_end),
        TEST(a_level_that_waits_in_the_dark_rings_once_in_the_morning),
        TEST(quiet_hours_follow_the_clock_on_the_wall_into_summer_time),
        TEST(while_the_clock_is_not_set_there_are_no_quiet_hours),
        TEST(a_snooze_darkens_what_rings_and_gives_it_back),
        TEST(a_snooze_that_is_taken_back_ends_at_once),
        TEST(silent_death_shows_on_the_health_lamp_and_never_rings),
        TEST(without_a_health_lamp_amber_flicks_twice_every_five_seconds),
        TEST(a_drill_shows_all_lamps_then_its_level_and_clears_itself),
        TEST(the_buzzer_never_sounds_longer_than_two_seconds_at_a_stretch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
