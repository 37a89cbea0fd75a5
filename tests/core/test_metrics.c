// SPDX-License-Identifier: MIT
//
// The text is held to Prometheus' exposition format 0.0.4 byte for byte, for one wrong byte makes a
// reader refuse all of it.

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/alert/metrics.h"

static const struct alert a_ring = {
    .level = LEVEL_URGENT, .disposition = DISPOSITION_RANG, .raised_s = 1000};

static const char *put_feed(struct buffer *text, const char *url, int64_t good_s) {
    metrics_put_feed(text, &(struct feed_status){.url = url, .good_s = good_s});
    return buffer_terminate(text);
}

static const char *put(struct buffer *text, const struct metrics_counts *counts) {
    const struct metrics_state state = {
        .version = "1.2.3",
        .started_s = 1774699200,
        .feeds = {[FEED_FINE] = 7, [FEED_GONE] = 1},
        .rules = 42,
        .unacknowledged = 3,
        .is_clock_trusted = true,
    };
    metrics_put(text, &state, counts);
    return buffer_terminate(text);
}

// Is this a whole line of the text, and not its first?
static void assert_line(const char *text, const char *line) {
    char whole[200];
    (void)snprintf(whole, sizeof whole, "\n%s\n", line);
    if (!strstr(text, whole))
        fail_msg("no line %s in:\n%s", line, text);
}

static void a_feed_is_a_head_and_a_line(void **state) {
    (void)state;
    struct buffer text = BUFFER_NULL;
    metrics_put_feeds(&text);
    assert_string_equal(
        put_feed(&text, "https://example.org/feed", 1774699200),
        "# HELP wirebell_feed_last_success_timestamp_seconds When the feed was last read well, "
        "since 1970; 0 = never.\n"
        "# TYPE wirebell_feed_last_success_timestamp_seconds gauge\n"
        "wirebell_feed_last_success_timestamp_seconds{feed=\"https://example.org/feed\"} "
        "1774699200\n");
    buffer_done(&text);
}

static void labels_are_escaped(void **state) {
    (void)state;
    static const struct {
        const char *url, *label;
    } cases[] = {
        {"a\"b", "a\\\"b"},
        {"a\\b", "a\\\\b"},
        {"a\nb} 1\n", "a\\nb} 1\\n"},
        {"\\\"", "\\\\\\\""},
        {"K\xC3\xBC"
         "che",
         "K\xC3\xBC"
         "che"},
        {"broken \xC3", "broken ?"},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct buffer text = BUFFER_NULL;
        char line[200];
        (void)snprintf(line, sizeof line,
                       "wirebell_feed_last_success_timestamp_seconds{feed=\"%s\"} 0\n",
                       cases[i].label);
        assert_string_equal(put_feed(&text, cases[i].url, 0), line);
        buffer_done(&text);
    }
}

static void names_and_passwords_are_left_out(void **state) {
    (void)state;
    static const struct {
        const char *url, *label;
    } cases[] = {
        {"https://joe:secret@example.org/feed?a=b@c", "https://example.org/feed?a=b@c"},
        {"https://joe@example.org", "https://example.org"},
        {"https://joe:se@cret@example.org/", "https://example.org/"},
        {"https://example.org/@joe", "https://example.org/@joe"},
        {"https://example.org?joe@", "https://example.org?joe@"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct buffer text = BUFFER_NULL;
        char label[100];
        (void)snprintf(label, sizeof label, "{feed=\"%s\"}", cases[i].label);
        assert_non_null(strstr(put_feed(&text, cases[i].url, 0), label));
        assert_int_equal(metrics_is_private(cases[i].url),
                         strcmp(cases[i].url, cases[i].label) != 0);
        buffer_done(&text);
    }
}

static void two_feeds_that_look_the_same_are_told_once(void **state) {
    (void)state;
    struct buffer text = BUFFER_NULL;
    (void)put_feed(&text, "https://example.org/feed", 1);
    (void)put_feed(&text, "https://joe:a@example.org/feed", 2);
    (void)put_feed(&text, "https://joe:a@example.org/fee", 3);
    (void)put_feed(&text, "https://joe:b@example.org/fee", 4);
    assert_string_equal(
        buffer_terminate(&text),
        "wirebell_feed_last_success_timestamp_seconds{feed=\"https://example.org/feed\"} 1\n"
        "wirebell_feed_last_success_timestamp_seconds{feed=\"https://example.org/fee\"} 3\n");
    buffer_done(&text);
}

static void what_is_now_is_told(void **state) {
    (void)state;
    struct buffer text = BUFFER_NULL;
    const char *all = put(&text, &(struct metrics_counts){0});
    assert_line(all, "# TYPE wirebell_feeds gauge");
    assert_line(all, "wirebell_feeds{state=\"fine\"} 7");
    assert_line(all, "wirebell_feeds{state=\"failing\"} 0");
    assert_line(all, "wirebell_feeds{state=\"gone\"} 1");
    assert_line(all, "wirebell_rules 42");
    assert_line(all, "wirebell_alerts_unacknowledged 3");
    assert_line(all, "wirebell_clock_trusted 1");
    assert_line(all, "wirebell_healthy 0");
    assert_line(all, "wirebell_start_time_seconds 1774699200");
    assert_line(all, "wirebell_build_info{version=\"1.2.3\"} 1");
    buffer_done(&text);
}

static void rings_count_by_level_and_silence_by_reason(void **state) {
    (void)state;
    struct metrics_counts counts = {0};
    struct buffer text = BUFFER_NULL;
    struct alert alert = a_ring;
    metrics_count_alert(&counts, &alert);
    metrics_count_alert(&counts, &alert);
    alert.level = LEVEL_FLASH;
    metrics_count_alert(&counts, &alert);
    alert.is_drill = true;
    metrics_count_alert(&counts, &alert);
    alert.is_drill = false;
    alert.disposition = DISPOSITION_QUIET;
    metrics_count_alert(&counts, &alert);
    const char *all = put(&text, &counts);
    assert_line(all, "# TYPE wirebell_rings_total counter");
    assert_line(all, "wirebell_rings_total{level=\"urgent\"} 2");
    assert_line(all, "wirebell_rings_total{level=\"flash\"} 1");
    assert_line(all, "wirebell_rings_total{level=\"routine\"} 0");
    assert_line(all, "wirebell_suppressed_total{reason=\"quiet\"} 1");
    assert_line(all, "wirebell_suppressed_total{reason=\"joined\"} 0");
    assert_null(strstr(all, "reason=\"rang\""));
    buffer_done(&text);
}

static void acknowledge_times_are_a_histogram(void **state) {
    (void)state;
    static const int64_t took_s[] = {0, 10, 11, 200, 50000, -3600};
    struct metrics_counts counts = {0};
    struct buffer text = BUFFER_NULL;
    struct alert alert = a_ring;
    for (size_t i = 0; i < ARRAY_SIZE(took_s); i++) {
        alert.acknowledged_s = alert.raised_s + took_s[i];
        metrics_count_acknowledged(&counts, &alert);
    }
    alert.is_drill = true;
    metrics_count_acknowledged(&counts, &alert);
    const char *all = put(&text, &counts);
    const char *from = strstr(all, "# TYPE wirebell_acknowledge_duration_seconds");
    assert_non_null(from);
    assert_string_equal(from, "# TYPE wirebell_acknowledge_duration_seconds histogram\n"
                              "wirebell_acknowledge_duration_seconds_bucket{le=\"10\"} 3\n"
                              "wirebell_acknowledge_duration_seconds_bucket{le=\"30\"} 4\n"
                              "wirebell_acknowledge_duration_seconds_bucket{le=\"60\"} 4\n"
                              "wirebell_acknowledge_duration_seconds_bucket{le=\"120\"} 4\n"
                              "wirebell_acknowledge_duration_seconds_bucket{le=\"300\"} 5\n"
                              "wirebell_acknowledge_duration_seconds_bucket{le=\"900\"} 5\n"
                              "wirebell_acknowledge_duration_seconds_bucket{le=\"3600\"} 5\n"
                              "wirebell_acknowledge_duration_seconds_bucket{le=\"14400\"} 5\n"
                              "wirebell_acknowledge_duration_seconds_bucket{le=\"43200\"} 5\n"
                              "wirebell_acknowledge_duration_seconds_bucket{le=\"+Inf\"} 6\n"
                              "wirebell_acknowledge_duration_seconds_sum 50221\n"
                              "wirebell_acknowledge_duration_seconds_count 6\n");
    buffer_done(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_feed_is_a_head_and_a_line),
        cmocka_unit_test(labels_are_escaped),
        cmocka_unit_test(names_and_passwords_are_left_out),
        cmocka_unit_test(two_feeds_that_look_the_same_are_told_once),
        cmocka_unit_test(what_is_now_is_told),
        cmocka_unit_test(rings_count_by_level_and_silence_by_reason),
        cmocka_unit_test(acknowledge_times_are_a_histogram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
