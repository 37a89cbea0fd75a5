// SPDX-License-Identifier: MIT
//
// rhythm.h - what of a habit's counts is believed: how much likelier news is at one moment than at
// another.
//
// Three factors that multiply: hour of the day, day of the week, time since the last story. Each is
// flat unless its counts differ by more than chance explains, and of that difference the part that
// chance would explain is taken off (James and Stein), so that little known moves little. For hours
// chance is what the same hour differs by from day to day (analysis of variance), which holds for
// feeds that publish in bursts too.

#ifndef CORE_RHYTHM_H
#define CORE_RHYTHM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/schedule/habit.h"

// 1 in fixed point.
#define RHYTHM_ONE   INT64_C(4096)
// A factor lies between 1 over this and this.
#define RHYTHM_RANGE 64

// Ends of the bins of habit::follow, minutes after a story.
extern const int64_t RHYTHM_BIN_END_MIN[HABIT_BINS];

/**
 * struct rhythm - rates relative to their mean, times RHYTHM_ONE
 * @hours:   of each hour of the day, UTC
 * @days:    of each day of the week, UTC, 0 = Sunday
 * @ages:    of each bin of time after a story, and of all time later
 * @is_flat: there is no habit: all are RHYTHM_ONE
 */
struct rhythm {
    int64_t hours[24];
    int64_t days[7];
    int64_t ages[HABIT_BINS + 1];
    bool is_flat;
};

/**
 * rhythm_read() - what is believed of a habit
 * @habit: all zero, learned by habit_learn() or loaded by habit_load()
 */
void rhythm_read(const struct habit *habit, struct rhythm *ret);

/**
 * rhythm_of_hour() - the factors of hour and day, times RHYTHM_ONE
 * @hour: hours since 1970, >= 0
 */
int64_t rhythm_of_hour(const struct rhythm *rhythm, int64_t hour);

/**
 * rhythm_root() - the square root, rounded down
 * @square: 0..2^62
 */
int64_t rhythm_root(int64_t square);

#endif
