// SPDX-License-Identifier: MIT
//
// libFuzzer door to the rows of the state: a file with the right tables in which a failing card, or
// somebody, has written what never was there. The store holds one good row in each table; the input
// is a list of changes to them: table, column, kind of value, value. So that a value of any kind
// can stand anywhere the columns have neither type nor NOT NULL here. Asserted beside "no crash":
// what is read keeps the promises of port/store/store.h, wirebell/alert.h and wirebell/story.h,
// however the row is; and a poll is then either committed, and read back as it was, or refused.

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/matcher/matcher.h"
#include "core/alert/triage.h"
#include "core/text/utf8.h"
#include "port/full_poll.h"
#include "port/store/store.h"
#include "port/store/store_alerts.h"
#include "port/store/store_internal.h"
#include "port/store/store_stories.h"
#include "soundness.h"

#define URL   "https://example.org/feed"
#define NOW_S INT64_C(1700000000)

enum { TABLE_COUNT = 5, COLUMNS_MAX = 40, KINDS = 7 };

static const char *const TABLES[TABLE_COUNT] = {"feeds", "seen", "alerts", "stories", "snoozes"};

// --- the state, as it is before each input ---------------------------------------------------

struct state {
    struct store *store;
    struct keywords *keywords;
    struct matcher *matcher;
    sqlite3_stmt *resets[3 * TABLE_COUNT];
    sqlite3_stmt *changes[TABLE_COUNT][COLUMNS_MAX];
};

static void run(const struct state *state, const char *sql) {
    check(sqlite3_exec(state->store->db, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static sqlite3_stmt *prepare(const struct state *state, const char *format, const char *table,
                             const char *column) {
    char sql[200];
    sqlite3_stmt *statement = NULL;
    (void)snprintf(sql, sizeof sql, format, table, column);
    check(sqlite3_prepare_v2(state->store->db, sql, -1, &statement, NULL) == SQLITE_OK);
    return statement;
}

static void add_rows(const struct state *state) {
    struct full_poll full;
    struct store_move *move = store_move_new("https://example.org/new");
    struct store_feed feed = {.baseline = BASELINE_TAKEN,
                              .due_s = NOW_S,
                              .good_s = NOW_S,
                              .http_status = 200,
                              .move = move};
    const struct habit habit = {.version = HABIT_VERSION};
    full_poll_fill(&feed, NOW_S, &full);
    full.poll.habit = &habit;
    full.story.link = full.alert.link = "https://example.org/1";
    full.alert.words = full.alert.excerpt = "Cyber attack";
    full.alert.spans = "title:0:12";
    check(move && store_commit_poll(state->store, &full.poll) == 0);
    free(move);
    check(store_set_snooze(state->store, "rain", NOW_S + 60) == 0);
}

static void prepare_changes(struct state *state, int table) {
    sqlite3_stmt *columns =
        prepare(state, "SELECT name FROM pragma_table_info('%s')", TABLES[table], "");
    for (int i = 0; sqlite3_step(columns) == SQLITE_ROW; i++) {
        check(i < COLUMNS_MAX);
        state->changes[table][i] = prepare(state, "UPDATE %s SET %s = ?", TABLES[table],
                                           (const char *)sqlite3_column_text(columns, 0));
    }
    (void)sqlite3_finalize(columns);
}

static void begin(struct state *state) {
    static const char text[] = "[flash]\ncyber attack*\n? rain\n@none: title: /a.c/\n";
    struct diag_list diags = DIAG_LIST_NULL;
    check(keywords_new(&state->keywords) == 0);
    check(keywords_add_file(state->keywords, "keywords", text, sizeof text - 1, &diags) == 0);
    check(matcher_new(state->keywords, &state->matcher) == 0);
    diag_list_done(&diags);
    check(store_open_copy(NULL, &state->store) >= 0);
    run(state, "PRAGMA writable_schema = ON;"
               "UPDATE sqlite_schema SET sql = replace(replace(replace(sql,"
               " 'INTEGER NOT NULL', ''), 'TEXT NOT NULL', ''), 'BLOB NOT NULL', '');"
               "PRAGMA writable_schema = RESET;");
    add_rows(state);
    for (int i = 0; i < TABLE_COUNT; i++) {
        prepare_changes(state, i);
        sqlite3_stmt *keep = prepare(state, "CREATE TEMP TABLE kept_%s AS SELECT * FROM main.%s",
                                     TABLES[i], TABLES[i]);
        check(sqlite3_step(keep) == SQLITE_DONE);
        (void)sqlite3_finalize(keep);
        state->resets[2 * i] = prepare(state, "DELETE FROM %s", TABLES[i], "");
        state->resets[2 * i + 1] =
            prepare(state, "INSERT INTO %s SELECT * FROM kept_%s", TABLES[i], TABLES[i]);
    }
    state->resets[2 * TABLE_COUNT] = prepare(state, "UPDATE sqlite_sequence SET seq = 1", "", "");
}

static void step(sqlite3_stmt *statement) {
    (void)sqlite3_step(statement); // a change that breaks a key is none
    (void)sqlite3_reset(statement);
}

static void reset(const struct state *state) {
    for (int i = 0; i <= 2 * TABLE_COUNT; i++)
        step(state->resets[i]);
}

// --- the changes -----------------------------------------------------------------------------

struct input {
    const uint8_t *at, *end;
};

static const uint8_t *take(struct input *input, size_t size, size_t *ret_size) {
    const uint8_t *bytes = input->at;
    const size_t left = (size_t)(input->end - input->at);
    *ret_size = size < left ? size : left;
    input->at += *ret_size;
    return bytes;
}

static uint64_t take_number(struct input *input, size_t size) {
    uint64_t number = 0;
    const uint8_t *bytes = take(input, size, &size);
    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)bytes[i] << (8 * i);
    return number;
}

static void bind(sqlite3_stmt *change, unsigned kind, struct input *input) {
    static const char many[256 << 10] = "";
    size_t size = kind == 4 || kind == 5 ? (size_t)take_number(input, 1) : 0;
    double real;
    uint64_t bits;
    const uint8_t *bytes = take(input, size, &size);
    switch (kind) {
    case 0:
        (void)sqlite3_bind_null(change, 1);
        break;
    case 1:
        (void)sqlite3_bind_int(change, 1, (int8_t)take_number(input, 1));
        break;
    case 2:
        (void)sqlite3_bind_int64(change, 1, (int64_t)take_number(input, 8));
        break;
    case 3:
        bits = take_number(input, sizeof real);
        memcpy(&real, &bits, sizeof real);
        (void)sqlite3_bind_double(change, 1, real);
        break;
    case 4:
        (void)sqlite3_bind_text(change, 1, (const char *)bytes, (int)size, SQLITE_STATIC);
        break;
    case 5:
        (void)sqlite3_bind_blob(change, 1, bytes, (int)size, SQLITE_STATIC);
        break;
    default:
        size = 1024 * (size_t)take_number(input, 1);
        (void)sqlite3_bind_blob(change, 1, many, (int)size, SQLITE_STATIC);
    }
}

static void change(const struct state *state, struct input *input) {
    while (input->end - input->at >= 3) {
        const unsigned table = (unsigned)take_number(input, 1) % TABLE_COUNT;
        const unsigned column = (unsigned)take_number(input, 1) % COLUMNS_MAX;
        const unsigned kind = (unsigned)take_number(input, 1) % KINDS;
        sqlite3_stmt *statement = state->changes[table][column];
        if (!statement)
            return;
        bind(statement, kind, input);
        step(statement);
    }
}

// --- what is read ----------------------------------------------------------------------------

static void check_kept(const char *text) {
    check(text != NULL);
    for (size_t at = 0, size = strlen(text), length; at < size; at += length) {
        length = utf8_length(text + at, size - at);
        check(length > 0);
    }
}

// Before the year 10000, so that sums and microseconds of it fit.
static void check_time(int64_t time_s) {
    check(time_s >= 0 && time_s < INT64_C(253402300800));
}

static void check_feed(const struct store_feed *feed) {
    check((unsigned)feed->baseline <= BASELINE_TAKEN);
    check((unsigned)feed->outcome < READING_OUTCOME_COUNT);
    check(feed->http_status >= 0 && feed->http_status <= 999);
    check(feed->skip_hours < 1u << 24 && feed->skip_days < 1u << 7);
    check_time(feed->due_s);
    check_time(feed->ttl_s);
    check_time(feed->update_s);
    check_time(feed->good_s);
    check_time(feed->failing_s);
    check_time(feed->swept_s);
    if (!feed->move)
        return;
    check_time(feed->move->first_s);
    check_time(feed->move->checked_s);
    check_kept(feed->move->to);
    check(strlen(feed->move->to) <= LIMIT_URL_MAX);
}

static void read_feed(const struct state *state) {
    struct store_feed feed = {.id = -1};
    struct store_memory memory;
    static const uint64_t keys[] = {7, 8};
    bool is_new[2];
    check(store_load_feed(state->store, URL, &feed) == 0);
    check_feed(&feed);
    free(feed.move);
    check(store_load_memory(state->store, feed.id, &memory) == 0);
    check(memchr(memory.validators.etag, '\0', sizeof memory.validators.etag));
    check(memchr(memory.validators.last_modified, '\0', sizeof memory.validators.last_modified));
    check(reading_items_are_sound(memory.items));
    check(memory.habit.version == 0 || memory.habit.version == HABIT_VERSION);
    store_memory_done(&memory);
    check(store_find_new(state->store, feed.id, keys, 2, is_new) == 0);
}

static void on_alert(const struct alert *alert, void *userdata) {
    const struct moment now = {.boot_us = 1000000, .wall_s = NOW_S, .is_trusted = true};
    const char *const texts[] = {alert->feed,    alert->title, alert->link,  alert->rule,
                                 alert->section, alert->words, alert->spans, alert->excerpt};
    check((unsigned)alert->level < LEVEL_COUNT && (unsigned)alert->state <= ALERT_CLEARED);
    check((unsigned)alert->disposition <= DISPOSITION_COUNT && alert->joined >= 0);
    check((unsigned)alert->lamp < ROLE_BUZZER || alert->lamp == ROLE_COUNT);
    check_time(alert->raised_s);
    check_time(alert->acknowledged_s);
    check_time(alert->cleared_s);
    check(alert->published_s == STORY_NO_DATE || alert->published_s < INT64_C(253402300800));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_kept(texts[i]);
    triage_recall(userdata, alert, &now);
}

static void read_alerts(const struct state *state) {
    struct triage *triage;
    const struct store_alert_query all = {.since_s = INT64_MIN},
                                   rang = {.dispositions = 1, .states = 3};
    check(triage_new(&policy_default, &triage) == 0);
    check(store_each_alert(state->store, &all, on_alert, triage) == 0);
    check(store_each_alert(state->store, &rang, on_alert, triage) == 0);
    check(store_each_raised(state->store, on_alert, triage) == 0);
    triage_free(triage);
}

static void on_story(const char *feed, const struct story *story, int64_t seen_s, void *userdata) {
    struct match items[4];
    struct matches matches = {.items = items, .max = 4};
    const char *const texts[] = {story->id,     story->title,    story->link,
                                 story->author, story->category, story->text};
    check_kept(feed);
    check_time(seen_s);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        check_kept(texts[i]);
    check(matcher_scan(userdata, story, UINT64_MAX, &matches) == 0);
}

static void on_snooze(const char *rule, int64_t until_s, void *userdata) {
    (void)userdata;
    check_kept(rule);
    check_time(until_s);
}

static void commit(const struct state *state) {
    static const uint64_t keys[] = {8};
    struct store_feed feed = {.baseline = BASELINE_HALF, .failures = 3}, again;
    const struct store_poll poll = {
        .url = URL, .feed = &feed, .new_keys = keys, .new_key_count = 1, .now_s = NOW_S + 1};
    if (store_commit_poll(state->store, &poll) < 0)
        return;
    check(store_load_feed(state->store, URL, &again) == 0);
    check(again.id == feed.id && again.baseline == BASELINE_HALF && again.failures == 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct state state;
    struct input input = {data, data + size};
    if (!state.store)
        begin(&state);
    reset(&state);
    change(&state, &input);
    read_feed(&state);
    read_alerts(&state);
    check(store_each_story(state.store, 0, on_story, state.matcher) == 0);
    check(store_each_snooze(state.store, on_snooze, NULL) == 0);
    commit(&state);
    return 0;
}
