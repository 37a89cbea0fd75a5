// SPDX-License-Identifier: MIT

#include "core/alert/metrics.h"

#include <inttypes.h>
#include <stdarg.h>
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

// A line or two of our own words and numbers, which are never as long as this.
__attribute__((format(printf, 2, 3))) static void put(struct buffer *text, const char *format,
                                                      ...) {
    char line[256];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    buffer_puts(text, line);
}

static void put_head(struct buffer *text, const char *name, const char *type, const char *help) {
    put(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

// @value: with nothing in it to be escaped.
static void put_labelled(struct buffer *text, const char *name, const char *label,
                         const char *value, uint64_t number) {
    put(text, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label, value, number);
}

static void put_gauge(struct buffer *text, const char *name, const char *help, int64_t number) {
    put_head(text, name, "gauge", help);
    put(text, "%s %" PRId64 "\n", name, number);
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
    put_head(text, LAST_SUCCESS, "gauge",
             "When the feed was last read well, since 1970; 0 = never.");
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
        put(text, " %" PRId64 "\n", feed->good_s);
    }
    text->is_failed = text->is_failed || line.is_failed;
    buffer_done(&line);
}

// --- all the rest ----------------------------------------------------------------------------

static void put_acknowledged(struct buffer *text, const struct metrics_counts *counts) {
    static const char name[] = "wirebell_acknowledge_duration_seconds";
    put_head(text, name, "histogram", "From a ring to a person's acknowledgement.");
    uint64_t within = 0;
    for (size_t i = 0; i <= METRICS_BOUNDS; i++) {
        char bound[24] = "+Inf";
        if (i < METRICS_BOUNDS)
            (void)snprintf(bound, sizeof bound, "%" PRId64, bounds_s[i]);
        within += counts->acknowledged[i];
        put_labelled(text, "wirebell_acknowledge_duration_seconds_bucket", "le", bound, within);
    }
    put(text, "%s_sum %" PRIu64 "\n%s_count %" PRIu64 "\n", name, counts->acknowledge_s, name,
        within);
}

static void put_counters(struct buffer *text, const struct metrics_counts *counts) {
    put_head(text, "wirebell_rings_total", "counter", "Stories that rang, by level.");
    for (enum level level = 0; level < LEVEL_COUNT; level++)
        put_labelled(text, "wirebell_rings_total", "level", level_name(level), counts->rang[level]);
    put_head(text, "wirebell_suppressed_total", "counter",
             "Stories that met a rule and did not ring, by reason.");
    for (enum disposition reason = 0; reason < DISPOSITION_COUNT; reason++)
        if (reason != DISPOSITION_RANG)
            put_labelled(text, "wirebell_suppressed_total", "reason", disposition_name(reason),
                         counts->became[reason]);
    put_acknowledged(text, counts);
}

void metrics_put(struct buffer *text, const struct metrics_state *state,
                 const struct metrics_counts *counts) {
    put_head(text, "wirebell_feeds", "gauge", "Feeds, by how the last look at each ended.");
    for (enum feed_state feed = 0; feed <= FEED_GONE; feed++)
        put_labelled(text, "wirebell_feeds", "state", feed_state_name(feed), state->feeds[feed]);
    put_gauge(text, "wirebell_rules", "Rules in force.", (int64_t)state->rules);
    put_gauge(text, "wirebell_alerts_unacknowledged", "Alerts that nobody has acknowledged.",
              (int64_t)state->unacknowledged);
    put_gauge(text, "wirebell_clock_trusted", "1 where the wall clock can be believed.",
              state->is_clock_trusted);
    put_gauge(text, "wirebell_healthy", "1 where the health lamp is dark.", state->is_well);
    put_gauge(text, "wirebell_start_time_seconds", "When the process began, since 1970.",
              state->started_s);
    put_head(text, "wirebell_build_info", "gauge", "1; which program this is.");
    put_labelled(text, "wirebell_build_info", "version", state->version, 1);
    put_counters(text, counts);
}
