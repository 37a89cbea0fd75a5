// SPDX-License-Identifier: MIT
//
// WAL with synchronous=FULL: a commit is one append and one fsync, and survives a power cut.
// Statements are prepared where they are used: polls are minutes apart, and idle memory counts
// for more than the microseconds. Small page cache and no lookaside for the same reason.

#include "port/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/sql.h"
#include "port/store_internal.h"

enum { SCHEMA_VERSION = 1, APPLICATION_ID = 0x77624C4C /* "wbLL" */ };

static const char schema[] =
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
    "CREATE INDEX alerts_raised ON alerts(id) WHERE state = 0;";

// --- opening ---------------------------------------------------------------------------------

enum { ERROR_SIZE = 200 };

static int lock_dir(struct store *store, const char *dir, char *reterr) {
    if (mkdir(dir, 0750) < 0 && errno != EEXIST) {
        int error = errno;
        (void)snprintf(reterr, ERROR_SIZE, "state folder %s cannot be made: %s", dir,
                       strerrordesc_np(error));
        return -error;
    }
    store->lock_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->lock_fd < 0) {
        int error = errno;
        (void)snprintf(reterr, ERROR_SIZE, "state folder %s cannot be opened: %s", dir,
                       strerrordesc_np(error));
        return -error;
    }
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) < 0) {
        int error = errno == EWOULDBLOCK ? EBUSY : errno;
        (void)snprintf(reterr, ERROR_SIZE,
                       error == EBUSY ? "another wirebell is using the state in %s"
                                      : "state folder %s cannot be locked",
                       dir);
        return -error;
    }
    return 0;
}

static int query_number(struct store *store, const char *sql, int64_t *ret) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, sql, &statement);
    if (r < 0)
        return r;
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(statement, 0);
    return sql_errno(rc);
}

static int make_schema(struct store *store) {
    char sql[128];
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                   APPLICATION_ID, SCHEMA_VERSION);
    int r = sql_begin(store->db);
    if (r == 0)
        r = sql_run(store->db, schema);
    if (r == 0)
        r = sql_run(store->db, sql);
    return sql_end(store->db, r);
}

static int check_schema(struct store *store) {
    int64_t version = 0, application = 0, tables = 0;
    int r = query_number(store, "PRAGMA user_version", &version);
    if (r == 0)
        r = query_number(store, "PRAGMA application_id", &application);
    if (r == 0)
        r = query_number(store, "SELECT count(*) FROM sqlite_schema", &tables);
    if (r < 0)
        return r;
    if (version == 0 && application == 0 && tables == 0)
        return make_schema(store);
    if (application != APPLICATION_ID)
        return -EBADMSG;
    return version > SCHEMA_VERSION ? -EPROTO : 0;
}

static int open_db(struct store *store, const char *path) {
    // SQLite sets 90 KB of pages aside at the first use, wanted or not; refused when it already
    // has.
    (void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
    int r = sql_errno(
        sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL));
    if (r < 0)
        return r;
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
    (void)sqlite3_busy_timeout(store->db, 2000); // a person may be looking with sqlite3
    r = sql_run(store->db, "PRAGMA cache_size = -32; PRAGMA journal_mode = WAL;"
                           "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;");
    return r < 0 ? r : check_schema(store);
}

static void describe_open_error(const char *path, int error, struct store *store, char *reterr) {
    if (error == -EBADMSG)
        (void)snprintf(reterr, ERROR_SIZE,
                       "%s is damaged or no state of wirebell's; move it away to start afresh",
                       path);
    else if (error == -EPROTO)
        (void)snprintf(reterr, ERROR_SIZE, "%s was written by a newer wirebell; upgrade this one",
                       path);
    else
        (void)snprintf(reterr, ERROR_SIZE, "state file %s cannot be used: %s", path,
                       store->db ? sqlite3_errmsg(store->db) : strerrordesc_np(-error));
}

int store_open(const char *dir, struct store **ret, char *reterr) {
    struct store *store = calloc(1, sizeof *store);
    if (!store) {
        (void)snprintf(reterr, ERROR_SIZE, "no memory for the state");
        return -ENOMEM;
    }
    store->lock_fd = -1;
    char path[4096] = ":memory:";
    int r = 0;
    if (dir) {
        r = lock_dir(store, dir, reterr);
        (void)snprintf(path, sizeof path, "%s/wirebell.db", dir);
    }
    if (r == 0) {
        r = open_db(store, path);
        if (r < 0)
            describe_open_error(path, r, store, reterr);
    }
    if (r < 0) {
        store_close(store);
        return r;
    }
    *ret = store;
    return 0;
}

struct store *store_close(struct store *store) {
    if (!store)
        return NULL;
    (void)sqlite3_close(store->db); // no statement outlives its function
    if (store->lock_fd >= 0)
        (void)close(store->lock_fd);
    free(store);
    return NULL;
}

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

int store_load_feed(struct store *store, const char *url, struct store_feed *ret) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "SELECT id, baseline, due_s, failures, body_hash, ttl_s FROM feeds"
                        " WHERE url = ?",
                        &statement);
    if (r < 0)
        return r;
    sql_bind_text(statement, 1, url);
    int rc = sqlite3_step(statement);
    if (sql_errno(rc) < 0)
        return sql_errno(rc);
    *ret = (struct store_feed){0};
    if (rc == SQLITE_ROW) {
        ret->id = sqlite3_column_int64(statement, 0);
        ret->baseline = (enum store_baseline)sqlite3_column_int(statement, 1);
        ret->due_s = sqlite3_column_int64(statement, 2);
        ret->failures = (uint32_t)sqlite3_column_int(statement, 3);
        ret->body_hash = (uint64_t)sqlite3_column_int64(statement, 4);
        ret->ttl_s = sqlite3_column_int64(statement, 5);
    }
    return 0;
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

int store_load_memory(struct store *store, int64_t feed_id, struct store_memory *ret) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, "SELECT etag, last_modified, items FROM feeds WHERE id = ?",
                        &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(statement, 1, feed_id);
    int rc = sqlite3_step(statement);
    if (sql_errno(rc) < 0)
        return sql_errno(rc);
    struct reading_items items = {NULL, 0};
    r = rc == SQLITE_ROW ? copy_items(statement, 2, &items) : 0;
    if (r < 0)
        return r;
    struct store_validators *validators = &ret->validators;
    ret->items = items;
    validators->etag[0] = validators->last_modified[0] = '\0';
    if (rc == SQLITE_ROW) {
        copy_bytes(statement, 0, sizeof validators->etag, validators->etag);
        copy_bytes(statement, 1, sizeof validators->last_modified, validators->last_modified);
    }
    return 0;
}

void store_memory_done(struct store_memory *memory) {
    free((void *)memory->items.hashes);
    memory->items = (struct reading_items){NULL, 0};
}

int store_find_new(struct store *store, int64_t feed_id, const uint64_t *keys, size_t count,
                   bool *ret_is_new) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, "SELECT 1 FROM seen WHERE feed = ? AND key = ?", &statement);
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

static int save_feed(struct store *store, const struct store_poll *poll, int64_t *ret_id) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "INSERT INTO feeds(url, baseline, due_s, failures, body_hash, ttl_s)"
                        " VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(url) DO UPDATE SET"
                        " baseline = ?2, due_s = ?3, failures = ?4, body_hash = ?5, ttl_s = ?6"
                        " RETURNING id",
                        &statement);
    if (r < 0)
        return r;
    sql_bind_text(statement, 1, poll->url);
    (void)sqlite3_bind_int(statement, 2, (int)poll->feed->baseline);
    (void)sqlite3_bind_int64(statement, 3, poll->feed->due_s);
    (void)sqlite3_bind_int64(statement, 4, poll->feed->failures);
    (void)sqlite3_bind_int64(statement, 5, (int64_t)poll->feed->body_hash);
    (void)sqlite3_bind_int64(statement, 6, poll->feed->ttl_s);
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
    SQL_STATEMENT *insert = NULL, *prune = NULL;
    int r = sql_prepare(store->db, "INSERT OR IGNORE INTO seen VALUES(?, ?, ?)", &insert);
    for (size_t i = 0; i < poll->new_key_count && r == 0; i++) {
        (void)sqlite3_bind_int64(insert, 1, feed_id);
        (void)sqlite3_bind_int64(insert, 2, (int64_t)poll->new_keys[i]);
        (void)sqlite3_bind_int64(insert, 3, poll->now_s);
        r = sql_run_once(insert);
    }
    if (r == 0)
        r = sql_prepare(store->db,
                        "DELETE FROM seen WHERE feed = ?1 AND key IN (SELECT key FROM seen"
                        " WHERE feed = ?1 ORDER BY first_s DESC LIMIT -1 OFFSET ?2)",
                        &prune);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(prune, 1, feed_id);
    (void)sqlite3_bind_int(prune, 2, LIMIT_SEEN_PER_FEED);
    return sql_run_once(prune);
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
    for (size_t i = 0; i < poll->alert_count && r == 0; i++)
        r = store_save_alert(store, &poll->alerts[i], &alert_ids[i]);
    r = sql_end(store->db, r);
    if (r == 0) {
        poll->feed->id = feed_id;
        for (size_t i = 0; i < poll->alert_count; i++)
            poll->alerts[i].id = alert_ids[i];
    }
    free(alert_ids);
    return r;
}

void store_rest(struct store *store) {
    (void)sqlite3_db_release_memory(store->db);
}

int store_save_due(struct store *store, const struct store_feed *feeds, size_t count) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "UPDATE feeds SET due_s = ?, failures = ?, body_hash = ?, ttl_s = ?"
                        " WHERE id = ?",
                        &statement);
    if (r == 0)
        r = sql_begin(store->db);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count && r == 0; i++) {
        (void)sqlite3_bind_int64(statement, 1, feeds[i].due_s);
        (void)sqlite3_bind_int64(statement, 2, feeds[i].failures);
        (void)sqlite3_bind_int64(statement, 3, (int64_t)feeds[i].body_hash);
        (void)sqlite3_bind_int64(statement, 4, feeds[i].ttl_s);
        (void)sqlite3_bind_int64(statement, 5, feeds[i].id);
        r = sql_run_once(statement);
    }
    return sql_end(store->db, r);
}
