// SPDX-License-Identifier: MIT
//
// replay.h - what a rule for the next look makes of a feed's publication times.
//
// The looks are placed by the very schedule_next() and habit_learn() of the daemon, on a clock that
// is a number. A look finds what was published since the one before.

#ifndef TESTS_BENCH_REPLAY_H
#define TESTS_BENCH_REPLAY_H

#include <stddef.h>
#include <stdint.h>

/**
 * enum replay_rule - who says when to look next
 * @REPLAY_FIXED: the fixed interval, by core/schedule without a habit
 * @REPLAY_RATE:  a week over the number of stories of the last week, times a factor; 5 minutes to a
 *                day, a day when there were none: what Miniflux calls entry_frequency
 * @REPLAY_HABIT: core/schedule with core/schedule/habit
 */
enum replay_rule { REPLAY_FIXED, REPLAY_RATE, REPLAY_HABIT };

/**
 * struct replay_feed - one feed; borrowed
 * @published_s: ascending
 * @count:       how many
 * @start_s:     first look
 * @measure_s:   from here on looks and stories count
 * @end_s:       no more
 */
struct replay_feed {
    const int64_t *published_s;
    size_t count;
    int64_t start_s;
    int64_t measure_s;
    int64_t end_s;
};

/**
 * struct replay_result - what came of it; add up over feeds, beginning with all zero
 * @looks:     looks after measure_s
 * @delays_s:  of stories published after measure_s; owned, freed by replay_done()
 * @count:     how many; @capacity: room for
 */
struct replay_result {
    uint64_t looks;
    int64_t *delays_s;
    size_t count;
    size_t capacity;
};

/**
 * replay_run() - replay one feed, adding to *result
 * @pace: interval in seconds of FIXED and HABIT; factor of RATE
 *
 * Ends the program when there is no memory.
 */
void replay_run(const struct replay_feed *feed, enum replay_rule rule, double pace,
                struct replay_result *result);

// Sorts the delays. Return: their median, in seconds; 0 where there are none.
double replay_median_s(struct replay_result *result);

double replay_mean_s(const struct replay_result *result);

void replay_done(struct replay_result *result);

#endif
