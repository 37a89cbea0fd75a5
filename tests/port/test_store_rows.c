// SPDX-License-Identifier: MIT
//
// Rows in which a failing card, or somebody, has written what never was there: what is out of its
// range reads as what is said in sql.h and store_feeds.c, and everything else of the row as it is.

#include "port/full_poll.h"
#include "port/store/store_alerts.h"
#include "port/store/store_stories.h"
#include "port/store_place.h"

#define NOW_S INT64_C(1774699200)

// A state with a feed, an alert, a story and a snooze.
static struct store *open_with_rows(const struct place *place) {
    struct store *store = open_or_fail(place);
    struct store_move *move = store_move_new("https://example.org/new");
    assert_non_null(move);
    move->count = 2;
    struct store_feed feed = {.baseline = BASELINE_HALF,
                              .due_s = NOW_S,
                              .failures = 3,
                              .ttl_s = 60,
                              .skip_hours = 5,
                              .outcome = READING_TIMED_OUT,
                              .http_status = 503,
                              .move = move};
    struct full_poll full;
    full_poll_fill(&feed, NOW_S, &full);
    full.story.author = "A";
    full.alert.lamp = ROLE_RED;
    full.alert.sources = 2;
    full.alert.stories = 3;
    full.alert.published_s = -NOW_S;
    commit_or_fail(store, &full.poll);
    free(move);
    assert_int_equal(store_set_snooze(store, full.alert.rule, NOW_S + 60), 0);
    return store;
}

static struct store_feed load_or_fail(struct store *store) {
    struct store_feed feed;
    assert_int_equal(store_load_feed(store, URL, &feed), 0);
    return feed;
}

static void a_baseline_that_is_none_counts_as_taken(void **state) {
    struct store *store = open_with_rows(*state);
    static const char *const sql[] = {"UPDATE feeds SET baseline = 3",
                                      "UPDATE feeds SET baseline = -1",
                                      "UPDATE feeds SET baseline = 4294967296"};
    for (size_t i = 0; i < ARRAY_SIZE(sql); i++) {
        run_sql(store->db, sql[i]);
        struct store_feed feed = load_or_fail(store);
        assert_int_equal(feed.baseline, BASELINE_TAKEN);
        assert_int_equal(feed.failures, 3);
        assert_string_equal(feed.move->to, "https://example.org/new");
        free(feed.move);
    }
    store_close(store);
}

static void an_outcome_that_is_none_reads_as_failed(void **state) {
    struct store *store = open_with_rows(*state);
    struct store_feed feed = load_or_fail(store);
    assert_int_equal(feed.outcome, READING_TIMED_OUT);
    free(feed.move);
    run_sql(store->db, "UPDATE feeds SET outcome = 14, http_status = 1000");
    feed = load_or_fail(store);
    assert_int_equal(feed.outcome, READING_FAILED);
    assert_int_equal(feed.http_status, 0);
    free(feed.move);
    run_sql(store->db, "UPDATE feeds SET outcome = -1, http_status = -1");
    feed = load_or_fail(store);
    assert_int_equal(feed.outcome, READING_FAILED);
    assert_int_equal(feed.http_status, 0);
    free(feed.move);
    store_close(store);
}

static void numbers_of_a_feed_that_cannot_be_are_not_there(void **state) {
    struct store *store = open_with_rows(*state);
    run_sql(store->db,
            "UPDATE feeds SET due_s = 9223372036854775807, good_s = -1, ttl_s = -5,"
            " failing_s = 'yesterday', failures = -1, skip_hours = 16777216, skip_days = 128,"
            " moved_count = -1, moved_first_s = -9223372036854775808, moved_checked_s = 1e300");
    struct store_feed feed = load_or_fail(store);
    assert_int_equal(feed.due_s, 0);
    assert_int_equal(feed.good_s, 0);
    assert_int_equal(feed.ttl_s, 0);
    assert_int_equal(feed.failing_s, 0);
    assert_int_equal(feed.failures, 0);
    assert_int_equal(feed.skip_hours, 0);
    assert_int_equal(feed.skip_days, 0);
    assert_int_equal(feed.move->count, 0);
    assert_int_equal(feed.move->first_s, 0);
    assert_int_equal(feed.move->checked_s, 0);
    assert_int_equal(feed.baseline, BASELINE_HALF);
    free(feed.move);
    store_close(store);
}

static void a_feed_has_not_moved_to_what_is_no_address(void **state) {
    struct store *store = open_with_rows(*state);
    static const char *const sql[] = {
        "UPDATE feeds SET moved_checked_s = 5, moved_to = CAST(x'68C3' AS TEXT)",
        "UPDATE feeds SET moved_to = printf('https://%.*c', 5000, 'a')",
        "UPDATE feeds SET moved_to = x''"};
    for (size_t i = 0; i < ARRAY_SIZE(sql); i++) {
        run_sql(store->db, sql[i]);
        const struct store_feed feed = load_or_fail(store);
        assert_null(feed.move);
    }
    store_close(store);
}

static void check_alert(const struct alert *alert, void *userdata) {
    size_t *count = userdata;
    ++*count;
    assert_int_equal(alert->level, LEVEL_URGENT);
    assert_int_equal(alert->disposition, DISPOSITION_COUNT);
    assert_int_equal(alert->lamp, ROLE_COUNT);
    assert_int_equal(alert->raised_s, 0);
    assert_int_equal(alert->acknowledged_s, 0);
    assert_true(alert->published_s == STORY_NO_DATE);
    assert_int_equal(alert->joined, 0);
    assert_int_equal(alert->sources, 1);
    assert_int_equal(alert->stories, 1);
    assert_int_equal(alert->rings, 0);
    assert_string_equal(alert->title, "");
    assert_string_equal(alert->words, "");
    assert_string_equal(alert->rule, "cyber attack*");
    assert_string_equal(alert->feed, URL);
}

static void a_damaged_alert_still_shows(void **state) {
    struct store *store = open_with_rows(*state);
    size_t count = 0;
    run_sql(store->db,
            "UPDATE alerts SET level = 4, disposition = -1, lamp = 100, raised_s = 1e18,"
            " acknowledged_s = -1, published_s = -9223372036854775807, joined = -1,"
            " sources = 4294967296, stories = -1, rings = -1, title = CAST(x'FF' AS TEXT),"
            " words = x'C3'");
    assert_int_equal(store_each_raised(store, check_alert, &count), 0);
    assert_int_equal(count, 1);
    store_close(store);
}

static void check_date(const struct alert *alert, void *userdata) {
    size_t *count = userdata;
    ++*count;
    assert_int_equal(alert->published_s, -NOW_S);
    assert_string_equal(alert->title, "Cyber attack");
}

static void a_date_before_1970_is_one(void **state) {
    struct store *store = open_with_rows(*state);
    size_t count = 0;
    assert_int_equal(store_each_raised(store, check_date, &count), 0);
    assert_int_equal(count, 1);
    store_close(store);
}

static void check_story(const char *feed, const struct story *story, int64_t seen_s,
                        void *userdata) {
    size_t *count = userdata;
    ++*count;
    assert_string_equal(feed, URL);
    assert_string_equal(story->title, "");
    assert_string_equal(story->author, "A");
    assert_true(story->published_s == STORY_NO_DATE);
    assert_int_equal(seen_s, 0);
}

static void check_snooze(const char *rule, int64_t until_s, void *userdata) {
    size_t *count = userdata;
    ++*count;
    assert_string_equal(rule, "cyber attack*");
    assert_int_equal(until_s, 0);
}

static void damaged_stories_and_snoozes_read_as_none_of_what_they_lost(void **state) {
    struct store *store = open_with_rows(*state);
    size_t count = 0;
    run_sql(store->db, "UPDATE stories SET title = x'E282', published_s = 9223372036854775807,"
                       " seen_s = 9223372036854775807");
    assert_int_equal(store_each_story(store, 0, check_story, &count), 0);
    assert_int_equal(count, 1);
    run_sql(store->db, "UPDATE snoozes SET until_s = 9223372036854775807");
    assert_int_equal(store_each_snooze(store, check_snooze, &count), 0);
    assert_int_equal(count, 2);
    store_close(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_PLACE(a_baseline_that_is_none_counts_as_taken),
        IN_PLACE(an_outcome_that_is_none_reads_as_failed),
        IN_PLACE(numbers_of_a_feed_that_cannot_be_are_not_there),
        IN_PLACE(a_feed_has_not_moved_to_what_is_no_address),
        IN_PLACE(a_damaged_alert_still_shows),
        IN_PLACE(a_date_before_1970_is_one),
        IN_PLACE(damaged_stories_and_snoozes_read_as_none_of_what_they_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
