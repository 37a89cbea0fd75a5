// SPDX-License-Identifier: MIT

#include "unit.h"

#include <string.h>

#include "core/alert/health.h"
#include "core/schedule/trust.h"

#define MINUTES(n) ((n)*INT64_C(60000000))

static int set_up(void **state) {
    static struct health health;
    health = HEALTH_NULL;
    *state = &health;
    return 0;
}

static int tear_down(void **state) {
    health_done(*state);
    return 0;
}

// One step; deaf begins with it or not.
static bool step(struct health *health, int64_t now_us) {
    int64_t next_us;
    return health_step(health, now_us, &next_us);
}

static void deafness_shows_ten_minutes_after_the_last_feed_was_lost(void **state) {
    struct health *health = *state;
    int64_t next_us;
    health_note_hearing(health, false, MINUTES(5));
    assert_false(health_step(health, MINUTES(5), &next_us));
    assert_int_equal(next_us, MINUTES(15));
    health_note_hearing(health, false, MINUTES(12));
    assert_false(step(health, MINUTES(15) - 1));
    assert_true(health_step(health, MINUTES(15), &next_us));
    assert_int_equal(next_us, HEALTH_NEVER);
    assert_false(health_is_well(health));
    assert_false(step(health, MINUTES(30))); // said once
}

static void one_feed_heard_in_between_keeps_it_from_showing(void **state) {
    struct health *health = *state;
    health_note_hearing(health, false, MINUTES(5));
    assert_false(health_note_hearing(health, true, MINUTES(14)));
    assert_false(step(health, MINUTES(16)));
    health_note_hearing(health, false, MINUTES(20));
    assert_false(step(health, MINUTES(29)));
    assert_true(step(health, MINUTES(30)));
}

static void a_feed_that_is_heard_ends_deafness_alone(void **state) {
    struct health *health = *state;
    health_note_hearing(health, false, 0);
    assert_true(step(health, MINUTES(10)));
    assert_true(health_note_hearing(health, true, MINUTES(40)));
    assert_true(health_is_well(health));
}

static void a_bell_that_never_asked_is_not_deaf(void **state) {
    struct health *health = *state;
    int64_t next_us = 0;
    assert_false(health_step(health, MINUTES(100000), &next_us));
    assert_int_equal(next_us, HEALTH_NEVER);
}

static void a_cause_is_news_once_until_its_sentence_changes(void **state) {
    struct health *health = *state;
    assert_true(health_set(health, HEALTH_STATE, 1, "disk full", "make room"));
    assert_false(health_set(health, HEALTH_STATE, 2, "disk full", "make room"));
    assert_true(health_set(health, HEALTH_STATE, 3, "read-only", "remount"));
    assert_true(health_clear(health, HEALTH_STATE));
    assert_false(health_clear(health, HEALTH_STATE));
}

static void since_is_kept_over_a_clock_that_was_set(void **state) {
    struct health *health = *state;
    struct health_item item;
    struct moment now = {.boot_us = MINUTES(2), .wall_s = 1000};
    health_set(health, HEALTH_OUTPUTS, MINUTES(1), "no red lamp", "");
    assert_true(health_item(health, HEALTH_OUTPUTS, &now, &item));
    assert_int_equal(item.since_s, 940);
    health_set(health, HEALTH_OUTPUTS, MINUTES(2), "no red, no green lamp", "");
    now = (struct moment){.boot_us = MINUTES(3), .wall_s = 1800000000};
    assert_true(health_item(health, HEALTH_OUTPUTS, &now, &item));
    assert_int_equal(item.since_s, 1800000000 - 120);
    assert_string_equal(item.what, "no red, no green lamp");
    assert_false(health_item(health, HEALTH_CLOCK, &now, &item));
}

static void a_clock_before_this_program_was_made_is_not_trusted(void **state) {
    (void)state;
    struct trust trust = {0};
    assert_false(trust_holds(&trust, 0));
    assert_false(trust_holds(&trust, TRUST_EPOCH_S - 1));
    assert_true(trust_holds(&trust, TRUST_EPOCH_S));
}

static void a_server_in_our_future_contradicts_the_clock_one_in_our_past_does_not(void **state) {
    (void)state;
    struct trust trust = {0};
    const int64_t now_s = TRUST_EPOCH_S + 1000000;
    trust_hear(&trust, now_s, now_s - 86400);
    assert_true(trust_holds(&trust, now_s));
    trust_hear(&trust, now_s, now_s + TRUST_SLACK_S);
    assert_true(trust_holds(&trust, now_s));
    trust_hear(&trust, now_s, now_s + TRUST_SLACK_S + 1);
    assert_false(trust_holds(&trust, now_s));
    trust_hear(&trust, now_s, 0); // no Date proves nothing
    assert_false(trust_holds(&trust, now_s));
    trust_hear(&trust, now_s + 5000, now_s + 4990);
    assert_true(trust_holds(&trust, now_s + 5000));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(deafness_shows_ten_minutes_after_the_last_feed_was_lost),
        TEST(one_feed_heard_in_between_keeps_it_from_showing),
        TEST(a_feed_that_is_heard_ends_deafness_alone),
        TEST(a_bell_that_never_asked_is_not_deaf),
        TEST(a_cause_is_news_once_until_its_sentence_changes),
        TEST(since_is_kept_over_a_clock_that_was_set),
        TEST(a_clock_before_this_program_was_made_is_not_trusted),
        TEST(a_server_in_our_future_contradicts_the_clock_one_in_our_past_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
