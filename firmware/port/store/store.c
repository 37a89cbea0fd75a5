// SPDX-License-Identifier: MIT
//
// WAL with synchronous=FULL: a commit is one append and one fsync, and survives a power cut.
// Statements are prepared where they are used, or kept for the length of a round: polls are minutes
// apart, and idle memory counts for more than the microseconds. Small page cache and no lookaside
// for the same reason.

#include "port/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/store/sql.h"
#include "port/store/store_internal.h"

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
        (void)snprintf(
            reterr, ERROR_SIZE,
            error == EBUSY
                ? "another wirebell is using the state in %s: stop it, or give --state-dir "
                  "another folder"
                : "state folder %s cannot be locked",
            dir);
        return -error;
    }
    return 0;
}

static int open_db(struct store *store, const char *path) {
    // SQLite sets 90 KB of pages aside at the first use, wanted or not; it locks, for there may be
    // threads; and it counts the memory it takes. Refused when it already has.
    (void)sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    int r = sql_errno(
        sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL));
    if (r < 0)
        return r;
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
    (void)sqlite3_busy_timeout(store->db, 2000); // a person may be looking with sqlite3
    // Keys of stories are spread over many pages: half of SQLite's usual size is half as much
    // written.
    r = sql_run(store->db,
                "PRAGMA page_size = 2048; PRAGMA cache_size = -32; PRAGMA journal_mode = WAL;"
                "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;");
    return r < 0 ? r : store_bring_schema(store);
}

static void describe_open_error(const struct store *store, int error, char *reterr) {
    if (error == -EPROTO)
        (void)snprintf(reterr, ERROR_SIZE, "%s was written by a newer wirebell; upgrade this one",
                       store->path);
    else
        (void)snprintf(reterr, ERROR_SIZE, "state file %s cannot be used: %s", store->path,
                       store->db ? sqlite3_errmsg(store->db) : strerrordesc_np(-error));
}

// --- a file that cannot be used --------------------------------------------------------------

enum { SET_ASIDE_MAX = 3, PATH_SIZE = 4096 };

// A name not taken; when all are, the last one's file gives way to the new one.
static void name_aside(const char *path, size_t size, char *ret) {
    for (int i = 1; i <= SET_ASIDE_MAX; i++) {
        (void)snprintf(ret, size, "%s.damaged-%d", path, i);
        if (access(ret, F_OK) < 0)
            return;
    }
}

static int set_aside(const char *path, char *reterr) {
    char aside[PATH_SIZE + 16], log[PATH_SIZE + 8], log_aside[sizeof aside + 8];
    name_aside(path, sizeof aside, aside);
    (void)snprintf(log, sizeof log, "%s-wal", path);
    (void)snprintf(log_aside, sizeof log_aside, "%s-wal", aside);
    if (rename(path, aside) < 0) {
        int error = errno;
        (void)snprintf(reterr, ERROR_SIZE, "%s is damaged and cannot be set aside: %s", path,
                       strerrordesc_np(error));
        return -error;
    }
    // What was not yet taken over from the log belongs to the damaged file.
    if (rename(log, log_aside) < 0 && errno != ENOENT)
        (void)unlink(log);
    (void)snprintf(reterr, ERROR_SIZE,
                   "the state was damaged, or none of wirebell's: set aside as %.120s", aside);
    return STORE_SET_ASIDE;
}

int store_ask(struct store *store, enum store_question question, const char *sql,
              sqlite3_stmt **ret) {
    sqlite3_stmt **kept = &store->kept[question];
    int r = *kept ? 0 : sql_prepare(store->db, sql, kept);
    if (r == 0)
        r = sql_begin_reading(store->db);
    if (r == 0)
        *ret = *kept;
    return r;
}

int store_query_number(struct store *store, const char *sql, int64_t value, int64_t *ret) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, sql, &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(statement, 1, value);
    int rc = sqlite3_step(statement);
    if (rc == SQLITE_ROW)
        *ret = sqlite3_column_int64(statement, 0);
    return sql_errno(rc);
}

static void forget_questions(struct store *store) {
    for (int i = 0; i < STORE_QUESTION_COUNT; i++) {
        sql_finalize(&store->kept[i]);
        store->kept[i] = NULL;
    }
}

static int close_db(struct store *store) {
    forget_questions(store);
    int r = sql_errno(sqlite3_close(store->db)); // no other statement outlives its function
    store->db = NULL;
    return r;
}

// Opens the file, or what takes its place.
static int open_file(struct store *store, char *reterr) {
    int origin = access(store->path, F_OK) == 0 ? STORE_KEPT : STORE_BEGUN;
    int r = open_db(store, store->path);
    if (r == -EBADMSG) {
        (void)close_db(store);
        origin = set_aside(store->path, reterr);
        r = origin < 0 ? origin : open_db(store, store->path);
    }
    if (r < 0 && origin >= 0)
        describe_open_error(store, r, reterr);
    return r < 0 ? r : origin;
}

static int open_in(struct store *store, const char *dir, char *reterr) {
    int r = lock_dir(store, dir, reterr);
    if (r < 0)
        return r;
    if (asprintf(&store->path, "%s/wirebell.db", dir) < 0) {
        store->path = NULL;
        return -ENOMEM;
    }
    return open_file(store, reterr);
}

int store_open(const char *dir, struct store **ret, char *reterr) {
    (void)snprintf(reterr, ERROR_SIZE, "no memory for the state");
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return -ENOMEM;
    store->lock_fd = -1;
    int r = open_in(store, dir, reterr);
    if (r < 0)
        store_close(store);
    else
        *ret = store;
    return r;
}

static int copy_file(struct store *store, int dir_fd, const char *how) {
    char uri[96];
    sqlite3 *file = NULL;
    // By descriptor: the folder's name may hold what means something in a URI.
    (void)snprintf(uri, sizeof uri, "file:/proc/self/fd/%d/wirebell.db?%s", dir_fd, how);
    int r = sql_errno(sqlite3_open_v2(uri, &file, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL));
    sqlite3_backup *copy = r < 0 ? NULL : sqlite3_backup_init(store->db, "main", file, "main");
    int rc = copy ? sqlite3_backup_step(copy, -1) : SQLITE_ERROR;
    (void)sqlite3_backup_finish(copy);
    (void)sqlite3_close(file);
    return rc == SQLITE_DONE ? store_bring_schema(store) : -EIO;
}

// Where there is no room for SQLite's own files beside the database, it is read as one that nobody
// writes; what is still in its log is then not seen.
static int copy_state(struct store *store, const char *dir) {
    int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0)
        return -errno;
    int r = copy_file(store, dir_fd, "mode=ro");
    if (r < 0)
        r = copy_file(store, dir_fd, "immutable=1");
    (void)close(dir_fd);
    return r;
}

static int open_memory(struct store *store) {
    (void)close_db(store);
    return sql_errno(sqlite3_open(":memory:", &store->db));
}

int store_open_copy(const char *dir, struct store **ret) {
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return -ENOMEM;
    store->lock_fd = -1;
    int origin = STORE_BEGUN;
    int r = open_memory(store);
    if (r == 0 && dir && copy_state(store, dir) == 0)
        origin = STORE_KEPT;
    else if (r == 0 && dir)
        r = open_memory(store); // without what may have been copied by half
    if (r == 0 && origin == STORE_BEGUN)
        r = store_bring_schema(store);
    if (r < 0) {
        store_close(store);
        return r;
    }
    *ret = store;
    return origin;
}

int store_renew(struct store *store, char *reterr) {
    if (!store->path)
        return -ENOENT;
    (void)close_db(store);
    int r = set_aside(store->path, reterr);
    if (r >= 0 && open_db(store, store->path) < 0)
        r = -EIO;
    if (r < 0 && (open_memory(store) < 0 || store_bring_schema(store) < 0))
        return -ENOMEM;
    return r;
}

struct store *store_close(struct store *store) {
    if (!store)
        return NULL;
    (void)close_db(store);
    if (store->lock_fd >= 0)
        (void)close(store->lock_fd);
    free(store->path);
    free(store);
    return NULL;
}

void store_rest(struct store *store) {
    forget_questions(store);
    (void)sql_end_reading(store->db);
    (void)sqlite3_db_release_memory(store->db);
    // And what it knows of the tables, 12 KB in 160 pieces, until it is asked again. Half a million
    // instructions each round; refused it only costs memory.
    (void)sql_run(store->db, "PRAGMA writable_schema = RESET");
}
