// SPDX-License-Identifier: MIT
//
// The tables: a new file gets them whole; a state of any older wirebell is brought up to date by
// the steps it has not had; one of a newer wirebell is left alone. Each is one transaction.

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "port/store/sql.h"
#include "port/store/store_internal.h"

enum { APPLICATION_ID = 0x77624C4C /* "wbLL" */ };

// The columns of each version, each once: an older state gets those it lacks by steps, and a new
// file is made with all of them, which takes a tenth of the work and gives the very same schema.
// What was once released is never edited here; a later version adds a list of its own.
#define FEEDS_1                                                                                    \
    "id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE,"                                            \
    "  baseline INTEGER NOT NULL, due_s INTEGER NOT NULL, failures INTEGER NOT NULL,"              \
    "  body_hash INTEGER NOT NULL DEFAULT 0, ttl_s INTEGER NOT NULL DEFAULT 0,"                    \
    "  etag BLOB NOT NULL DEFAULT x'', last_modified BLOB NOT NULL DEFAULT x'',"                   \
    "  items BLOB NOT NULL DEFAULT x''"
#define ALERTS_1                                                                                   \
    "id INTEGER PRIMARY KEY AUTOINCREMENT, level INTEGER NOT NULL,"                                \
    "  state INTEGER NOT NULL, rings INTEGER NOT NULL, raised_s INTEGER NOT NULL,"                 \
    "  acknowledged_s INTEGER, feed TEXT NOT NULL, title TEXT NOT NULL, link TEXT NOT NULL,"       \
    "  rule TEXT NOT NULL, rule_file TEXT NOT NULL, rule_line INTEGER NOT NULL,"                   \
    "  words TEXT NOT NULL"
#define REST_1                                                                                     \
    "CREATE TABLE seen(feed INTEGER NOT NULL, key INTEGER NOT NULL, shown_s INTEGER NOT NULL,"     \
    "  PRIMARY KEY(feed, key)) WITHOUT ROWID;"                                                     \
    "CREATE INDEX alerts_raised ON alerts(id) WHERE state = 0;"

// What the next look depends on, and what a person asks about.
#define FEEDS_2(ADD)                                                                               \
    ADD("feeds", "update_s INTEGER NOT NULL DEFAULT 0")                                            \
    ADD("feeds", "skip_hours INTEGER NOT NULL DEFAULT 0")                                          \
    ADD("feeds", "skip_days INTEGER NOT NULL DEFAULT 0")                                           \
    ADD("feeds", "habit BLOB NOT NULL DEFAULT x''")                                                \
    ADD("feeds", "good_s INTEGER NOT NULL DEFAULT 0")                                              \
    ADD("feeds", "failing_s INTEGER NOT NULL DEFAULT 0")                                           \
    ADD("feeds", "outcome INTEGER NOT NULL DEFAULT 0")                                             \
    ADD("feeds", "http_status INTEGER NOT NULL DEFAULT 0")                                         \
    ADD("feeds", "moved_to TEXT NOT NULL DEFAULT ''")                                              \
    ADD("feeds", "moved_count INTEGER NOT NULL DEFAULT 0")                                         \
    ADD("feeds", "moved_first_s INTEGER NOT NULL DEFAULT 0")                                       \
    ADD("feeds", "moved_checked_s INTEGER NOT NULL DEFAULT 0")
// Why it rang or did not, what it joined, and where the words stand.
#define ALERTS_2(ADD)                                                                              \
    ADD("alerts", "cleared_s INTEGER")                                                             \
    ADD("alerts", "disposition INTEGER NOT NULL DEFAULT 0")                                        \
    ADD("alerts", "is_drill INTEGER NOT NULL DEFAULT 0")                                           \
    ADD("alerts", "lamp INTEGER NOT NULL DEFAULT -1")                                              \
    ADD("alerts", "is_silent INTEGER NOT NULL DEFAULT 0")                                          \
    ADD("alerts", "joined INTEGER")                                                                \
    ADD("alerts", "sources INTEGER NOT NULL DEFAULT 1")                                            \
    ADD("alerts", "stories INTEGER NOT NULL DEFAULT 1")                                            \
    ADD("alerts", "published_s INTEGER")                                                           \
    ADD("alerts", "section TEXT NOT NULL DEFAULT ''")                                              \
    ADD("alerts", "spans TEXT NOT NULL DEFAULT ''")                                                \
    ADD("alerts", "excerpt TEXT NOT NULL DEFAULT ''")
#define REST_2                                                                                     \
    "CREATE INDEX alerts_not_rung ON alerts(id) WHERE disposition NOT IN (0, 9);"                  \
    "CREATE TABLE stories(id INTEGER PRIMARY KEY, feed INTEGER NOT NULL, seen_s INTEGER NOT NULL," \
    "  published_s INTEGER, title TEXT NOT NULL, link TEXT NOT NULL, author TEXT NOT NULL,"        \
    "  category TEXT NOT NULL, text TEXT NOT NULL);"                                               \
    "CREATE TABLE snoozes(rule TEXT PRIMARY KEY, until_s INTEGER NOT NULL) WITHOUT ROWID;"

// When what it showed was compared with its keys last; since when the keywords name it no more.
#define FEEDS_3(ADD)                                                                               \
    ADD("feeds", "swept_s INTEGER NOT NULL DEFAULT 0")                                             \
    ADD("feeds", "left_s INTEGER NOT NULL DEFAULT 0")
// When a story was seen first, or later found to be still shown. In a new file the column has this
// name from the beginning: SQLite keeps 10 KB from a renaming for as long as the file is open.
#define REST_3 "ALTER TABLE seen RENAME COLUMN first_s TO shown_s;"

#define AS_STEP(table, column)   "ALTER TABLE " table " ADD COLUMN " column ";"
#define AS_COLUMN(table, column) ", " column

static const char whole[] = "CREATE TABLE feeds(" FEEDS_1 FEEDS_2(AS_COLUMN)
    FEEDS_3(AS_COLUMN) ");"
                       "CREATE TABLE alerts(" ALERTS_1 ALERTS_2(AS_COLUMN) ");" REST_1 REST_2;

// steps[v - 1] makes version v + 1 of version v.
static const char *const steps[] = {
    FEEDS_2(AS_STEP) ALERTS_2(AS_STEP) REST_2,
    FEEDS_3(AS_STEP) REST_3,
};

enum { SCHEMA_VERSION = 1 + sizeof steps / sizeof *steps };

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

static int take_steps(struct store *store, int64_t version) {
    char sql[128];
    (void)snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
                   APPLICATION_ID, SCHEMA_VERSION);
    int r = sql_begin(store->db);
    if (r == 0 && version == 0)
        r = sql_run(store->db, whole);
    for (; version > 0 && version < SCHEMA_VERSION && r == 0; version++)
        r = sql_run(store->db, steps[version - 1]);
    if (r == 0)
        r = sql_run(store->db, sql);
    return sql_end(store->db, r);
}

int store_bring_schema(struct store *store) {
    int64_t version = 0, application = 0, tables = 0;
    int r = query_number(store, "PRAGMA user_version", &version);
    if (r == 0)
        r = query_number(store, "PRAGMA application_id", &application);
    if (r == 0)
        r = query_number(store, "SELECT count(*) FROM sqlite_schema", &tables);
    if (r < 0)
        return r;
    bool is_empty = version == 0 && application == 0 && tables == 0;
    if (!is_empty && (application != APPLICATION_ID || version < 1))
        return -EBADMSG;
    if (version > SCHEMA_VERSION)
        return -EPROTO;
    return version < SCHEMA_VERSION ? take_steps(store, version) : 0;
}
