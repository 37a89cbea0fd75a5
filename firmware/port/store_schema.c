// SPDX-License-Identifier: MIT
//
// The tables, as a list of steps: a state of any older wirebell is brought up to date by the steps
// it has not had, in one transaction, and one of a newer wirebell is left alone.

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

#include "port/sql.h"
#include "port/store_internal.h"

enum { APPLICATION_ID = 0x77624C4C /* "wbLL" */ };

// steps[v] makes version v+1 of version v. What was once released is never edited here.
static const char *const steps[] = {
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
    "CREATE INDEX alerts_raised ON alerts(id) WHERE state = 0;",

    // feeds: what the next look depends on, and what a person asks about.
    // alerts: why it rang or did not, what it joined, and where the words stand.
    "ALTER TABLE feeds ADD COLUMN update_s INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN skip_hours INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN skip_days INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN habit BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE feeds ADD COLUMN good_s INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN failing_s INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN outcome INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN http_status INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN moved_to TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE feeds ADD COLUMN moved_count INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN moved_first_s INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE feeds ADD COLUMN moved_checked_s INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE alerts ADD COLUMN cleared_s INTEGER;"
    "ALTER TABLE alerts ADD COLUMN disposition INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE alerts ADD COLUMN is_drill INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE alerts ADD COLUMN lamp INTEGER NOT NULL DEFAULT -1;"
    "ALTER TABLE alerts ADD COLUMN is_silent INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE alerts ADD COLUMN joined INTEGER;"
    "ALTER TABLE alerts ADD COLUMN sources INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE alerts ADD COLUMN stories INTEGER NOT NULL DEFAULT 1;"
    "ALTER TABLE alerts ADD COLUMN published_s INTEGER;"
    "ALTER TABLE alerts ADD COLUMN section TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE alerts ADD COLUMN spans TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE alerts ADD COLUMN excerpt TEXT NOT NULL DEFAULT '';"
    "CREATE INDEX alerts_not_rung ON alerts(id) WHERE disposition NOT IN (0, 9);"
    "CREATE TABLE stories(id INTEGER PRIMARY KEY, feed INTEGER NOT NULL, seen_s INTEGER NOT NULL,"
    "  published_s INTEGER, title TEXT NOT NULL, link TEXT NOT NULL, author TEXT NOT NULL,"
    "  category TEXT NOT NULL, text TEXT NOT NULL);"
    "CREATE TABLE snoozes(rule TEXT PRIMARY KEY, until_s INTEGER NOT NULL) WITHOUT ROWID;",
};

enum { SCHEMA_VERSION = sizeof steps / sizeof *steps };

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
    for (; version < SCHEMA_VERSION && r == 0; version++)
        r = sql_run(store->db, steps[version]);
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
