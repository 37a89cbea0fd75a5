// SPDX-License-Identifier: MIT
//
// Looks end well and badly; whose fault is it?

#include "unit.h"

#include <stdio.h>

#include "daemon/outage.h"

enum { FEEDS = 12, SECOND_US = 1000000, MINUTE_US = 60 * SECOND_US };

static const int64_t NOW_US = INT64_C(1000) * MINUTE_US;

struct office {
    struct feed feeds[FEEDS];
    struct keywords_feed lines[FEEDS];
    struct feed *list[FEEDS];
    char urls[FEEDS][64];
    struct roster roster;
    struct outage outage;
};

// So many feeds, each of a host of its own, that answered once.
static struct office *an_office(size_t count) {
    static struct office office;
    office = (struct office){.outage = OUTAGE_NULL};
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(office.urls[i], sizeof office.urls[i], "http://host%zu.example/feed", i);
        office.lines[i].url = office.urls[i];
        office.feeds[i].line = &office.lines[i];
        office.feeds[i].stored.good_s = 1;
        office.list[i] = &office.feeds[i];
    }
    office.roster = (struct roster){.feeds = office.list, .count = count};
    return &office;
}

static enum outage_verdict miss(struct office *office, size_t i, int64_t now_us) {
    enum outage_verdict verdict =
        outage_judge(&office->outage, &office->feeds[i], READING_UNREACHABLE, now_us);
    office->feeds[i].is_in_doubt = verdict == OUTAGE_DOUBT;
    office->feeds[i].stored.failures += verdict == OUTAGE_SERVER;
    return verdict;
}

static bool hear(struct office *office, int64_t now_us, int64_t *ret_away_us) {
    return outage_heard(&office->outage, &office->roster, now_us, ret_away_us);
}

static void while_others_are_heard_it_is_the_servers_fault(void **state) {
    (void)state;
    struct office *office = an_office(3);
    int64_t away_us = 77;
    assert_false(hear(office, NOW_US, &away_us));
    assert_int_equal(away_us, 77);
    assert_int_equal(miss(office, 1, NOW_US + 30 * SECOND_US), OUTAGE_SERVER);
    assert_false(outage_settle(&office->outage, &office->roster, NOW_US + 30 * SECOND_US));
}

static void errors_that_a_server_sends_prove_the_network(void **state) {
    (void)state;
    struct office *office = an_office(1);
    assert_true(outage_is_answer(READING_HTTP_ERROR) && outage_is_answer(READING_NOT_A_FEED));
    assert_true(outage_is_answer(READING_TLS_REFUSED));
    assert_false(outage_is_answer(READING_UNREACHABLE) || outage_is_answer(READING_TIMED_OUT));
    assert_false(outage_is_answer(READING_FAILED) || outage_is_answer(READING_READER_DIED));
    assert_int_equal(outage_judge(&office->outage, &office->feeds[0], READING_HTTP_ERROR, NOW_US),
                     OUTAGE_SERVER);
    assert_int_equal(office->feeds[0].unheard_us, 0);
}

static void
row_17_three_hosts_without_an_answer_are_an_outage_and_nobody_is_to_blame(void **state) {
    (void)state;
    struct office *office = an_office(FEEDS);
    for (size_t i = 0; i < 3; i++) {
        assert_false(outage_settle(&office->outage, &office->roster, NOW_US));
        assert_int_equal(miss(office, i, NOW_US + (int64_t)i * MINUTE_US), OUTAGE_DOUBT);
    }
    assert_true(outage_settle(&office->outage, &office->roster, NOW_US + 2 * MINUTE_US));
    assert_true(office->outage.is_offline);
    for (size_t i = 0; i < FEEDS; i++)
        assert_true(office->feeds[i].stored.failures == 0 && !office->feeds[i].is_in_doubt);
    assert_int_equal(miss(office, 3, NOW_US + 3 * MINUTE_US), OUTAGE_HERE);
    int64_t away_us = 0;
    assert_true(hear(office, NOW_US + INT64_C(90) * MINUTE_US, &away_us));
    assert_true(away_us == INT64_C(90) * MINUTE_US);
    assert_false(office->outage.is_offline);
}

static void feeds_that_failed_before_prove_nothing(void **state) {
    (void)state;
    struct office *office = an_office(5);
    for (size_t i = 0; i < 3; i++) {
        office->feeds[i].stored.failures = 2;
        assert_int_equal(miss(office, i, NOW_US), OUTAGE_SERVER);
    }
    assert_false(outage_settle(&office->outage, &office->roster, NOW_US));
    // The two that were well are all the evidence there can be.
    assert_int_equal(miss(office, 3, NOW_US), OUTAGE_DOUBT);
    assert_false(outage_settle(&office->outage, &office->roster, NOW_US));
    assert_int_equal(miss(office, 4, NOW_US), OUTAGE_DOUBT);
    assert_true(outage_settle(&office->outage, &office->roster, NOW_US));
    assert_int_equal(office->feeds[0].stored.failures, 3);
}

static void feeds_of_one_host_are_one_witness(void **state) {
    (void)state;
    struct office *office = an_office(4);
    for (size_t i = 0; i < 3; i++)
        office->lines[i].url = "http://host0.example/other";
    for (size_t i = 0; i < 3; i++)
        (void)miss(office, i, NOW_US);
    assert_false(outage_settle(&office->outage, &office->roster, NOW_US));
    (void)miss(office, 3, NOW_US);
    assert_true(outage_settle(&office->outage, &office->roster, NOW_US));
}

static void hosts_that_never_answered_weigh_a_third(void **state) {
    (void)state;
    struct office *office = an_office(FEEDS);
    for (size_t i = 0; i < FEEDS; i++)
        office->feeds[i].stored.good_s = 0;
    for (size_t i = 0; i < 9; i++) {
        assert_false(outage_settle(&office->outage, &office->roster, NOW_US));
        assert_int_equal(miss(office, i, NOW_US), OUTAGE_DOUBT);
    }
    assert_true(outage_settle(&office->outage, &office->roster, NOW_US));

    // Two that answered once and three that never did make nine.
    office = an_office(FEEDS);
    for (size_t i = 0; i < 3; i++)
        office->feeds[i].stored.good_s = 0;
    for (size_t i = 0; i < 5; i++) {
        assert_false(outage_settle(&office->outage, &office->roster, NOW_US));
        (void)miss(office, i, NOW_US);
    }
    assert_true(outage_settle(&office->outage, &office->roster, NOW_US));
}

static void spread_out(struct office *office, enum schedule_reason reason) {
    for (size_t i = 0; i < office->roster.count; i++)
        office->feeds[i].plan = schedule_stagger(i, office->roster.count, reason, NOW_US);
}

static void in_doubt_one_that_waits_in_a_spread_is_asked_soon(void **state) {
    (void)state;
    struct office *office = an_office(3);
    spread_out(office, SCHEDULE_START);
    const struct schedule_plan *plans[] = {&office->feeds[1].plan, &office->feeds[2].plan};
    int64_t last_us = plans[0]->due_us;
    outage_hurry(&office->outage, &office->roster, NOW_US);
    assert_true(plans[1]->due_us > NOW_US + 20 * SECOND_US); // nothing is in doubt

    (void)miss(office, 0, NOW_US);
    outage_hurry(&office->outage, &office->roster, NOW_US);
    outage_hurry(&office->outage, &office->roster, NOW_US + SECOND_US);
    assert_true(plans[1]->due_us == NOW_US + 5 * SECOND_US);
    assert_true(plans[1]->latest_us == plans[1]->due_us);
    assert_true(plans[0]->due_us == last_us); // one after the other

    (void)miss(office, 2, NOW_US + 5 * SECOND_US);
    outage_hurry(&office->outage, &office->roster, NOW_US + 5 * SECOND_US);
    assert_true(plans[0]->due_us == NOW_US + 10 * SECOND_US);
}

static void a_doubt_hurries_nobody_whose_time_is_set_otherwise(void **state) {
    (void)state;
    static const struct {
        enum schedule_reason reason;
        uint32_t skip_hours;
        const char *url;
        bool is_hurried;
    } cases[] = {
        {SCHEDULE_CATCH_UP, 0, NULL, true},
        {SCHEDULE_INTERVAL, 0, NULL, false},
        {SCHEDULE_RESUMED, 0, NULL, false},
        {SCHEDULE_RETRY_AFTER, 0, NULL, false},
        {SCHEDULE_OFFLINE, 0, NULL, false},
        {SCHEDULE_CATCH_UP, 1, NULL, false},
        {SCHEDULE_START, 0, "http://host0.example/other", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct office *office = an_office(2);
        spread_out(office, cases[i].reason);
        office->feeds[1].stored.skip_hours = cases[i].skip_hours;
        if (cases[i].url)
            office->lines[1].url = cases[i].url;
        (void)miss(office, 0, NOW_US);
        outage_hurry(&office->outage, &office->roster, NOW_US);
        bool is_hurried = office->feeds[1].plan.due_us < NOW_US + 20 * SECOND_US;
        assert_int_equal(is_hurried, cases[i].is_hurried);
    }
}

// Nobody answers; the first is asked again after half a minute.
static struct office *an_office_offline(size_t count) {
    struct office *office = an_office(count);
    for (size_t i = 0; i < count; i++) {
        (void)miss(office, i, NOW_US);
        office->feeds[i].plan =
            (struct schedule_plan){.due_us = NOW_US + 30 * SECOND_US, .reason = SCHEDULE_OFFLINE};
    }
    assert_true(outage_settle(&office->outage, &office->roster, NOW_US));
    office->outage.next_us = NOW_US + 30 * SECOND_US;
    return office;
}

static void row_17_a_network_that_changes_brings_the_next_look_forward(void **state) {
    (void)state;
    struct office *office = an_office_offline(2);
    const struct feed *feed = &office->feeds[0], *told_to_wait = &office->feeds[1];
    office->feeds[1].plan.reason = SCHEDULE_RETRY_AFTER;
    assert_true(outage_due_us(&office->outage, feed) == NOW_US + 30 * SECOND_US);
    outage_changed(&office->outage, NOW_US + 3 * SECOND_US);
    outage_changed(&office->outage,
                   NOW_US + 3 * SECOND_US + SECOND_US / 2); // one change, told twice
    assert_true(outage_due_us(&office->outage, feed) == NOW_US + 4 * SECOND_US);
    assert_true(outage_due_us(&office->outage, told_to_wait) == NOW_US + 30 * SECOND_US);
    assert_int_equal(office->outage.attempts, 0);
}

static void a_network_that_comes_and_goes_is_not_asked_each_time(void **state) {
    (void)state;
    struct office *office = an_office_offline(1);
    const struct feed *feed = &office->feeds[0];
    outage_changed(&office->outage, NOW_US);
    office->outage.soon_us = 0; // it was asked, in vain
    outage_changed(&office->outage, NOW_US + 2 * SECOND_US);
    assert_true(outage_due_us(&office->outage, feed) == NOW_US + 11 * SECOND_US);
    // What is due sooner stays so.
    office->feeds[0].plan.due_us = office->outage.next_us = NOW_US + 5 * SECOND_US;
    assert_true(outage_due_us(&office->outage, feed) == NOW_US + 5 * SECOND_US);
}

static void a_network_that_changes_while_all_is_well_hurries_nobody(void **state) {
    (void)state;
    struct office *office = an_office(1);
    outage_changed(&office->outage, NOW_US);
    assert_int_equal(office->outage.soon_us, 0);

    int64_t away_us = 0;
    office = an_office_offline(1);
    outage_changed(&office->outage, NOW_US + SECOND_US);
    assert_true(hear(office, NOW_US + 2 * SECOND_US, &away_us));
    assert_int_equal(office->outage.soon_us, 0);
}

static void a_doubt_is_had_once_then_it_counts(void **state) {
    (void)state;
    struct office *office = an_office(3);
    assert_int_equal(miss(office, 0, NOW_US), OUTAGE_DOUBT);
    assert_int_equal(miss(office, 0, NOW_US + MINUTE_US), OUTAGE_SERVER);
    assert_int_equal(miss(office, 0, NOW_US + 2 * MINUTE_US), OUTAGE_SERVER);
}

static void a_server_that_hangs_is_a_witness_but_not_asked_again_soon(void **state) {
    (void)state;
    struct office *office = an_office(1);
    assert_int_equal(outage_judge(&office->outage, &office->feeds[0], READING_TIMED_OUT, NOW_US),
                     OUTAGE_SERVER);
    assert_true(outage_settle(&office->outage, &office->roster, NOW_US));
}

static void an_answer_resolves_a_doubt_of_the_same_moment_and_drops_an_older_one(void **state) {
    (void)state;
    struct office *office = an_office(3);
    int64_t away_us = 0;
    assert_int_equal(miss(office, 0, NOW_US), OUTAGE_DOUBT);
    assert_int_equal(miss(office, 1, NOW_US + 29 * SECOND_US), OUTAGE_DOUBT);
    assert_false(hear(office, NOW_US + 30 * SECOND_US, &away_us));
    assert_false(office->feeds[0].is_in_doubt);
    assert_true(office->feeds[1].is_in_doubt); // for the caller to count
    assert_true(office->feeds[0].unheard_us == 0 && office->feeds[1].unheard_us == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(while_others_are_heard_it_is_the_servers_fault),
        cmocka_unit_test(errors_that_a_server_sends_prove_the_network),
        cmocka_unit_test(row_17_three_hosts_without_an_answer_are_an_outage_and_nobody_is_to_blame),
        cmocka_unit_test(feeds_that_failed_before_prove_nothing),
        cmocka_unit_test(feeds_of_one_host_are_one_witness),
        cmocka_unit_test(hosts_that_never_answered_weigh_a_third),
        cmocka_unit_test(in_doubt_one_that_waits_in_a_spread_is_asked_soon),
        cmocka_unit_test(a_doubt_hurries_nobody_whose_time_is_set_otherwise),
        cmocka_unit_test(row_17_a_network_that_changes_brings_the_next_look_forward),
        cmocka_unit_test(a_network_that_comes_and_goes_is_not_asked_each_time),
        cmocka_unit_test(a_network_that_changes_while_all_is_well_hurries_nobody),
        cmocka_unit_test(a_doubt_is_had_once_then_it_counts),
        cmocka_unit_test(a_server_that_hangs_is_a_witness_but_not_asked_again_soon),
        cmocka_unit_test(an_answer_resolves_a_doubt_of_the_same_moment_and_drops_an_older_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
