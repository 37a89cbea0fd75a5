// SPDX-License-Identifier: MIT
//
// Tests named row_NN_... are about a row of the checklist of polite fetching.

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/schedule/habit.h"
#include "core/schedule/schedule.h"
#include "wirebell/limits.h"

static const int64_t SECOND_US = 1000000;
static const int64_t now_us = INT64_C(5000000000);
// 2026-11-22T10:00:00Z, a Sunday.
static const int64_t sunday_s = INT64_C(1795341600);

struct bounds {
    int64_t least_us;
    int64_t most_us; // of latest_us
    enum schedule_reason reason;
};

// What comes of an input over many seeds.
static struct bounds plans(struct schedule_input input) {
    struct bounds bounds = {INT64_MAX, 0, SCHEDULE_REASON_COUNT};
    for (uint64_t seed = 0; seed < 2000; seed++) {
        input.seed = seed * 7919;
        struct schedule_plan plan = schedule_next(&input, now_us);
        assert_true(plan.latest_us >= plan.due_us);
        int64_t due_us = plan.due_us - now_us, latest_us = plan.latest_us - now_us;
        bounds.least_us = due_us < bounds.least_us ? due_us : bounds.least_us;
        bounds.most_us = latest_us > bounds.most_us ? latest_us : bounds.most_us;
        bounds.reason = plan.reason;
    }
    return bounds;
}

struct expected {
    const char *name;
    struct schedule_input input;
    int64_t wait_s;
    enum schedule_reason reason;
};

// The wait is what is expected, or later by less than a tenth of it.
static void expect(const struct expected *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        print_message("%s\n", cases[i].name);
        struct bounds bounds = plans(cases[i].input);
        assert_int_equal(bounds.least_us / SECOND_US, cases[i].wait_s);
        assert_true(bounds.most_us <= cases[i].wait_s * SECOND_US * 11 / 10);
        assert_string_equal(schedule_reason_name(bounds.reason),
                            schedule_reason_name(cases[i].reason));
    }
}

#define GOOD       .outcome = READING_OK, .has_validators = true
#define STATUS(it) .outcome = READING_HTTP_ERROR, .http_status = (it), .failures = 1

static void row_12_retry_after_of_429_holds_the_feed_and_its_host(void **state) {
    (void)state;
    const struct expected cases[] = {
        {"two hours", {STATUS(429), .retry_after_s = 7200}, 7200, SCHEDULE_RETRY_AFTER},
        {"less than our own wait",
         {STATUS(429), .retry_after_s = 120},
         DEFAULT_POLL_S,
         SCHEDULE_BACK_OFF},
    };
    expect(cases, ARRAY_SIZE(cases));
    assert_int_equal(schedule_host_hold_us(&cases[1].input, now_us), now_us + 120 * SECOND_US);
    struct schedule_input without = {STATUS(429)};
    assert_int_equal(schedule_host_hold_us(&without, now_us), 0);
}

static void row_14_retry_after_of_503_holds_this_feed_only(void **state) {
    (void)state;
    const struct expected cases[] = {
        {"two hours", {STATUS(503), .retry_after_s = 7200}, 7200, SCHEDULE_RETRY_AFTER}};
    expect(cases, 1);
    assert_int_equal(schedule_host_hold_us(&cases[0].input, now_us), 0);
}

static void row_15_absurd_retry_after_is_cut_to_a_day_and_said(void **state) {
    (void)state;
    const struct expected cases[] = {
        {"a day", {STATUS(503), .retry_after_s = 86400}, 86400, SCHEDULE_RETRY_AFTER},
        {"years", {STATUS(429), .retry_after_s = 99999999}, 86400, SCHEDULE_RETRY_CLAMPED},
        {"not understood", {STATUS(429)}, DEFAULT_POLL_S, SCHEDULE_BACK_OFF},
        {"nonsense", {STATUS(429), .retry_after_s = -1}, DEFAULT_POLL_S, SCHEDULE_BACK_OFF},
    };
    expect(cases, ARRAY_SIZE(cases));
    assert_int_equal(schedule_host_hold_us(&cases[1].input, now_us), now_us + 86400 * SECOND_US);
}

static void row_16_failures_wait_longer_each_time_up_to_the_cap(void **state) {
    (void)state;
    const struct schedule_input failing[] = {
        {STATUS(500)},
        {STATUS(429)},
        {.outcome = READING_TIMED_OUT},
        {.outcome = READING_UNREACHABLE},
        {.outcome = READING_NOT_A_FEED},
        {.outcome = READING_READER_DIED},
    };
    for (size_t i = 0; i < ARRAY_SIZE(failing); i++) {
        struct schedule_input input = failing[i];
        struct bounds before = {0};
        for (input.failures = 1; input.failures < 12; input.failures++) {
            struct bounds bounds = plans(input);
            assert_int_equal(bounds.reason, SCHEDULE_BACK_OFF);
            // The earliest after the latest before: 1.5 times as long with all lateness.
            assert_true(bounds.least_us / SECOND_US >= LIMIT_BACKOFF_MAX_S ||
                        2 * bounds.least_us >= 3 * before.most_us);
            before = bounds;
        }
        assert_int_equal(before.least_us / SECOND_US, LIMIT_BACKOFF_MAX_S);
    }
    const struct expected cases[] = {
        {"one success resets", {GOOD}, DEFAULT_POLL_S, SCHEDULE_INTERVAL}};
    expect(cases, 1);
}

static void row_17_failure_at_this_end_is_tried_again_soon(void **state) {
    (void)state;
    struct schedule_input input = {
        .outcome = READING_UNREACHABLE, .is_offline = true, .local_failures = 1, .failures = 9};
    assert_true(schedule_is_local(&input));
    struct bounds bounds = plans(input);
    assert_int_equal(bounds.reason, SCHEDULE_OFFLINE);
    assert_true(bounds.least_us >= 30 * SECOND_US && bounds.most_us <= 60 * SECOND_US);
    int64_t before_us = 0;
    for (; input.local_failures < 20; input.local_failures++) {
        int64_t wait_us = plans(input).least_us;
        assert_true(wait_us >= before_us && wait_us < LIMIT_POLL_MIN_S * SECOND_US * 11 / 10);
        before_us = wait_us;
    }
    assert_int_equal(before_us / SECOND_US, LIMIT_POLL_MIN_S);
    input.outcome = READING_HTTP_ERROR; // an answer came: not offline, whatever was thought
    assert_false(schedule_is_local(&input));
    input.outcome = READING_FAILED;
    assert_true(schedule_is_local(&input));
    assert_int_equal(plans(input).reason, SCHEDULE_LOCAL);
    assert_int_equal(plans(input).least_us / SECOND_US, DEFAULT_POLL_S);
}

static void row_18_max_age_is_a_floor(void **state) {
    (void)state;
    const struct expected cases[] = {
        {"longer than the interval", {GOOD, .max_age_s = 1800}, 1800, SCHEDULE_MAX_AGE},
        {"not even every= beats it",
         {GOOD, .every_s = 600, .max_age_s = 1800},
         1800,
         SCHEDULE_MAX_AGE},
        {"shorter changes nothing", {GOOD, .max_age_s = 600}, DEFAULT_POLL_S, SCHEDULE_INTERVAL},
        {"a year must not make deaf",
         {GOOD, .max_age_s = 31536000},
         LIMIT_HINT_MAX_S,
         SCHEDULE_MAX_AGE},
    };
    expect(cases, ARRAY_SIZE(cases));
}

static void row_19_max_age_of_an_unchanged_feed_counts(void **state) {
    (void)state;
    const struct expected cases[] = {
        {"304",
         {.outcome = READING_UNCHANGED, .has_validators = true, .max_age_s = 1200},
         1200,
         SCHEDULE_MAX_AGE}};
    expect(cases, 1);
}

static void row_20_no_freshness_is_the_base_interval(void **state) {
    (void)state;
    const struct expected cases[] = {
        {"no-cache", {GOOD, .max_age_s = 0}, DEFAULT_POLL_S, SCHEDULE_INTERVAL},
        {"every=", {GOOD, .every_s = 600, .max_age_s = 0}, 600, SCHEDULE_EVERY}};
    expect(cases, ARRAY_SIZE(cases));
}

static void row_21_ttl_is_a_floor_unless_the_user_says_otherwise(void **state) {
    (void)state;
    const struct expected cases[] = {
        {"an hour", {GOOD, .ttl_s = 3600}, 3600, SCHEDULE_TTL},
        {"over the configuration", {GOOD, .interval_s = 1800, .ttl_s = 3600}, 3600, SCHEDULE_TTL},
        {"every= wins", {GOOD, .every_s = 600, .ttl_s = 3600}, 600, SCHEDULE_EVERY},
        {"a day is too long", {GOOD, .ttl_s = 86400}, LIMIT_HINT_MAX_S, SCHEDULE_TTL},
    };
    expect(cases, ARRAY_SIZE(cases));
}

static void row_22_skipped_hours_and_days_see_no_request(void **state) {
    (void)state;
    const struct schedule_skip hour = {.hours = 1u << 10}, two = {.hours = 3u << 10},
                               day = {.days = 1 << 0}, all = {.hours = (1u << 24) - 1},
                               week = {.days = 127},
                               both = {.hours = 1u << 0 | 1u << 11, .days = 1 << 0};
    const struct {
        struct schedule_skip skip;
        int64_t wall_s;
        int64_t skip_s;
    } cases[] = {
        {hour, sunday_s, 3600},
        {hour, sunday_s + 3599, 1},
        {hour, sunday_s + 3600, 0},
        {hour, sunday_s - 1, 0},
        {two, sunday_s + 60, 7140},
        {day, sunday_s, 14 * 3600},
        {day, sunday_s + 14 * 3600, 0},
        {all, sunday_s, 0},
        {week, sunday_s, 0},
        {both, sunday_s + 3600, 14 * 3600},
        {both, -5, 0},
        {hour, INT64_MAX, 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_int_equal(schedule_skip_s(cases[i].skip, cases[i].wall_s), cases[i].skip_s);

    struct schedule_input input = {GOOD, .is_clock_trusted = true, .wall_s = sunday_s - 600,
                                   .skip = hour};
    for (input.seed = 0; input.seed < 100; input.seed++) {
        struct schedule_plan plan = schedule_next(&input, now_us);
        assert_int_equal(plan.reason, SCHEDULE_SKIP_HOURS);
        assert_in_range((plan.due_us - now_us) / SECOND_US, 4200, 4260);
    }
    input.skip = day;
    assert_int_equal(schedule_next(&input, now_us).reason, SCHEDULE_SKIP_DAYS);
    input.is_clock_trusted = false;
    assert_int_equal(schedule_next(&input, now_us).reason, SCHEDULE_INTERVAL);
}

static void row_22_no_round_reaches_into_a_skipped_hour(void **state) {
    (void)state;
    struct schedule_input input = {GOOD, .is_clock_trusted = true, .wall_s = sunday_s - 940,
                                   .skip = {.hours = 1u << 10}};
    size_t before = 0;
    for (input.seed = 0; input.seed < 1000; input.seed++) {
        struct schedule_plan plan = schedule_next(&input, now_us);
        int64_t due_s = input.wall_s + (plan.due_us - now_us) / SECOND_US;
        int64_t latest_s = input.wall_s + (plan.latest_us - now_us) / SECOND_US;
        assert_int_equal(schedule_skip_s(input.skip, due_s), 0);
        assert_int_equal(schedule_skip_s(input.skip, latest_s), 0);
        before += due_s < sunday_s;
    }
    assert_true(before > 0);
}

static void row_23_update_period_is_a_floor(void **state) {
    (void)state;
    const struct expected cases[] = {
        {"twice an hour", {GOOD, .update_s = 1800}, 1800, SCHEDULE_UPDATE},
        {"every= wins", {GOOD, .every_s = 600, .update_s = 1800}, 600, SCHEDULE_EVERY},
        {"the longest counts",
         {GOOD, .update_s = 1800, .ttl_s = 3600, .max_age_s = 2000},
         3600,
         SCHEDULE_TTL},
        {"a week must not make deaf",
         {GOOD, .update_s = 604800},
         LIMIT_HINT_MAX_S,
         SCHEDULE_UPDATE},
    };
    expect(cases, ARRAY_SIZE(cases));
}

static void row_24_feed_without_validators_is_asked_slowly(void **state) {
    (void)state;
    const struct expected cases[] = {
        {"hourly", {.outcome = READING_OK}, 3600, SCHEDULE_NO_VALIDATORS},
        {"four times every=", {.every_s = 600}, 2400, SCHEDULE_NO_VALIDATORS},
        {"slower already", {.interval_s = 7200}, 7200, SCHEDULE_INTERVAL},
        {"same document again", {.outcome = READING_UNCHANGED}, 3600, SCHEDULE_NO_VALIDATORS},
    };
    expect(cases, ARRAY_SIZE(cases));
}

static void row_25_no_configuration_asks_sooner_than_the_floor(void **state) {
    (void)state;
    const struct expected cases[] = {
        {"default", {GOOD}, DEFAULT_POLL_S, SCHEDULE_INTERVAL},
        {"configuration", {GOOD, .interval_s = 1800}, 1800, SCHEDULE_INTERVAL},
        {"every= before it", {GOOD, .every_s = 3600, .interval_s = 1800}, 3600, SCHEDULE_EVERY},
        {"5 s in the line", {GOOD, .every_s = 5}, LIMIT_POLL_MIN_S, SCHEDULE_FLOOR},
        {"5 s in the configuration", {GOOD, .interval_s = 5}, LIMIT_POLL_MIN_S, SCHEDULE_FLOOR},
        {"a day is the most",
         {GOOD, .every_s = INT64_C(1) << 40},
         LIMIT_POLL_MAX_S,
         SCHEDULE_EVERY},
    };
    expect(cases, ARRAY_SIZE(cases));
}

static void row_26_jitter_is_late_only_and_spreads(void **state) {
    (void)state;
    struct schedule_input input = {GOOD};
    int64_t least_us = INT64_MAX, most_us = 0;
    for (input.seed = 0; input.seed < 2000; input.seed++) {
        int64_t due_us = schedule_next(&input, now_us).due_us - now_us;
        assert_true(due_us >= DEFAULT_POLL_S * SECOND_US);
        least_us = due_us < least_us ? due_us : least_us;
        most_us = due_us > most_us ? due_us : most_us;
    }
    assert_true(most_us - least_us > 25 * SECOND_US);
    assert_true(most_us <= DEFAULT_POLL_S * SECOND_US * 11 / 10);
}

static void row_33_gone_feed_is_left_alone_for_a_month(void **state) {
    (void)state;
    const struct expected cases[] = {{"410", {STATUS(410)}, LIMIT_GONE_S, SCHEDULE_GONE}};
    expect(cases, 1);
}

static void row_34_refused_feed_slows_down_to_a_day(void **state) {
    (void)state;
    for (int status = 401; status <= 404; status++) {
        struct schedule_input input = {STATUS(status)};
        bool is_refused = status != 402;
        struct bounds bounds = plans(input);
        assert_int_equal(bounds.reason, is_refused ? SCHEDULE_REFUSED : SCHEDULE_BACK_OFF);
        assert_int_equal(bounds.least_us / SECOND_US, is_refused ? 6 * 3600 : DEFAULT_POLL_S);
        input.failures = 20;
        assert_int_equal(plans(input).least_us / SECOND_US,
                         is_refused ? 24 * 3600 : LIMIT_BACKOFF_MAX_S);
    }
}

static void row_41_certificate_is_not_blamed_while_the_clock_is_not_set(void **state) {
    (void)state;
    struct schedule_input input = {.outcome = READING_TLS_REFUSED, .local_failures = 1};
    assert_true(schedule_is_local(&input));
    assert_int_equal(plans(input).reason, SCHEDULE_CLOCK_NOT_SET);
    assert_true(plans(input).most_us <= 60 * SECOND_US);
    input = (struct schedule_input){.outcome = READING_TLS_REFUSED,
                                    .failures = 1,
                                    .is_clock_trusted = true,
                                    .wall_s = sunday_s};
    assert_false(schedule_is_local(&input));
    assert_int_equal(plans(input).reason, SCHEDULE_BACK_OFF);
}

static void row_42_jumps_of_the_clock_move_no_plan(void **state) {
    (void)state;
    const int64_t clocks[] = {0, 12, sunday_s - 3600, sunday_s, sunday_s + 3600, INT64_MAX, -7};
    struct schedule_input input = {GOOD, .seed = 5};
    struct schedule_plan plan = schedule_next(&input, now_us);
    for (size_t i = 0; i < ARRAY_SIZE(clocks) * 2; i++) {
        input.is_clock_trusted = i % 2 == 0;
        input.wall_s = clocks[i / 2];
        struct schedule_plan other = schedule_next(&input, now_us);
        assert_int_equal(other.due_us, plan.due_us);
        assert_int_equal(other.latest_us, plan.latest_us);
    }
}

// Stories at ten in the morning, each day for eight weeks; looked at every quarter of an hour.
static struct habit habit_of_mornings(void) {
    struct habit habit = {0};
    for (int64_t at_s = sunday_s - 56 * 86400; at_s <= sunday_s; at_s += 900) {
        int64_t published_s = at_s - 100;
        const struct habit_look look = {at_s, 900, &published_s, at_s / 900 % 96 == 10 * 4 + 2};
        habit_learn(&habit, &look);
    }
    return habit;
}

static void row_45_habit_places_looks_between_floor_and_ceiling(void **state) {
    (void)state;
    struct habit habit = habit_of_mornings();
    struct schedule_input input = {GOOD, .is_clock_trusted = true, .wall_s = sunday_s + 60,
                                   .habit = &habit};
    struct bounds morning = plans(input);
    input.wall_s += 5 * 3600;
    struct bounds afternoon = plans(input);
    assert_int_equal(morning.reason, SCHEDULE_ADAPTIVE);
    assert_int_equal(morning.least_us / SECOND_US, LIMIT_POLL_MIN_S);
    assert_int_equal(afternoon.reason, SCHEDULE_ADAPTIVE);
    assert_true(afternoon.least_us > DEFAULT_POLL_S * SECOND_US);
    assert_true(afternoon.most_us <= LIMIT_ADAPT_MAX_S * SECOND_US * 11 / 10);
    assert_int_equal(schedule_interval_s(&input), DEFAULT_POLL_S);
}

static void row_45_habit_yields_to_hints_user_and_doubt(void **state) {
    (void)state;
    struct habit habit = habit_of_mornings();
#define MORNING .is_clock_trusted = true, .wall_s = sunday_s + 60, .habit = &habit
    const struct expected cases[] = {
        {"max-age", {GOOD, MORNING, .max_age_s = 600}, 600, SCHEDULE_MAX_AGE},
        {"ttl", {GOOD, MORNING, .ttl_s = 3600}, 3600, SCHEDULE_TTL},
        {"no validators", {MORNING}, 3600, SCHEDULE_NO_VALIDATORS},
        {"every=", {GOOD, MORNING, .every_s = 900}, 900, SCHEDULE_EVERY},
        {"clock not trusted",
         {GOOD, .wall_s = sunday_s, .habit = &habit},
         DEFAULT_POLL_S,
         SCHEDULE_INTERVAL},
        {"a failure", {STATUS(500), MORNING}, DEFAULT_POLL_S, SCHEDULE_BACK_OFF},
    };
    expect(cases, ARRAY_SIZE(cases));
}

static void no_input_beats_the_floor_or_runs_over(void **state) {
    (void)state;
    const char *given = getenv("SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    print_message("SEED=%ju\n", (uintmax_t)seed);
    struct habit habit = habit_of_mornings();
    for (int i = 0; i < 100000; i++) {
        struct schedule_input input = {
            .every_s = (int64_t)(random_next(&seed) >> 1) * (i % 3 != 0),
            .interval_s = (int64_t)(random_next(&seed) >> 1) * (i % 5 != 0),
            .outcome = (enum reading_outcome)(random_next(&seed) % READING_OUTCOME_COUNT),
            .http_status = (int)(random_next(&seed) % 600),
            .failures = (uint32_t)random_next(&seed),
            .local_failures = (uint32_t)random_next(&seed),
            .is_offline = i % 7 == 0,
            .has_validators = i % 4 != 0,
            .is_clock_trusted = i % 11 != 0,
            .wall_s = (int64_t)(random_next(&seed) >> (i % 2 ? 1 : 32)),
            .retry_after_s = (int64_t)(random_next(&seed) >> 1),
            .max_age_s = (int64_t)(random_next(&seed) >> 1),
            .ttl_s = (int64_t)(random_next(&seed) >> 1),
            .update_s = (int64_t)(random_next(&seed) >> 1),
            .skip = {(uint32_t)random_next(&seed), (uint8_t)random_next(&seed)},
            .habit = i % 13 == 0 ? NULL : &habit,
            .seed = random_next(&seed),
        };
        struct schedule_plan plan = schedule_next(&input, now_us);
        bool reached_none =
            plan.reason == SCHEDULE_OFFLINE || plan.reason == SCHEDULE_CLOCK_NOT_SET;
        bool is_skipping = plan.reason == SCHEDULE_SKIP_DAYS || plan.reason == SCHEDULE_SKIP_HOURS;
        if (!reached_none && !(is_skipping && schedule_is_local(&input)))
            assert_true(plan.due_us >= now_us + LIMIT_POLL_MIN_S * SECOND_US);
        assert_true(plan.due_us >= now_us + LIMIT_OFFLINE_RETRY_S * SECOND_US);
        assert_true(plan.latest_us >= plan.due_us);
        assert_true(plan.latest_us <= now_us + (LIMIT_GONE_S + 8 * 86400) * SECOND_US);
    }
}

static void every_reason_has_a_word_of_its_own_and_a_phrase(void **state) {
    (void)state;
    for (int i = 0; i < SCHEDULE_REASON_COUNT; i++) {
        const char *name = schedule_reason_name((enum schedule_reason)i);
        assert_true(strlen(schedule_reason_text((enum schedule_reason)i)) > 8);
        for (int j = 0; j < i; j++)
            assert_string_not_equal(name, schedule_reason_name((enum schedule_reason)j));
    }
    assert_string_equal(schedule_reason_name(SCHEDULE_REASON_COUNT), "unknown");
    assert_string_equal(schedule_reason_text((enum schedule_reason) - 1), "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_12_retry_after_of_429_holds_the_feed_and_its_host),
        cmocka_unit_test(row_14_retry_after_of_503_holds_this_feed_only),
        cmocka_unit_test(row_15_absurd_retry_after_is_cut_to_a_day_and_said),
        cmocka_unit_test(row_16_failures_wait_longer_each_time_up_to_the_cap),
        cmocka_unit_test(row_17_failure_at_this_end_is_tried_again_soon),
        cmocka_unit_test(row_18_max_age_is_a_floor),
        cmocka_unit_test(row_19_max_age_of_an_unchanged_feed_counts),
        cmocka_unit_test(row_20_no_freshness_is_the_base_interval),
        cmocka_unit_test(row_21_ttl_is_a_floor_unless_the_user_says_otherwise),
        cmocka_unit_test(row_22_skipped_hours_and_days_see_no_request),
        cmocka_unit_test(row_22_no_round_reaches_into_a_skipped_hour),
        cmocka_unit_test(row_23_update_period_is_a_floor),
        cmocka_unit_test(row_24_feed_without_validators_is_asked_slowly),
        cmocka_unit_test(row_25_no_configuration_asks_sooner_than_the_floor),
        cmocka_unit_test(row_26_jitter_is_late_only_and_spreads),
        cmocka_unit_test(row_33_gone_feed_is_left_alone_for_a_month),
        cmocka_unit_test(row_34_refused_feed_slows_down_to_a_day),
        cmocka_unit_test(row_41_certificate_is_not_blamed_while_the_clock_is_not_set),
        cmocka_unit_test(row_42_jumps_of_the_clock_move_no_plan),
        cmocka_unit_test(row_45_habit_places_looks_between_floor_and_ceiling),
        cmocka_unit_test(row_45_habit_yields_to_hints_user_and_doubt),
        cmocka_unit_test(every_reason_has_a_word_of_its_own_and_a_phrase),
        cmocka_unit_test(no_input_beats_the_floor_or_runs_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
