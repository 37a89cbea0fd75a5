// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/hosts.h"
#include "wirebell/limits.h"

static const int64_t GAP_US = LIMIT_HOST_GAP_S * INT64_C(1000000);

static int set_up(void **state) {
    return hosts_new((struct hosts **)state);
}

static int tear_down(void **state) {
    hosts_free(*state);
    return 0;
}

static void join(struct hosts *hosts, struct hosts_turn *turn, const char *url) {
    assert_int_equal(hosts_join(hosts, turn, url, false), 0);
}

static void addresses_of_one_host_are_the_same_whatever_stands_around_it(void **state) {
    (void)state;
    assert_true(hosts_are_same("http://example.org/a", "https://EXAMPLE.org:8080?b"));
    assert_true(hosts_are_same("https://name:pass@example.org", "http://example.org#c"));
    assert_true(hosts_are_same("http://[2001:db8::1]:80/", "http://[2001:DB8::1]/feed"));
    assert_true(hosts_are_same("http://a@b@example.org/", "http://example.org/x@other.org"));
    assert_false(hosts_are_same("http://example.org/", "http://www.example.org/"));
    assert_false(hosts_are_same("http://[2001:db8::1]/", "http://[2001:db8::2]/"));
}

static void row_27_a_host_has_one_turn_at_a_time_and_rests_in_between(void **state) {
    struct hosts *hosts = *state;
    struct hosts_turn a = {0}, b = {0}, other = {0};
    join(hosts, &a, "http://one.example/a");
    join(hosts, &b, "http://one.example:81/b");
    join(hosts, &other, "http://two.example/");
    assert_int_equal(hosts_count(hosts), 3);
    assert_ptr_equal(hosts_next(hosts, 1000), &a);
    assert_ptr_equal(hosts_next(hosts, 1000), &other);
    assert_null(hosts_next(hosts, 1000));
    assert_true(hosts_wake_us(hosts) == INT64_MAX); // somebody must end first
    hosts_done(hosts, &a, 5000);
    assert_null(hosts_next(hosts, 5000 + GAP_US - 1));
    assert_true(hosts_wake_us(hosts) == 5000 + GAP_US);
    assert_ptr_equal(hosts_next(hosts, 5000 + GAP_US), &b);
    hosts_done(hosts, &b, 6000 + GAP_US);
    hosts_done(hosts, &other, 6000 + GAP_US);
    assert_int_equal(hosts_count(hosts), 0);
}

static void between_rounds_the_last_pause_holds_for_all(void **state) {
    struct hosts *hosts = *state;
    struct hosts_turn a = {0}, b = {0}, other = {0};
    join(hosts, &a, "http://one.example/");
    join(hosts, &b, "http://two.example/");
    assert_ptr_equal(hosts_next(hosts, 0), &a);
    assert_ptr_equal(hosts_next(hosts, 0), &b);
    hosts_done(hosts, &b, 5000);
    hosts_done(hosts, &a, 3000);
    hosts_rest(hosts);
    join(hosts, &other, "http://three.example/");
    assert_true(hosts_wake_us(hosts) == 5000 + GAP_US);
    assert_null(hosts_next(hosts, 5000 + GAP_US - 1));
    assert_ptr_equal(hosts_next(hosts, 5000 + GAP_US), &other);
    hosts_done(hosts, &other, 5000 + GAP_US);
}

static void a_turn_stands_in_one_queue_only_and_can_leave_it(void **state) {
    struct hosts *hosts = *state;
    struct hosts_turn turns[3] = {{0}};
    for (size_t i = 0; i < 3; i++)
        join(hosts, &turns[i], "http://one.example/");
    join(hosts, &turns[1], "http://two.example/");
    hosts_leave(hosts, &turns[2]); // the last
    hosts_leave(hosts, &turns[2]); // stands nowhere
    assert_null(turns[2].host);
    join(hosts, &turns[2], "http://one.example/");
    hosts_leave(hosts, &turns[1]);
    assert_int_equal(hosts_count(hosts), 2);
    assert_ptr_equal(hosts_next(hosts, 0), &turns[0]);
    hosts_leave(hosts, &turns[0]); // under way: stays
    assert_true(turns[0].is_under_way);
    hosts_done(hosts, &turns[0], 0);
    assert_ptr_equal(hosts_next(hosts, GAP_US), &turns[2]);
    hosts_done(hosts, &turns[2], GAP_US);
}

static void one_who_comes_first_is_before_the_others_of_its_host(void **state) {
    struct hosts *hosts = *state;
    struct hosts_turn a = {0}, b = {0};
    join(hosts, &a, "http://one.example/");
    assert_int_equal(hosts_join(hosts, &b, "http://one.example/", true), 0);
    assert_ptr_equal(hosts_next(hosts, 0), &b);
    hosts_done(hosts, &b, 0);
    assert_ptr_equal(hosts_next(hosts, GAP_US), &a);
    hosts_done(hosts, &a, GAP_US);
}

static void slow_hosts_hold_half_of_the_places_at_most(void **state) {
    struct hosts *hosts = *state;
    struct hosts_turn slow[20], quick = {0};
    char url[64];
    for (size_t i = 0; i < ARRAY_SIZE(slow); i++) {
        slow[i] = (struct hosts_turn){.is_slow = true};
        (void)snprintf(url, sizeof url, "http://slow%zu.example/", i);
        join(hosts, &slow[i], url);
    }
    size_t given = 0;
    while (hosts_next(hosts, 0))
        given++;
    assert_int_equal(given, LIMIT_CALLS_IN_FLIGHT / 2);
    join(hosts, &quick, "http://quick.example/");
    assert_ptr_equal(hosts_next(hosts, 0), &quick);
    assert_true(hosts_wake_us(hosts) == INT64_MAX);
}

static void hosts_take_turns_so_that_one_with_many_feeds_holds_nobody_up(void **state) {
    struct hosts *hosts = *state;
    struct hosts_turn many[10] = {{0}}, others[LIMIT_CALLS_IN_FLIGHT * 2] = {{0}};
    char url[64];
    for (size_t i = 0; i < ARRAY_SIZE(many); i++)
        join(hosts, &many[i], "http://many.example/");
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        (void)snprintf(url, sizeof url, "http://other%zu.example/", i);
        join(hosts, &others[i], url);
    }
    int64_t now_us = 0;
    size_t of_many = 0, of_others = 0;
    for (; of_others < ARRAY_SIZE(others); now_us += GAP_US) {
        struct hosts_turn *given[LIMIT_CALLS_IN_FLIGHT];
        size_t count = 0;
        for (struct hosts_turn *turn; (turn = hosts_next(hosts, now_us));)
            given[count++] = turn;
        assert_true(count > 0);
        for (size_t i = 0; i < count; i++) {
            bool is_many = given[i] >= many && given[i] < many + ARRAY_SIZE(many);
            of_many += is_many;
            of_others += !is_many;
            hosts_done(hosts, given[i], now_us);
        }
    }
    assert_true(of_many <= 4);
}

static uint64_t seed_of_run(void) {
    const char *given = getenv("WIREBELL_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL);
    print_message("WIREBELL_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

// Joins, leaves, begins and ends at random: no promise is ever broken, and nobody is forgotten.
static void at_random_no_host_is_asked_twice_at_once_or_without_a_pause(void **state) {
    enum { TURNS = 60, HOSTS = 12 };
    struct hosts *hosts = *state;
    struct hosts_turn turns[TURNS] = {{0}};
    int64_t free_us[HOSTS] = {0};
    size_t busy[HOSTS] = {0}, under_way = 0;
    uint64_t random = seed_of_run();
    char url[64];
    int64_t now_us = GAP_US;
    for (int step = 0; step < 20000; step++) {
        now_us += (int64_t)(random_next(&random) % 200000);
        size_t i = (size_t)(random_next(&random) % TURNS);
        (void)snprintf(url, sizeof url, "http://host%zu.example/", i % HOSTS);
        if (turns[i].is_under_way) {
            hosts_done(hosts, &turns[i], now_us);
            free_us[i % HOSTS] = now_us + GAP_US;
            busy[i % HOSTS]--;
            under_way--;
        } else if (turns[i].host && random_next(&random) % 4 == 0) {
            hosts_leave(hosts, &turns[i]);
        } else {
            turns[i].is_slow = turns[i].host ? turns[i].is_slow : random_next(&random) % 8 == 0;
            join(hosts, &turns[i], url);
        }
        for (struct hosts_turn *turn; (turn = hosts_next(hosts, now_us));) {
            size_t host = (size_t)(turn - turns) % HOSTS;
            assert_int_equal(busy[host]++, 0);
            assert_true(free_us[host] <= now_us);
            assert_true(++under_way <= LIMIT_CALLS_IN_FLIGHT);
        }
    }
    for (size_t i = 0; i < TURNS; i++) {
        hosts_leave(hosts, &turns[i]);
        if (turns[i].is_under_way)
            hosts_done(hosts, &turns[i], now_us);
    }
    assert_int_equal(hosts_count(hosts), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_of_one_host_are_the_same_whatever_stands_around_it),
        TEST(row_27_a_host_has_one_turn_at_a_time_and_rests_in_between),
        TEST(between_rounds_the_last_pause_holds_for_all),
        TEST(a_turn_stands_in_one_queue_only_and_can_leave_it),
        TEST(one_who_comes_first_is_before_the_others_of_its_host),
        TEST(slow_hosts_hold_half_of_the_places_at_most),
        TEST(hosts_take_turns_so_that_one_with_many_feeds_holds_nobody_up),
        TEST(at_random_no_host_is_asked_twice_at_once_or_without_a_pause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
