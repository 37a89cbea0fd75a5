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
    return r < 0 ? r : store_bring_schema(store);
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

void store_rest(struct store *store) {
    (void)sqlite3_db_release_memory(store->db);
}
