// SPDX-License-Identifier: MIT
//
// publishing.h - publication times as feeds have them, made from a seed.
//
// Stories come by a Poisson process whose rate follows hours of the day and days of the week, each
// with followers where the kind has bursts. One kind has a timetable instead. Feeds of a kind
// differ in rate, time zone and places of peaks. The kinds without rhythm are for the other side of
// the bargain: there is nothing to learn, and nothing may be lost by trying.

#ifndef TESTS_BENCH_PUBLISHING_H
#define TESTS_BENCH_PUBLISHING_H

#include <stddef.h>
#include <stdint.h>

enum publishing_kind {
    PUBLISHING_OFFICE,
    PUBLISHING_NEWSROOM,
    PUBLISHING_TIMETABLE,
    PUBLISHING_BURSTS,
    PUBLISHING_OFFICE_BURSTS,
    PUBLISHING_MILD,
    PUBLISHING_SLOW,
    PUBLISHING_BUSY,
    PUBLISHING_MOODY,
    PUBLISHING_SHIFTED,
    PUBLISHING_EVEN,
    PUBLISHING_KIND_COUNT
};

// A kind in some words.
const char *publishing_name(enum publishing_kind kind);

// The most that the median delay may be of the fixed interval's: 0.50 with a rhythm, 1.05 without,
// and between for the one kind whose rhythm is mild.
double publishing_goal(enum publishing_kind kind);

/**
 * publishing_make() - the times of one feed
 * @kind:    how it publishes
 * @seed:    which feed of the kind
 * @start_s: first moment, seconds since 1970
 * @end_s:   last
 * @ret:     owned array, ascending
 *
 * Return: how many. Ends the program when there is no memory.
 */
size_t publishing_make(enum publishing_kind kind, uint64_t seed, int64_t start_s, int64_t end_s,
                       int64_t **ret);

#endif
