// SPDX-License-Identifier: MIT

#include "port/store_place.h"

#include <sys/stat.h>

#include "nouns.h"
#include "port/store/store_stories.h"

enum { DAY_S = 86400, NOW_S = 1774699200 };

static struct story a_dated_story(const char *title, int64_t published_s) {
    return (struct story){.id = "an id",
                          .title = title,
                          .link = "https://example.org/1",
                          .author = "A. Writer",
                          .category = "one\ntwo",
                          .text = "A text.",
                          .published_s = published_s};
}

static void keep(struct store *store, const char *url, const struct story *stories, size_t count,
                 int64_t now_s) {
    const struct story *list[64];
    assert_true(count <= ARRAY_SIZE(list));
    for (size_t i = 0; i < count; i++)
        list[i] = &stories[i];
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    commit_or_fail(
        store,
        &(struct store_poll){
            .url = url, .feed = &feed, .stories = list, .story_count = count, .now_s = now_s});
}

struct found {
    size_t count;
    char titles[256];
    struct story last;
    int64_t last_seen_s;
    char text[STORE_STORY_TEXT + 8];
    char feed[64];
};

static void note(const char *feed, const struct story *story, int64_t seen_s, void *userdata) {
    struct found *found = userdata;
    const size_t used = strlen(found->titles);
    found->count++;
    found->last_seen_s = seen_s;
    found->last = *story;
    (void)snprintf(found->text, sizeof found->text, "%s", story->text);
    (void)snprintf(found->feed, sizeof found->feed, "%s", feed);
    (void)snprintf(found->titles + used, sizeof found->titles - used, "%s%.8s", used ? " " : "",
                   story->title);
}

static struct found ask(struct store *store, int64_t since_s) {
    struct found found = {.count = 0};
    assert_int_equal(store_each_story(store, since_s, note, &found), 0);
    return found;
}

static void stories_come_back_in_the_order_of_their_dates(void **state) {
    struct store *store = *state;
    const struct story stories[] = {
        a_dated_story("late", NOW_S - 60), a_dated_story("undated", STORY_NO_DATE),
        a_dated_story("early", NOW_S - 3600), a_dated_story("ancient", NOW_S - 8 * DAY_S)};
    keep(store, URL, stories, 4, NOW_S);
    const struct found all = ask(store, 0);
    assert_string_equal(all.titles, "early late undated"); // what was old when seen is not kept
    assert_string_equal(all.feed, URL);
    assert_int_equal(all.last_seen_s, NOW_S);
    assert_true(all.last.published_s == STORY_NO_DATE);
    assert_string_equal(ask(store, NOW_S - 600).titles, "late undated");
    assert_string_equal(ask(store, NOW_S + 1).titles, "");
}

static void long_fields_are_cut_at_whole_characters(void **state) {
    struct store *store = *state;
    char text[STORE_STORY_TEXT + 100] = "";
    for (size_t i = 0; i < STORE_STORY_TEXT - 1; i++)
        text[i] = 'x';
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "\u00FC and so on");
    struct story story = a_dated_story("cut", NOW_S);
    story.text = text;
    keep(store, "u", &story, 1, NOW_S);
    assert_int_equal(strlen(ask(store, 0).text), STORE_STORY_TEXT - 1);
}

static void the_oldest_go_after_a_week_and_once_a_day(void **state) {
    struct store *store = *state;
    for (int day = 0; day < 12; day++) {
        const int64_t now_s = NOW_S + (int64_t)day * DAY_S;
        const struct story story = a_dated_story("daily", now_s);
        keep(store, "u", &story, 1, now_s);
        assert_true(ask(store, 0).count <= STORE_STORIES_DAYS + STORE_STORIES_DAYS_MORE + 1);
    }
    assert_true(ask(store, 0).count >= STORE_STORIES_DAYS);
}

static void stories_are_bounded_by_count(void **state) {
    struct store *store = *state;
    static struct story stories[64];
    for (size_t i = 0; i < ARRAY_SIZE(stories); i++)
        stories[i] = a_dated_story("one of many", STORY_NO_DATE);
    size_t most = 0;
    for (size_t i = 0; i < (STORE_STORIES_KEPT + 3 * STORE_STORIES_MORE) / 64; i++) {
        keep(store, "u", stories, 64, NOW_S);
        if (i % 40 == 0 && ask(store, 0).count > most)
            most = ask(store, 0).count;
    }
    assert_in_range(ask(store, 0).count, STORE_STORIES_KEPT,
                    STORE_STORIES_KEPT + STORE_STORIES_MORE + 64);
    assert_true(most <= STORE_STORIES_KEPT + STORE_STORIES_MORE + 64);
}

// --- what a poll costs ---------------------------------------------------------------------------

static size_t size_of(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? (size_t)status.st_size : 0;
}

// A poll of a feed that has been read for long: new keys, validators, items, stories, one alert.
static void commit_fifty(struct store *store, struct store_feed *feed, uint64_t seed) {
    static struct story stories[50];
    const struct story *list[50];
    static char texts[50][STORE_STORY_TEXT * 2], links[50][96], titles[50][96];
    uint64_t keys[50], hashes[100];
    for (size_t i = 0; i < 100; i++)
        hashes[i] = (uint64_t)(i + 1) << 40;
    for (size_t i = 0; i < 50; i++) {
        keys[i] = random_next(&seed);
        memset(texts[i], 'a' + (int)(keys[i] % 26), sizeof texts[i] - 1);
        (void)snprintf(links[i], sizeof links[i],
                       "https://www.example.org/news/world/2026/some-story-with-a-name-%016jx",
                       (uintmax_t)keys[i]);
        (void)snprintf(titles[i], sizeof titles[i],
                       "A headline of the usual length about something that happened %016jx",
                       (uintmax_t)keys[i]);
        stories[i] = a_dated_story(titles[i], NOW_S);
        stories[i].link = links[i];
        stories[i].text = texts[i];
        list[i] = &stories[i];
    }
    struct alert alert = an_alert(LEVEL_URGENT, titles[0], NOW_S);
    alert.published_s = NOW_S;
    alert.link = links[0];
    alert.words = "cyber attack";
    alert.spans = "title:0:12";
    alert.excerpt = titles[0];
    const struct store_validators validators = {"\"an entity tag\"",
                                                "Sat, 28 Mar 2026 12:00:00 GMT"};
    const struct store_poll poll = {.url = URL,
                                    .feed = feed,
                                    .validators = &validators,
                                    .items = &(struct reading_items){hashes, 100},
                                    .new_keys = keys,
                                    .new_key_count = 50,
                                    .stories = list,
                                    .story_count = 50,
                                    .now_s = NOW_S,
                                    .alerts = &alert,
                                    .alert_count = 1};
    commit_or_fail(store, &poll);
}

static void fifty_new_stories_write_at_most_80_KB(void **state) {
    const struct place *place = *state;
    char log[128];
    (void)snprintf(log, sizeof log, "%s-wal", place->db);
    struct store *store = open_or_fail(place);
    struct store_feed feed = {.baseline = BASELINE_TAKEN};
    for (uint64_t i = 0; i < 40; i++)
        commit_fifty(store, &feed, i);
    store_close(store); // takes the log over into the file

    store = open_or_fail(place);
    size_t before = size_of(log), most = 0;
    for (uint64_t i = 100; i < 105; i++) {
        commit_fifty(store, &feed, i);
        const size_t after = size_of(log);
        if (after - before > most)
            most = after - before;
        before = after;
    }
    store_close(store);
    print_message("fifty new stories: %zu bytes written at most\n", most);
    assert_in_range(most, 1, 80 * 1024);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_MEMORY(stories_come_back_in_the_order_of_their_dates),
        IN_MEMORY(long_fields_are_cut_at_whole_characters),
        IN_MEMORY(the_oldest_go_after_a_week_and_once_a_day),
        IN_MEMORY(stories_are_bounded_by_count),
        IN_PLACE(fifty_new_stories_write_at_most_80_KB),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
