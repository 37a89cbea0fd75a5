// SPDX-License-Identifier: MIT
//
// The way a story goes before and behind its judgement: new to the feed, the feed's baseline, and
// what the store then holds; with the real matcher, triage and store, over two feeds.

#include <stdlib.h>

#include "daemon/parts.h"
#include "port/store/store_alerts.h"

static const char keywords_text[] = "[bulletin name=\"Attacks\" lamp=amber]\ncyber attack*\n"
                                    "[urgent]\nharbour\n"
                                    "[flash]\ndeclares war\n"
                                    "[never]\nadvertorial\n";

enum { FEEDS = 2, NOW_S = 1774699200 };

static const char *const urls[FEEDS] = {"https://one.example/feed", "https://two.example/feed"};

static struct desk {
    struct parts parts;
    struct store_feed feeds[FEEDS];
    struct key_list unsaved[FEEDS];
    struct delivery delivery;
    struct moment now;
    bool is_catch_up;
} desk;

static int set_up(void **state) {
    (void)state;
    desk = (struct desk){
        .now = {.boot_us = INT64_C(900000000000), .wall_s = NOW_S, .is_trusted = true}};
    parts_open(&desk.parts, keywords_text);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    parts_close(&desk.parts);
    for (size_t i = 0; i < FEEDS; i++)
        free(desk.unsaved[i].keys);
    return 0;
}

// One look at a feed. Return: how many alerts were raised.
static size_t look(size_t feed, const struct story *stories, size_t count) {
    static const struct reading_request asked = {.etag = "", .last_modified = ""};
    struct reading reading = READING_NULL;
    reading.outcome = READING_OK;
    reading.stories = stories;
    reading.story_count = count;
    desk.delivery =
        parts_delivery(&desk.parts, urls[feed], &asked, &desk.feeds[feed], &desk.unsaved[feed]);
    desk.delivery.is_catch_up = desk.is_catch_up;
    desk.delivery.now = desk.now;
    assert_int_equal(delivery_run(&desk.delivery, &reading), 0);
    const size_t raised = raised_count(&desk.delivery);
    delivery_done(&desk.delivery);
    return raised;
}

struct history {
    char lines[512];
};

// "disposition joined sources/stories title" of each alert.
static void note(const struct alert *alert, void *userdata) {
    struct history *history = userdata;
    const size_t used = strlen(history->lines);
    (void)snprintf(history->lines + used, sizeof history->lines - used, "%s %jd %u/%u %s: %.12s\n",
                   disposition_name(alert->disposition), (intmax_t)alert->joined, alert->sources,
                   alert->stories, level_name(alert->level), alert->title);
}

static void assert_history(const char *expected) {
    struct history history = {""};
    assert_int_equal(
        store_each_alert(desk.parts.store, &(struct store_alert_query){0}, note, &history), 0);
    assert_string_equal(history.lines, expected);
}

static void take_baselines(void) {
    for (size_t i = 0; i < FEEDS; i++)
        assert_int_equal(look(i, NULL, 0), 0);
}

static void what_a_feed_shows_at_first_is_old_news(void **state) {
    (void)state;
    struct story stories[] = {a_story("1", "Cyber attack on the port"),
                              a_story("2", "Country declares war")};
    assert_int_equal(look(0, stories, 2), 0);
    assert_history(""); // and is not so much as a story that did not ring
    assert_int_equal(look(0, stories, 2), 0);
    assert_int_equal(look(0, (struct story[]){a_story("3", "Country declares war")}, 1), 1);
}

static void a_story_is_new_to_its_feed_once(void **state) {
    (void)state;
    take_baselines();
    struct story story = a_story("1", "Cyber attack on the port");
    assert_int_equal(look(0, &story, 1), 1);
    story.title = "UPDATE: attackers named, cyber attack over"; // edited
    for (int i = 0; i < 5; i++) {
        desk.now.boot_us += INT64_C(86400000000);
        desk.now.wall_s += 86400;
        assert_int_equal(look(0, &story, 1), 0);
    }
    assert_history("rang 0 1/1 bulletin: Cyber attack\n");
}

static void a_story_kept_silent_by_never_is_kept_with_that_rule(void **state) {
    (void)state;
    take_baselines();
    const struct story stories[] = {a_story("1", "Advertorial: survive a cyber attack"),
                                    a_story("2", "Advertorial: buy shoes")};
    assert_int_equal(look(0, stories, 2), 0);
    assert_history("never 0 1/1 bulletin: Advertorial:\n"); // the other would not have rung anyhow
}

static void the_same_story_in_two_feeds_is_one_alert_with_two_sources(void **state) {
    (void)state;
    take_baselines();
    const struct story one = a_story("1", "Experts study the cyber attack on the port");
    const struct story two = a_story("x", "Experts study cyberattack on port - The Two");
    assert_int_equal(look(0, &one, 1), 1);
    assert_int_equal(look(1, &two, 1), 0);
    assert_history("joined 1 1/1 bulletin: Experts stud\n"
                   "rang 0 2/1 bulletin: Experts stud\n");
}

static void twins_in_one_look_are_one_alert(void **state) {
    (void)state;
    take_baselines();
    const struct story stories[] = {a_story("1", "Cyber attack on the port"),
                                    a_story("2", "Cyber attack on the port"),
                                    a_story("3", "Country declares war after cyber attack")};
    assert_int_equal(look(0, stories, 3), 2);
    assert_history("joined 2 1/1 bulletin: Cyber attack\n"
                   "rang 0 1/1 bulletin: Cyber attack\n"
                   "rang 0 1/1 flash: Country decl\n"); // the loudest first
}

static void after_an_outage_all_feeds_together_raise_one_alert(void **state) {
    (void)state;
    take_baselines();
    desk.is_catch_up = true;
    const struct story one[] = {a_story("1", "Harbour closed by ice"),
                                a_story("2", "Cyber attack on the railway"),
                                a_story("3", "Ferry stuck outside harbour")};
    const struct story two = a_story("1", "Fishing resumes in the harbour");
    assert_int_equal(look(0, one, 3), 1);
    assert_int_equal(look(1, &two, 1), 0);
    assert_history("outage 1 1/1 urgent: Fishing resu\n"
                   "outage 1 1/1 urgent: Ferry stuck \n"
                   "outage 1 1/1 urgent: Harbour clos\n"
                   "rang 0 1/4 bulletin: Cyber attack\n");
}

static void recall(const struct alert *alert, void *userdata) {
    (void)userdata;
    triage_recall(desk.parts.triage, alert, &desk.now);
}

static void a_restart_forgets_no_story_that_rang(void **state) {
    (void)state;
    take_baselines();
    const struct story one = a_story("1", "Experts study the cyber attack on the port");
    const struct story two = a_story("x", "Experts study cyberattack on port - The Two");
    assert_int_equal(look(0, &one, 1), 1);
    triage_free(desk.parts.triage);
    assert_int_equal(triage_new(&policy_default, &desk.parts.triage), 0);
    assert_int_equal(
        store_each_alert(desk.parts.store, &(struct store_alert_query){0}, recall, NULL), 0);
    assert_int_equal(look(1, &two, 1), 0);
    assert_history("joined 1 1/1 bulletin: Experts stud\n"
                   "rang 0 2/1 bulletin: Experts stud\n");
}

static void assert_reason(const struct alert *alert, void *userdata) {
    *(bool *)userdata = true;
    assert_string_equal(alert->rule, "cyber attack*");
    assert_string_equal(alert->rule_file, "keywords");
    assert_int_equal(alert->rule_line, 2);
    assert_string_equal(alert->section, "Attacks");
    assert_int_equal(alert->lamp, ROLE_AMBER);
    assert_string_equal(alert->feed, urls[0]);
    assert_string_equal(alert->words, "cyber\u2011attacks");
    assert_string_equal(alert->spans, "text:18:15");
    assert_string_equal(alert->excerpt, "Port authority on cyber\u2011attacks in general.");
    assert_int_equal(alert->published_s, NOW_S - 60);
    assert_int_equal(alert->raised_s, NOW_S);
}

static void every_alert_can_say_why(void **state) {
    (void)state;
    take_baselines();
    struct story story = a_story("1", "Port under pressure");
    story.text = "Port authority on cyber\u2011attacks in general.";
    story.published_s = NOW_S - 60;
    assert_int_equal(look(0, &story, 1), 1);
    bool is_seen = false;
    assert_int_equal(store_each_raised(desk.parts.store, assert_reason, &is_seen), 0);
    assert_true(is_seen);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(what_a_feed_shows_at_first_is_old_news),
        TEST(a_story_is_new_to_its_feed_once),
        TEST(a_story_kept_silent_by_never_is_kept_with_that_rule),
        TEST(the_same_story_in_two_feeds_is_one_alert_with_two_sources),
        TEST(twins_in_one_look_are_one_alert),
        TEST(after_an_outage_all_feeds_together_raise_one_alert),
        TEST(a_restart_forgets_no_story_that_rang),
        TEST(every_alert_can_say_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
