// SPDX-License-Identifier: MIT
//
// Readings go in, with a real matcher and a real store in memory; what would ring comes out.

#include <stdlib.h>

#include "daemon/parts.h"
#include "port/store/store_internal.h"

static const char keywords_text[] = "[bulletin]\ncyber attack*\n"
                                    "[urgent]\nEU + crisis response\n"
                                    "[flash]\ndeclares war\n"
                                    "[never]\nsponsored\n";

struct desk {
    struct parts parts;
    struct store_feed feed;
    struct key_list unsaved;
    struct store_memory known;
    struct reading_request asked;
    struct delivery delivery;
};

static int set_up(void **state) {
    static struct desk desk;
    desk = (struct desk){.feed = {.id = 0}};
    parts_open(&desk.parts, keywords_text);
    *state = &desk;
    return 0;
}

static int tear_down(void **state) {
    struct desk *desk = *state;
    parts_close(&desk->parts);
    store_memory_done(&desk->known);
    free(desk->unsaved.keys);
    return 0;
}

// What the next look asks with.
static const struct reading_request *ask(struct desk *desk) {
    store_memory_done(&desk->known);
    assert_int_equal(store_load_memory(desk->parts.store, desk->feed.id, &desk->known), 0);
    desk->asked = (struct reading_request){.etag = desk->known.validators.etag,
                                           .last_modified = desk->known.validators.last_modified,
                                           .items = desk->known.items};
    return &desk->asked;
}

static int deliver_reading(struct desk *desk, const struct reading *reading) {
    desk->delivery = parts_delivery(&desk->parts, "https://example.org/feed", ask(desk),
                                    &desk->feed, &desk->unsaved);
    return delivery_run(&desk->delivery, reading);
}

// Delivers; the caller looks at desk->delivery.judging.alerts and calls delivery_done().
static int deliver(struct desk *desk, enum reading_outcome outcome, const struct story *stories,
                   size_t count) {
    struct reading reading = READING_NULL;
    reading.outcome = outcome;
    reading.stories = stories;
    reading.story_count = count;
    return deliver_reading(desk, &reading);
}

static void run_sql(const struct desk *desk, const char *sql) {
    assert_int_equal(sqlite3_exec(desk->parts.store->db, sql, NULL, NULL, NULL), SQLITE_OK);
}

// The transaction fails, late, as on a full disk.
static void break_state(const struct desk *desk) {
    run_sql(desk, "ALTER TABLE alerts RENAME TO lost_alerts");
}

static void mend_state(const struct desk *desk) {
    run_sql(desk, "ALTER TABLE lost_alerts RENAME TO alerts");
}

static size_t rings(struct desk *desk, enum reading_outcome outcome, const struct story *stories,
                    size_t count) {
    assert_int_equal(deliver(desk, outcome, stories, count), 0);
    size_t found = raised_count(&desk->delivery);
    delivery_done(&desk->delivery);
    return found;
}

static void the_first_good_look_is_silent(void **state) {
    struct desk *desk = *state;
    const struct story stories[] = {a_story("1", "Cyber attack on port"), a_story("2", "Choir")};
    assert_int_equal(rings(desk, READING_OK, stories, 2), 0);
    assert_int_equal(desk->feed.baseline, BASELINE_TAKEN);
    assert_int_equal(rings(desk, READING_OK, stories, 2), 0);
}

static void a_new_story_rings_once_with_its_reason(void **state) {
    struct desk *desk = *state;
    struct story stories[] = {a_story("1", "Choir"), a_story("2", "A cyber-attack, again")};
    assert_int_equal(rings(desk, READING_OK, stories, 1), 0);
    assert_int_equal(deliver(desk, READING_OK, stories, 2), 0);
    assert_int_equal(raised_count(&desk->delivery), 1);
    const struct alert *alert = desk->delivery.judging.alerts;
    assert_int_equal(alert->level, LEVEL_BULLETIN);
    assert_true(alert->id > 0);
    assert_string_equal(alert->rule, "cyber attack*");
    assert_string_equal(alert->rule_file, "keywords");
    assert_int_equal(alert->rule_line, 2);
    assert_string_equal(alert->words, "cyber-attack");
    delivery_done(&desk->delivery);
    assert_int_equal(rings(desk, READING_OK, stories, 2), 0);
    stories[1].title = "A cyber-attack, again (updated)";
    assert_int_equal(rings(desk, READING_OK, stories, 2), 0);
}

static void a_story_that_meets_two_rules_rings_at_the_higher_level(void **state) {
    struct desk *desk = *state;
    assert_int_equal(rings(desk, READING_OK, NULL, 0), 0);
    const struct story story = a_story("1", "Cyber attack: country declares war");
    assert_int_equal(deliver(desk, READING_OK, &story, 1), 0);
    assert_int_equal(raised_count(&desk->delivery), 1);
    assert_int_equal(desk->delivery.judging.alerts[0].level, LEVEL_FLASH);
    delivery_done(&desk->delivery);
}

static void a_story_that_meets_never_is_seen_and_silent(void **state) {
    struct desk *desk = *state;
    assert_int_equal(rings(desk, READING_OK, NULL, 0), 0);
    const struct story story = a_story("1", "Sponsored: survive a cyber attack");
    assert_int_equal(rings(desk, READING_OK, &story, 1), 0);
    assert_int_equal(rings(desk, READING_OK, &story, 1), 0);
}

static void a_story_that_stands_twice_rings_once(void **state) {
    struct desk *desk = *state;
    assert_int_equal(rings(desk, READING_OK, NULL, 0), 0);
    const struct story stories[] = {a_story("1", "Cyber attack"), a_story("1", "Cyber attack")};
    assert_int_equal(rings(desk, READING_OK, stories, 2), 1);
}

static void a_broken_first_look_takes_half_a_baseline(void **state) {
    struct desk *desk = *state;
    const struct story stories[] = {a_story("1", "Cyber attack 1"), a_story("2", "Cyber attack 2"),
                                    a_story("3", "Cyber attack 3")};
    assert_int_equal(rings(desk, READING_PARTIAL, stories, 1), 0);
    assert_int_equal(desk->feed.baseline, BASELINE_HALF);
    assert_int_equal(rings(desk, READING_OK, stories, 2), 0); // what the first look missed is old
    assert_int_equal(desk->feed.baseline, BASELINE_TAKEN);
    assert_int_equal(rings(desk, READING_PARTIAL, stories, 3), 1);
}

static void failures_and_304_change_nothing(void **state) {
    struct desk *desk = *state;
    const struct story story = a_story("1", "Cyber attack");
    assert_int_equal(rings(desk, READING_UNREACHABLE, NULL, 0), 0);
    assert_int_equal(rings(desk, READING_UNCHANGED, NULL, 0), 0);
    assert_int_equal(desk->feed.baseline, BASELINE_NONE);
    assert_int_equal(rings(desk, READING_OK, &story, 1), 0);
}

static void a_state_that_fails_rings_all_the_same_and_only_once(void **state) {
    struct desk *desk = *state;
    assert_int_equal(rings(desk, READING_OK, NULL, 0), 0);
    const struct story stories[] = {a_story("1", "Cyber attack"),
                                    a_story("2", "Country declares war")};
    break_state(desk);
    assert_true(deliver(desk, READING_OK, stories, 2) < 0);
    assert_int_equal(raised_count(&desk->delivery), 2);
    assert_int_equal(desk->delivery.judging.alerts[0].id, 0);
    delivery_done(&desk->delivery);
    assert_int_equal(desk->unsaved.count, 2);

    mend_state(desk);
    assert_int_equal(rings(desk, READING_OK, stories, 2), 0); // not again, and now it is written
    assert_int_equal(desk->unsaved.count, 0);
    assert_int_equal(rings(desk, READING_OK, stories, 2), 0);
}

static void validators_are_kept_of_whole_bodies_only(void **state) {
    struct desk *desk = *state;
    const struct {
        enum reading_outcome outcome;
        const char *etag;
        const char *kept;
    } cases[] = {
        {READING_OK, "\"1\"", "\"1\""},
        {READING_PARTIAL, "\"2\"", "\"1\""},
        {READING_HTTP_ERROR, "\"3\"", "\"1\""},
        {READING_UNCHANGED, "\"4\"", "\"4\""},
        {READING_NOT_A_FEED, "\"5\"", "\"4\""},
        {READING_UNCHANGED, "W/\"4\"", "\"4\""},
        {READING_OK, "", ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct reading reading = READING_NULL;
        reading.outcome = cases[i].outcome;
        reading.etag = cases[i].etag;
        assert_int_equal(deliver_reading(desk, &reading), 0);
        delivery_done(&desk->delivery);
        struct store_memory kept;
        assert_int_equal(store_load_memory(desk->parts.store, desk->feed.id, &kept), 0);
        assert_string_equal(kept.validators.etag, cases[i].kept);
        store_memory_done(&kept);
    }
}

// --- what need not be read again ---------------------------------------------------------------

static const uint64_t two_items[] = {11, 22}, three_items[] = {11, 22, 33};

// A look that brings @count stories, of a document with that body hash and those items.
static int look(struct desk *desk, enum reading_outcome outcome, uint64_t body_hash,
                struct reading_items items, size_t count) {
    static const struct story stories[] = {{"1", "Choir", "", "", "", "", STORY_NO_DATE},
                                           {"2", "Cyber attack", "", "", "", "", STORY_NO_DATE},
                                           {"3", "Cyber attacks", "", "", "", "", STORY_NO_DATE}};
    struct reading reading = READING_NULL;
    reading.outcome = outcome;
    reading.body_hash = body_hash;
    reading.items = items;
    reading.stories = stories;
    reading.story_count = count;
    int r = deliver_reading(desk, &reading);
    delivery_done(&desk->delivery);
    return r;
}

static void assert_known(struct desk *desk, uint64_t body_hash, struct reading_items items) {
    struct store_feed stored;
    struct store_memory memory;
    assert_int_equal(store_load_feed(desk->parts.store, "https://example.org/feed", &stored), 0);
    assert_int_equal(store_load_memory(desk->parts.store, stored.id, &memory), 0);
    assert_true(stored.body_hash == body_hash);
    assert_int_equal(memory.items.count, items.count);
    if (items.count > 0)
        assert_memory_equal(memory.items.hashes, items.hashes, items.count * sizeof(uint64_t));
    store_memory_done(&memory);
}

static const struct reading_items none = {NULL, 0}, two = {two_items, 2}, three = {three_items, 3};

static void what_was_read_is_known_together_with_its_stories(void **state) {
    struct desk *desk = *state;
    assert_int_equal(look(desk, READING_OK, 100, two, 2), 0);
    assert_known(desk, 100, two);
    assert_int_equal(look(desk, READING_OK, 200, three, 3), 0);
    assert_known(desk, 200, three);
    assert_true(desk->feed.body_hash == 200);
}

static void an_unchanged_document_leaves_what_is_known(void **state) {
    struct desk *desk = *state;
    assert_int_equal(look(desk, READING_OK, 100, two, 2), 0);
    assert_int_equal(look(desk, READING_UNCHANGED, 0, none, 0), 0);
    assert_int_equal(look(desk, READING_UNREACHABLE, 0, none, 0), 0);
    assert_known(desk, 100, two);
    assert_true(desk->feed.body_hash == 100);
}

static void before_the_baseline_is_taken_nothing_is_known(void **state) {
    struct desk *desk = *state;
    assert_int_equal(look(desk, READING_PARTIAL, 0, two, 2), 0);
    assert_int_equal(desk->feed.baseline, BASELINE_HALF);
    assert_known(desk, 0, none);
    assert_int_equal(look(desk, READING_PARTIAL, 0, three, 3), 0);
    assert_known(desk, 0, three); // taken, of a document that is always broken
}

static void a_document_that_is_cut_makes_its_items_known_but_not_itself(void **state) {
    struct desk *desk = *state;
    assert_int_equal(look(desk, READING_OK, 100, two, 2), 0);
    assert_int_equal(look(desk, READING_PARTIAL, 0, three, 3), 0);
    assert_known(desk, 100, three);
}

static void what_changes_without_news_is_not_worth_a_write(void **state) {
    struct desk *desk = *state;
    assert_int_equal(look(desk, READING_OK, 100, two, 2), 0);
    assert_int_equal(look(desk, READING_OK, 200, two, 0), 0);   // its date, say
    assert_int_equal(look(desk, READING_OK, 300, three, 2), 0); // an item was edited
    assert_known(desk, 100, two);
    assert_true(desk->feed.body_hash == 300); // so the next look reads none of it all the same
    assert_int_equal(look(desk, READING_OK, 400, three, 3), 0);
    assert_known(desk, 400, three);
}

static void a_commit_that_fails_makes_nothing_known(void **state) {
    struct desk *desk = *state;
    assert_int_equal(look(desk, READING_OK, 100, two, 1), 0);
    break_state(desk);
    assert_true(look(desk, READING_OK, 200, three, 2) < 0);
    mend_state(desk);
    assert_known(desk, 100, two);
    assert_true(desk->feed.body_hash == 100);
    assert_int_equal(look(desk, READING_OK, 200, three, 2), 0);
    assert_known(desk, 200, three);
    assert_int_equal(desk->unsaved.count, 0);
}

static void a_state_that_cannot_be_read_makes_nothing_seen_or_known(void **state) {
    struct desk *desk = *state;
    assert_int_equal(rings(desk, READING_OK, NULL, 0), 0);
    run_sql(desk, "ALTER TABLE seen RENAME TO lost");
    assert_true(look(desk, READING_OK, 100, two, 2) < 0);
    assert_true(desk->feed.body_hash == 0);
    run_sql(desk, "ALTER TABLE lost RENAME TO seen");
    assert_known(desk, 0, none);
}

// --- what the feed shows no more ---------------------------------------------------------------

enum { NOW_S = 1774699200, LATER_S = NOW_S + STORE_SWEEP_DAYS * 86400 };

static void keys_are_swept_by_a_whole_reading_that_brings_something(void **state) {
    struct desk *desk = *state;
    static const struct {
        const char *name;
        enum reading_outcome outcome;
        int http_status;
        bool is_whole, is_trusted, is_news, is_early;
        bool is_swept;
    } cases[] = {
        {"whole", READING_OK, 200, true, true, true, false, true},
        {"known ones passed over", READING_OK, 200, false, true, true, false, false},
        {"cut off", READING_PARTIAL, 200, true, true, true, false, false},
        {"the new ones alone", READING_OK, 226, true, true, true, false, false},
        {"a clock that may be wrong", READING_OK, 200, true, false, true, false, false},
        {"too early", READING_OK, 200, true, true, true, true, false},
        {"nothing new", READING_OK, 200, true, true, false, false, false},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "new %zu", i);
        const struct story stories[] = {a_story("old", "Choir"), a_story(id, "Choir")};
        assert_int_equal(rings(desk, READING_OK, stories, 1), 0);
        desk->feed.swept_s = NOW_S;
        struct reading reading = READING_NULL;
        reading.outcome = cases[i].outcome;
        reading.http_status = cases[i].http_status;
        reading.stories = stories;
        reading.story_count = cases[i].is_news ? 2 : 1;
        struct delivery delivery = desk->delivery;
        delivery.is_whole = cases[i].is_whole;
        delivery.now.is_trusted = cases[i].is_trusted;
        delivery.now.wall_s = cases[i].is_early ? LATER_S - 1 : LATER_S;
        assert_int_equal(delivery_run(&delivery, &reading), 0);
        delivery_done(&delivery);
        if ((desk->feed.swept_s == LATER_S) != cases[i].is_swept)
            fail_msg("%s: swept at %jd", cases[i].name, (intmax_t)desk->feed.swept_s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(the_first_good_look_is_silent),
        TEST(a_new_story_rings_once_with_its_reason),
        TEST(a_story_that_meets_two_rules_rings_at_the_higher_level),
        TEST(a_story_that_meets_never_is_seen_and_silent),
        TEST(a_story_that_stands_twice_rings_once),
        TEST(a_broken_first_look_takes_half_a_baseline),
        TEST(failures_and_304_change_nothing),
        TEST(a_state_that_fails_rings_all_the_same_and_only_once),
        TEST(validators_are_kept_of_whole_bodies_only),
        TEST(what_was_read_is_known_together_with_its_stories),
        TEST(an_unchanged_document_leaves_what_is_known),
        TEST(before_the_baseline_is_taken_nothing_is_known),
        TEST(a_document_that_is_cut_makes_its_items_known_but_not_itself),
        TEST(what_changes_without_news_is_not_worth_a_write),
        TEST(a_commit_that_fails_makes_nothing_known),
        TEST(a_state_that_cannot_be_read_makes_nothing_seen_or_known),
        TEST(keys_are_swept_by_a_whole_reading_that_brings_something),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
