// SPDX-License-Identifier: MIT
//
// The alerts of the store: raised, rung, acknowledged, cleared. Rows are never deleted here: they
// are the history.

#include "port/store.h"

#include <sqlite3.h>

#include "port/sql.h"
#include "port/store_internal.h"

int store_save_alert(struct store *store, const struct alert *alert, int64_t *ret_id) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "INSERT INTO alerts(level, state, rings, raised_s, feed, title, link, rule,"
                        " rule_file, rule_line, words) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int(statement, 1, (int)alert->level);
    (void)sqlite3_bind_int(statement, 2, (int)alert->state);
    (void)sqlite3_bind_int64(statement, 3, alert->rings);
    (void)sqlite3_bind_int64(statement, 4, alert->raised_s);
    const char *const texts[] = {alert->feed, alert->title, alert->link, alert->rule,
                                 alert->rule_file};
    for (int i = 0; i < 5; i++)
        sql_bind_text(statement, 5 + i, texts[i]);
    (void)sqlite3_bind_int64(statement, 10, alert->rule_line);
    sql_bind_text(statement, 11, alert->words);
    r = sql_run_once(statement);
    if (r == 0)
        *ret_id = sqlite3_last_insert_rowid(store->db);
    return r;
}

static const char *text_column(sqlite3_stmt *statement, int column) {
    const unsigned char *text = sqlite3_column_text(statement, column);
    return text ? (const char *)text : "";
}

int store_each_raised(struct store *store, store_alert_fn each, void *userdata) {
    SQL_STATEMENT *statement = NULL;
    int r =
        sql_prepare(store->db,
                    "SELECT id, level, state, rings, raised_s, feed, title, link, rule, rule_file,"
                    " rule_line, words FROM alerts WHERE state = 0 ORDER BY id",
                    &statement);
    if (r < 0)
        return r;
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        int level = sqlite3_column_int(statement, 1);
        if (level < 0 || level >= LEVEL_COUNT)
            continue; // of a version with other levels
        const struct alert alert = {
            .id = sqlite3_column_int64(statement, 0),
            .level = (enum level)level,
            .state = ALERT_RAISED,
            .rings = (uint32_t)sqlite3_column_int(statement, 3),
            .raised_s = sqlite3_column_int64(statement, 4),
            .feed = text_column(statement, 5),
            .title = text_column(statement, 6),
            .link = text_column(statement, 7),
            .rule = text_column(statement, 8),
            .rule_file = text_column(statement, 9),
            .rule_line = (uint32_t)sqlite3_column_int64(statement, 10),
            .words = text_column(statement, 11),
        };
        each(&alert, userdata);
    }
    return sql_errno(rc);
}

int store_note_rings(struct store *store, uint32_t levels) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "UPDATE alerts SET rings = rings + 1 WHERE state = 0 AND rings < ?"
                        " AND (1 << level) & ?",
                        &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int(statement, 1, ALERT_RINGS_MAX);
    (void)sqlite3_bind_int64(statement, 2, levels);
    return sql_run_once(statement);
}

int store_acknowledge_all(struct store *store, int64_t now_s) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(
        store->db, "UPDATE alerts SET state = 1, acknowledged_s = ? WHERE state = 0", &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(statement, 1, now_s);
    return sql_run_once(statement);
}

int store_clear(struct store *store, const int64_t *ids, size_t count) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, "UPDATE alerts SET state = 2 WHERE id = ? AND state = 0",
                        &statement);
    if (r == 0)
        r = sql_begin(store->db);
    if (r < 0)
        return r;
    for (size_t i = 0; i < count && r == 0; i++) {
        (void)sqlite3_bind_int64(statement, 1, ids[i]);
        r = sql_run_once(statement);
    }
    return sql_end(store->db, r);
}
