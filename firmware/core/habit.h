// SPDX-License-Identifier: MIT
//
// habit.h - when does a feed publish, and where among those hours do its looks find news soonest?
//
// What is learned: on how many days each hour of the day had a story, how many such hours each day
// of the week had, and how likely the next story is so many minutes after one. 72 bytes a feed,
// kept as they are. Hours are counted once a day however many stories they have, so that the count
// of an hour varies as a coin tossed once a day does, bursts or none; what varies no more than that
// is no habit, and the feed gets the fixed interval exactly.
//
// What is done with it: the next look is where the delay expected since the last one, the sum over
// stories to come of how long each will have waited, reaches a constant. For a rate that changes
// with time that is the best placement of a given number of looks (Sia, Cho and Cho 2007; Eckstein,
// Gal and Reiner 2008): gaps go as one over the square root of the rate. The constant is such that
// the looks of a week are as many as at the fixed interval; an account of looks spent early or late
// keeps it so, whatever the model gets wrong.
//
// Whole numbers only, no clock: the same on every machine. All times are wall clock: nothing here
// may be called before the clock is trusted.

#ifndef CORE_HABIT_H
#define CORE_HABIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Of struct habit as it is stored. Another version is dropped: it is learned again.
#define HABIT_VERSION 1

enum { HABIT_BINS = 4 };

/**
 * struct habit - what is known; all zero = nothing. Plain bytes, to be stored as they are
 * @looked_s:     wall clock of the last good look, 0 = none
 * @story_s:      publication of the newest story counted, 0 = none
 * @observed_min: time that the counts are of
 * @account_s:    looks spent ahead of the fixed interval, times the interval; negative = saved
 * @hours:        days on which there was a story in this hour, UTC
 * @days:         hours with a story on this day of the week, UTC, 0 = Sunday
 * @stories:      stories, those of one minute being one
 * @follow:       of these, how many came 1-15, 15-30, 30-60, 60-120 minutes after the one before
 * @exposed_min:  time so long after a story, weighed by the hours above
 */
struct habit {
    uint8_t version;
    uint8_t hours[24];
    uint16_t days[7];
    uint16_t stories;
    uint16_t follow[HABIT_BINS];
    uint16_t exposed_min[HABIT_BINS];
    uint32_t looked_s;
    uint32_t story_s;
    uint32_t observed_min;
    int32_t account_s;
};

/**
 * habit_load() - a stored habit, if it is one
 * @bytes: any; @size: any
 *
 * Return: whether *ret was written: size, version and sums fit.
 */
bool habit_load(const void *bytes, size_t size, struct habit *ret);

/**
 * struct habit_look - a look that succeeded
 * @now_s:       wall clock of the answer, trusted, seconds since 1970
 * @interval_s:  the fixed interval the feed has now (schedule_interval_s()), > 0
 * @published_s: publication times of the stories that are new, in any order, sorted in place; 0 =
 *               none given. At the first look those of all stories
 * @count:       how many
 */
struct habit_look {
    int64_t now_s;
    int64_t interval_s;
    int64_t *published_s;
    size_t count;
};

/**
 * habit_learn() - take in what a look brought
 *
 * To be called after every good look, with stories or without. A story counts where it can have
 * appeared: between the look before and this one, whatever its date says. At the first look, dates
 * of the last twelve weeks count as they are.
 */
void habit_learn(struct habit *habit, const struct habit_look *look);

/**
 * struct habit_bounds - between what the next look may be placed, seconds
 * @interval_s: the fixed interval: as many looks are spent
 * @floor_s:    not sooner than this, > 0
 * @ceiling_s:  not later than this, >= @floor_s
 */
struct habit_bounds {
    int64_t interval_s;
    int64_t floor_s;
    int64_t ceiling_s;
};

/**
 * habit_wait_s() - how long from now to the next look
 * @now_s: wall clock, trusted, seconds since 1970
 *
 * Return: @bounds->interval_s exactly when there is no habit, when the bounds leave no choice
 * (floor or ceiling at the interval), or when the wall clock is before what was learned; else
 * @floor_s..@ceiling_s.
 */
int64_t habit_wait_s(const struct habit *habit, const struct habit_bounds *bounds, int64_t now_s);

#endif
