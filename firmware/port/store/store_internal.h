// SPDX-License-Identifier: MIT
//
// store_internal.h - what the files of the store share and nobody else sees.

#ifndef PORT_STORE_INTERNAL_H
#define PORT_STORE_INTERNAL_H

#include <sqlite3.h>
#include <stdint.h>

#include "wirebell/alert.h"

// Questions asked of feed after feed, in a round and at the start: each is prepared once, which
// takes ten times as long as to answer it, and kept until store_rest(). They read in one
// transaction.
enum store_question { STORE_LOAD_FEED, STORE_LOAD_MEMORY, STORE_FIND_NEW, STORE_QUESTION_COUNT };

struct store {
    sqlite3 *db;
    char *path;  // of the file; NULL in memory; owned
    int lock_fd; // the state folder, locked; -1 in memory
    sqlite3_stmt *kept[STORE_QUESTION_COUNT];
};

// The statement of a question, to be declared as SQL_KEPT. Return: 0 or -errno.
int store_ask(struct store *store, enum store_question question, const char *sql,
              sqlite3_stmt **ret);

// A question with one number in it and one for an answer; *ret stays where there is no row, and
// becomes 0 where the answer is NULL. Return: 0 or -errno.
int store_query_number(struct store *store, const char *sql, int64_t value, int64_t *ret);

/**
 * store_bring_schema() - make the tables, or bring those of an older wirebell up to date
 *
 * Return: 0; -EBADMSG no state of wirebell's; -EPROTO of a newer wirebell; another -errno.
 */
int store_bring_schema(struct store *store);

struct store_poll;

/**
 * store_save_alerts() - write the alerts and changes of a poll, and drop the oldest beyond what is
 * kept; part of the caller's transaction
 * @ret_ids: a row for each alert
 *
 * Return: 0 or -errno.
 */
int store_save_alerts(struct store *store, const struct store_poll *poll, int64_t *ret_ids);

// The transaction is committed: the poll's alerts learn their ids, and those of what they joined.
void store_settle_alerts(const struct store_poll *poll, const int64_t *ids);

/**
 * store_sweep_keys() - notes which keys' stories are still shown, and forgets those that are not;
 * part of the caller's transaction
 *
 * Return: 0 or -errno.
 */
int store_sweep_keys(struct store *store, int64_t feed_id, const struct store_poll *poll);

// Drops a feed's oldest keys beyond LIMIT_SEEN_PER_FEED. Return: 0 or -errno.
int store_cap_keys(struct store *store, int64_t feed_id);

/**
 * store_save_stories() - keep the stories of a poll, and drop the oldest now and then; part of the
 * caller's transaction
 *
 * Return: 0 or -errno.
 */
int store_save_stories(struct store *store, int64_t feed_id, const struct store_poll *poll);

#endif
