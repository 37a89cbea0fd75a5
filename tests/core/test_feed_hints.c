// SPDX-License-Identifier: MIT
//
// What a feed says of when to ask for it, through the one door every feed comes in by.

#include "unit.h"

#include <stdio.h>

#include "core/feed/feed.h"
#include "wirebell/limits.h"

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S };

#define SY "http://purl.org/rss/1.0/modules/syndication/"

// Reads an RSS document with this in its channel, and an item.
static struct reading read_channel(const char *inside) {
    static char text[4096];
    struct arena *arena = NULL;
    struct reading reading = READING_NULL;
    int size = snprintf(text, sizeof text,
                        "<rss version='2.0' xmlns:s='%s'><channel><title>T</title>%s"
                        "<item><title>One</title></item></channel></rss>",
                        SY, inside);
    assert_true(size > 0 && (size_t)size < sizeof text);
    const struct feed_source source = {text, (size_t)size, "", ""};
    reading.update_s = reading.ttl_s = 4711; // of another document, must not stay
    reading.skip_hours = reading.skip_days = 7;
    assert_int_equal(arena_new(LIMIT_REPLY_MAX, &arena), 0);
    assert_int_equal(feed_read(&source, arena, &reading), 0);
    assert_int_equal(reading.outcome, READING_OK);
    assert_true(reading.story_count >= 1);
    assert_string_equal(reading.stories[0].title, "One");
    arena_free(arena);
    return reading;
}

static void a_feed_without_hints_gives_none(void **state) {
    (void)state;
    struct reading reading = read_channel("");
    assert_int_equal(reading.ttl_s, 0);
    assert_int_equal(reading.update_s, 0);
    assert_int_equal(reading.skip_hours, 0);
    assert_int_equal(reading.skip_days, 0);
}

static void ttl_is_minutes_up_to_a_day(void **state) {
    (void)state;
    static const struct {
        const char *channel;
        int64_t expected;
    } cases[] = {
        {"<ttl>60</ttl>", HOUR_S},
        {"<ttl> 5\n</ttl>", 300},
        {"<ttl>1440</ttl>", DAY_S},
        {"<ttl>1441</ttl>", 0},
        {"<ttl>-5</ttl>", 0},
        {"<ttl>soon</ttl>", 0},
        {"<ttl/>", 0},
        {"<ttl>1e9999</ttl>", 60},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (read_channel(cases[i].channel).ttl_s != cases[i].expected)
            fail_msg("%s", cases[i].channel);
}

static void update_is_the_period_over_the_frequency(void **state) {
    (void)state;
    static const struct {
        const char *channel;
        int64_t expected;
    } cases[] = {
        {"<sy:updatePeriod>hourly</sy:updatePeriod>"
         "<sy:updateFrequency>2</sy:updateFrequency>",
         HOUR_S / 2},
        {"<s:updatePeriod>\n\tDaily\t\n</s:updatePeriod>", DAY_S},
        {"<sy:updateFrequency>4</sy:updateFrequency>"
         "<sy:updatePeriod>weekly</sy:updatePeriod>",
         7 * DAY_S / 4},
        {"<sy:updatePeriod>monthly</sy:updatePeriod>", 30 * DAY_S},
        {"<sy:updatePeriod>yearly</sy:updatePeriod>", INT64_C(365) * DAY_S},
        {"<sy:updateFrequency>3</sy:updateFrequency>", DAY_S / 3}, // the default is daily
        {"<sy:updatePeriod>hourly</sy:updatePeriod>"
         "<sy:updateFrequency>0</sy:updateFrequency>",
         HOUR_S},
        {"<sy:updatePeriod>hourly</sy:updatePeriod>"
         "<sy:updateFrequency>-7</sy:updateFrequency>",
         HOUR_S},
        {"<sy:updatePeriod>hourly</sy:updatePeriod>"
         "<sy:updateFrequency>99999999999999999999</sy:updateFrequency>",
         HOUR_S},
        {"<sy:updatePeriod>now and then</sy:updatePeriod>", 0},
        {"<updatePeriod>hourly</updatePeriod>", 0}, // of no namespace: not the module's
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        if (read_channel(cases[i].channel).update_s != cases[i].expected)
            fail_msg("%s", cases[i].channel);
}

static void skipped_hours_are_bits_and_what_cannot_be_meant_is_passed_over(void **state) {
    (void)state;
    static const struct {
        const char *hours;
        uint32_t expected;
    } cases[] = {
        {"<hour>0</hour><hour>23</hour>", 1u << 23 | 1},
        {"<hour>24</hour>", 1}, // RSS 0.91 counts to 24
        {"<hour> 7 </hour>\n<hour>7</hour>", 1u << 7},
        {"<hour>07</hour><hour>25</hour><hour>-1</hour><hour>noon</hour>", 1u << 7},
        {"<hour>1</hour><!-- two --><hour><![CDATA[2]]></hour>", 6},
        {"1, 2,3", 14},
        {"<hour/>", 0},
        {"<hour", 0},
        {"", 0},
    };
    char channel[512];
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        (void)snprintf(channel, sizeof channel, "<skipHours>%s</skipHours>", cases[i].hours);
        if (read_channel(channel).skip_hours != cases[i].expected)
            fail_msg("%s: %x", cases[i].hours, read_channel(channel).skip_hours);
    }
}

static void skipped_days_are_english_names(void **state) {
    (void)state;
    assert_int_equal(
        read_channel("<skipDays><day>Sunday</day><day>saturday</day></skipDays>").skip_days,
        1 << 6 | 1);
    assert_int_equal(
        read_channel("<skipDays><day>Samstag</day><day>Mon</day><day>Friday</day></skipDays>")
            .skip_days,
        1 << 5);
}

static void a_list_too_long_or_of_everything_is_no_list(void **state) {
    (void)state;
    struct unit_text text = {(char[4096]){0}, 4096, 0};
    unit_put(&text, "<skipHours>");
    for (int i = 0; i < 25; i++)
        unit_put(&text, "<hour>3</hour>");
    unit_put(&text, "</skipHours><skipDays>");
    for (int i = 0; i < 8; i++)
        unit_put(&text, "<day>Monday</day>");
    unit_put(&text, "</skipDays>");
    struct reading reading = read_channel(text.bytes);
    assert_int_equal(reading.skip_hours, 0);
    assert_int_equal(reading.skip_days, 0);

    text.size = 0;
    unit_put(&text, "<skipHours>");
    for (int i = 0; i < 24; i++) {
        char hour[32];
        (void)snprintf(hour, sizeof hour, "<hour>%d</hour>", i);
        unit_put(&text, hour);
    }
    unit_put(&text, "</skipHours><skipDays><day>Monday</day><day>Tuesday</day>"
                    "<day>Wednesday</day><day>Thursday</day><day>Friday</day>"
                    "<day>Saturday</day><day>Sunday</day></skipDays>");
    reading = read_channel(text.bytes);
    assert_int_equal(reading.skip_hours, 0);
    assert_int_equal(reading.skip_days, 0);
}

static void hints_inside_an_item_are_not_the_feeds(void **state) {
    (void)state;
    struct reading reading =
        read_channel("<item><title>One</title><ttl>9</ttl><skipHours><hour>1</hour></skipHours>"
                     "</item>");
    assert_int_equal(reading.ttl_s, 0);
    assert_int_equal(reading.skip_hours, 0);
}

static void rss_1_says_it_in_its_channel(void **state) {
    (void)state;
    static const char text[] =
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:u='" SY "' "
        "xmlns='http://purl.org/rss/1.0/'><channel rdf:about='http://e.org/'><title>T</title>"
        "<u:updatePeriod>hourly</u:updatePeriod><u:updateFrequency>4</u:updateFrequency>"
        "<u:updateBase>2000-01-01T12:00+00:00</u:updateBase></channel>"
        "<item rdf:about='http://e.org/1'><title>One</title></item></rdf:RDF>";
    struct arena *arena = NULL;
    struct reading reading = READING_NULL;
    const struct feed_source source = {text, sizeof text - 1, "", ""};
    assert_int_equal(arena_new(LIMIT_REPLY_MAX, &arena), 0);
    assert_int_equal(feed_read(&source, arena, &reading), 0);
    assert_int_equal(reading.update_s, HOUR_S / 4);
    assert_int_equal(reading.story_count, 1);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feed_without_hints_gives_none),
        cmocka_unit_test(ttl_is_minutes_up_to_a_day),
        cmocka_unit_test(update_is_the_period_over_the_frequency),
        cmocka_unit_test(skipped_hours_are_bits_and_what_cannot_be_meant_is_passed_over),
        cmocka_unit_test(skipped_days_are_english_names),
        cmocka_unit_test(a_list_too_long_or_of_everything_is_no_list),
        cmocka_unit_test(hints_inside_an_item_are_not_the_feeds),
        cmocka_unit_test(rss_1_says_it_in_its_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
