// SPDX-License-Identifier: MIT

#include "port/store_place.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nouns.h"
#include "port/store/store_alerts.h"

enum { RAISED_S = 1700000000 };

struct collected {
    struct alert alerts[8];
    char titles[8][64];
    size_t count;
};

static void collect(const struct alert *alert, void *userdata) {
    struct collected *all = userdata;
    assert_true(all->count < 8);
    all->alerts[all->count] = *alert;
    (void)snprintf(all->titles[all->count++], 64, "%s", alert->title);
}

static struct collected raised(struct store *store) {
    struct collected all = {.count = 0};
    assert_int_equal(store_each_raised(store, collect, &all), 0);
    return all;
}

static void an_unknown_feed_is_all_zero(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed;
    memset(&feed, 0xA5, sizeof feed);
    assert_int_equal(store_load_feed(store, URL, &feed), 0);
    assert_int_equal(feed.id, 0);
    assert_int_equal(feed.baseline, BASELINE_NONE);
    assert_int_equal(feed.due_s, 0);
    store_close(store);
}

static void a_poll_survives_closing(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN,
                              .due_s = 1234,
                              .failures = 2,
                              .body_hash = UINT64_MAX,
                              .ttl_s = 3600};
    const uint64_t hashes[] = {1, UINT64_C(1) << 63};
    const struct reading_items items = {hashes, 2};
    // Validators are opaque bytes: quotes, W/, and bytes that are no UTF-8.
    const struct store_validators validators = {.etag = "W/\"a b,\xE9\"",
                                                .last_modified = "Sat, 01 Jan 2000 00:00:00 GMT"};
    const uint64_t keys[] = {1, UINT64_MAX, UINT64_C(1) << 63};
    struct alert alert = an_alert(LEVEL_BULLETIN, "one", RAISED_S);
    commit_or_fail(store, &(struct store_poll){.url = URL,
                                               .feed = &feed,
                                               .validators = &validators,
                                               .items = &items,
                                               .new_keys = keys,
                                               .new_key_count = 3,
                                               .now_s = 99,
                                               .alerts = &alert,
                                               .alert_count = 1});
    assert_true(feed.id > 0);
    assert_true(alert.id > 0);
    store_close(store);

    store = open_or_fail(*state);
    struct store_feed again;
    assert_int_equal(store_load_feed(store, URL, &again), 0);
    assert_int_equal(again.id, feed.id);
    assert_int_equal(again.baseline, BASELINE_TAKEN);
    assert_int_equal(again.due_s, 1234);
    assert_int_equal(again.failures, 2);
    assert_true(again.body_hash == UINT64_MAX);
    assert_int_equal(again.ttl_s, 3600);
    struct store_memory read;
    assert_int_equal(store_load_memory(store, feed.id, &read), 0);
    assert_string_equal(read.validators.etag, validators.etag);
    assert_string_equal(read.validators.last_modified, validators.last_modified);
    assert_int_equal(read.items.count, 2);
    assert_memory_equal(read.items.hashes, hashes, sizeof hashes);
    store_memory_done(&read);
    const uint64_t asked[] = {UINT64_MAX, 2, 1, UINT64_C(1) << 63};
    bool is_new[4];
    assert_int_equal(store_find_new(store, feed.id, asked, 4, is_new), 0);
    assert_false(is_new[0]);
    assert_true(is_new[1]);
    assert_false(is_new[2]);
    assert_false(is_new[3]);
    assert_int_equal(store_find_new(store, feed.id + 1, asked, 1, is_new), 0);
    assert_true(is_new[0]);
    struct collected all = raised(store);
    assert_int_equal(all.count, 1);
    assert_int_equal(all.alerts[0].id, alert.id);
    assert_int_equal(all.alerts[0].level, LEVEL_BULLETIN);
    assert_int_equal(all.alerts[0].rule_line, 7);
    assert_string_equal(all.titles[0], "one");
    store_close(store);
}

static struct store_feed a_feed_with_a_history(const char *moved_to) {
    struct store_move *move = store_move_new(moved_to);
    assert_non_null(move);
    move->count = 5;
    move->first_s = 1600000000;
    move->checked_s = 1600086400;
    return (struct store_feed){.baseline = BASELINE_TAKEN,
                               .due_s = 1234,
                               .update_s = 1800,
                               .skip_hours = 0xFFFFFE,
                               .skip_days = 0x41,
                               .good_s = 1700000000,
                               .failing_s = 1700000900,
                               .outcome = READING_HTTP_ERROR,
                               .http_status = 410,
                               .move = move};
}

// Closes the store, opens it again, and compares what it has of the feed.
static struct store *reopen_and_compare(const struct place *place, struct store *store,
                                        const struct store_feed *expected) {
    store_close(store);
    store = open_or_fail(place);
    struct store_feed feed;
    assert_int_equal(store_load_feed(store, URL, &feed), 0);
    assert_int_equal(feed.update_s, expected->update_s);
    assert_int_equal(feed.skip_hours, expected->skip_hours);
    assert_int_equal(feed.skip_days, expected->skip_days);
    assert_memory_equal(&feed.recent, &expected->recent, sizeof feed.recent);
    assert_int_equal(feed.good_s, expected->good_s);
    assert_int_equal(feed.failing_s, expected->failing_s);
    assert_int_equal(feed.outcome, expected->outcome);
    assert_int_equal(feed.http_status, expected->http_status);
    assert_string_equal(feed.move->to, expected->move->to);
    assert_int_equal(feed.move->count, expected->move->count);
    assert_int_equal(feed.move->first_s, expected->move->first_s);
    assert_int_equal(feed.move->checked_s, expected->move->checked_s);
    free(feed.move);
    return store;
}

static void what_the_next_look_depends_on_survives_closing(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = a_feed_with_a_history("https://new.example/feed");
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed, .now_s = 99});
    store = reopen_and_compare(*state, store, &feed);
    free(feed.move);
    feed.move = store_move_new("https://newer.example/feed");
    assert_non_null(feed.move);
    feed.http_status = 404;
    feed.skip_days = 0;
    assert_int_equal(store_save_due(store, &feed, 1), 0);
    store = reopen_and_compare(*state, store, &feed);
    free(feed.move);
    store_close(store);
}

// A habit as it is stored, and what a look without news makes newer of it.
static const struct habit HABIT = {
    .version = HABIT_VERSION,
    .hours = {[7] = 3},
    .stories = 3,
    .squares = 3,
    .recent = {
        .observed_min = 600, .looked_s = 1700000000, .story_s = 1699990000, .account_s = -5}};
static const struct habit_recent LATER = {
    .observed_min = 615, .looked_s = 1700000900, .story_s = 1699990000, .account_s = 256};

static void check_habit(struct store *store, int64_t feed_id, const struct habit *expected) {
    struct store_memory memory;
    assert_int_equal(store_load_memory(store, feed_id, &memory), 0);
    assert_memory_equal(&memory.habit, expected, sizeof *expected);
    store_memory_done(&memory);
}

static void a_habit_is_written_with_a_poll_and_its_end_with_the_due_times(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = a_feed_with_a_history("https://new.example/feed");
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed});
    check_habit(store, feed.id, &(struct habit){.version = 0});
    assert_int_equal(store_save_due(store, &feed, 1), 0); // no end where there is no beginning
    check_habit(store, feed.id, &(struct habit){.version = 0});
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed, .habit = &HABIT});
    feed.recent = HABIT.recent;
    store = reopen_and_compare(*state, store, &feed);
    check_habit(store, feed.id, &HABIT);
    feed.recent = LATER;
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed});
    check_habit(store, feed.id, &HABIT);
    assert_int_equal(store_save_due(store, &feed, 1), 0);
    store = reopen_and_compare(*state, store, &feed);
    struct habit resumed = HABIT;
    habit_resume(&resumed, &LATER);
    check_habit(store, feed.id, &resumed);
    free(feed.move);
    store_close(store);
}

static void a_habit_that_is_damaged_is_none(void **state) {
    const struct place *place = *state;
    struct store *store = open_or_fail(place);
    struct store_feed feed = {.baseline = BASELINE_TAKEN}, again;
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed, .habit = &HABIT});
    store_close(store);
    run_sql_on_file(place, "UPDATE feeds SET habit = x'0102'");
    store = open_or_fail(place);
    assert_int_equal(store_load_feed(store, URL, &again), 0);
    assert_int_equal(again.recent.looked_s, 0);
    check_habit(store, again.id, &(struct habit){.version = 0});
    assert_null(again.move);
    store_close(store);
}

static void a_poll_that_fails_half_way_leaves_nothing(void **state) {
    const struct place *place = *state;
    struct store *store = open_or_fail(place);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    const uint64_t key = 5;
    struct alert bad = an_alert(LEVEL_FLASH, NULL, RAISED_S); // NOT NULL refuses it, last of all
    struct store_poll poll = {.url = URL,
                              .feed = &feed,
                              .new_keys = &key,
                              .new_key_count = 1,
                              .alerts = &bad,
                              .alert_count = 1};
    assert_true(store_commit_poll(store, &poll) < 0);
    assert_int_equal(feed.id, 0);
    assert_int_equal(bad.id, 0);
    struct store_feed found;
    assert_int_equal(store_load_feed(store, URL, &found), 0);
    assert_int_equal(found.id, 0);
    bool is_new = false;
    assert_int_equal(store_find_new(store, 1, &key, 1, &is_new), 0);
    assert_true(is_new);
    poll.alert_count = 0;
    commit_or_fail(store, &poll); // and the store still works
    store_close(store);
}

static void items_stay_until_others_take_their_place(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    static uint64_t hashes[LIMIT_STORIES_MAX];
    for (size_t i = 0; i < LIMIT_STORIES_MAX; i++)
        hashes[i] = i + 1;
    struct reading_items items = {hashes, LIMIT_STORIES_MAX};
    const size_t counts[] = {LIMIT_STORIES_MAX, 3, 0};
    for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
        struct store_poll poll = {.url = URL, .feed = &feed, .items = &items};
        items.count = counts[i];
        commit_or_fail(store, &poll);
        poll.items = NULL;
        commit_or_fail(store, &poll);
        struct store_memory found;
        assert_int_equal(store_load_memory(store, feed.id, &found), 0);
        assert_int_equal(found.items.count, counts[i]);
        if (counts[i] > 0)
            assert_memory_equal(found.items.hashes, hashes, counts[i] * sizeof *hashes);
        store_memory_done(&found);
    }
    store_close(store);
}

static void items_that_are_not_sound_are_none(void **state) {
    const struct place *place = *state;
    struct store *store = open_or_fail(place);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed});
    const char *const blobs[] = {"zeroblob(8)", "x'0102030405060708ff'", "zeroblob(80000)",
                                 "'a text'", "x'02020202020202020202020202020202'"};
    for (size_t i = 0; i < ARRAY_SIZE(blobs); i++) {
        char sql[100];
        (void)snprintf(sql, sizeof sql, "UPDATE feeds SET items = %s", blobs[i]);
        run_sql_on_file(place, sql);
        struct store_memory found;
        assert_int_equal(store_load_memory(store, feed.id, &found), 0);
        assert_int_equal(found.items.count, 0);
        store_memory_done(&found);
    }
    store_close(store);
}

static void acknowledged_and_cleared_alerts_do_not_come_back(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    struct alert alerts[] = {an_alert(LEVEL_ROUTINE, "a", RAISED_S),
                             an_alert(LEVEL_URGENT, "b", RAISED_S),
                             an_alert(LEVEL_FLASH, "c", RAISED_S)};
    commit_or_fail(
        store, &(struct store_poll){.url = URL, .feed = &feed, .alerts = alerts, .alert_count = 3});
    assert_int_equal(raised(store).count, 3);
    assert_int_equal(store_clear(store, &alerts[0].id, 1, RAISED_S + 50), 0);
    assert_int_equal(raised(store).count, 2);
    assert_int_equal(store_acknowledge_all(store, RAISED_S + 100), 0);
    assert_int_equal(raised(store).count, 0);
    store_close(store);
}

static void rings_are_counted_by_level_and_stop_at_two(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    struct alert alerts[] = {an_alert(LEVEL_URGENT, "u", RAISED_S),
                             an_alert(LEVEL_FLASH, "f", RAISED_S)};
    commit_or_fail(
        store, &(struct store_poll){.url = URL, .feed = &feed, .alerts = alerts, .alert_count = 2});
    for (uint32_t i = 1; i <= 5; i++) {
        assert_int_equal(store_note_rings(store, 1u << LEVEL_FLASH), 0);
        struct collected all = raised(store);
        assert_int_equal(all.alerts[0].rings, 0);
        assert_int_equal(all.alerts[1].rings, i < ALERT_RINGS_MAX ? i : ALERT_RINGS_MAX);
    }
    store_close(store);
}

static void due_times_of_known_feeds_are_saved(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feeds[2] = {{.baseline = BASELINE_TAKEN}, {.due_s = 77}};
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feeds[0]});
    feeds[0].due_s = 4321;
    feeds[0].failures = 3;
    feeds[0].body_hash = 8;
    assert_int_equal(store_save_due(store, feeds, 2), 0);
    struct store_feed found;
    assert_int_equal(store_load_feed(store, URL, &found), 0);
    assert_int_equal(found.due_s, 4321);
    assert_int_equal(found.failures, 3);
    assert_true(found.body_hash == 8);
    store_close(store);
}

static void ask_about(struct store *store, const struct store_feed *feed) {
    struct store_memory memory;
    assert_int_equal(store_load_memory(store, feed->id, &memory), 0);
    store_memory_done(&memory);
}

static void what_is_written_among_questions_is_written_at_once(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    struct alert alert = an_alert(LEVEL_FLASH, "lit", RAISED_S);
    commit_or_fail(
        store, &(struct store_poll){.url = URL, .feed = &feed, .alerts = &alert, .alert_count = 1});
    ask_about(store, &feed);
    assert_int_equal(store_acknowledge(store, alert.id, RAISED_S + 1), 0);
    ask_about(store, &feed);

    // Another program would see no more of it than what is on the disk.
    struct store *copy = NULL;
    assert_int_equal(store_open_copy(((struct place *)*state)->dir, &copy), STORE_KEPT);
    assert_int_equal(raised(copy).count, 0);
    store_close(copy);
    store_close(store);
}

static void another_program_may_write_among_questions(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed});
    ask_about(store, &feed);
    run_sql_on_file(*state, "INSERT INTO snoozes VALUES('one', 1)");
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed});
    ask_about(store, &feed);
    run_sql_on_file(*state, "INSERT INTO snoozes VALUES('another', 1)");
    assert_int_equal(store_acknowledge_all(store, RAISED_S), 0);
    store_close(store);
}

static void keys_of_a_feed_are_bounded_and_the_oldest_go(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    uint64_t *keys = calloc(LIMIT_SEEN_PER_FEED, sizeof *keys);
    assert_non_null(keys);
    for (uint64_t i = 0; i < LIMIT_SEEN_PER_FEED; i++)
        keys[i] = i + 1;
    struct store_poll poll = {.url = URL,
                              .feed = &feed,
                              .new_keys = keys,
                              .new_key_count = LIMIT_SEEN_PER_FEED,
                              .now_s = 1000};
    commit_or_fail(store, &poll);
    const uint64_t later[] = {900001, 900002};
    poll.new_keys = later;
    poll.new_key_count = 2;
    poll.now_s = 2000;
    commit_or_fail(store, &poll);
    bool *is_new = calloc(LIMIT_SEEN_PER_FEED, sizeof *is_new);
    assert_non_null(is_new);
    assert_int_equal(store_find_new(store, feed.id, keys, LIMIT_SEEN_PER_FEED, is_new), 0);
    size_t gone = 0;
    for (size_t i = 0; i < LIMIT_SEEN_PER_FEED; i++)
        gone += is_new[i];
    assert_int_equal(gone, 2);
    assert_int_equal(store_find_new(store, feed.id, later, 2, is_new), 0);
    assert_false(is_new[0] || is_new[1]);
    free(is_new);
    free(keys);
    store_close(store);
}

// A process that is killed between commit and close, as kill -9 or a power cut would.
static void a_commit_survives_sudden_death(void **state) {
    const struct place *place = *state;
    pid_t child = fork();
    if (child == 0) {
        struct store *store = NULL;
        char error[200];
        struct store_feed feed = {.baseline = BASELINE_TAKEN};
        struct alert alert = an_alert(LEVEL_FLASH, "kept", RAISED_S);
        if (store_open(place->dir, &store, error) >= 0)
            (void)store_commit_poll(
                store, &(struct store_poll){
                           .url = URL, .feed = &feed, .alerts = &alert, .alert_count = 1});
        (void)kill(getpid(), SIGKILL);
    }
    assert_true(child > 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    struct store *store = open_or_fail(place);
    struct collected all = raised(store);
    assert_int_equal(all.count, 1);
    assert_string_equal(all.titles[0], "kept");
    store_close(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_PLACE(an_unknown_feed_is_all_zero),
        IN_PLACE(a_poll_survives_closing),
        IN_PLACE(what_the_next_look_depends_on_survives_closing),
        IN_PLACE(a_habit_is_written_with_a_poll_and_its_end_with_the_due_times),
        IN_PLACE(a_habit_that_is_damaged_is_none),
        IN_PLACE(a_poll_that_fails_half_way_leaves_nothing),
        IN_PLACE(items_stay_until_others_take_their_place),
        IN_PLACE(items_that_are_not_sound_are_none),
        IN_PLACE(acknowledged_and_cleared_alerts_do_not_come_back),
        IN_PLACE(rings_are_counted_by_level_and_stop_at_two),
        IN_PLACE(due_times_of_known_feeds_are_saved),
        IN_PLACE(what_is_written_among_questions_is_written_at_once),
        IN_PLACE(another_program_may_write_among_questions),
        IN_PLACE(keys_of_a_feed_are_bounded_and_the_oldest_go),
        IN_PLACE(a_commit_survives_sudden_death),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
