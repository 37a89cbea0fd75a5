// SPDX-License-Identifier: MIT

#include "port/sql.h"

#include <errno.h>
#include <stddef.h>

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

int sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret) {
    return sql_errno(sqlite3_prepare_v2(db, sql, -1, ret, NULL));
}

int sql_run_once(sqlite3_stmt *statement) {
    int rc = sqlite3_step(statement);
    (void)sqlite3_reset(statement); // repeats step's error, if any
    return sql_errno(rc);
}

void sql_bind_text(sqlite3_stmt *statement, int index, const char *text) {
    (void)sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC);
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
    return sql_run(db, "BEGIN IMMEDIATE");
}

int sql_end(sqlite3 *db, int error) {
    if (error == 0)
        error = sql_run(db, "COMMIT");
    if (error < 0)
        (void)sql_run(db, "ROLLBACK"); // SQLite may have rolled back already
    return error;
}
