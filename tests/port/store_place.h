// SPDX-License-Identifier: MIT
//
// store_place.h - a state folder, or a state in memory, that is there for the length of a test.

#ifndef TESTS_PORT_STORE_PLACE_H
#define TESTS_PORT_STORE_PLACE_H

#include "unit.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/store/store.h"
#include "port/store/store_internal.h"

#ifndef STORE_PLACE
#define STORE_PLACE "/tmp/wirebell-store-XXXXXX"
#endif
#define URL "https://example.org/feed"

struct place {
    char dir[64];
    char db[96];
};

static inline int set_up(void **state) {
    struct place *place = calloc(1, sizeof *place);
    if (!place)
        return -1;
    (void)snprintf(place->dir, sizeof place->dir, STORE_PLACE);
    if (!mkdtemp(place->dir))
        return -1;
    (void)snprintf(place->db, sizeof place->db, "%s/wirebell.db", place->dir);
    *state = place;
    return 0;
}

static inline int tear_down(void **state) {
    struct place *place = *state;
    const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s%s", place->db, suffixes[i]);
        (void)unlink(path);
    }
    (void)rmdir(place->dir);
    free(place);
    return 0;
}

static inline struct store *open_or_fail(const struct place *place) {
    struct store *store = NULL;
    char error[200] = "";
    int r = store_open(place->dir, &store, error);
    if (r < 0)
        fail_msg("%s", error);
    return store;
}

static inline void commit_or_fail(struct store *store, const struct store_poll *poll) {
    int r = store_commit_poll(store, poll);
    if (r < 0)
        fail_msg("%s", strerrordesc_np(-r));
}

static inline void run_sql(sqlite3 *db, const char *sql) {
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
}

static inline int64_t query(struct store *store, const char *sql) {
    int64_t number = -1;
    assert_int_equal(store_query_number(store, sql, 0, &number), 0);
    return number;
}

// As another program does; makes the file where there is none.
static inline void run_sql_on_file(const struct place *place, const char *sql) {
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(place->db, &db), SQLITE_OK);
    run_sql(db, sql);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static inline int set_up_memory(void **state) {
    return store_open_copy(NULL, (struct store **)state) < 0 ? -1 : 0;
}

static inline int tear_down_memory(void **state) {
    store_close(*state);
    return 0;
}

#define IN_PLACE(test)  cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define IN_MEMORY(test) cmocka_unit_test_setup_teardown(test, set_up_memory, tear_down_memory)

#endif
