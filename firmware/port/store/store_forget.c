// SPDX-License-Identifier: MIT
//
// What is forgotten of feeds, and when.
//
// The key of a story keeps it from ringing again, and may go only when the feed has stopped showing
// it for good: an undated story that comes back would ring. Its last sight cannot be noted at each
// poll, for where nothing is new nothing is written. So a feed is swept now and then: once in
// STORE_SWEEP_DAYS, with a poll that is written anyhow, its keys are compared with all it shows.
// A key goes when two sweeps in a row did not find its story, and it was seen first, or found last,
// STORE_SWEEP_DAYS or more before the first of the two. A feed that is down, or brings nothing, is
// not swept and forgets nothing, however long that lasts: sweeps count, and not the time between.
//
// Keys are hashes, spread over all pages a feed has: to drop one costs as much writing as to drop
// all of them, so they go once a month and not one by one: 100 KB for a feed of 50 stories a day.

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>

#include "port/store/sql.h"
#include "port/store/store.h"
#include "port/store/store_internal.h"

#define DAY_S   INT64_C(86400)
#define SWEEP_S (STORE_SWEEP_DAYS * DAY_S)

// Runs a statement whose parameters are numbers.
static int run(struct store *store, const char *sql, const int64_t *values, int count) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, sql, &statement);
    if (r < 0)
        return r;
    for (int i = 0; i < count; i++)
        (void)sqlite3_bind_int64(statement, i + 1, values[i]);
    return sql_run_once(statement);
}

// --- keys ------------------------------------------------------------------------------------

bool store_is_sweep_due(const struct store_feed *feed, int64_t now_s) {
    return now_s - feed->swept_s >= SWEEP_S;
}

// Those that the next sweep could take otherwise; of a feed that shows the last days only, none.
static int note_shown(struct store *store, int64_t feed_id, const struct store_poll *poll) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "UPDATE seen SET shown_s = ? WHERE feed = ? AND key = ? AND shown_s < ?",
                        &statement);
    for (size_t i = 0; i < poll->shown_key_count && r == 0; i++) {
        (void)sqlite3_bind_int64(statement, 1, poll->now_s);
        (void)sqlite3_bind_int64(statement, 2, feed_id);
        (void)sqlite3_bind_int64(statement, 3, (int64_t)poll->shown_keys[i]);
        (void)sqlite3_bind_int64(statement, 4, poll->now_s - SWEEP_S);
        r = sql_run_once(statement);
    }
    return r;
}

int store_sweep_keys(struct store *store, int64_t feed_id, const struct store_poll *poll) {
    const int64_t gone[] = {feed_id, poll->feed->swept_s - SWEEP_S};
    const int64_t swept[] = {feed_id, poll->now_s};
    int r = note_shown(store, feed_id, poll);
    if (r == 0)
        r = run(store, "DELETE FROM seen WHERE feed = ? AND shown_s < ?", gone, 2);
    return r == 0 ? run(store, "UPDATE feeds SET swept_s = ?2 WHERE id = ?1", swept, 2) : r;
}

int store_cap_keys(struct store *store, int64_t feed_id) {
    int64_t count = 0;
    int r = store_query_number(store, "SELECT count(*) FROM seen WHERE feed = ?", feed_id, &count);
    if (r < 0 || count <= LIMIT_SEEN_PER_FEED)
        return r;
    const int64_t oldest[] = {feed_id, count - LIMIT_SEEN_PER_FEED};
    return run(store,
               "DELETE FROM seen WHERE feed = ?1 AND key IN (SELECT key FROM seen WHERE feed = ?1"
               " ORDER BY shown_s LIMIT ?2)",
               oldest, 2);
}

// --- feeds -----------------------------------------------------------------------------------

static int compare_ids(const void *a, const void *b) {
    const int64_t *left = a, *right = b;
    return (*left > *right) - (*left < *right);
}

// Of all these feeds, in their order.
static int sort_ids(const struct store_feed *feeds, size_t count, int64_t **ret) {
    int64_t *ids = calloc(count + 1, sizeof *ids);
    if (!ids)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        ids[i] = feeds[i].id;
    qsort(ids, count, sizeof *ids, compare_ids);
    *ret = ids;
    return 0;
}

// @named: ids in their order. A feed that has been away comes back as it was left.
static int note_left(struct store *store, const int64_t *named, size_t count, int64_t now_s) {
    SQL_STATEMENT *feed = NULL, *note = NULL;
    int rc = SQLITE_DONE;
    int r = sql_prepare(store->db, "SELECT id, left_s <> 0 FROM feeds", &feed);
    if (r == 0)
        r = sql_prepare(store->db, "UPDATE feeds SET left_s = ? WHERE id = ?", &note);
    while (r == 0 && (rc = sqlite3_step(feed)) == SQLITE_ROW) {
        const int64_t id = sqlite3_column_int64(feed, 0);
        const bool was_left = sqlite3_column_int(feed, 1);
        const bool is_named = bsearch(&id, named, count, sizeof id, compare_ids);
        if (is_named != was_left)
            continue;
        (void)sqlite3_bind_int64(note, 1, is_named ? 0 : now_s);
        (void)sqlite3_bind_int64(note, 2, id);
        r = sql_run_once(note);
    }
    return r == 0 ? sql_errno(rc) : r;
}

// All of it, for the number of a feed that is gone may be given again.
static int delete_feed(struct store *store, int64_t id) {
    int r = run(store, "DELETE FROM seen WHERE feed = ?", &id, 1);
    if (r == 0)
        r = run(store, "DELETE FROM stories WHERE feed = ?", &id, 1);
    return r == 0 ? run(store, "DELETE FROM feeds WHERE id = ?", &id, 1) : r;
}

static int delete_left(struct store *store, int64_t before_s) {
    for (;;) {
        int64_t id = 0;
        int r = store_query_number(
            store, "SELECT id FROM feeds WHERE left_s <> 0 AND left_s < ? LIMIT 1", before_s, &id);
        if (r < 0 || id == 0)
            return r;
        r = delete_feed(store, id);
        if (r < 0)
            return r;
    }
}

int store_keep_feeds(struct store *store, const struct store_feed *feeds, size_t count,
                     int64_t now_s) {
    int64_t *named = NULL;
    int r = sort_ids(feeds, count, &named);
    if (r == 0)
        r = sql_begin(store->db);
    if (r == 0) {
        r = note_left(store, named, count, now_s);
        if (r == 0)
            r = delete_left(store, now_s - STORE_LEFT_DAYS * DAY_S);
        r = sql_end(store->db, r);
    }
    free(named);
    return r;
}
