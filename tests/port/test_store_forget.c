// SPDX-License-Identifier: MIT
//
// A key may go only when its story has left the feed for good, and a feed only when its line has.

#include "nouns.h"
#include "port/store_place.h"

#include <stdint.h>
#include <sys/stat.h>

#include "port/store/store_alerts.h"
#include "port/store/store_stories.h"

enum { DAY_S = 86400, NOW_S = 1774699200 };
enum { SWEEP_S = STORE_SWEEP_DAYS * DAY_S, LEFT_S = STORE_LEFT_DAYS * DAY_S };

static bool is_known(struct store *store, const struct store_feed *feed, uint64_t key) {
    bool is_new = false;
    assert_int_equal(store_find_new(store, feed->id, &key, 1, &is_new), 0);
    return !is_new;
}

// A poll that brings one story; with @shown also all that the feed shows, at the end a 0.
static void poll_at(struct store *store, struct store_feed *feed, int64_t now_s, uint64_t key,
                    const uint64_t *shown) {
    size_t count = 0;
    while (shown && shown[count] != 0)
        count++;
    commit_or_fail(store, &(struct store_poll){.url = URL,
                                               .feed = feed,
                                               .new_keys = &key,
                                               .new_key_count = 1,
                                               .shown_keys = shown,
                                               .shown_key_count = count,
                                               .now_s = now_s});
}

static void a_sweep_is_due_once_a_month_and_at_first(void **state) {
    (void)state;
    struct store_feed feed = {.swept_s = 0};
    assert_true(store_is_sweep_due(&feed, NOW_S));
    feed.swept_s = NOW_S;
    assert_false(store_is_sweep_due(&feed, NOW_S + SWEEP_S - 1));
    assert_true(store_is_sweep_due(&feed, NOW_S + SWEEP_S));
    assert_false(store_is_sweep_due(&feed, 0)); // a clock that is not set
}

static void when_a_feed_was_swept_is_kept(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN}, again;
    poll_at(store, &feed, NOW_S, 1, (const uint64_t[]){1, 0});
    assert_int_equal(feed.swept_s, NOW_S);
    poll_at(store, &feed, NOW_S + 5, 2, NULL);
    assert_int_equal(feed.swept_s, NOW_S);
    assert_int_equal(store_save_due(store, &feed, 1), 0);
    assert_int_equal(store_load_feed(store, URL, &again), 0);
    assert_int_equal(again.swept_s, NOW_S);
    store_close(store);
}

static void a_story_that_left_is_forgotten_by_the_second_sweep_without_it(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    poll_at(store, &feed, NOW_S, 1, (const uint64_t[]){1, 0});
    poll_at(store, &feed, NOW_S + SWEEP_S, 2, (const uint64_t[]){2, 0});
    assert_true(is_known(store, &feed, 1)); // the first one without it
    poll_at(store, &feed, NOW_S + 2 * SWEEP_S, 3, (const uint64_t[]){3, 0});
    assert_true(is_known(store, &feed, 1)); // it was new less than a month before the sweep before
    poll_at(store, &feed, NOW_S + 3 * SWEEP_S, 4, (const uint64_t[]){4, 0});
    assert_false(is_known(store, &feed, 1));
    assert_true(is_known(store, &feed, 3));
    store_close(store);
}

static void a_story_that_stays_is_known_for_years(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    poll_at(store, &feed, NOW_S, 1, (const uint64_t[]){1, 0});
    for (int64_t month = 1; month <= 30; month++) {
        const uint64_t shown[] = {1, (uint64_t)month + 1, 0};
        poll_at(store, &feed, NOW_S + month * SWEEP_S, (uint64_t)month + 1, shown);
        assert_true(is_known(store, &feed, 1));
    }
    assert_true(query(store, "SELECT count(*) FROM seen") <= 5);
    store_close(store);
}

static void a_story_that_one_sweep_misses_is_still_known(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    poll_at(store, &feed, NOW_S, 1, (const uint64_t[]){1, 0});
    for (int64_t month = 1; month <= 12; month++) {
        const uint64_t shown[] = {month % 2 ? 1 : 99, 0};
        poll_at(store, &feed, NOW_S + month * SWEEP_S, (uint64_t)month + 100, shown);
        assert_true(is_known(store, &feed, 1));
    }
    store_close(store);
}

static void a_feed_that_was_down_for_a_year_forgets_nothing(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    poll_at(store, &feed, NOW_S, 1, (const uint64_t[]){1, 0});
    poll_at(store, &feed, NOW_S + 20 * DAY_S, 2, NULL);
    // It comes back with a page of its own first, and with all of it a day later.
    const int64_t back_s = NOW_S + 385 * DAY_S;
    poll_at(store, &feed, back_s, 3, (const uint64_t[]){3, 0});
    assert_true(is_known(store, &feed, 1));
    assert_true(is_known(store, &feed, 2));
    store_close(store);
}

static void keys_noted_by_a_clock_that_was_not_set_are_not_old(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    poll_at(store, &feed, NOW_S, 1, (const uint64_t[]){1, 0});
    poll_at(store, &feed, 1000, 2, NULL); // 1970
    poll_at(store, &feed, NOW_S + SWEEP_S, 3, (const uint64_t[]){3, 0});
    assert_true(is_known(store, &feed, 2));
    store_close(store);
}

static void only_the_feed_that_is_swept_forgets(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN}, other = {.baseline = BASELINE_TAKEN};
    const uint64_t key = 7;
    commit_or_fail(store, &(struct store_poll){.url = "https://example.org/other",
                                               .feed = &other,
                                               .new_keys = &key,
                                               .new_key_count = 1,
                                               .now_s = NOW_S});
    for (int64_t month = 0; month <= 5; month++)
        poll_at(store, &feed, NOW_S + month * SWEEP_S, (uint64_t)month + 1,
                (const uint64_t[]){99, 0});
    assert_false(is_known(store, &feed, 1));
    assert_true(is_known(store, &other, 7));
    store_close(store);
}

// Once a month; 50 stories a day is a busy feed.
static void a_sweep_of_a_busy_feed_writes_at_most_150_KB(void **state) {
    enum { A_DAY = 50, DAYS = 3 * STORE_SWEEP_DAYS };
    const struct place *place = *state;
    struct store *store = open_or_fail(place);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    uint64_t keys[A_DAY], seed = 20261122;
    struct stat status;
    char log[128];
    for (int day = 0; day < DAYS; day++) {
        for (size_t i = 0; i < A_DAY; i++)
            keys[i] = random_next(&seed);
        const bool is_sweep = day % STORE_SWEEP_DAYS == 0;
        commit_or_fail(store, &(struct store_poll){.url = URL,
                                                   .feed = &feed,
                                                   .new_keys = keys,
                                                   .new_key_count = A_DAY,
                                                   .shown_keys = is_sweep ? keys : NULL,
                                                   .shown_key_count = A_DAY,
                                                   .now_s = NOW_S + (int64_t)day * DAY_S});
    }
    const int64_t before = query(store, "SELECT count(*) FROM seen");
    (void)query(store, "PRAGMA wal_checkpoint(TRUNCATE)");
    poll_at(store, &feed, NOW_S + (int64_t)DAYS * DAY_S, 1, (const uint64_t[]){1, 0});
    (void)snprintf(log, sizeof log, "%s-wal", place->db);
    assert_int_equal(stat(log, &status), 0);
    print_message("%jd of %jd keys forgotten, %jd bytes written\n",
                  (intmax_t)(before + 1 - query(store, "SELECT count(*) FROM seen")),
                  (intmax_t)before, (intmax_t)status.st_size);
    assert_true(query(store, "SELECT count(*) FROM seen") < before * 3 / 4);
    assert_true(status.st_size <= 150 << 10);
    store_close(store);
}

// --- a state of the version before ------------------------------------------------------------

static void keys_of_the_second_version_are_known_and_then_forgotten_as_all_are(void **state) {
    static const char older[] = "ALTER TABLE seen RENAME COLUMN shown_s TO first_s;"
                                "ALTER TABLE feeds DROP COLUMN swept_s;"
                                "ALTER TABLE feeds DROP COLUMN left_s;"
                                "PRAGMA user_version = 2";
    const struct place *place = *state;
    struct store *store = open_or_fail(place);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    poll_at(store, &feed, NOW_S - 400 * DAY_S, 1, NULL);
    poll_at(store, &feed, NOW_S - 300 * DAY_S, 2, NULL);
    run_sql(store->db, older);
    store_close(store);
    store = open_or_fail(place);
    assert_int_equal(store_load_feed(store, URL, &feed), 0);
    assert_int_equal(feed.swept_s, 0);
    assert_true(is_known(store, &feed, 1) && is_known(store, &feed, 2));
    for (int64_t month = 0; month < 3; month++)
        poll_at(store, &feed, NOW_S + month * SWEEP_S, 3, (const uint64_t[]){2, 3, 0});
    assert_false(is_known(store, &feed, 1));
    assert_true(is_known(store, &feed, 2));
    store_close(store);
}

// --- feeds the keywords name no more ---------------------------------------------------------

// Two feeds with a key, a story and an alert each.
static void add_two(struct store *store, struct store_feed *feeds) {
    static const char *const urls[] = {"https://one.example/", "https://two.example/"};
    const struct story story = a_story("", "a title");
    const struct story *const list[] = {&story};
    for (size_t i = 0; i < 2; i++) {
        const uint64_t key = i + 1;
        feeds[i] = (struct store_feed){.baseline = BASELINE_TAKEN};
        commit_or_fail(store, &(struct store_poll){.url = urls[i],
                                                   .feed = &feeds[i],
                                                   .new_keys = &key,
                                                   .new_key_count = 1,
                                                   .stories = list,
                                                   .story_count = 1,
                                                   .now_s = NOW_S});
    }
}

static void a_feed_whose_line_is_gone_is_forgotten_after_three_months(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feeds[2];
    add_two(store, feeds);
    assert_int_equal(store_keep_feeds(store, feeds, 1, NOW_S), 0);
    assert_int_equal(store_keep_feeds(store, feeds, 1, NOW_S + LEFT_S), 0);
    assert_true(is_known(store, &feeds[1], 2));
    assert_int_equal(store_keep_feeds(store, feeds, 1, NOW_S + LEFT_S + 1), 0);
    assert_int_equal(query(store, "SELECT count(*) FROM feeds"), 1);
    assert_int_equal(query(store, "SELECT count(*) FROM seen"), 1);
    assert_int_equal(query(store, "SELECT count(*) FROM stories"), 1);
    assert_true(is_known(store, &feeds[0], 1));
    store_close(store);
}

static void a_line_that_comes_back_in_time_finds_all_as_it_was(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feeds[2], again;
    add_two(store, feeds);
    assert_int_equal(store_keep_feeds(store, feeds, 1, NOW_S), 0);
    assert_int_equal(store_keep_feeds(store, feeds, 2, NOW_S + 80 * DAY_S), 0);
    assert_int_equal(store_keep_feeds(store, feeds, 1, NOW_S + 100 * DAY_S), 0);
    assert_int_equal(store_keep_feeds(store, feeds, 2, NOW_S + 300 * DAY_S), 0);
    assert_int_equal(store_load_feed(store, "https://two.example/", &again), 0);
    assert_int_equal(again.id, feeds[1].id);
    assert_int_equal(again.baseline, BASELINE_TAKEN);
    assert_true(is_known(store, &again, 2));
    store_close(store);
}

static void feeds_that_stay_cost_no_write(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feeds[3] = {{0}};
    add_two(store, feeds); // the third is not stored yet
    const int before = sqlite3_total_changes(store->db);
    assert_int_equal(store_keep_feeds(store, feeds, 3, NOW_S + 400 * DAY_S), 0);
    assert_int_equal(sqlite3_total_changes(store->db), before);
    store_close(store);
}

static void a_year_of_snoozes_is_bounded(void **state) {
    struct store *store = open_or_fail(*state);
    for (int i = 0; i < STORE_SNOOZES_KEPT + 100; i++) {
        char rule[32];
        (void)snprintf(rule, sizeof rule, "rule %d", i);
        assert_int_equal(store_set_snooze(store, rule, NOW_S + i), 0);
    }
    assert_int_equal(query(store, "SELECT count(*) FROM snoozes"), STORE_SNOOZES_KEPT);
    assert_int_equal(query(store, "SELECT min(until_s) FROM snoozes"), NOW_S + 100);
    store_close(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sweep_is_due_once_a_month_and_at_first),
        IN_PLACE(when_a_feed_was_swept_is_kept),
        IN_PLACE(a_story_that_left_is_forgotten_by_the_second_sweep_without_it),
        IN_PLACE(a_story_that_stays_is_known_for_years),
        IN_PLACE(a_story_that_one_sweep_misses_is_still_known),
        IN_PLACE(a_feed_that_was_down_for_a_year_forgets_nothing),
        IN_PLACE(keys_noted_by_a_clock_that_was_not_set_are_not_old),
        IN_PLACE(only_the_feed_that_is_swept_forgets),
        IN_PLACE(a_sweep_of_a_busy_feed_writes_at_most_150_KB),
        IN_PLACE(keys_of_the_second_version_are_known_and_then_forgotten_as_all_are),
        IN_PLACE(a_feed_whose_line_is_gone_is_forgotten_after_three_months),
        IN_PLACE(a_line_that_comes_back_in_time_finds_all_as_it_was),
        IN_PLACE(feeds_that_stay_cost_no_write),
        IN_PLACE(a_year_of_snoozes_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
