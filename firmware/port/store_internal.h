// SPDX-License-Identifier: MIT
//
// store_internal.h - what store.c and store_alerts.c share and nobody else sees.

#ifndef PORT_STORE_INTERNAL_H
#define PORT_STORE_INTERNAL_H

#include <sqlite3.h>
#include <stdint.h>

#include "wirebell/alert.h"

struct store {
    sqlite3 *db;
    int lock_fd; // the state folder, locked; -1 in memory
};

/**
 * store_save_alert() - insert one alert; part of the caller's transaction
 * @ret_id: its row; written only on success
 *
 * Return: 0 or -errno.
 */
int store_save_alert(struct store *store, const struct alert *alert, int64_t *ret_id);

#endif
