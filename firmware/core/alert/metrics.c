// SPDX-License-Identifier: MIT

#include "core/alert/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/text/utf8.h"

// From a glance to a night: what a person at the desk, one in the kitchen, and nobody take.
static const int64_t bounds_s[METRICS_BOUNDS] = {10, 30, 60, 120, 300, 900, 3600, 14400, 43200};

// --- counting --------------------------------------------------------------------------------

void metrics_count_alert(struct metrics_counts *counts, const struct alert *alert) {
    if (alert->is_drill || alert->disposition >= DISPOSITION_COUNT)
        return;
    counts->became[alert->disposition]++;
    if (alert->disposition == DISPOSITION_RANG && alert->level < LEVEL_COUNT)
        counts->rang[alert->level]++;
}

void metrics_count_acknowledged(struct metrics_counts *counts, const struct alert *alert) {
    int64_t took_s = alert->acknowledged_s - alert->raised_s;
    if (alert->is_drill)
        return;
    if (took_s < 0)
        took_s = 0;
    size_t i = 0;
    while (i < METRICS_BOUNDS && took_s > bounds_s[i])
        i++;
    counts->acknowledged[i]++;
    counts->acknowledge_s += (uint64_t)took_s;
}

// --- the format ------------------------------------------------------------------------------

enum metric_type { COUNTER, GAUGE, HISTOGRAM };

static void put_head(struct buffer *text, const char *name, enum metric_type type,
                     const char *help) {
    static const char *const types[] = {
        [COUNTER] = "counter", [GAUGE] = "gauge", [HISTOGRAM] = "histogram"};
    const char *const pieces[] = {"# HELP ", name, " ",         help, "\n# TYPE ",
                                  name,      " ",  types[type], "\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        buffer_puts(text, pieces[i]);
}

static void put_number(struct buffer *text, int64_t number) {
    char digits[24];
    (void)snprintf(digits, sizeof digits, " %" PRId64 "\n", number);
    buffer_puts(text, digits);
}

static void put_sample(struct buffer *text, const char *name, int64_t number) {
    buffer_puts(text, name);
    put_number(text, number);
}

// @value: of our own, with nothing in it to be escaped.
static void put_labelled(struct buffer *text, const char *name, const char *label,
                         const char *value, int64_t number) {
    const char *const pieces[] = {name, "{", label, "=\"", value, "\"}"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        buffer_puts(text, pieces[i]);
    put_number(text, number);
}

// A backslash, a quote and a line end have two bytes each, others are themselves.
static void put_escaped(struct buffer *text, const char *value, size_t size) {
    for (size_t i = 0; i < size; i++) {
        switch (value[i]) {
        case '\\':
            buffer_puts(text, "\\\\");
            break;
        case '"':
            buffer_puts(text, "\\\"");
            break;
        case '\n':
            buffer_puts(text, "\\n");
            break;
        default:
            buffer_put(text, &value[i], 1);
        }
    }
}

// --- feeds -----------------------------------------------------------------------------------

#define LAST_SUCCESS "wirebell_feed_last_success_timestamp_seconds"

// Where the host begins, behind name and password; NULL where there is none of these.
static const char *find_host(const char *url) {
    const char *start = strstr(url, "://");
    if (!start)
        return NULL;
    start += 3;
    const char *end = start + strcspn(start, "/?#");
    const char *at = memrchr(start, '@', (size_t)(end - start));
    return at ? at + 1 : NULL;
}

bool metrics_is_private(const char *url) {
    return find_host(url) != NULL;
}

void metrics_put_feeds(struct buffer *text) {
    put_head(text, LAST_SUCCESS, GAUGE, "When the feed was last read well, since 1970; 0 = never.");
}

void metrics_put_feed(struct buffer *text, const struct feed_status *feed) {
    const char *host = find_host(feed->url);
    struct buffer line = BUFFER_NULL;
    buffer_puts(&line, LAST_SUCCESS "{feed=\"");
    if (host)
        put_escaped(&line, feed->url, (size_t)(strstr(feed->url, "://") + 3 - feed->url));
    put_escaped(&line, host ? host : feed->url, strlen(host ? host : feed->url));
    buffer_puts(&line, "\"}");
    if (!line.is_failed)
        utf8_mend(line.data, line.size);
    const bool is_twice = host && text->data && !line.is_failed &&
                          memmem(text->data, text->size, line.data, line.size);
    if (!is_twice) {
        buffer_put(text, line.data, line.size);
        put_number(text, feed->good_s);
    }
    text->is_failed = text->is_failed || line.is_failed;
    buffer_done(&line);
}

// --- all the rest ----------------------------------------------------------------------------

static void put_acknowledged(struct buffer *text, const struct metrics_counts *counts) {
    static const char name[] = "wirebell_acknowledge_duration_seconds";
    put_head(text, name, HISTOGRAM, "From a ring to a person's acknowledgement.");
    uint64_t within = 0;
    for (size_t i = 0; i <= METRICS_BOUNDS; i++) {
        char bound[24] = "+Inf";
        if (i < METRICS_BOUNDS)
            (void)snprintf(bound, sizeof bound, "%" PRId64, bounds_s[i]);
        within += counts->acknowledged[i];
        put_labelled(text, "wirebell_acknowledge_duration_seconds_bucket", "le", bound,
                     (int64_t)within);
    }
    put_sample(text, "wirebell_acknowledge_duration_seconds_sum", (int64_t)counts->acknowledge_s);
    put_sample(text, "wirebell_acknowledge_duration_seconds_count", (int64_t)within);
}

static void put_counters(struct buffer *text, const struct metrics_counts *counts) {
    put_head(text, "wirebell_rings_total", COUNTER, "Stories that rang, by level.");
    for (enum level level = 0; level < LEVEL_COUNT; level++)
        put_labelled(text, "wirebell_rings_total", "level", level_name(level),
                     (int64_t)counts->rang[level]);
    put_head(text, "wirebell_suppressed_total", COUNTER,
             "Stories that met a rule and did not ring, by reason.");
    for (enum disposition reason = 0; reason < DISPOSITION_COUNT; reason++)
        if (reason != DISPOSITION_RANG)
            put_labelled(text, "wirebell_suppressed_total", "reason", disposition_name(reason),
                         (int64_t)counts->became[reason]);
    put_acknowledged(text, counts);
}

void metrics_put(struct buffer *text, const struct metrics_state *state,
                 const struct metrics_counts *counts) {
    const struct {
        const char *name, *help;
        int64_t number;
    } gauges[] = {
        {"wirebell_rules", "Rules in force.", (int64_t)state->rules},
        {"wirebell_alerts_unacknowledged", "Alerts that nobody has acknowledged.",
         (int64_t)state->unacknowledged},
        {"wirebell_clock_trusted", "1 where the wall clock can be believed.",
         state->is_clock_trusted},
        {"wirebell_healthy", "1 where the health lamp is dark.", state->is_well},
        {"wirebell_start_time_seconds", "When the process began, since 1970.", state->started_s},
    };
    put_head(text, "wirebell_feeds", GAUGE, "Feeds, by how the last look at each ended.");
    for (enum feed_state feed = 0; feed <= FEED_GONE; feed++)
        put_labelled(text, "wirebell_feeds", "state", feed_state_name(feed),
                     (int64_t)state->feeds[feed]);
    for (size_t i = 0; i < sizeof gauges / sizeof *gauges; i++) {
        put_head(text, gauges[i].name, GAUGE, gauges[i].help);
        put_sample(text, gauges[i].name, gauges[i].number);
    }
    put_head(text, "wirebell_build_info", GAUGE, "1; which program this is.");
    put_labelled(text, "wirebell_build_info", "version", state->version, 1);
    put_counters(text, counts);
}
