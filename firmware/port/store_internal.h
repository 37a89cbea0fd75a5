// SPDX-License-Identifier: MIT
//
// store_internal.h - what the files of the store share and nobody else sees.

#ifndef PORT_STORE_INTERNAL_H
#define PORT_STORE_INTERNAL_H

#include <sqlite3.h>
#include <stdint.h>

#include "wirebell/alert.h"

struct store {
    sqlite3 *db;
    char *path;  // of the file; NULL in memory; owned
    int lock_fd; // the state folder, locked; -1 in memory
};

/**
 * store_bring_schema() - make the tables, or bring those of an older wirebell up to date
 *
 * Return: 0; -EBADMSG no state of wirebell's; -EPROTO of a newer wirebell; another -errno.
 */
int store_bring_schema(struct store *store);

/**
 * store_save_alert() - insert one alert; part of the caller's transaction
 * @ret_id: its row; written only on success
 *
 * Return: 0 or -errno.
 */
int store_save_alert(struct store *store, const struct alert *alert, int64_t *ret_id);

// Drops the oldest alerts beyond what is kept; part of the caller's transaction. Return: 0 or
// -errno.
int store_prune_alerts(struct store *store);

#endif
