// SPDX-License-Identifier: MIT
//
// The poller with its list of feeds while memory ends, in our code, in SQLite's and in
// libsystemd's: a reload is taken whole or leaves what there was, and what is kept of a feed is not
// taken for nothing because it could not be read at one moment.

#include "scarce_memory.h"

#include <stdio.h>
#include <unistd.h>

#include "core/rules.h"
#include "daemon/poller.h"
#include "port/system/clock.h"

#define ONE    "https://one.example/feed"
#define TWO    "https://two.example/feed"
#define THREE  "https://three.example/feed"
#define GOOD_S INT64_C(1774699200)

static const char BEFORE[] = "[feeds]\n" ONE "\n" TWO "\n[flash]\nquake\n";
static const char AFTER[] = "[feeds]\n" TWO " every=1h\n" THREE "\n" ONE "\n[flash]\nquake\n";

struct desk {
    sd_event *event;
    struct log *log;
    struct store *store;
    struct triage *triage;
    struct trust trust;
    struct reader_client *reader;
    struct rules before, after;
    struct poller *poller;
    size_t looked;
};

static void on_looked(const struct reading *reading, int stored, void *userdata) {
    struct desk *desk = userdata;
    (void)reading;
    (void)stored;
    desk->looked++;
}

static void on_idle(void *userdata) {
    (void)userdata;
}

static int open_poller(struct desk *desk) {
    const struct poller_parts parts = {.event = desk->event,
                                       .log = desk->log,
                                       .store = desk->store,
                                       .reader = desk->reader,
                                       .triage = desk->triage,
                                       .trust = &desk->trust};
    const struct poller_events events = {.looked = on_looked, .idle = on_idle, .userdata = desk};
    return poller_new(&parts, &events, &desk->poller);
}

static int configure(struct desk *desk, const struct rules *rules) {
    return poller_configure(desk->poller, rules->keywords, rules->matcher, DEFAULT_POLL_S);
}

// A state that knows one feed.
static void begin_state(void *argument) {
    struct desk *desk = argument;
    struct store_move *move = store_move_new("https://one.example/new");
    struct store_feed feed = {.baseline = BASELINE_TAKEN, .good_s = GOOD_S, .move = move};
    const struct store_poll poll = {.url = ONE, .feed = &feed, .now_s = GOOD_S};
    assert_true(store_open_copy(NULL, &desk->store) >= 0);
    assert_int_equal(store_commit_poll(desk->store, &poll), 0);
    free(move);
}

static int set_up(void **state) {
    static struct desk desk;
    desk = (struct desk){.event = NULL};
    const struct reader_client_options options = {.socket_path = "/nowhere/reader"};
    if (sd_event_new(&desk.event) < 0 || log_new(&desk.log) < 0 ||
        triage_new(&policy_default, &desk.triage) < 0 ||
        reader_client_new(desk.event, &options, &desk.reader) < 0)
        return -1;
    rules_open(&desk.before, BEFORE);
    rules_open(&desk.after, AFTER);
    assert_int_equal(desk.before.diags.count + desk.after.diags.count, 0);
    *state = &desk;
    return 0;
}

static int tear_down(void **state) {
    struct desk *desk = *state;
    rules_close(&desk->before);
    rules_close(&desk->after);
    reader_client_free(desk->reader);
    triage_free(desk->triage);
    log_free(desk->log);
    sd_event_unref(desk->event);
    return 0;
}

// --- the list --------------------------------------------------------------------------------

struct listing {
    char urls[256];
    int64_t good_s;
};

static void list_feed(const struct feed_status *feed, void *userdata) {
    struct listing *listing = userdata;
    const size_t used = strlen(listing->urls);
    (void)snprintf(listing->urls + used, sizeof listing->urls - used, "%s ", feed->url);
    if (strcmp(feed->url, ONE) == 0)
        listing->good_s = feed->good_s;
}

static struct listing list(const struct desk *desk) {
    struct listing listing = {"", 0};
    poller_each_feed(desk->poller, list_feed, &listing);
    return listing;
}

static void read_before(void *argument) {
    struct desk *desk = argument;
    begin_state(desk);
    assert_int_equal(open_poller(desk), 0);
    assert_int_equal(configure(desk, &desk->before), 0);
}

static int read_again(void *argument) {
    struct desk *desk = argument;
    const int r = configure(desk, &desk->after);
    memory_is_plenty();
    const struct listing listing = list(desk);
    assert_string_equal(listing.urls, r < 0 ? ONE " " TWO " " : ONE " " THREE " " TWO " ");
    assert_int_equal(listing.good_s, GOOD_S);
    desk->poller = poller_free(desk->poller);
    store_close(desk->store);
    return r;
}

static void a_reload_is_taken_whole_or_changes_nothing(void **state) {
    memory_try(&(struct memory_trial){
        .name = "poller_configure", .prepare = read_before, .run = read_again, .argument = *state});
}

static int open_and_ask(void *argument) {
    struct desk *desk = argument;
    sd_event *const loop = desk->event; // one that is used keeps memory
    desk->poller = NULL;
    desk->event = NULL;
    int r = sd_event_new(&desk->event);
    if (r >= 0)
        r = open_poller(desk);
    if (r >= 0)
        r = configure(desk, &desk->before);
    if (r >= 0) {
        poller_start(desk->poller);
        poller_poll_all(desk->poller);
        r = poller_save(desk->poller);
    }
    memory_is_plenty();
    desk->poller = poller_free(desk->poller);
    sd_event_unref(desk->event);
    desk->event = loop;
    store_close(desk->store);
    return r < 0 ? r : 0;
}

static void a_poller_comes_to_be_or_is_refused(void **state) {
    memory_try(&(struct memory_trial){
        .name = "poller_new...", .prepare = begin_state, .run = open_and_ask, .argument = *state});
}

// --- what is kept of a feed ------------------------------------------------------------------

static void run_until_looked(struct desk *desk) {
    const int64_t end_us = clock_boot_us() + 60000000;
    while (desk->looked < 2 && clock_boot_us() < end_us)
        assert_true(sd_event_run(desk->event, 100000) >= 0);
    assert_true(desk->looked >= 2);
}

static void what_could_not_be_read_of_a_feed_is_read_before_it_is_asked(void **state) {
    struct desk *desk = *state;
    bool was_unread = false;
    begin_state(desk);
    for (long number = 0; number < 400 && !was_unread; number++) {
        assert_int_equal(open_poller(desk), 0);
        memory_fail_at(number);
        const int r = configure(desk, &desk->before);
        memory_is_plenty();
        was_unread = r == 0 && list(desk).good_s == 0;
        if (!was_unread)
            desk->poller = poller_free(desk->poller);
        store_rest(desk->store);
    }
    assert_true(was_unread);
    desk->looked = 0;
    poller_poll_all(desk->poller);
    run_until_looked(desk);
    assert_int_equal(list(desk).good_s, GOOD_S);
    desk->poller = poller_free(desk->poller);
    store_close(desk->store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_reload_is_taken_whole_or_changes_nothing),
        TEST(a_poller_comes_to_be_or_is_refused),
        TEST(what_could_not_be_read_of_a_feed_is_read_before_it_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
