// SPDX-License-Identifier: MIT

#include "port/store/store_stories.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

#include "port/store/sql.h"
#include "port/store/store.h"
#include "port/store/store_internal.h"

enum { DAY_S = 86400 };

// Binds as much of a text as may be kept, whole characters only.
static void bind_cut(sqlite3_stmt *statement, int index, const char *text, size_t max) {
    size_t size = strnlen(text, max + 1);
    if (size > max) {
        size = max;
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
    }
    (void)sqlite3_bind_text(statement, index, text, (int)size, SQLITE_STATIC);
}

static int save_story(sqlite3_stmt *statement, const struct story *story) {
    if (story->published_s == STORY_NO_DATE)
        (void)sqlite3_bind_null(statement, 3);
    else
        (void)sqlite3_bind_int64(statement, 3, story->published_s);
    bind_cut(statement, 4, story->title, STORE_STORY_TITLE);
    bind_cut(statement, 5, story->link, STORE_STORY_LINK);
    bind_cut(statement, 6, story->author, STORE_STORY_AUTHOR);
    bind_cut(statement, 7, story->category, STORE_STORY_CATEGORY);
    bind_cut(statement, 8, story->text, STORE_STORY_TEXT);
    return sql_run_once(statement);
}

static int delete_up_to(struct store *store, int64_t id) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db, "DELETE FROM stories WHERE id <= ?", &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(statement, 1, id);
    return sql_run_once(statement);
}

// Rows are added at the end: the lowest ids are the oldest.
static int prune(struct store *store, int64_t now_s) {
    int64_t oldest_s = now_s, count = 0, last = 0;
    int r =
        store_query_number(store, "SELECT seen_s FROM stories ORDER BY id LIMIT ?", 1, &oldest_s);
    if (r == 0 && oldest_s < now_s - (STORE_STORIES_DAYS + STORE_STORIES_DAYS_MORE) * DAY_S)
        r = store_query_number(store, "SELECT max(id) FROM stories WHERE seen_s < ?",
                               now_s - STORE_STORIES_DAYS * DAY_S, &last);
    if (r == 0) // each by itself is found at once, both together by reading all
        r = store_query_number(store,
                               "SELECT (SELECT max(id) FROM stories)"
                               " - (SELECT min(id) FROM stories) + ?",
                               1, &count);
    if (r == 0 && count > STORE_STORIES_KEPT + STORE_STORIES_MORE)
        r = store_query_number(store, "SELECT max(id) - ? FROM stories", STORE_STORIES_KEPT, &last);
    return r == 0 && last > 0 ? delete_up_to(store, last) : r;
}

int store_save_stories(struct store *store, int64_t feed_id, const struct store_poll *poll) {
    SQL_STATEMENT *statement = NULL;
    const int64_t oldest_s = poll->now_s - STORE_STORIES_DAYS * DAY_S;
    bool is_any = false;
    int r = sql_prepare(store->db,
                        "INSERT INTO stories(feed, seen_s, published_s, title, link, author,"
                        " category, text) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
                        &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(statement, 1, feed_id);
    (void)sqlite3_bind_int64(statement, 2, poll->now_s);
    for (size_t i = 0; i < poll->story_count && r == 0; i++) {
        const struct story *story = poll->stories[i];
        if (story->published_s != STORY_NO_DATE && story->published_s < oldest_s)
            continue;
        is_any = true;
        r = save_story(statement, story);
    }
    return r == 0 && is_any ? prune(store, poll->now_s) : r;
}

int store_each_story(struct store *store, int64_t since_s, store_story_fn each, void *userdata) {
    SQL_STATEMENT *statement = NULL;
    int r = sql_prepare(store->db,
                        "SELECT url, seen_s, published_s, stories.title, link, author, category,"
                        " text FROM stories JOIN feeds ON feeds.id = stories.feed"
                        " WHERE seen_s >= ?1 AND coalesce(published_s, seen_s) >= ?1"
                        " ORDER BY min(coalesce(published_s, seen_s), seen_s), stories.id",
                        &statement);
    if (r < 0)
        return r;
    (void)sqlite3_bind_int64(statement, 1, since_s);
    int rc;
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        const struct story story = {
            .id = "",
            .title = sql_text(statement, 3),
            .link = sql_text(statement, 4),
            .author = sql_text(statement, 5),
            .category = sql_text(statement, 6),
            .text = sql_text(statement, 7),
            .published_s = sql_date(statement, 2),
        };
        const char *feed = sql_text(statement, 0);
        r = sql_row_errno(statement);
        if (r < 0)
            return r;
        each(feed, &story, sql_time(statement, 1), userdata);
    }
    return sql_errno(rc);
}
