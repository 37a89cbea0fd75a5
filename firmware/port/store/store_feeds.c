// SPDX-License-Identifier: MIT
//
// The feeds of the store and what was seen in them, and the transaction that commits a poll.

#include "port/store/store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "port/store/sql.h"
#include "port/store/store_internal.h"

// --- feeds -----------------------------------------------------------------------------------

static void bind_bytes(sqlite3_stmt *statement, int index, const char *bytes) {
    (void)sqlite3_bind_blob(statement, index, bytes, (int)strlen(bytes), SQLITE_STATIC);
}

static void copy_bytes(sqlite3_stmt *statement, int column, size_t size, char *ret) {
    int length = sqlite3_column_bytes(statement, column);
    if (length < 0 || (size_t)length >= size)
        length = 0;
    const void *bytes = sqlite3_column_blob(statement, column);
    if (length > 0 && bytes)
        memcpy(ret, bytes, (size_t)length);
    ret[length] = '\0';
}

struct store_move *store_move_new(const char *to) {
    const size_t size = strlen(to) + 1;
    struct store_move *move = calloc(1, sizeof *move + size);
    if (move)
        memcpy(move->to, to, size);
    return move;
}

static int copy_move(sqlite3_stmt *statement, int column, struct store_move **ret) {
    const char *to = sql_text(statement, column);
    if (!*to || strlen(to) > LIMIT_URL_MAX)
        return 0;
    struct store_move *move = store_move_new(to);
    if (!move)
        return -ENOMEM;
    move->count = (uint32_t)sql_within(statement, column + 1, 0, UINT32_MAX, 0);
    move->first_s = sql_time(statement, column + 2);
    move->checked_s = sql_time(statement, column + 3);
    *ret = move;
    return 0;
}

// One that is of another version, or damaged, is none: it is learned anew.
static struct habit copy_habit(sqlite3_stmt *row, int column) {
    struct habit habit = {.version = 0};
    const void *bytes = sqlite3_column_blob(row, column);
    if (bytes)
        (void)habit_load(bytes, (size_t)sqlite3_column_bytes(row, column), &habit);
    return habit;
}

// In the order of the query. What is out of its range is as if it had not been written, but for the
// baseline: the keys there are say what was seen, and a story must rather ring than be lost.
static int copy_feed(sqlite3_stmt *row, struct store_feed *ret) {
    ret->id = sqlite3_column_int64(row, 0);
    ret->baseline =
        (enum store_baseline)sql_within(row, 1, BASELINE_NONE, BASELINE_TAKEN, BASELINE_TAKEN);
    ret->due_s = sql_time(row, 2);
    ret->failures = (uint32_t)sql_within(row, 3, 0, UINT32_MAX, 0);
    ret->body_hash = (uint64_t)sqlite3_column_int64(row, 4);
    ret->ttl_s = (uint32_t)sql_within(row, 5, 0, UINT32_MAX, 0);
    ret->update_s = (uint32_t)sql_within(row, 6, 0, UINT32_MAX, 0);
    ret->skip_hours = (uint32_t)sql_within(row, 7, 0, (1 << 24) - 1, 0);
    ret->skip_days = (uint8_t)sql_within(row, 8, 0, (1 << 7) - 1, 0);
    ret->recent = copy_habit(row, 9).recent;
    ret->good_s = sql_time(row, 10);
    ret->failing_s = sql_time(row, 11);
    ret->outcome =
        (enum reading_outcome)sql_within(row, 12, 0, READING_OUTCOME_COUNT - 1, READING_FAILED);
    ret->http_status = (int)sql_within(row, 13, 0, 999, 0);
    ret->swept_s = sql_time(row, 18);
    return copy_move(row, 14, &ret->move);
}

int store_load_feed(struct store *store, const char *url, struct store_feed *ret) {
    SQL_KEPT *statement = NULL;
    int r = store_ask(store, STORE_LOAD_FEED,
                      "SELECT id, baseline, due_s, failures, body_hash, ttl_s, update_s,"
                      " skip_hours, skip_days, habit, good_s, failing_s, outcome, http_status,"
                      " moved_to, moved_count, moved_first_s, moved_checked_s, swept_s"
                      " FROM feeds WHERE url = ?",
                      &statement);
    if (r < 0)
        return r;
    sql_bind_text(statement, 1, url);
    int rc = sqlite3_step(statement);
    if (sql_errno(rc) < 0)
        return sql_errno(rc);
    struct store_feed feed = {0};
    if (rc == SQLITE_ROW)
        r = copy_feed(statement, &feed);
    if (rc == SQLITE_ROW && r == 0)
        r = sql_row_errno(statement);
    if (r == 0)
        *ret = feed;
    else
        free(feed.move);
    return r;
}

// Items that are not sound would be refused by the reader each time: such are none.
static int copy_items(sqlite3_stmt *statement, int column, struct reading_items *ret) {
    size_t size = (size_t)sqlite3_column_bytes(statement, column);
    size_t count = size / sizeof(uint64_t);
    *ret = (struct reading_items){NULL, 0};
    if (count == 0 || size % sizeof(uint64_t) != 0)
        return 0;
    const void *bytes = sqlite3_column_blob(statement, column);
    uint64_t *hashes = bytes ? malloc(size) : NULL;
    if (!hashes)
        return -ENOMEM;
    memcpy(hashes, bytes, size);
    const struct reading_items items = {hashes, count};
    if (reading_items_are_sound(items))
        *ret = items;
    else
        free(hashes);
    return 0;
}

// In the order of the query.
static int copy_memory(sqlite3_stmt *row, struct store_memory *ret) {
    struct store_validators *validators = &ret->validators;
    copy_bytes(row, 0, sizeof validators->etag, validators->etag);
    copy_bytes(row, 1, sizeof validators->last_modified, validators->last_modified);
    ret->habit = copy_habit(row, 3);
    int r = copy_items(row, 2, &ret->items);
    return r < 0 ? r : sql_row_errno(row);
}

static void empty_memory(struct store_memory *memory) {
    *memory->validators.etag = *memory->validators.last_modified = '\0';
    memory->items = (struct reading_items){NULL, 0};
    memory->habit = (struct habit){.version = 0};
}

int store_load_memory(struct store *store, int64_t feed_id, struct store_memory *ret) {
    SQL_KEPT *statement = NULL;
    empty_memory(ret);
    int r =
        store_ask(store, STORE_LOAD_MEMORY,
                  "SELECT etag, last_modified, items, habit FROM feeds WHERE id = ?", &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(statement, 1, feed_id);
    int rc = sqlite3_step(statement);
    r = rc == SQLITE_ROW ? copy_memory(statement, ret) : sql_errno(rc);
    if (r < 0)
        store_memory_done(ret);
    return r;
}

void store_memory_done(struct store_memory *memory) {
    free((void *)memory->items.hashes);
    empty_memory(memory);
}

int store_find_new(struct store *store, int64_t feed_id, const uint64_t *keys, size_t count,
                   bool *ret_is_new) {
    if (count == 0)
        return 0;
    SQL_KEPT *statement = NULL;
    int r = store_ask(store, STORE_FIND_NEW, "SELECT 1 FROM seen WHERE feed = ? AND key = ?",
                      &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(statement, 1, feed_id);
    for (size_t i = 0; i < count; i++) {
        (void)sqlite3_bind_int64(statement, 2, (int64_t)keys[i]);
        int rc = sqlite3_step(statement);
        (void)sqlite3_reset(statement); // repeats step's error
        if (sql_errno(rc) < 0)
            return sql_errno(rc);
        ret_is_new[i] = rc == SQLITE_DONE;
    }
    return 0;
}

// --- a poll ----------------------------------------------------------------------------------

// From ?2 on, in the order of the columns in both statements below. ?10 is for the caller: the
// habit, all of it or what is newer of it.
static void bind_feed(sqlite3_stmt *statement, const struct store_feed *feed) {
    const struct store_move *move = feed->move;
    (void)sqlite3_bind_int(statement, 2, (int)feed->baseline);
    (void)sqlite3_bind_int64(statement, 3, feed->due_s);
    (void)sqlite3_bind_int64(statement, 4, feed->failures);
    (void)sqlite3_bind_int64(statement, 5, (int64_t)feed->body_hash);
    (void)sqlite3_bind_int64(statement, 6, feed->ttl_s);
    (void)sqlite3_bind_int64(statement, 7, feed->update_s);
    (void)sqlite3_bind_int64(statement, 8, feed->skip_hours);
    (void)sqlite3_bind_int(statement, 9, feed->skip_days);
    (void)sqlite3_bind_int64(statement, 11, feed->good_s);
    (void)sqlite3_bind_int64(statement, 12, feed->failing_s);
    (void)sqlite3_bind_int(statement, 13, (int)feed->outcome);
    (void)sqlite3_bind_int(statement, 14, feed->http_status);
    sql_bind_text(statement, 15, move ? move->to : "");
    (void)sqlite3_bind_int64(statement, 16, move ? move->count : 0);
    (void)sqlite3_bind_int64(statement, 17, move ? move->first_s : 0);
    (void)sqlite3_bind_int64(statement, 18, move ? move->checked_s : 0);
}

static int save_feed(struct store *store, const struct store_poll *poll, int64_t *ret_id) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(
        store->db,
        "INSERT INTO feeds(url, baseline, due_s, failures, body_hash, ttl_s, update_s, skip_hours,"
        " skip_days, habit, good_s, failing_s, outcome, http_status, moved_to, moved_count,"
        " moved_first_s, moved_checked_s)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, coalesce(?10, x''), ?11, ?12, ?13, ?14, ?15,"
        " ?16, ?17, ?18)"
        " ON CONFLICT(url) DO UPDATE SET baseline = ?2, due_s = ?3, failures = ?4, body_hash = ?5,"
        " ttl_s = ?6, update_s = ?7, skip_hours = ?8, skip_days = ?9, habit = coalesce(?10, habit),"
        " good_s = ?11, failing_s = ?12, outcome = ?13, http_status = ?14, moved_to = ?15,"
        " moved_count = ?16, moved_first_s = ?17, moved_checked_s = ?18"
        " RETURNING id",
        &statement);
    if (r < 0)
        return r;
    sql_bind_text(statement, 1, poll->url);
    bind_feed(statement, poll->feed);
    if (poll->habit)
        (void)sqlite3_bind_blob(statement, 10, poll->habit, sizeof *poll->habit, SQLITE_STATIC);
    int rc = sqlite3_step(statement);
    if (rc != SQLITE_ROW)
        return rc == SQLITE_DONE ? -EIO : sql_errno(rc);
    *ret_id = sqlite3_column_int64(statement, 0);
    return sql_errno(sqlite3_step(statement));
}

static int save_validators(struct store *store, int64_t feed_id,
                           const struct store_validators *validators) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, "UPDATE feeds SET etag = ?, last_modified = ? WHERE id = ?",
                        &statement);
    if (r < 0)
        return r;
    bind_bytes(statement, 1, validators->etag);
    bind_bytes(statement, 2, validators->last_modified);
    (void)sqlite3_bind_int64(statement, 3, feed_id);
    return sql_run_once(statement);
}

static int save_items(struct store *store, int64_t feed_id, struct reading_items items) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, "UPDATE feeds SET items = ? WHERE id = ?", &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_blob(statement, 1, items.count > 0 ? (const void *)items.hashes : "",
                            (int)(items.count * sizeof *items.hashes), SQLITE_STATIC);
    (void)sqlite3_bind_int64(statement, 2, feed_id);
    return sql_run_once(statement);
}

static int save_keys(struct store *store, int64_t feed_id, const struct store_poll *poll) {
    SQL_STATEMENT *statement = NULL;
    // A clock that is not set yet must not make a story look older than it can be.
    const int64_t shown_s = poll->now_s > poll->feed->swept_s ? poll->now_s : poll->feed->swept_s;
    int r = sql_prepare(store->db, "INSERT OR IGNORE INTO seen VALUES(?, ?, ?)", &statement);
    for (size_t i = 0; i < poll->new_key_count && r == 0; i++) {
        (void)sqlite3_bind_int64(statement, 1, feed_id);
        (void)sqlite3_bind_int64(statement, 2, (int64_t)poll->new_keys[i]);
        (void)sqlite3_bind_int64(statement, 3, shown_s);
        r = sql_run_once(statement);
    }
    return r == 0 ? store_cap_keys(store, feed_id) : r;
}

int store_commit_poll(struct store *store, const struct store_poll *poll) {
    int64_t feed_id = 0;
    int64_t *alert_ids = calloc(poll->alert_count + 1, sizeof *alert_ids);
    if (!alert_ids)
        return -ENOMEM;
    int r = sql_begin(store->db);
    if (r == 0)
        r = save_feed(store, poll, &feed_id);
    if (r == 0 && poll->validators)
        r = save_validators(store, feed_id, poll->validators);
    if (r == 0 && poll->items)
        r = save_items(store, feed_id, *poll->items);
    if (r == 0 && poll->new_key_count > 0)
        r = save_keys(store, feed_id, poll);
    if (r == 0 && poll->shown_keys)
        r = store_sweep_keys(store, feed_id, poll);
    if (r == 0 && poll->story_count > 0)
        r = store_save_stories(store, feed_id, poll);
    if (r == 0)
        r = store_save_alerts(store, poll, alert_ids);
    r = sql_end(store->db, r);
    if (r == 0) {
        poll->feed->id = feed_id;
        if (poll->shown_keys)
            poll->feed->swept_s = poll->now_s;
        store_settle_alerts(poll, alert_ids);
    }
    free(alert_ids);
    return r;
}

int store_save_due(struct store *store, const struct store_feed *feeds, size_t count) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(
        store->db,
        "UPDATE feeds SET due_s = ?3, failures = ?4, body_hash = ?5, ttl_s = ?6, update_s = ?7,"
        " skip_hours = ?8, skip_days = ?9,"
        " habit = CASE WHEN length(habit) > ?19 THEN CAST(substr(habit, 1, ?19) || ?10 AS BLOB)"
        " ELSE habit END, good_s = ?11, failing_s = ?12,"
        " outcome = ?13, http_status = ?14, moved_to = ?15, moved_count = ?16, moved_first_s = ?17,"
        " moved_checked_s = ?18 WHERE id = ?1",
        &statement);
    if (r == 0)
        r = sql_begin(store->db);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count && r == 0; i++) {
        (void)sqlite3_bind_int64(statement, 1, feeds[i].id);
        bind_feed(statement, &feeds[i]);
        (void)sqlite3_bind_blob(statement, 10, &feeds[i].recent, sizeof feeds[i].recent,
                                SQLITE_STATIC);
        (void)sqlite3_bind_int(statement, 19, HABIT_RECENT_AT);
        r = sql_run_once(statement);
    }
    return sql_end(store->db, r);
}
