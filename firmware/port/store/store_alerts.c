// SPDX-License-Identifier: MIT
//
// One list of columns serves the row written and the row read, so that nothing that is kept of an
// alert can be forgotten on either side.

#include "port/store/store_alerts.h"

#include <errno.h>
#include <sqlite3.h>

#include "port/store/sql.h"
#include "port/store/store.h"
#include "port/store/store_internal.h"
#include "wirebell/story.h"

// In the order of COLUMNS; a parameter's index is one more.
enum column {
    ID,
    LEVEL,
    STATE,
    RINGS,
    RAISED_S,
    ACKNOWLEDGED_S,
    CLEARED_S,
    PUBLISHED_S,
    DISPOSITION,
    IS_DRILL,
    IS_SILENT,
    LAMP,
    JOINED,
    SOURCES,
    STORIES,
    RULE_LINE,
    FEED,
    TITLE,
    LINK,
    RULE,
    RULE_FILE,
    SECTION,
    WORDS,
    SPANS,
    EXCERPT,
};

#define COLUMNS                                                                                    \
    "id, level, state, rings, raised_s, acknowledged_s, cleared_s, published_s, disposition,"      \
    " is_drill, is_silent, lamp, joined, sources, stories, rule_line, feed, title, link, rule,"    \
    " rule_file, section, words, spans, excerpt"
#define PARAMETERS "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

// --- writing ---------------------------------------------------------------------------------

static void bind_number(sqlite3_stmt *statement, enum column column, int64_t number) {
    (void)sqlite3_bind_int64(statement, (int)column + 1, number);
}

// What is not there is NULL, so that a query need not know our number for it.
static void bind_unless(sqlite3_stmt *statement, enum column column, int64_t number,
                        int64_t nothing) {
    if (number != nothing)
        bind_number(statement, column, number);
}

static int save_alert(struct store *store, const struct alert *alert, int64_t *ret_id) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, "INSERT INTO alerts(" COLUMNS ") VALUES(" PARAMETERS ")",
                        &statement);
    if (r < 0)
        return r;
    bind_number(statement, LEVEL, alert->level);
    bind_number(statement, STATE, alert->state);
    bind_number(statement, RINGS, alert->rings);
    bind_number(statement, RAISED_S, alert->raised_s);
    bind_unless(statement, ACKNOWLEDGED_S, alert->acknowledged_s, 0);
    bind_unless(statement, CLEARED_S, alert->cleared_s, 0);
    bind_unless(statement, PUBLISHED_S, alert->published_s, STORY_NO_DATE);
    bind_number(statement, DISPOSITION, alert->disposition);
    bind_number(statement, IS_DRILL, alert->is_drill);
    bind_number(statement, IS_SILENT, alert->is_silent);
    bind_number(statement, LAMP, alert->lamp < ROLE_BUZZER ? (int64_t)alert->lamp : -1);
    bind_unless(statement, JOINED, alert->joined, 0);
    bind_number(statement, SOURCES, alert->sources);
    bind_number(statement, STORIES, alert->stories);
    bind_number(statement, RULE_LINE, alert->rule_line);
    const char *const texts[] = {alert->feed,  alert->title,     alert->link,
                                 alert->rule,  alert->rule_file, alert->section,
                                 alert->words, alert->spans,     alert->excerpt};
    for (int i = 0; i < (int)(sizeof texts / sizeof *texts); i++)
        sql_bind_text(statement, FEED + 1 + i, texts[i]);
    r = sql_run_once(statement);
    if (r == 0)
        *ret_id = sqlite3_last_insert_rowid(store->db);
    return r;
}

int store_add_alert(struct store *store, struct alert *alert) {
    return save_alert(store, alert, &alert->id);
}

static int prune_alerts(struct store *store) {
    static const char *const sql[] = {
        "DELETE FROM alerts WHERE disposition NOT IN (0, 9) AND id <= (SELECT id FROM alerts"
        " WHERE disposition NOT IN (0, 9) ORDER BY id DESC LIMIT 1 OFFSET ?)",
        "DELETE FROM alerts WHERE id <= (SELECT max(id) FROM alerts) - ?",
    };
    static const int kept[] = {STORE_UNRUNG_KEPT, STORE_ALERTS_KEPT + STORE_UNRUNG_KEPT};
    int r = 0;
    for (int i = 0; i < 2 && r == 0; i++) {
        SQL_STATEMENT *statement = NULL;
        r = sql_prepare(store->db, sql[i], &statement);
        if (r < 0)
            return r;
        (void)sqlite3_bind_int(statement, 1, kept[i]);
        r = sql_run_once(statement);
    }
    return r;
}

static int save_change(struct store *store, const struct alert_change *change) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "UPDATE alerts SET level = ?, lamp = ?, is_silent = ?, sources = ?,"
                        " stories = ? WHERE id = ?",
                        &statement);
    if (r < 0)
        return r;
    const int64_t values[] = {
        change->level,     change->lamp < ROLE_BUZZER ? (int64_t)change->lamp : -1,
        change->is_silent, change->sources,
        change->stories,   change->id};
    for (int i = 0; i < (int)(sizeof values / sizeof *values); i++)
        (void)sqlite3_bind_int64(statement, i + 1, values[i]);
    return sql_run_once(statement);
}

// What an alert joined, where that is another of the same poll.
static int64_t joined_id(const struct alert *alert, const int64_t *ids) {
    return alert->joined < 0 ? ids[-1 - alert->joined] : alert->joined;
}

int store_save_alerts(struct store *store, const struct store_poll *poll, int64_t *ret_ids) {
    int r = 0;
    for (size_t i = 0; i < poll->alert_count && r == 0; i++) {
        struct alert alert = poll->alerts[i];
        alert.joined = joined_id(&alert, ret_ids);
        r = save_alert(store, &alert, &ret_ids[i]);
    }
    for (size_t i = 0; i < poll->change_count && r == 0; i++)
        r = save_change(store, &poll->changes[i]);
    return r == 0 && poll->alert_count > 0 ? prune_alerts(store) : r;
}

void store_settle_alerts(const struct store_poll *poll, const int64_t *ids) {
    for (size_t i = 0; i < poll->alert_count; i++) {
        poll->alerts[i].id = ids[i];
        poll->alerts[i].joined = joined_id(&poll->alerts[i], ids);
    }
}

// --- reading ---------------------------------------------------------------------------------

// A number that must be below @count; @other where it is not: of a version with more of them.
static int64_t choice_of(sqlite3_stmt *row, enum column column, int count, int64_t other) {
    return sql_within(row, (int)column, 0, count - 1, other);
}

static uint32_t count_of(sqlite3_stmt *row, enum column column, uint32_t other) {
    return (uint32_t)sql_within(row, (int)column, 0, UINT32_MAX, other);
}

// Bytes, as the system has them.
static const char *file_name_of(sqlite3_stmt *row, enum column column) {
    const char *name = (const char *)sqlite3_column_text(row, (int)column);
    return name ? name : "";
}

static struct alert read_alert(sqlite3_stmt *row) {
    return (struct alert){
        .id = sqlite3_column_int64(row, ID),
        .level = (enum level)choice_of(row, LEVEL, LEVEL_COUNT, LEVEL_URGENT),
        .state = (enum alert_state)choice_of(row, STATE, ALERT_CLEARED + 1, ALERT_CLEARED),
        .disposition =
            (enum disposition)choice_of(row, DISPOSITION, DISPOSITION_COUNT, DISPOSITION_COUNT),
        .is_drill = sqlite3_column_int64(row, IS_DRILL) != 0,
        .is_silent = sqlite3_column_int64(row, IS_SILENT) != 0,
        .lamp = (enum board_role)choice_of(row, LAMP, ROLE_BUZZER, ROLE_COUNT),
        .rings = count_of(row, RINGS, 0),
        .sources = count_of(row, SOURCES, 1),
        .stories = count_of(row, STORIES, 1),
        .raised_s = sql_time(row, RAISED_S),
        .acknowledged_s = sql_time(row, ACKNOWLEDGED_S),
        .cleared_s = sql_time(row, CLEARED_S),
        .published_s = sql_date(row, PUBLISHED_S),
        .joined = sql_within(row, JOINED, 0, INT64_MAX, 0),
        .feed = sql_text(row, FEED),
        .title = sql_text(row, TITLE),
        .link = sql_text(row, LINK),
        .rule = sql_text(row, RULE),
        .rule_file = file_name_of(row, RULE_FILE),
        .rule_line = count_of(row, RULE_LINE, 0),
        .section = sql_text(row, SECTION),
        .words = sql_text(row, WORDS),
        .spans = sql_text(row, SPANS),
        .excerpt = sql_text(row, EXCERPT),
    };
}

static int each_row(sqlite3_stmt *statement, store_alert_fn each, void *userdata) {
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        const struct alert alert = read_alert(statement);
        const int r = sql_row_errno(statement);
        if (r < 0)
            return r;
        each(&alert, userdata);
    }
    return sql_errno(rc);
}

int store_each_raised(struct store *store, store_alert_fn each, void *userdata) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, "SELECT " COLUMNS " FROM alerts WHERE state = 0 ORDER BY id",
                        &statement);
    return r < 0 ? r : each_row(statement, each, userdata);
}

int store_each_alert(struct store *store, const struct store_alert_query *query,
                     store_alert_fn each, void *userdata) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "SELECT " COLUMNS " FROM alerts WHERE (?1 = 0 OR id = ?1)"
                        " AND (?2 = 0 OR joined = ?2) AND raised_s >= ?3"
                        " AND (?4 = 0 OR raised_s < ?4) AND (1 << state) & ?5"
                        " AND (1 << disposition) & ?6 ORDER BY id DESC LIMIT ?7",
                        &statement);
    if (r < 0)
        return r;
    const int64_t all = UINT32_MAX;
    const int64_t values[] = {
        query->id,
        query->joined,
        query->since_s,
        query->until_s,
        query->states ? query->states : all,
        query->dispositions ? query->dispositions : all,
        query->limit > 0 && query->limit < INT32_MAX ? (int64_t)query->limit : -1,
    };
    for (int i = 0; i < (int)(sizeof values / sizeof *values); i++)
        (void)sqlite3_bind_int64(statement, i + 1, values[i]);
    return each_row(statement, each, userdata);
}

// --- what becomes of them --------------------------------------------------------------------

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

// @id 0 = all of them.
static int acknowledge(struct store *store, int64_t id, int64_t now_s) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "UPDATE alerts SET state = 1, acknowledged_s = ?1 WHERE state = 0"
                        " AND (?2 = 0 OR id = ?2)",
                        &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(statement, 1, now_s);
    (void)sqlite3_bind_int64(statement, 2, id);
    return sql_run_once(statement);
}

int store_acknowledge_all(struct store *store, int64_t now_s) {
    return acknowledge(store, 0, now_s);
}

int store_acknowledge(struct store *store, int64_t id, int64_t now_s) {
    if (id <= 0)
        return -ENOENT;
    int r = acknowledge(store, id, now_s);
    return r == 0 && sqlite3_changes(store->db) == 0 ? -ENOENT : r;
}

int store_clear(struct store *store, const int64_t *ids, size_t count, int64_t now_s) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "UPDATE alerts SET state = 2, cleared_s = ? WHERE id = ? AND state = 0",
                        &statement);
    if (r == 0)
        r = sql_begin(store->db);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(statement, 1, now_s);
    for (size_t i = 0; i < count && r == 0; i++) {
        (void)sqlite3_bind_int64(statement, 2, ids[i]);
        r = sql_run_once(statement);
    }
    return sql_end(store->db, r);
}

// --- snoozes ---------------------------------------------------------------------------------

// Those that ended first go, where there are many.
static int prune_snoozes(struct store *store) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "DELETE FROM snoozes WHERE rule IN (SELECT rule FROM snoozes"
                        " ORDER BY until_s DESC LIMIT -1 OFFSET ?)",
                        &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int(statement, 1, STORE_SNOOZES_KEPT);
    return sql_run_once(statement);
}

int store_set_snooze(struct store *store, const char *rule, int64_t until_s) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        until_s > 0 ? "INSERT OR REPLACE INTO snoozes VALUES(?1, ?2)"
                                    : "DELETE FROM snoozes WHERE rule = ?1",
                        &statement);
    if (r < 0)
        return r;
    sql_bind_text(statement, 1, rule);
    if (until_s > 0)
        (void)sqlite3_bind_int64(statement, 2, until_s);
    r = sql_run_once(statement);
    return r == 0 ? prune_snoozes(store) : r;
}

int store_each_snooze(struct store *store, store_snooze_fn each, void *userdata) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, "SELECT rule, until_s FROM snoozes ORDER BY rule", &statement);
    if (r < 0)
        return r;
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        const char *rule = sql_text(statement, 0);
        r = sql_row_errno(statement);
        if (r < 0)
            return r;
        each(rule, sql_time(statement, 1), userdata);
    }
    return sql_errno(rc);
}
