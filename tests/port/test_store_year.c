// SPDX-License-Identifier: MIT
//
// A year of a busy feed in half a minute: once all that is pruned has reached its bound (keys of
// stories LIMIT_SEEN_PER_FEED, alerts STORE_ALERTS_KEPT, stories STORE_STORIES_DAYS), the state
// grows no more, and what is freed is used again.

#include "port/store_place.h"

#include "nouns.h"
#include "port/store/store_alerts.h"
#include "port/store/store_stories.h"

enum {
    DAY_S = 86400,
    NOW_S = 1774699200,
    FEEDS = 1,
    POLLS_A_DAY = 2,
    NEW_A_POLL = 200,
    ALERTS_A_POLL = 160,
    SETTLED_DAY = 80,
    DAYS = 365,
};

// Half of what matches rings, and was acknowledged long ago when it is pruned.
static struct alert a_past_alert(size_t number, const char *title, int64_t now_s) {
    struct alert alert = an_alert((enum level)(number % 3), title, now_s);
    alert.state = ALERT_ACKNOWLEDGED;
    alert.disposition = number % 2 ? DISPOSITION_RANG : DISPOSITION_COOLDOWN;
    alert.acknowledged_s = now_s + 60;
    alert.published_s = now_s - 60;
    alert.link = "https://example.org/a/story/of/some/length";
    alert.words = "cyber attack";
    alert.spans = "title:0:12";
    return alert;
}

static void poll_once(struct store *store, struct store_feed *feed, size_t which, int64_t now_s) {
    static uint64_t seed = 20260101;
    uint64_t keys[NEW_A_POLL];
    struct story stories[NEW_A_POLL];
    const struct story *list[NEW_A_POLL];
    struct alert alerts[ALERTS_A_POLL];
    char titles[NEW_A_POLL][80], url[40];
    (void)snprintf(url, sizeof url, "https://example.org/feed%zu", which);
    for (size_t i = 0; i < NEW_A_POLL; i++) {
        keys[i] = random_next(&seed);
        (void)snprintf(titles[i], sizeof titles[i], "cyber attack number %zu on the port of %jx", i,
                       (uintmax_t)keys[i]);
        stories[i] = (struct story){
            .id = "",
            .title = titles[i],
            .link = "https://example.org/a/story/of/some/length",
            .author = "A. Writer",
            .category = "one\ntwo",
            .text = "A text as long as most are when all is cut that is not kept of it.",
            .published_s = now_s - 60,
        };
        list[i] = &stories[i];
    }
    for (size_t i = 0; i < ALERTS_A_POLL; i++)
        alerts[i] = a_past_alert(i, titles[i], now_s);
    const struct store_poll poll = {
        .url = url,
        .feed = feed,
        .new_keys = keys,
        .new_key_count = NEW_A_POLL,
        .stories = list,
        .story_count = NEW_A_POLL,
        .now_s = now_s,
        .alerts = alerts,
        .alert_count = ALERTS_A_POLL,
    };
    commit_or_fail(store, &poll);
}

static void a_state_that_has_reached_its_bounds_grows_no_more(void **state) {
    struct store *store = *state;
    struct store_feed feeds[FEEDS] = {0};
    int64_t settled = 0, largest = 0;
    for (int day = 0; day < DAYS; day++) {
        for (size_t poll = 0; poll < POLLS_A_DAY * FEEDS; poll++)
            poll_once(store, &feeds[poll % FEEDS], poll % FEEDS,
                      NOW_S + (int64_t)day * DAY_S + (int64_t)poll * 3600);
        const int64_t pages = query(store, "PRAGMA page_count");
        if (day == SETTLED_DAY)
            settled = pages;
        largest = pages > largest ? pages : largest;
    }
    print_message("pages on day %d: %jd, at most in the year: %jd\n", SETTLED_DAY,
                  (intmax_t)settled, (intmax_t)largest);
    assert_true(largest <= settled + settled / 25);
    assert_int_equal(query(store, "SELECT count(*) FROM seen"), FEEDS * LIMIT_SEEN_PER_FEED);
    assert_true(query(store, "SELECT count(*) FROM stories") <=
                STORE_STORIES_KEPT + STORE_STORIES_MORE);
    assert_true(query(store, "SELECT count(*) FROM alerts") <=
                STORE_ALERTS_KEPT + STORE_UNRUNG_KEPT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_MEMORY(a_state_that_has_reached_its_bounds_grows_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
