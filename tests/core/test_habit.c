// SPDX-License-Identifier: MIT
//
// Row 45 of the checklist of polite fetching: what is learned, and where the next look goes. How
// much is gained by it is measured by the test core.adaptive.

#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/schedule/habit.h"
#include "core/schedule/rhythm.h"

enum { MINUTE_S = 60, HOUR_S = 3600, DAY_S = 24 * HOUR_S, WEEK_S = 7 * DAY_S, INTERVAL_S = 900 };

// 2026-01-05T00:00:00Z, a Monday.
static const int64_t monday_s = INT64_C(1767571200);
static const struct habit_bounds usual = {INTERVAL_S, 300, 4 * HOUR_S};

static void look_at(struct habit *habit, int64_t now_s, int64_t published_s) {
    int64_t times_s[] = {published_s};
    const struct habit_look look = {now_s, INTERVAL_S, times_s, published_s > 0};
    habit_learn(habit, &look);
}

// Eight weeks at the fixed interval; @story_at says whether there is a story in a quarter of an
// hour.
static struct habit learned(bool (*story_at)(int64_t hour, int64_t quarter, uint64_t *seed),
                            uint64_t seed) {
    struct habit habit = {0};
    look_at(&habit, monday_s, 0);
    for (int64_t at_s = monday_s; at_s < monday_s + 8 * WEEK_S; at_s += INTERVAL_S) {
        bool is_there = story_at(at_s / HOUR_S, at_s / INTERVAL_S, &seed);
        look_at(&habit, at_s + INTERVAL_S, is_there ? at_s + 450 : 0);
    }
    return habit;
}

static int64_t wait_at(const struct habit *habit, int64_t now_s) {
    return habit_wait_s(habit, &usual, now_s);
}

static bool is_working_hour(int64_t hour, int64_t quarter, uint64_t *seed) {
    (void)quarter;
    int64_t day = (hour / 24 + 4) % 7;
    return day >= 1 && day <= 5 && hour % 24 >= 8 && hour % 24 < 17 && random_next(seed) % 4 == 0;
}

static bool is_any_hour(int64_t hour, int64_t quarter, uint64_t *seed) {
    (void)hour;
    (void)quarter;
    return random_next(seed) % 40 == 0;
}

// A burst now and then: the first two hours of every seventh quarter of a day, any day and hour.
static bool is_burst(int64_t hour, int64_t quarter, uint64_t *seed) {
    (void)hour;
    (void)seed;
    return quarter % 167 < 4;
}

static bool is_every_second_hour(int64_t hour, int64_t quarter, uint64_t *seed) {
    (void)hour;
    *seed += (uint64_t)(quarter % 9 == 0);
    return quarter % 9 == 0;
}

static void row_45_looks_are_dense_in_working_hours_and_rare_at_night(void **state) {
    (void)state;
    struct habit habit = learned(is_working_hour, 1);
    int64_t tuesday_s = monday_s + 8 * WEEK_S + DAY_S;
    int64_t morning_s = wait_at(&habit, tuesday_s + 10 * HOUR_S);
    int64_t night_s = wait_at(&habit, tuesday_s + 20 * HOUR_S);
    int64_t sunday_s = wait_at(&habit, tuesday_s + 5 * DAY_S + 10 * HOUR_S);
    print_message("morning %d s, night %d s, Sunday morning %d s\n", (int)morning_s, (int)night_s,
                  (int)sunday_s);
    assert_in_range(morning_s, 300, INTERVAL_S / 2);
    assert_true(night_s > 2 * INTERVAL_S && night_s <= 4 * HOUR_S);
    assert_true(sunday_s > INTERVAL_S);
}

static void row_45_a_look_waits_for_the_morning_but_not_through_it(void **state) {
    (void)state;
    struct habit habit = learned(is_working_hour, 2);
    int64_t tuesday_s = monday_s + 8 * WEEK_S + DAY_S;
    for (int64_t at_s = tuesday_s + 5 * HOUR_S; at_s < tuesday_s + 8 * HOUR_S; at_s += 600)
        assert_true(at_s + wait_at(&habit, at_s) <= tuesday_s + 8 * HOUR_S + INTERVAL_S);
}

static void row_45_looks_are_shorter_after_a_story_where_bursts_are_usual(void **state) {
    (void)state;
    struct habit habit = learned(is_burst, 3);
    int64_t now_s = habit.recent.looked_s;
    struct habit hit = habit;
    look_at(&hit, now_s + INTERVAL_S, now_s + INTERVAL_S - 60);
    assert_true(wait_at(&hit, now_s + INTERVAL_S) < INTERVAL_S);
    look_at(&habit, now_s + INTERVAL_S, 0);
    assert_true(wait_at(&habit, now_s + DAY_S) > wait_at(&hit, now_s + INTERVAL_S));
}

static void row_45_looks_are_longer_after_a_story_where_gaps_are_even(void **state) {
    (void)state;
    struct habit habit = learned(is_every_second_hour, 4);
    int64_t story_s = habit.recent.story_s;
    assert_true(wait_at(&habit, story_s + 4 * HOUR_S) < INTERVAL_S);
    struct habit hit = habit;
    look_at(&hit, habit.recent.looked_s + INTERVAL_S, habit.recent.looked_s + INTERVAL_S - 60);
    assert_true(wait_at(&hit, hit.recent.looked_s) > INTERVAL_S);
}

static void row_45_feed_without_a_habit_has_the_fixed_interval_exactly(void **state) {
    (void)state;
    struct habit nothing = {0};
    for (int64_t hour = 0; hour < 168; hour++)
        assert_int_equal(wait_at(&nothing, monday_s + hour * HOUR_S), INTERVAL_S);
    size_t flat = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct habit habit = learned(is_any_hour, seed);
        bool is_flat = true;
        for (int64_t hour = 0; hour < 168; hour++)
            is_flat &= wait_at(&habit, monday_s + 9 * WEEK_S + hour * HOUR_S) == INTERVAL_S;
        flat += is_flat;
    }
    assert_true(flat >= 19); // chance has a habit now and then
}

static void row_45_no_bounds_are_overstepped(void **state) {
    (void)state;
    struct habit habit = learned(is_working_hour, 5);
    const struct habit_bounds bounds[] = {
        {900, 300, 14400}, {900, 660, 14400}, {900, 899, 901}, {3600, 300, 14400}, {600, 300, 1200},
    };
    for (size_t i = 0; i < ARRAY_SIZE(bounds); i++)
        for (int64_t at_s = 0; at_s < WEEK_S; at_s += 600)
            assert_in_range(habit_wait_s(&habit, &bounds[i], habit.recent.looked_s + at_s),
                            bounds[i].floor_s, bounds[i].ceiling_s);
    const struct habit_bounds tight[] = {{900, 900, 14400}, {3600, 7200, 14400}, {900, 300, 900}};
    for (size_t i = 0; i < ARRAY_SIZE(tight); i++)
        assert_int_equal(habit_wait_s(&habit, &tight[i], habit.recent.looked_s + 60),
                         tight[i].interval_s);
}

static void row_45_as_many_looks_are_spent_as_at_the_fixed_interval(void **state) {
    (void)state;
    struct habit habit = learned(is_working_hour, 6);
    uint64_t seed = 6;
    int64_t now_s = habit.recent.looked_s, end_s = now_s + 12 * WEEK_S, story_s = now_s, looks = 0;
    while (now_s < end_s) {
        now_s += wait_at(&habit, now_s);
        int64_t published_s = 0;
        for (; story_s + INTERVAL_S <= now_s; story_s += INTERVAL_S)
            if (is_working_hour(story_s / HOUR_S, 0, &seed))
                published_s = story_s + 450;
        look_at(&habit, now_s, published_s);
        looks++;
    }
    int64_t fixed = 12 * WEEK_S / INTERVAL_S;
    print_message("%d looks, %d at the fixed interval\n", (int)looks, (int)fixed);
    assert_in_range(looks, fixed * 97 / 100, fixed * 103 / 100);
}

static void a_first_look_learns_from_the_dates_it_finds(void **state) {
    (void)state;
    int64_t published_s[202];
    size_t count = 0;
    for (int64_t day = 0; day < 40; day++)
        for (int64_t story = 0; story < 5; story++)
            published_s[count++] = monday_s + day * DAY_S + 9 * HOUR_S + story * 700;
    published_s[count++] = monday_s + 400 * DAY_S; // in the future
    published_s[count++] = 0;                      // none given
    struct habit habit = {0};
    const struct habit_look look = {monday_s + 40 * DAY_S, INTERVAL_S, published_s, count};
    habit_learn(&habit, &look);
    assert_in_range(habit.stories, 150, 200);
    assert_in_range(habit.recent.observed_min / 1440, 33, 36);
    assert_true(wait_at(&habit, monday_s + 40 * DAY_S + 9 * HOUR_S) < INTERVAL_S);
    assert_true(wait_at(&habit, monday_s + 40 * DAY_S + 18 * HOUR_S) > INTERVAL_S);
}

static void a_story_counts_where_it_can_have_appeared(void **state) {
    (void)state;
    const int64_t before_s = monday_s + 10 * HOUR_S + 30 * MINUTE_S, now_s = before_s + INTERVAL_S;
    const struct {
        const char *name;
        int64_t published_s;
        int64_t counted_s; // 0 = not
    } cases[] = {
        {"in between", before_s + 100, before_s + 100},
        {"dated before the last look, shown after it", before_s - HOUR_S, before_s},
        {"in the future", now_s + DAY_S, now_s},
        {"of last month", before_s - 30 * DAY_S, 0},
        {"without a date", 0, before_s + INTERVAL_S / 2},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        print_message("%s\n", cases[i].name);
        struct habit habit = {0};
        look_at(&habit, before_s, 0);
        int64_t times_s[] = {cases[i].published_s};
        const struct habit_look look = {now_s, INTERVAL_S, times_s, 1};
        habit_learn(&habit, &look);
        assert_int_equal(habit.stories, cases[i].counted_s > 0);
        assert_int_equal(habit.recent.story_s, cases[i].counted_s);
    }
}

static void stories_of_one_minute_are_one_and_their_order_does_not_matter(void **state) {
    (void)state;
    int64_t forward_s[] = {monday_s + 60, monday_s + 70, monday_s + 2000, monday_s + 2800};
    int64_t backward_s[] = {monday_s + 2800, monday_s + 2000, monday_s + 70, monday_s + 60};
    struct habit one = {0}, other = {0};
    look_at(&one, monday_s, 0);
    look_at(&other, monday_s, 0);
    const struct habit_look first = {monday_s + HOUR_S, INTERVAL_S, forward_s, 4};
    const struct habit_look second = {monday_s + HOUR_S, INTERVAL_S, backward_s, 4};
    habit_learn(&one, &first);
    habit_learn(&other, &second);
    assert_memory_equal(&one, &other, sizeof one);
    assert_int_equal(one.stories, 3);
    assert_int_equal(one.hours[0], 3);
    assert_int_equal(one.days[1], 3);
    assert_int_equal(one.follow[0], 1);
    assert_int_equal(one.follow[2], 1);
}

static void a_clock_that_goes_back_costs_nothing_learned(void **state) {
    (void)state;
    struct habit habit = learned(is_working_hour, 7);
    uint32_t stories = habit.stories;
    look_at(&habit, monday_s, 0);
    assert_int_equal(habit.stories, stories);
    look_at(&habit, monday_s + INTERVAL_S, monday_s + 60);
    assert_int_equal(habit.stories, stories + 1);
    assert_int_equal(wait_at(&habit, monday_s - DAY_S), INTERVAL_S);
    look_at(&habit, -5, 0);
    look_at(&habit, INT64_MAX, 0);
    assert_int_equal(habit.stories, stories + 1);
}

static void old_habits_are_forgotten(void **state) {
    (void)state;
    struct habit habit = learned(is_working_hour, 8);
    uint64_t seed = 8;
    int64_t start_s = habit.recent.looked_s, end_s = start_s + 26 * WEEK_S;
    // From now on eight hours later, at night.
    for (int64_t at_s = start_s; at_s < end_s; at_s += INTERVAL_S) {
        bool is_there = is_working_hour(at_s / HOUR_S - 10, 0, &seed);
        look_at(&habit, at_s + INTERVAL_S, is_there ? at_s + 450 : 0);
    }
    int64_t tuesday_s = end_s + DAY_S;
    assert_true(wait_at(&habit, tuesday_s + 22 * HOUR_S) < INTERVAL_S);
    assert_true(wait_at(&habit, tuesday_s + 10 * HOUR_S) > INTERVAL_S);
}

static void looks_without_news_change_only_what_is_recent(void **state) {
    (void)state;
    struct habit habit = learned(is_burst, 7), resumed = habit;
    int64_t now_s = monday_s + 8 * WEEK_S;
    // By day and after an absence, back in time, and until more cannot be counted.
    for (int i = 0; i < 2000; i++) {
        const struct habit before = habit;
        now_s += i % 100 == 99 ? -HOUR_S : i % 100 == 50 ? 3 * DAY_S : 8 * HOUR_S;
        look_at(&habit, now_s, 0);
        assert_memory_equal(&habit, &before, HABIT_RECENT_AT);
        habit_resume(&resumed, &habit.recent);
        assert_memory_equal(&resumed, &habit, sizeof habit);
        assert_int_equal(habit_load(&habit, sizeof habit, &resumed), 0);
    }
    look_at(&habit, now_s + HOUR_S, now_s);
    assert_true(habit.recent.observed_min <
                52 * WEEK_S / MINUTE_S); // then older news counts for less
    assert_int_equal(habit_load(&habit, sizeof habit, &resumed), 0);
}

static void a_stored_habit_comes_back_and_anything_else_does_not(void **state) {
    (void)state;
    struct habit habit = learned(is_working_hour, 9), loaded;
    assert_int_equal(habit_load(&habit, sizeof habit, &loaded), 0);
    assert_memory_equal(&loaded, &habit, sizeof habit);
    memset(&loaded, 0x5a, sizeof loaded);
    struct habit untouched = loaded;
    assert_int_equal(habit_load(&habit, sizeof habit - 1, &loaded), -EINVAL);
    struct habit newer = habit;
    newer.version++;
    assert_int_equal(habit_load(&newer, sizeof newer, &loaded), -EINVAL);
    struct habit nothing = {0};
    assert_int_equal(habit_load(&nothing, sizeof nothing, &loaded), -EINVAL);
    assert_memory_equal(&loaded, &untouched, sizeof loaded);
}

static void a_habit_that_sees_an_hour_again_after_an_absence_comes_back_too(void **state) {
    (void)state;
    struct habit habit = {0}, again;
    look_at(&habit, monday_s, 0);
    for (int64_t i = 0; i < 4; i++)
        look_at(&habit, monday_s + (i + 1) * INTERVAL_S, monday_s + i * INTERVAL_S + 450);
    int64_t times_s[] = {monday_s, monday_s + 60, monday_s + 1000, monday_s + 2000,
                         monday_s + 3000};
    const struct habit_look look = {monday_s + 3 * DAY_S, INTERVAL_S, times_s, ARRAY_SIZE(times_s)};
    habit_learn(&habit, &look);
    assert_int_equal(habit_load(&habit, sizeof habit, &again), 0);
}

static void a_habit_of_two_looks_in_one_minute_comes_back_too(void **state) {
    (void)state;
    struct habit habit = {0}, loaded;
    look_at(&habit, monday_s, 0);
    look_at(&habit, monday_s + 50, monday_s + 40);
    assert_int_equal(habit.stories, 1);
    assert_int_equal(habit_load(&habit, sizeof habit, &loaded), 0);
}

static void no_bytes_loaded_run_over(void **state) {
    (void)state;
    const char *given = getenv("SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    print_message("SEED=%ju\n", (uintmax_t)seed);
    const struct habit sound = learned(is_working_hour, 10);
    size_t loads = 0;
    for (int i = 0; i < 20000; i++) {
        unsigned char bytes[sizeof(struct habit)];
        memcpy(bytes, &sound, sizeof bytes);
        for (uint64_t n = random_next(&seed) % 20; n > 0; n--)
            bytes[1 + random_next(&seed) % (sizeof bytes - 1)] = (unsigned char)random_next(&seed);
        struct habit habit;
        if (habit_load(bytes, sizeof bytes, &habit) < 0)
            continue;
        loads++;
        int64_t now_s = habit.recent.looked_s + (int64_t)(random_next(&seed) % WEEK_S);
        assert_in_range(wait_at(&habit, now_s), 300, 4 * HOUR_S);
        look_at(&habit, now_s, (int64_t)(random_next(&seed) >> 31));
        assert_in_range(wait_at(&habit, now_s), 300, 4 * HOUR_S);
    }
    assert_true(loads > 1000);
}

static void roots_are_rounded_down(void **state) {
    (void)state;
    uint64_t seed = 1;
    assert_int_equal(rhythm_root(0), 0);
    assert_int_equal(rhythm_root(INT64_C(1) << 62), INT64_C(1) << 31);
    for (int i = 0; i < 10000; i++) {
        int64_t square = (int64_t)(random_next(&seed) >> (2 + random_next(&seed) % 62));
        int64_t root = rhythm_root(square);
        assert_true(root * root <= square && (root + 1) * (root + 1) > square);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_45_looks_are_dense_in_working_hours_and_rare_at_night),
        cmocka_unit_test(row_45_a_look_waits_for_the_morning_but_not_through_it),
        cmocka_unit_test(row_45_looks_are_shorter_after_a_story_where_bursts_are_usual),
        cmocka_unit_test(row_45_looks_are_longer_after_a_story_where_gaps_are_even),
        cmocka_unit_test(row_45_feed_without_a_habit_has_the_fixed_interval_exactly),
        cmocka_unit_test(row_45_no_bounds_are_overstepped),
        cmocka_unit_test(row_45_as_many_looks_are_spent_as_at_the_fixed_interval),
        cmocka_unit_test(a_first_look_learns_from_the_dates_it_finds),
        cmocka_unit_test(a_story_counts_where_it_can_have_appeared),
        cmocka_unit_test(stories_of_one_minute_are_one_and_their_order_does_not_matter),
        cmocka_unit_test(a_clock_that_goes_back_costs_nothing_learned),
        cmocka_unit_test(old_habits_are_forgotten),
        cmocka_unit_test(looks_without_news_change_only_what_is_recent),
        cmocka_unit_test(a_stored_habit_comes_back_and_anything_else_does_not),
        cmocka_unit_test(a_habit_of_two_looks_in_one_minute_comes_back_too),
        cmocka_unit_test(a_habit_that_sees_an_hour_again_after_an_absence_comes_back_too),
        cmocka_unit_test(no_bytes_loaded_run_over),
        cmocka_unit_test(roots_are_rounded_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
