// SPDX-License-Identifier: MIT
//
// All that is kept of an alert comes back as it was, is found by every question there is, and is
// there too in a state that an older wirebell made.

#include <errno.h>

#include "nouns.h"
#include "port/store/store_alerts.h"
#include "port/store_place.h"

static struct alert a_ring(const char *title, int64_t raised_s) {
    return an_alert(LEVEL_URGENT, title, raised_s);
}

struct found {
    size_t count;
    struct alert last;
    char titles[256];
};

static void note(const struct alert *alert, void *userdata) {
    struct found *found = userdata;
    const size_t used = strlen(found->titles);
    found->count++;
    found->last = *alert;
    (void)snprintf(found->titles + used, sizeof found->titles - used, "%s%s", used ? " " : "",
                   alert->title);
}

static struct found ask(struct store *store, struct store_alert_query query) {
    struct found found = {.count = 0};
    assert_int_equal(store_each_alert(store, &query, note, &found), 0);
    return found;
}

static int64_t add(struct store *store, struct alert alert) {
    assert_int_equal(store_add_alert(store, &alert), 0);
    assert_true(alert.id > 0);
    return alert.id;
}

struct added {
    struct alert alert;
    size_t seen;
};

static void assert_whole(const struct alert *alert, void *userdata) {
    struct added *added = userdata;
    const struct alert *kept = &added->alert;
    added->seen++;
    assert_int_equal(alert->id, kept->id);
    assert_int_equal(alert->level, kept->level);
    assert_int_equal(alert->state, kept->state);
    assert_int_equal(alert->disposition, kept->disposition);
    assert_int_equal(alert->is_drill, kept->is_drill);
    assert_int_equal(alert->is_silent, kept->is_silent);
    assert_int_equal(alert->lamp, kept->lamp);
    assert_int_equal(alert->rings, kept->rings);
    assert_int_equal(alert->sources, kept->sources);
    assert_int_equal(alert->stories, kept->stories);
    assert_int_equal(alert->raised_s, kept->raised_s);
    assert_int_equal(alert->acknowledged_s, kept->acknowledged_s);
    assert_int_equal(alert->cleared_s, kept->cleared_s);
    assert_true(alert->published_s == kept->published_s);
    assert_int_equal(alert->joined, kept->joined);
    assert_string_equal(alert->feed, kept->feed);
    assert_string_equal(alert->title, kept->title);
    assert_string_equal(alert->link, kept->link);
    assert_string_equal(alert->rule, kept->rule);
    assert_string_equal(alert->rule_file, kept->rule_file);
    assert_int_equal(alert->rule_line, kept->rule_line);
    assert_string_equal(alert->section, kept->section);
    assert_string_equal(alert->words, kept->words);
    assert_string_equal(alert->spans, kept->spans);
    assert_string_equal(alert->excerpt, kept->excerpt);
}

static void an_alert_comes_back_whole(void **state) {
    const struct store_alert_query last = {.limit = 1};
    struct added added = {.seen = 0};
    added.alert = (struct alert){
        .level = LEVEL_BULLETIN,
        .state = ALERT_CLEARED,
        .disposition = DISPOSITION_JOINED,
        .is_drill = true,
        .is_silent = true,
        .lamp = ROLE_AMBER,
        .rings = 2,
        .sources = 3,
        .stories = 14,
        .raised_s = 1700000000,
        .acknowledged_s = 1700000042,
        .cleared_s = 1700001800,
        .published_s = 1699999000,
        .joined = 77,
        .feed = "https://example.org/feed",
        .title = "Cyber\u2011attack on the grid",
        .link = "https://example.org/1",
        .rule = "cyber attack*",
        .rule_file = "/etc/wirebell/keywords.d/eu.keywords",
        .rule_line = 4096,
        .section = "EU cyber",
        .words = "Cyber\u2011attack + grid",
        .spans = "title:0:14 title:22:4",
        .excerpt = "Cyber\u2011attack on the grid",
    };
    assert_int_equal(store_add_alert(*state, &added.alert), 0);
    assert_int_equal(store_each_alert(*state, &last, assert_whole, &added), 0);
    added.alert = a_ring("nothing more is known", 5);
    assert_int_equal(store_add_alert(*state, &added.alert), 0);
    assert_int_equal(store_each_alert(*state, &last, assert_whole, &added), 0);
    assert_int_equal(store_each_raised(*state, assert_whole, &added), 0);
    assert_int_equal(added.seen, 3);
}

static void alerts_are_found_newest_first_by_every_question(void **state) {
    struct store *store = *state;
    const int64_t a = add(store, a_ring("a", 100));
    struct alert alert = a_ring("b", 200);
    alert.state = ALERT_CLEARED;
    alert.disposition = DISPOSITION_JOINED;
    alert.joined = a;
    const int64_t b = add(store, alert);
    alert.disposition = DISPOSITION_OLD;
    alert.title = "c";
    alert.joined = 0;
    alert.raised_s = 300;
    (void)add(store, alert);
    (void)add(store, a_ring("d", 400));

    const struct {
        struct store_alert_query query;
        const char *titles;
    } cases[] = {
        {{0}, "d c b a"},
        {{.limit = 2}, "d c"},
        {{.id = b}, "b"},
        {{.id = 999}, ""},
        {{.joined = a}, "b"},
        {{.since_s = 200, .until_s = 400}, "c b"},
        {{.states = 1u << ALERT_RAISED}, "d a"},
        {{.states = 1u << ALERT_CLEARED, .since_s = 201}, "c"},
        {{.dispositions = 1u << DISPOSITION_RANG | 1u << DISPOSITION_OLD}, "d c a"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(ask(store, cases[i].query).titles, cases[i].titles);
}

static void one_alert_is_acknowledged_and_the_time_it_took_is_kept(void **state) {
    struct store *store = *state;
    const int64_t a = add(store, a_ring("a", 100)), b = add(store, a_ring("b", 100));
    assert_int_equal(store_acknowledge(store, b, 142), 0);
    assert_int_equal(store_acknowledge(store, b, 150), -ENOENT);
    assert_int_equal(store_acknowledge(store, 999, 150), -ENOENT);
    assert_int_equal(store_acknowledge(store, 0, 150), -ENOENT);
    const struct alert seen = ask(store, (struct store_alert_query){.id = b}).last;
    assert_int_equal(seen.state, ALERT_ACKNOWLEDGED);
    assert_int_equal(seen.acknowledged_s - seen.raised_s, 42);
    assert_int_equal(ask(store, (struct store_alert_query){.id = a}).last.state, ALERT_RAISED);
    assert_int_equal(store_acknowledge_all(store, 160), 0);
    assert_int_equal(ask(store, (struct store_alert_query){.id = a}).last.acknowledged_s, 160);
    assert_int_equal(ask(store, (struct store_alert_query){.id = b}).last.acknowledged_s, 142);
}

static void when_an_alert_cleared_is_kept(void **state) {
    struct store *store = *state;
    const int64_t id = add(store, a_ring("a", 100));
    assert_int_equal(store_clear(store, &id, 1, 1900), 0);
    const struct alert cleared = ask(store, (struct store_alert_query){.id = id}).last;
    assert_int_equal(cleared.state, ALERT_CLEARED);
    assert_int_equal(cleared.cleared_s, 1900);
    assert_int_equal(cleared.acknowledged_s, 0);
}

static void what_did_not_ring_is_bounded_and_what_rang_outlives_it(void **state) {
    struct store *store = *state;
    const int64_t rang = add(store, a_ring("rang", 1));
    struct alert old = a_ring("old", 2);
    old.state = ALERT_CLEARED;
    old.disposition = DISPOSITION_OLD;
    run_sql(store->db, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < STORE_UNRUNG_KEPT + 10; i++)
        (void)add(store, old);
    run_sql(store->db, "COMMIT");
    struct store_feed feed = {.id = 0};
    commit_or_fail(
        store, &(struct store_poll){.url = "u", .feed = &feed, .alerts = &old, .alert_count = 1});
    assert_int_equal(
        ask(store, (struct store_alert_query){.dispositions = 1u << DISPOSITION_OLD}).count,
        STORE_UNRUNG_KEPT);
    assert_int_equal(ask(store, (struct store_alert_query){.id = rang}).count, 1);
}

struct snoozes {
    char text[128];
};

static void note_snooze(const char *rule, int64_t until_s, void *userdata) {
    struct snoozes *all = userdata;
    const size_t used = strlen(all->text);
    (void)snprintf(all->text + used, sizeof all->text - used, "[%s] %jd ", rule, (intmax_t)until_s);
}

static void snoozes_are_kept_by_rule(void **state) {
    struct store *store = *state;
    assert_int_equal(store_set_snooze(store, "", 100), 0);
    assert_int_equal(store_set_snooze(store, "cyber attack*", 200), 0);
    assert_int_equal(store_set_snooze(store, "cyber attack*", 300), 0);
    struct snoozes all = {""};
    assert_int_equal(store_each_snooze(store, note_snooze, &all), 0);
    assert_string_equal(all.text, "[] 100 [cyber attack*] 300 ");
    assert_int_equal(store_set_snooze(store, "", 0), 0);
    all.text[0] = '\0';
    assert_int_equal(store_each_snooze(store, note_snooze, &all), 0);
    assert_string_equal(all.text, "[cyber attack*] 300 ");
}

// --- a state of the first version --------------------------------------------------------------

// As that version made it, with a feed, a story seen and two alerts.
static const char version_1[] =
    "CREATE TABLE feeds(id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE,"
    "  baseline INTEGER NOT NULL, due_s INTEGER NOT NULL, failures INTEGER NOT NULL,"
    "  body_hash INTEGER NOT NULL DEFAULT 0, ttl_s INTEGER NOT NULL DEFAULT 0,"
    "  etag BLOB NOT NULL DEFAULT x'', last_modified BLOB NOT NULL DEFAULT x'',"
    "  items BLOB NOT NULL DEFAULT x'');"
    "CREATE TABLE seen(feed INTEGER NOT NULL, key INTEGER NOT NULL, first_s INTEGER NOT NULL,"
    "  PRIMARY KEY(feed, key)) WITHOUT ROWID;"
    "CREATE TABLE alerts(id INTEGER PRIMARY KEY AUTOINCREMENT, level INTEGER NOT NULL,"
    "  state INTEGER NOT NULL, rings INTEGER NOT NULL, raised_s INTEGER NOT NULL,"
    "  acknowledged_s INTEGER, feed TEXT NOT NULL, title TEXT NOT NULL, link TEXT NOT NULL,"
    "  rule TEXT NOT NULL, rule_file TEXT NOT NULL, rule_line INTEGER NOT NULL,"
    "  words TEXT NOT NULL);"
    "CREATE INDEX alerts_raised ON alerts(id) WHERE state = 0;"
    "INSERT INTO feeds(url, baseline, due_s, failures) VALUES('https://example.org/feed', 2, 9, 0);"
    "INSERT INTO seen VALUES(1, 5, 1000);"
    "INSERT INTO alerts VALUES(1, 1, 1, 1, 1000, 1060, 'f', 'seen', '', 'r', 'k', 3, 'w');"
    "INSERT INTO alerts VALUES(2, 3, 0, 1, 2000, NULL, 'f', 'still lit', 'l', 'r', 'k', 3, 'w');"
    "PRAGMA application_id = 0x77624C4C; PRAGMA user_version = 1;";

static void a_state_of_the_first_version_is_brought_up_to_date(void **state) {
    const struct place *place = *state;
    run_sql_on_file(place, version_1);
    struct store *store = open_or_fail(place);
    const struct alert lit = ask(store, (struct store_alert_query){.states = 1u}).last;
    assert_int_equal(lit.id, 2);
    assert_int_equal(lit.level, LEVEL_FLASH);
    assert_int_equal(lit.disposition, DISPOSITION_RANG);
    assert_int_equal(lit.lamp, ROLE_COUNT);
    assert_int_equal(lit.sources, 1);
    assert_int_equal(lit.stories, 1);
    assert_true(lit.published_s == STORY_NO_DATE);
    const struct found all = ask(store, (struct store_alert_query){0});
    assert_string_equal(all.titles, "still lit seen");
    assert_int_equal(all.last.acknowledged_s, 1060);
    struct store_feed feed;
    assert_int_equal(store_load_feed(store, "https://example.org/feed", &feed), 0);
    assert_int_equal(feed.baseline, BASELINE_TAKEN);
    const uint64_t key = 5;
    bool is_new = true;
    assert_int_equal(store_find_new(store, feed.id, &key, 1, &is_new), 0);
    assert_false(is_new);
    (void)add(store, a_ring("new", 3000));
    store_close(store);

    // And it stays so: the steps are taken once.
    store = open_or_fail(place);
    assert_string_equal(ask(store, (struct store_alert_query){0}).titles, "new still lit seen");
    store_close(store);
}

// All tables and indexes as they are defined, but for SQLite's own.
static void list_schema(const struct place *place, size_t size, char *ret) {
    struct store *store = open_or_fail(place);
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_prepare_v2(store->db,
                                        "SELECT group_concat(sql, char(10)) FROM"
                                        " (SELECT sql FROM sqlite_schema ORDER BY type, name)",
                                        -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    (void)snprintf(ret, size, "%s", (const char *)sqlite3_column_text(statement, 0));
    assert_int_equal(sqlite3_finalize(statement), SQLITE_OK);
    store_close(store);
}

static void a_new_state_has_the_schema_of_one_brought_up_to_date(void **state) {
    const struct place *place = *state;
    char of_new[8192], of_old[8192];
    list_schema(place, sizeof of_new, of_new);
    assert_int_equal(unlink(place->db), 0);
    run_sql_on_file(place, version_1);
    list_schema(place, sizeof of_old, of_old);
    assert_non_null(strstr(of_new, "moved_checked_s"));
    assert_string_equal(of_new, of_old);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_MEMORY(an_alert_comes_back_whole),
        IN_MEMORY(alerts_are_found_newest_first_by_every_question),
        IN_MEMORY(one_alert_is_acknowledged_and_the_time_it_took_is_kept),
        IN_MEMORY(when_an_alert_cleared_is_kept),
        IN_MEMORY(what_did_not_ring_is_bounded_and_what_rang_outlives_it),
        IN_MEMORY(snoozes_are_kept_by_rule),
        IN_PLACE(a_state_of_the_first_version_is_brought_up_to_date),
        IN_PLACE(a_new_state_has_the_schema_of_one_brought_up_to_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
