// SPDX-License-Identifier: MIT
//
// The state while memory ends, in our code and in SQLite's: what is asked is -ENOMEM or the right
// answer, a transaction is whole or not there, and no state is taken for a damaged one.

#include "scarce_memory.h"

// Thousands of states are made, and none is to outlast the test: not on a card.
#define STORE_PLACE "/dev/shm/wirebell-store-XXXXXX"
#include "port/store_place.h"

#include "port/full_poll.h"
#include "port/store/store_alerts.h"
#include "port/store/store_stories.h"

#define NOW_S INT64_C(1774699200)

// Longer than a page of the file: SQLite has to put them together.
enum { LONG = 3000, ITEMS = 500 };
static char long_url[LONG + 1];
static uint64_t hashes[ITEMS];

static int commit(struct store *store, uint64_t key, struct store_feed *feed) {
    struct full_poll full;
    const struct habit habit = {.version = HABIT_VERSION, .stories = 9, .recent.observed_min = 9};
    full_poll_fill(feed, NOW_S, &full);
    full.poll.habit = &habit;
    full.key = key;
    full.items = (struct reading_items){hashes, ITEMS};
    full.story.text = "It shook.";
    full.alert.link = long_url;
    const int r = store_commit_poll(store, &full.poll);
    assert_true(r == 0 ? full.alert.id > 0 && feed->id > 0 : full.alert.id == 0);
    return r;
}

static void count_alert(const struct alert *alert, void *userdata) {
    size_t *count = userdata;
    assert_string_equal(alert->feed, URL);
    assert_string_equal(alert->title, "Cyber attack");
    assert_string_equal(alert->link, long_url);
    ++*count;
}

static size_t count_alerts(struct store *store) {
    size_t count = 0;
    assert_int_equal(store_each_alert(store, &(struct store_alert_query){0}, count_alert, &count),
                     0);
    return count;
}

// --- one after the other ---------------------------------------------------------------------

static int open_and_close(void *argument) {
    const struct place *place = argument;
    struct store *store = NULL;
    char error[200] = "";
    const int r = store_open(place->dir, &store, error);
    memory_is_plenty();
    char aside[128];
    (void)snprintf(aside, sizeof aside, "%s.damaged-1", place->db);
    assert_true(access(aside, F_OK) < 0);
    assert_true(r >= 0 || (!store && error[0]));
    if (r >= 0)
        assert_int_equal(count_alerts(store), 1);
    store_close(store);
    return r;
}

static void a_state_is_opened_or_left_as_it_was(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    assert_int_equal(commit(store, 1, &feed), 0);
    store_close(store);
    memory_try(
        &(struct memory_trial){.name = "store_open", .run = open_and_close, .argument = *state});
}

static void remove_file(void *argument) {
    const struct place *place = argument;
    (void)unlink(place->db);
}

static int begin_anew(void *argument) {
    const struct place *place = argument;
    struct store *store = NULL;
    char error[200];
    const int r = store_open(place->dir, &store, error);
    store_close(store);
    memory_is_plenty();
    if (r < 0) { // and the next start is not hindered by what is there of it
        store = open_or_fail(place);
        assert_int_equal(count_alerts(store), 0);
        store_close(store);
    }
    return r;
}

static void a_new_state_is_whole_or_begun_again(void **state) {
    memory_try(&(struct memory_trial){.name = "store_open, no file",
                                      .prepare = remove_file,
                                      .run = begin_anew,
                                      .argument = *state,
                                      .step = 13});
}

static int open_copy(void *argument) {
    const struct place *place = argument;
    struct store *store = NULL;
    const int r = store_open_copy(place->dir, &store);
    memory_is_plenty();
    if (r == STORE_KEPT)
        assert_int_equal(count_alerts(store), 1);
    else if (r == STORE_BEGUN)
        assert_int_equal(count_alerts(store), 0);
    store_close(store);
    return r;
}

static void a_copy_is_whole_or_empty(void **state) {
    struct store *store = open_or_fail(*state);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    assert_int_equal(commit(store, 1, &feed), 0);
    store_close(store);
    memory_try(
        &(struct memory_trial){.name = "store_open_copy", .run = open_copy, .argument = *state});
}

// --- a state that is open --------------------------------------------------------------------

struct open_state {
    const struct place *place;
    struct store *store;
    struct store_feed feed;
};

// A state of one poll and a snooze. It is in no file: that is quicker, and the same to all above.
static void begin(void *argument) {
    struct open_state *open = argument;
    assert_true(store_open_copy(NULL, &open->store) >= 0);
    open->feed = (struct store_feed){
        .baseline = BASELINE_TAKEN,
        .failures = 1,
        .move = store_move_new(long_url),
    };
    assert_int_equal(commit(open->store, 1, &open->feed), 0);
    free(open->feed.move);
    open->feed.move = NULL;
    assert_int_equal(store_set_snooze(open->store, "quake", NOW_S), 0);
    store_rest(open->store);
}

static void try_open(const char *name, int (*run)(void *argument)) {
    struct open_state open = {.place = NULL};
    memory_try(
        &(struct memory_trial){.name = name, .prepare = begin, .run = run, .argument = &open});
}

static int commit_next(void *argument) {
    struct open_state *open = argument;
    struct store_feed after;
    bool is_new;
    open->feed.failures = 7;
    const int r = commit(open->store, 2, &open->feed);
    memory_is_plenty();
    assert_int_equal(store_find_new(open->store, open->feed.id, &(const uint64_t){2}, 1, &is_new),
                     0);
    assert_int_equal(store_load_feed(open->store, URL, &after), 0);
    assert_int_equal(is_new, r < 0);
    assert_int_equal(count_alerts(open->store), r == 0 ? 2 : 1);
    assert_int_equal(after.failures, r == 0 ? 7 : 1);
    free(after.move);
    store_close(open->store);
    return r;
}

static void a_poll_is_kept_whole_or_not_at_all(void **state) {
    (void)state;
    try_open("store_commit_poll", commit_next);
}

static int ask_feed(void *argument) {
    struct open_state *open = argument;
    struct store_feed feed = {.id = 4711};
    struct store_memory known = {.items = {NULL, 4711}};
    bool is_new[2] = {false, false};
    int r = store_load_feed(open->store, URL, &feed);
    assert_true(r == 0 ? feed.id == open->feed.id : feed.id == 4711 && !feed.move);
    assert_true(r < 0 || (feed.move && strcmp(feed.move->to, long_url) == 0));
    assert_int_equal(feed.recent.observed_min, r == 0 ? 9 : 0);
    free(feed.move);
    if (r == 0) {
        r = store_load_memory(open->store, open->feed.id, &known);
        assert_int_equal(known.items.count, r == 0 ? ITEMS : 0);
        assert_string_equal(known.validators.etag, r == 0 ? "\"a\"" : "");
        assert_int_equal(known.habit.stories, r == 0 ? 9 : 0);
        store_memory_done(&known);
    }
    if (r == 0) {
        r = store_find_new(open->store, open->feed.id, (const uint64_t[]){1, 99}, 2, is_new);
        assert_true(r < 0 || (!is_new[0] && is_new[1]));
    }
    store_close(open->store);
    return r;
}

static void count_story(const char *feed, const struct story *story, int64_t seen_s,
                        void *userdata) {
    (void)seen_s;
    assert_string_equal(feed, URL);
    assert_string_equal(story->title, "Cyber attack");
    assert_string_equal(story->text, "It shook.");
    ++*(size_t *)userdata;
}

static void count_snooze(const char *rule, int64_t until_s, void *userdata) {
    assert_string_equal(rule, "quake");
    assert_int_equal(until_s, NOW_S);
    ++*(size_t *)userdata;
}

static int ask_lists(void *argument) {
    struct open_state *open = argument;
    size_t counts[4] = {0};
    int r = store_each_raised(open->store, count_alert, &counts[0]);
    if (r == 0)
        r = store_each_alert(open->store, &(struct store_alert_query){0}, count_alert, &counts[1]);
    if (r == 0)
        r = store_each_story(open->store, 0, count_story, &counts[2]);
    if (r == 0)
        r = store_each_snooze(open->store, count_snooze, &counts[3]);
    for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
        assert_true(counts[i] == 1 || (r < 0 && counts[i] == 0));
    store_close(open->store);
    return r;
}

static void what_is_asked_is_right_or_refused(void **state) {
    (void)state;
    try_open("store_load_feed...", ask_feed);
    try_open("store_each_...", ask_lists);
}

static int act(void *argument) {
    struct open_state *open = argument;
    struct alert drill = an_alert(LEVEL_FLASH, "a drill", NOW_S);
    drill.is_drill = true;
    drill.link = long_url;
    int r = store_save_due(open->store, &open->feed, 1);
    if (r == 0)
        r = store_add_alert(open->store, &drill);
    if (r == 0)
        r = store_note_rings(open->store, 1u << LEVEL_FLASH);
    if (r == 0)
        r = store_acknowledge(open->store, drill.id, NOW_S + 1);
    if (r == 0)
        r = store_clear(open->store, &drill.id, 1, NOW_S + 2);
    if (r == 0)
        r = store_set_snooze(open->store, "rain", NOW_S);
    if (r == 0)
        r = store_set_snooze(open->store, "rain", 0);
    if (r == 0)
        r = store_acknowledge_all(open->store, NOW_S + 3);
    memory_is_plenty();
    // Nothing hinders the next try.
    assert_int_equal(store_acknowledge_all(open->store, NOW_S + 4), 0);
    assert_int_equal(commit(open->store, 2, &open->feed), 0);
    store_close(open->store);
    return r;
}

static void what_a_person_does_is_written_or_refused(void **state) {
    (void)state;
    try_open("store_acknowledge...", act);
}

// --- a damaged file --------------------------------------------------------------------------

static void begin_file(void *argument) {
    struct open_state *open = argument;
    (void)unlink(open->place->db);
    open->store = open_or_fail(open->place);
}

static int renew(void *argument) {
    struct open_state *open = argument;
    char error[200] = "", aside[128];
    int r = store_renew(open->store, error);
    memory_is_plenty();
    assert_true(error[0] != '\0');
    if (r != -ENOMEM)
        assert_int_equal(count_alerts(open->store), 0);
    store_close(open->store);
    (void)snprintf(aside, sizeof aside, "%s.damaged-1", open->place->db);
    (void)unlink(aside);
    return r == -EIO ? 0 : r; // the state is in memory then, and new
}

static void a_state_set_aside_is_followed_by_a_new_one_or_one_in_memory(void **state) {
    struct open_state open = {.place = *state};
    memory_try(&(struct memory_trial){
        .name = "store_renew", .prepare = begin_file, .run = renew, .argument = &open, .step = 13});
}

int main(void) {
    (void)memset(long_url, 'a', LONG);
    for (size_t i = 0; i < ITEMS; i++)
        hashes[i] = i + 1;
    const struct CMUnitTest tests[] = {
        IN_PLACE(a_state_is_opened_or_left_as_it_was),
        IN_PLACE(a_new_state_is_whole_or_begun_again),
        IN_PLACE(a_copy_is_whole_or_empty),
        IN_PLACE(a_poll_is_kept_whole_or_not_at_all),
        IN_PLACE(what_is_asked_is_right_or_refused),
        IN_PLACE(what_a_person_does_is_written_or_refused),
        IN_PLACE(a_state_set_aside_is_followed_by_a_new_one_or_one_in_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
