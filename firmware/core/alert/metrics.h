// SPDX-License-Identifier: MIT
//
// metrics.h - what is counted of the bell, and how Prometheus reads it.
//
// The text is what a file of node_exporter's textfile collector holds: Prometheus' exposition
// format 0.0.4, one family after the other. By its customs: base units, counters that end in _total
// and begin at 0 with the process, no times of our own on samples. "How long since" is a matter of
// who asks: a feed's last good look is told as a moment, so that a file nobody has written for an
// hour does not tell an hour less.
//
// The file is for everybody to read, and addresses of feeds may hold a name and a password: those
// two are left out.

#ifndef CORE_METRICS_H
#define CORE_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text/buffer.h"
#include "wirebell/alert.h"
#include "wirebell/feed_status.h"

// Upper bounds of acknowledge times, in seconds; see metrics.c.
enum { METRICS_BOUNDS = 9 };

/**
 * struct metrics_counts - what happened since the process began; all zero at first
 * @became:       stories that met a rule, by what became of them; those of DISPOSITION_RANG by
 *                level in @rang
 * @rang:         stories that rang, by level
 * @acknowledged: alerts that a person acknowledged, by the bound they stayed within; the last one
 *                are those beyond all bounds
 * @acknowledge_s: the times of all of them together, seconds
 */
struct metrics_counts {
    uint64_t became[DISPOSITION_COUNT];
    uint64_t rang[LEVEL_COUNT];
    uint64_t acknowledged[METRICS_BOUNDS + 1];
    uint64_t acknowledge_s;
};

/**
 * struct metrics_state - how things are now; strings borrowed
 * @version:          of the program
 * @started_s:        wall clock when the process began, seconds since 1970
 * @feeds:            how many feeds are in each state
 * @rules:            rules in force
 * @unacknowledged:   alerts nobody has acknowledged
 * @is_clock_trusted: the wall clock can be believed
 * @is_well:          no cause of ill health is on
 */
struct metrics_state {
    const char *version;
    int64_t started_s;
    size_t feeds[FEED_GONE + 1];
    size_t rules;
    size_t unacknowledged;
    bool is_clock_trusted;
    bool is_well;
};

// A story met a rule, and this became of it. Drills do not count.
void metrics_count_alert(struct metrics_counts *counts, const struct alert *alert);

// A person acknowledged an alert. Drills do not count; a clock that was set back counts as 0 s.
void metrics_count_acknowledged(struct metrics_counts *counts, const struct alert *alert);

// The head of the family that metrics_put_feed() has the lines of.
void metrics_put_feeds(struct buffer *text);

/**
 * metrics_put_feed() - a feed's line
 *
 * Of two feeds that differ in name and password alone only the first is told: of two lines that are
 * the same, the whole file would be refused. Those that hold neither must therefore come first.
 */
void metrics_put_feed(struct buffer *text, const struct feed_status *feed);

// Does the address hold a name or a password?
bool metrics_is_private(const char *url);

// All other families.
void metrics_put(struct buffer *text, const struct metrics_state *state,
                 const struct metrics_counts *counts);

#endif
