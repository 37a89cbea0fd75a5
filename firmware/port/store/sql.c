// SPDX-License-Identifier: MIT

#include "port/store/sql.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "core/text/utf8.h"
#include "wirebell/story.h"

// From the year 0 to the end of 9999.
#define DATE_MIN_S INT64_C(-62167219200)
#define TIME_MAX_S INT64_C(253402300799)

int sql_errno(int rc) {
    switch (rc & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return -EACCES;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return -EBUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return -EBADMSG;
    default:
        return -EIO;
    }
}

int sql_run(sqlite3 *db, const char *sql) {
    return sql_errno(sqlite3_exec(db, sql, NULL, NULL, NULL));
}

int sql_begin_reading(sqlite3 *db) {
    return sqlite3_get_autocommit(db) ? sql_run(db, "BEGIN") : 0;
}

int sql_end_reading(sqlite3 *db) {
    bool is_reading = !sqlite3_get_autocommit(db) && sqlite3_txn_state(db, NULL) < SQLITE_TXN_WRITE;
    return is_reading ? sql_run(db, "ROLLBACK") : 0;
}

int sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret) {
    int r = sql_end_reading(db);
    return r < 0 ? r : sql_errno(sqlite3_prepare_v2(db, sql, -1, ret, NULL));
}

int sql_run_once(sqlite3_stmt *statement) {
    int rc = sqlite3_step(statement);
    (void)sqlite3_reset(statement); // repeats step's error, if any
    return sql_errno(rc);
}

void sql_bind_text(sqlite3_stmt *statement, int index, const char *text) {
    (void)sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
}

int64_t sql_within(sqlite3_stmt *row, int column, int64_t least, int64_t most, int64_t other) {
    const int64_t number = sqlite3_column_int64(row, column);
    return number >= least && number <= most ? number : other;
}

int64_t sql_time(sqlite3_stmt *row, int column) {
    return sql_within(row, column, 0, TIME_MAX_S, 0);
}

int64_t sql_date(sqlite3_stmt *row, int column) {
    return sqlite3_column_type(row, column) == SQLITE_NULL
               ? STORY_NO_DATE
               : sql_within(row, column, DATE_MIN_S, TIME_MAX_S, STORY_NO_DATE);
}

int sql_row_errno(sqlite3_stmt *row) {
    return sqlite3_errcode(sqlite3_db_handle(row)) == SQLITE_NOMEM ? -ENOMEM : 0;
}

const char *sql_text(sqlite3_stmt *row, int column) {
    const char *text = (const char *)sqlite3_column_text(row, column);
    const size_t size = text ? strlen(text) : 0;
    for (size_t at = 0, length; at < size; at += length) {
        length = utf8_length(text + at, size - at);
        if (length == 0)
            return "";
    }
    return text ? text : "";
}

void sql_finalize(sqlite3_stmt **statement) {
    (void)sqlite3_finalize(*statement); // its error was already returned by step
}

void sql_rewind(sqlite3_stmt **statement) {
    if (!*statement)
        return;
    (void)sqlite3_reset(*statement); // its error was already returned by step
    (void)sqlite3_clear_bindings(*statement);
}

int sql_begin(sqlite3 *db) {
    int r = sql_end_reading(db);
    return r < 0 ? r : sql_run(db, "BEGIN IMMEDIATE");
}

int sql_end(sqlite3 *db, int error) {
    if (error == 0)
        error = sql_run(db, "COMMIT");
    if (error < 0)
        (void)sql_run(db, "ROLLBACK"); // SQLite may have rolled back already
    return error;
}
