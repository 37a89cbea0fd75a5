// SPDX-License-Identifier: MIT
//
// The way a story goes, question by question as ALERTS.md asks them, over simulated days.

#include "core/newsdesk.h"

#include <stdio.h>

// Titles that have nothing in common.
static const char *title_of(size_t number) {
    static const char *const subjects[] = {"harbour", "museum", "bridge", "airport", "refinery"};
    static const char *const verbs[] = {"closes", "burns", "floods", "reopens", "collapses"};
    static char titles[64][80];
    char *title = titles[number % 64];
    (void)snprintf(title, sizeof titles[0], "%s %s %zu", subjects[number % 5],
                   verbs[number / 5 % 5], number);
    return title;
}

static struct news some_news(size_t number, enum level level) {
    return (struct news){.title = title_of(number), .level = level};
}

// --- old items as news -------------------------------------------------------------------------

static void a_story_rings_once(void **state) {
    (void)state;
    const struct news news = {"EU condemns cyber attack on Ukraine", .level = LEVEL_URGENT};
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    const struct trace trace = newsdesk_run(&desk, DAY);
    assert_int_equal(trace.strokes, 3);
    assert_true(trace.lit_us[ROLE_AMBER] > 11 * HOUR);
}

static void an_old_story_that_comes_back_does_not_ring(void **state) {
    (void)state;
    // A feed that was moved shows last week's stories under new ids.
    for (size_t i = 0; i < 20; i++) {
        struct news old = some_news(i, LEVEL_FLASH);
        old.age_s = 86401 + (int64_t)i * 86400 / 2;
        assert_int_equal(newsdesk_story(&desk, old), DISPOSITION_OLD);
    }
    const struct trace trace = newsdesk_run(&desk, DAY);
    assert_int_equal(trace.strokes, 0);
    assert_int_equal(trace.lit_us[ROLE_RED], 0);
    struct news fresh = some_news(99, LEVEL_FLASH);
    fresh.age_s = 86399;
    assert_int_equal(newsdesk_story(&desk, fresh), DISPOSITION_RANG);
    assert_true(newsdesk_run(&desk, 10 * S).strokes == 10);
}

static void a_date_in_the_future_counts_as_now(void **state) {
    (void)state;
    struct news news = some_news(1, LEVEL_URGENT);
    news.published_s = desk.now.wall_s + 40 * 86400;
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
}

static void a_story_without_a_date_is_as_old_as_its_first_sight(void **state) {
    (void)state;
    struct news news = some_news(1, LEVEL_URGENT);
    news.age_s = -1;
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
}

static void while_the_clock_is_not_set_no_date_is_believed(void **state) {
    (void)state;
    desk.now.is_trusted = false;
    desk.now.wall_s = 100; // 1970: all dates lie in the future
    struct news news = some_news(1, LEVEL_URGENT);
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    desk.now.wall_s = NOON_S + 40000 * INT64_C(86400); // or all in the past
    news = some_news(2, LEVEL_URGENT);
    news.age_s = 30000 * INT64_C(86400);
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    assert_int_equal(newsdesk_run(&desk, MINUTE).strokes, 3);
}

static void a_story_that_meets_never_does_not_ring(void **state) {
    (void)state;
    struct news news = some_news(1, LEVEL_FLASH);
    news.is_never = true;
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_NEVER);
    assert_int_equal(newsdesk_run(&desk, HOUR).strokes, 0);
    news.is_never = false; // and it did not become an alert that the next one could join
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
}

// --- the same story many times -----------------------------------------------------------------

static void the_same_story_from_five_sites_rings_once(void **state) {
    (void)state;
    static const struct news stories[] = {
        {"EU condemns cyber attack on Ukraine's power grid", "https://www.one.example/a?utm_id=1",
         "https://one.example/feed", .level = LEVEL_URGENT},
        {"Live: EU condemns cyber attack on Ukraine's power grid", "https://one.example/a#live",
         "https://one.example/live", .level = LEVEL_URGENT},
        {"EU condemns cyberattack on Ukraine power grid - The Two", "https://two.example/1",
         "https://two.example/feed", .level = LEVEL_URGENT},
        {"EU condemns cyber-attacks against Ukraine's power grid", "https://three.example/1",
         "https://three.example/feed", .level = LEVEL_URGENT},
        {"UPDATE 2-EU condemns cyberattack on Ukrainian power grid", "https://four.example/1",
         "https://four.example/feed", .level = LEVEL_URGENT},
        {"EU condemns cyber attack on Ukraine’s power grid", "https://five.example/1",
         "https://five.example/feed", .level = LEVEL_URGENT},
    };
    struct trace trace = {.strokes = 0};
    for (size_t i = 0; i < ARRAY_SIZE(stories); i++) {
        assert_int_equal(newsdesk_story(&desk, stories[i]),
                         i == 0 ? DISPOSITION_RANG : DISPOSITION_JOINED);
        trace.strokes += newsdesk_run(&desk, 40 * MINUTE).strokes;
    }
    assert_int_equal(trace.strokes, 3);
    assert_int_equal(desk.kept[5].joined, 1);
    assert_int_equal(newsdesk_last(&desk)->sources, 5); // six feeds, five sites
}

static void an_edited_story_does_not_ring_again(void **state) {
    (void)state;
    // Some feeds give a story a new id with every edit; its address stays.
    struct news news = {"Explosion at chemical plant, several hurt", "https://one.example/plant",
                        .level = LEVEL_BULLETIN};
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    (void)newsdesk_run(&desk, 11 * MINUTE); // with its one repeat
    for (size_t day = 0; day < 4; day++) {
        news.title = title_of(day);
        assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_JOINED);
        assert_int_equal(newsdesk_run(&desk, DAY).strokes, 0);
    }
}

static void near_titles_join_for_twelve_hours_only(void **state) {
    (void)state;
    struct news news = {"Ransomware attack shuts down hospital in Lyon", .level = LEVEL_URGENT,
                        .feed = "https://one.example/feed"};
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    (void)newsdesk_run(&desk, 12 * HOUR - S);
    news.feed = "https://two.example/feed";
    news.title = "Lyon hospital shut down by ransomware attack";
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_JOINED);
    (void)newsdesk_run(&desk, 12 * HOUR);
    news.feed = "https://three.example/feed";
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
}

static void a_louder_rule_is_heard_through_a_story_that_is_known(void **state) {
    (void)state;
    struct news news = {"Explosion at reactor building in Zaporizhzhia", "https://one.example/1",
                        .level = LEVEL_URGENT, .feed = "https://one.example/feed"};
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    assert_int_equal(newsdesk_run(&desk, HOUR).strokes, 3);
    news.feed = "https://two.example/feed";
    news.level = LEVEL_FLASH;
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_JOINED);
    struct trace trace = newsdesk_run(&desk, 30 * S);
    assert_int_equal(trace.strokes, 10);
    assert_true(trace.lit_us[ROLE_RED] > 10 * S);
    // Once it was seen a louder one is an alert of its own.
    newsdesk_acknowledge(&desk);
    news.feed = "https://three.example/feed";
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_JOINED);
    assert_int_equal(newsdesk_run(&desk, HOUR).strokes, 0);
}

static void a_louder_story_rings_although_the_quiet_one_was_acknowledged(void **state) {
    (void)state;
    struct news news = {"Explosion at reactor building in Zaporizhzhia", "https://one.example/1",
                        .level = LEVEL_URGENT};
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    newsdesk_acknowledge(&desk);
    news.level = LEVEL_FLASH;
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    assert_int_equal(newsdesk_run(&desk, 30 * S).strokes, 10);
}

static void enough_sources_raise_an_alert_by_one_level_once(void **state) {
    (void)state;
    desk.policy.raise_sources = 3;
    newsdesk_reopen(&desk);
    static const char *const feeds[] = {"https://one.example/a", "https://one.example/b",
                                        "https://two.example/", "https://three.example/",
                                        "https://four.example/"};
    uint32_t strokes[5];
    for (size_t i = 0; i < 5; i++) {
        (void)newsdesk_story(&desk, (struct news){"Bridge collapses in Genoa harbour at noon",
                                                  .feed = feeds[i], .level = LEVEL_URGENT});
        strokes[i] = newsdesk_run(&desk, MINUTE).strokes;
    }
    assert_int_equal(strokes[0], 3);
    assert_int_equal(strokes[1], 0); // another feed of the same site
    assert_int_equal(strokes[2], 0);
    assert_int_equal(strokes[3], 5); // the third site: a bulletin now
    assert_int_equal(strokes[4], 0);
    assert_int_equal(newsdesk_last(&desk)->level, LEVEL_BULLETIN);
    assert_int_equal(newsdesk_last(&desk)->sources, 4);
}

// --- silent rules ------------------------------------------------------------------------------

static void every_story_of_its_own_rings(void **state) {
    (void)state;
    // Ten a feed and hour through a day, many alike: none may be swallowed.
    uint32_t strokes = 0;
    for (size_t hour = 0; hour < 12; hour++) {
        char title[80];
        (void)snprintf(title, sizeof title, "Magnitude %zu.%zu earthquake shakes northern Chile",
                       4 + hour / 10, hour % 10);
        assert_int_equal(newsdesk_story(&desk, (struct news){title, .level = LEVEL_URGENT}),
                         DISPOSITION_RANG);
        assert_int_equal(
            newsdesk_story(&desk, (struct news){"Weather warning", .level = LEVEL_URGENT}),
            DISPOSITION_RANG);
        strokes += newsdesk_run(&desk, HOUR).strokes;
    }
    assert_int_equal(strokes, 12 * 3); // two at a time ring once
}

static void a_snoozed_rule_is_silent_until_its_snooze_ends(void **state) {
    (void)state;
    triage_snooze(desk.triage, "noisy", desk.now.boot_us + HOUR);
    struct news noisy = some_news(1, LEVEL_URGENT);
    noisy.rule = "noisy";
    assert_int_equal(newsdesk_story(&desk, noisy), DISPOSITION_SNOOZED);
    assert_int_equal(newsdesk_story(&desk, some_news(2, LEVEL_URGENT)), DISPOSITION_RANG);
    (void)newsdesk_run(&desk, HOUR - S);
    noisy.title = title_of(3);
    assert_int_equal(newsdesk_story(&desk, noisy), DISPOSITION_SNOOZED);
    (void)newsdesk_run(&desk, S);
    assert_int_equal(triage_snoozed_until_us(desk.triage, "noisy", desk.now.boot_us), 0);
    assert_int_equal(newsdesk_story(&desk, noisy), DISPOSITION_RANG);
}

static void a_snooze_of_all_silences_all_and_ends(void **state) {
    (void)state;
    triage_snooze(desk.triage, "", desk.now.boot_us + HOUR);
    assert_int_equal(newsdesk_story(&desk, some_news(1, LEVEL_FLASH)), DISPOSITION_SNOOZED);
    triage_snooze(desk.triage, "", 0);
    assert_int_equal(newsdesk_story(&desk, some_news(2, LEVEL_FLASH)), DISPOSITION_RANG);
}

static void a_rule_that_cools_down_does_not_ring_again_before(void **state) {
    (void)state;
    static const struct keywords_section section = {
        .name = "", .lamp = ROLE_COUNT, .cooldown_s = 1800, .from_min = -1, .until_min = -1};
    struct news news = {.title = title_of(1), .level = LEVEL_URGENT, .section = &section};
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    (void)newsdesk_run(&desk, 30 * MINUTE - S);
    news.title = title_of(2);
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_COOLDOWN);
    news.rule = "another rule of the section";
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    (void)newsdesk_run(&desk, S);
    news.rule = NULL;
    news.title = title_of(3);
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
}

static void a_section_rings_within_its_hours_only(void **state) {
    (void)state;
    static const struct keywords_section section = {
        .name = "", .lamp = ROLE_COUNT, .from_min = 7 * 60, .until_min = 23 * 60};
    struct news news = {.title = title_of(1), .level = LEVEL_URGENT, .section = &section};
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    (void)newsdesk_run_until(&desk, 23, 0);
    news.title = title_of(2);
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_HOURS);
    desk.now.is_trusted = false; // who knows what time it is?
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    desk.now.is_trusted = true;
    (void)newsdesk_run_until(&desk, 7, 0);
    news.title = title_of(3);
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
}

// --- the budget --------------------------------------------------------------------------------

static void a_flood_is_one_alert_with_the_count_and_then_a_steady_lamp(void **state) {
    (void)state;
    uint32_t strokes = 0;
    size_t rang = 0, flooded = 0;
    for (size_t i = 0; i < 40; i++) {
        const enum disposition disposition = newsdesk_story(&desk, some_news(i, LEVEL_URGENT));
        rang += disposition == DISPOSITION_RANG;
        flooded += disposition == DISPOSITION_FLOOD;
        strokes += newsdesk_run(&desk, 10 * S).strokes;
    }
    assert_int_equal(rang, 11); // ten, and the flood
    assert_int_equal(flooded, 29);
    assert_int_equal(newsdesk_last(&desk)->stories, 40);
    assert_int_equal(strokes, 11 * 3);
    const struct trace trace = newsdesk_run(&desk, HOUR);
    assert_int_equal(trace.strokes, 0);
    assert_int_equal(trace.edges[ROLE_AMBER], 0);
    assert_int_equal(trace.lit_us[ROLE_AMBER], HOUR);
}

static void a_flash_is_exempt_from_the_budget(void **state) {
    (void)state;
    for (size_t i = 0; i < 20; i++)
        (void)newsdesk_story(&desk, some_news(i, LEVEL_URGENT));
    (void)newsdesk_run(&desk, MINUTE);
    assert_int_equal(newsdesk_story(&desk, some_news(50, LEVEL_FLASH)), DISPOSITION_RANG);
    const struct trace trace = newsdesk_run(&desk, 20 * S);
    assert_int_equal(trace.strokes, 10);
    assert_true(trace.edges[ROLE_RED] > 40); // and it blinks
}

static void a_budget_that_is_changed_counts_from_then_on(void **state) {
    (void)state;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(newsdesk_story(&desk, some_news(i, LEVEL_URGENT)), DISPOSITION_RANG);
    desk.policy.budget_count = 3;
    assert_int_equal(newsdesk_story(&desk, some_news(5, LEVEL_URGENT)), DISPOSITION_RANG);
    assert_int_equal(newsdesk_last(&desk)->stories, 4); // the flood
    desk.policy.budget_count = 20;
    for (size_t i = 6; i < 20; i++)
        assert_int_equal(newsdesk_story(&desk, some_news(i, LEVEL_URGENT)), DISPOSITION_RANG);
}

static void when_the_flood_ebbs_stories_ring_again(void **state) {
    (void)state;
    for (size_t i = 0; i < 30; i++) {
        (void)newsdesk_story(&desk, some_news(i, LEVEL_URGENT));
        (void)newsdesk_run(&desk, 30 * S);
    }
    assert_int_equal(newsdesk_story(&desk, some_news(30, LEVEL_URGENT)), DISPOSITION_FLOOD);
    (void)newsdesk_run(&desk, 11 * MINUTE);
    assert_int_equal(newsdesk_story(&desk, some_news(31, LEVEL_URGENT)), DISPOSITION_RANG);
}

static void a_flood_that_goes_on_after_it_was_seen_says_so_once_more(void **state) {
    (void)state;
    for (size_t i = 0; i < 20; i++)
        (void)newsdesk_story(&desk, some_news(i, LEVEL_URGENT));
    (void)newsdesk_run(&desk, MINUTE);
    newsdesk_acknowledge(&desk);
    assert_int_equal(newsdesk_run(&desk, MINUTE).lit_us[ROLE_AMBER], 0);
    assert_int_equal(newsdesk_story(&desk, some_news(20, LEVEL_URGENT)), DISPOSITION_RANG);
    assert_int_equal(newsdesk_story(&desk, some_news(21, LEVEL_URGENT)), DISPOSITION_FLOOD);
    assert_int_equal(newsdesk_run(&desk, MINUTE).strokes, 3);
}

// --- outages and restarts ----------------------------------------------------------------------

static void after_an_outage_there_is_one_ring_at_the_highest_level(void **state) {
    (void)state;
    // Forty feeds come back within five minutes; the delivery judges the loudest of each first.
    uint32_t strokes = 0;
    for (size_t i = 0; i < 40; i++) {
        struct news news = some_news(i, i == 0 ? LEVEL_BULLETIN : LEVEL_URGENT);
        news.is_catch_up = true;
        assert_int_equal(newsdesk_story(&desk, news),
                         i == 0 ? DISPOSITION_RANG : DISPOSITION_OUTAGE);
        strokes += newsdesk_run(&desk, 7 * S).strokes;
    }
    assert_int_equal(strokes, 5);
    assert_int_equal(newsdesk_last(&desk)->stories, 40);
    assert_int_equal(newsdesk_last(&desk)->level, LEVEL_BULLETIN);
    // What is new after that is news.
    (void)newsdesk_run(&desk, 20 * MINUTE);
    assert_int_equal(newsdesk_story(&desk, some_news(50, LEVEL_URGENT)), DISPOSITION_RANG);
}

static void an_outage_hides_no_flash_that_comes_to_light_later(void **state) {
    (void)state;
    struct news news = some_news(1, LEVEL_URGENT);
    news.is_catch_up = true;
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    assert_int_equal(newsdesk_run(&desk, MINUTE).strokes, 3);
    news = some_news(2, LEVEL_FLASH);
    news.is_catch_up = true;
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_OUTAGE);
    assert_int_equal(newsdesk_run(&desk, 20 * S).strokes, 10);
}

static void after_a_restart_a_known_story_is_still_known(void **state) {
    (void)state;
    struct news news = {"Ship runs aground in Suez Canal", "https://one.example/1",
                        .feed = "https://one.example/feed", .level = LEVEL_URGENT};
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_RANG);
    (void)newsdesk_run(&desk, HOUR);
    newsdesk_restart(&desk);
    struct trace trace = newsdesk_run(&desk, MINUTE);
    assert_int_equal(trace.strokes, 0);
    assert_true(trace.lit_us[ROLE_AMBER] > 20 * S); // lit again, silent
    news.feed = "https://two.example/feed";
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_JOINED);
    newsdesk_acknowledge(&desk);
    newsdesk_restart(&desk);
    news.feed = "https://three.example/feed";
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_JOINED);
    assert_int_equal(newsdesk_run(&desk, DAY).lit_us[ROLE_AMBER], 0);
    desk.now.is_trusted = false; // a Pi without a clock chip, before NTP
    desk.now.wall_s = 1000;
    newsdesk_restart(&desk);
    assert_int_equal(newsdesk_story(&desk, news), DISPOSITION_JOINED);
}

static void what_is_remembered_is_bounded(void **state) {
    (void)state;
    struct newsdesk *d = &desk;
    static const struct keywords_section section = {.level = LEVEL_ROUTINE,
                                                    .name = "",
                                                    .lamp = ROLE_COUNT,
                                                    .cooldown_s = 60,
                                                    .from_min = -1,
                                                    .until_min = -1};
    for (size_t i = 0; i < 3 * TRIAGE_SIGHTINGS_MAX; i++) {
        char rule[32];
        (void)snprintf(rule, sizeof rule, "rule %zu", i);
        d->kept_count = 0;
        struct news news = some_news(i, LEVEL_ROUTINE);
        news.rule = rule;
        news.section = &section;
        (void)newsdesk_story(d, news);
        newsdesk_pass(d, 5 * MINUTE);
    }
    d->kept_count = 0;
    assert_int_equal(newsdesk_story(d, some_news(1, LEVEL_FLASH)), DISPOSITION_RANG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_story_rings_once),
        TEST(an_old_story_that_comes_back_does_not_ring),
        TEST(a_date_in_the_future_counts_as_now),
        TEST(a_story_without_a_date_is_as_old_as_its_first_sight),
        TEST(while_the_clock_is_not_set_no_date_is_believed),
        TEST(a_story_that_meets_never_does_not_ring),
        TEST(the_same_story_from_five_sites_rings_once),
        TEST(an_edited_story_does_not_ring_again),
        TEST(near_titles_join_for_twelve_hours_only),
        TEST(a_louder_rule_is_heard_through_a_story_that_is_known),
        TEST(a_louder_story_rings_although_the_quiet_one_was_acknowledged),
        TEST(enough_sources_raise_an_alert_by_one_level_once),
        TEST(every_story_of_its_own_rings),
        TEST(a_snoozed_rule_is_silent_until_its_snooze_ends),
        TEST(a_snooze_of_all_silences_all_and_ends),
        TEST(a_rule_that_cools_down_does_not_ring_again_before),
        TEST(a_section_rings_within_its_hours_only),
        TEST(a_flood_is_one_alert_with_the_count_and_then_a_steady_lamp),
        TEST(a_flash_is_exempt_from_the_budget),
        TEST(a_budget_that_is_changed_counts_from_then_on),
        TEST(when_the_flood_ebbs_stories_ring_again),
        TEST(a_flood_that_goes_on_after_it_was_seen_says_so_once_more),
        TEST(after_an_outage_there_is_one_ring_at_the_highest_level),
        TEST(an_outage_hides_no_flash_that_comes_to_light_later),
        TEST(after_a_restart_a_known_story_is_still_known),
        TEST(what_is_remembered_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
