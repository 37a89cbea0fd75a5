// SPDX-License-Identifier: MIT
//
// sql.h - SQLite's ways put into ours: -errno, statements that end with their block, transactions.

#ifndef PORT_SQL_H
#define PORT_SQL_H

#include <sqlite3.h>
#include <stdint.h>

// A statement that is finalized when its variable leaves the block; begin with NULL.
#define SQL_STATEMENT __attribute__((cleanup(sql_finalize))) sqlite3_stmt

// One that somebody else keeps: made ready for other values when its variable leaves the block.
#define SQL_KEPT __attribute__((cleanup(sql_rewind))) sqlite3_stmt

/**
 * sql_errno() - a SQLite result code as 0 or -errno
 *
 * -ENOMEM, -ENOSPC (disk full), -EROFS, -EACCES, -EBUSY (somebody else writes), -EBADMSG (damaged
 * or no database), -EIO (all others).
 */
int sql_errno(int rc);

// Runs statements without results. Return: 0 or -errno.
int sql_run(sqlite3 *db, const char *sql);

/**
 * sql_begin_reading() - one transaction for the questions that follow
 *
 * To begin and end one with each question takes as long as its answer. Goes on with a transaction
 * there is. The next sql_prepare() or sql_begin() ends it: nothing is ever written in it, and
 * nothing that is written later waits for it.
 *
 * Return: 0 or -errno.
 */
int sql_begin_reading(sqlite3 *db);

// Return: 0, also where there is none, or -errno.
int sql_end_reading(sqlite3 *db);

// Return: 0 (*ret written) or -errno.
int sql_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret);

// Runs a statement that returns no rows and makes it ready for other values. Return: 0 or -errno.
int sql_run_once(sqlite3_stmt *statement);

// @text is borrowed until the statement ends.
void sql_bind_text(sqlite3_stmt *statement, int index, const char *text);

/*
 * Values of a row, which may be any, whatever was once written there: a card fails, a file is
 * edited by hand. What comes out of these is what the rest of the program may count with.
 */

// A number from @least to @most, or @other where it is none of these.
int64_t sql_within(sqlite3_stmt *row, int column, int64_t least, int64_t most, int64_t other);

// Seconds since 1970, before the year 10000; 0 where it is no such time.
int64_t sql_time(sqlite3_stmt *row, int column);

// The same for a story's date, which may be older; STORY_NO_DATE where it is none.
int64_t sql_date(sqlite3_stmt *row, int column);

/**
 * sql_row_errno() - did memory hold for all that was read of this row?
 *
 * SQLite makes a text or a blob ready when it is asked for, and where it cannot there is none: to
 * be asked when all was read, before any of it counts.
 *
 * Return: 0 or -ENOMEM.
 */
int sql_row_errno(sqlite3_stmt *row);

// Never NULL: "" where there is no text, or one that is not UTF-8. Lives until the next step.
const char *sql_text(sqlite3_stmt *row, int column);

void sql_finalize(sqlite3_stmt **statement);

void sql_rewind(sqlite3_stmt **statement);

// Begins a transaction that writes. Return: 0 or -errno.
int sql_begin(sqlite3 *db);

/**
 * sql_end() - commit when all went well so far, else roll back
 * @error: 0, or the -errno of the step that failed
 *
 * Return: 0 when committed; else @error or the commit's own error.
 */
int sql_end(sqlite3 *db, int error);

#endif
