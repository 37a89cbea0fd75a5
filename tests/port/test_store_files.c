// SPDX-License-Identifier: MIT
//
// The file of the state: whose it is, what becomes of one that cannot be used.

#include "port/store_place.h"

#include <errno.h>
#include <fcntl.h>

static void a_second_owner_is_refused_by_name(void **state) {
    const struct place *place = *state;
    struct store *first = open_or_fail(place), *second = NULL;
    char error[200] = "";
    assert_int_equal(store_open(place->dir, &second, error), -EBUSY);
    assert_null(second);
    assert_non_null(strstr(error, place->dir));
    store_close(first);
    store_close(open_or_fail(place));
}

static void write_garbage(const struct place *place) {
    int fd = open(place->db, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    char garbage[8192];
    memset(garbage, 'x', sizeof garbage);
    assert_int_equal(write(fd, garbage, sizeof garbage), sizeof garbage);
    (void)close(fd);
}

// Is there a file of that name beside the state? It is taken away.
static bool was_set_aside(const struct place *place, int number) {
    char path[160];
    (void)snprintf(path, sizeof path, "%s.damaged-%d", place->db, number);
    return unlink(path) == 0;
}

static void a_foreign_or_damaged_file_is_set_aside(void **state) {
    const struct place *place = *state;
    write_garbage(place);
    struct store *store = NULL;
    char error[200] = "";
    assert_int_equal(store_open(place->dir, &store, error), STORE_SET_ASIDE);
    assert_non_null(strstr(error, "wirebell.db.damaged-1"));
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed});
    store_close(store);
    assert_int_equal(store_open(place->dir, &store, error), STORE_KEPT);
    store_close(store);
    (void)unlink(place->db);

    run_sql_on_file(place, "CREATE TABLE other(x)");
    assert_int_equal(store_open(place->dir, &store, error), STORE_SET_ASIDE);
    assert_non_null(strstr(error, "wirebell.db.damaged-2"));
    store_close(store);
    assert_true(was_set_aside(place, 1));
    assert_true(was_set_aside(place, 2));
}

static void at_most_three_files_are_set_aside(void **state) {
    const struct place *place = *state;
    for (int i = 1; i <= 5; i++) {
        write_garbage(place);
        struct store *store = NULL;
        char error[200] = "";
        assert_int_equal(store_open(place->dir, &store, error), STORE_SET_ASIDE);
        store_close(store);
    }
    for (int i = 1; i <= 3; i++)
        assert_true(was_set_aside(place, i));
    assert_false(was_set_aside(place, 4));
}

static void a_state_that_turns_out_damaged_is_renewed_in_use(void **state) {
    const struct place *place = *state;
    struct store *store = open_or_fail(place);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed});
    char error[200] = "";
    assert_int_equal(store_renew(store, error), STORE_SET_ASIDE);
    assert_non_null(strstr(error, "wirebell.db.damaged-1"));
    assert_int_equal(store_load_feed(store, URL, &feed), 0);
    assert_int_equal(feed.baseline, BASELINE_NONE);
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed});
    store_close(store);
    assert_true(was_set_aside(place, 1));
}

static void a_newer_schema_is_refused(void **state) {
    const struct place *place = *state;
    store_close(open_or_fail(place));
    run_sql_on_file(place, "PRAGMA user_version = 99");
    struct store *store = NULL;
    char error[200] = "";
    assert_int_equal(store_open(place->dir, &store, error), -EPROTO);
    assert_non_null(strstr(error, "newer"));
}

static void a_folder_that_cannot_be_is_named(void **state) {
    const struct place *place = *state;
    char dir[128], error[200] = "";
    struct store *store = NULL;
    (void)snprintf(dir, sizeof dir, "%s/no/such", place->dir);
    assert_int_equal(store_open(dir, &store, error), -ENOENT);
    assert_non_null(strstr(error, dir));
    assert_int_equal(store_open("/dev/null", &store, error), -ENOTDIR);
    assert_null(store);
}

static void memory_alone_is_a_store_too(void **state) {
    (void)state;
    struct store *store = NULL;
    assert_int_equal(store_open_copy(NULL, &store), STORE_BEGUN);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed});
    struct store_feed known;
    assert_int_equal(store_load_feed(store, URL, &known), 0);
    assert_int_equal(known.baseline, BASELINE_TAKEN);
    store_close(store);
}

static int used(struct store *store, int what) {
    int now = 0, most = 0;
    assert_int_equal(sqlite3_db_status(store->db, what, &now, &most, 0), SQLITE_OK);
    return now;
}

static void at_rest_it_keeps_neither_pages_nor_tables_and_goes_on_when_asked(void **state) {
    const struct place *place = *state;
    struct store *store = open_or_fail(place);
    struct store_feed feed = {.baseline = BASELINE_TAKEN}, known;
    commit_or_fail(store, &(struct store_poll){.url = URL, .feed = &feed});
    assert_int_equal(store_load_feed(store, URL, &known), 0);
    assert_true(used(store, SQLITE_DBSTATUS_SCHEMA_USED) > 0);
    assert_true(used(store, SQLITE_DBSTATUS_STMT_USED) > 0);
    const int busy = used(store, SQLITE_DBSTATUS_CACHE_USED);
    store_rest(store);
    assert_true(sqlite3_get_autocommit(store->db)); // nor a transaction
    assert_int_equal(used(store, SQLITE_DBSTATUS_SCHEMA_USED), 0);
    assert_int_equal(used(store, SQLITE_DBSTATUS_STMT_USED), 0);
    assert_true(used(store, SQLITE_DBSTATUS_CACHE_USED) < busy / 2);
    assert_int_equal(store_load_feed(store, URL, &known), 0);
    assert_int_equal(known.baseline, BASELINE_TAKEN);
    store_close(store);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_PLACE(a_second_owner_is_refused_by_name),
        IN_PLACE(a_foreign_or_damaged_file_is_set_aside),
        IN_PLACE(at_most_three_files_are_set_aside),
        IN_PLACE(a_state_that_turns_out_damaged_is_renewed_in_use),
        IN_PLACE(a_newer_schema_is_refused),
        IN_PLACE(a_folder_that_cannot_be_is_named),
        IN_PLACE(memory_alone_is_a_store_too),
        IN_PLACE(at_rest_it_keeps_neither_pages_nor_tables_and_goes_on_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
