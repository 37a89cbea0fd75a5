// SPDX-License-Identifier: MIT
//
// habit.h - when does a feed publish, and where among those hours do its looks find news soonest?
//
// What is learned: in how many quarters of each hour of the day, and of each day of the week, there
// was a story, and how soon after a story the next one came. 88 bytes a feed, stored as they are;
// the 16 of them that every look changes stay in memory. What of it is believed is
// core/schedule/rhythm's to say; where that is nothing, the feed gets the fixed interval exactly.
//
// What is done with it: the next look is where the delay expected since the last one, the sum over
// stories to come of how long each will have waited, reaches a constant. For a rate that changes
// with time this is the placement of a given number of looks with the least mean delay (Sia, Cho
// and Cho 2007; Eckstein, Gal and Reiner 2008): gaps go as one over the square root of the rate.
// Ours lean a little more towards the busy hours, for the sake of the median. The constant is such
// that the looks of a week are as many as at the fixed interval. What the model gets wrong of that,
// an account of looks spent ahead puts right within weeks.
//
// Whole numbers only, no clock: the same on every machine. All times are wall clock: nothing here
// may be called while the clock is not trusted.

#ifndef CORE_HABIT_H
#define CORE_HABIT_H

#include <stddef.h>
#include <stdint.h>

// Of struct habit as it is stored. Another version is dropped: it is learned again.
#define HABIT_VERSION 1

enum { HABIT_BINS = 4 };

/**
 * struct habit_recent - what a look changes of a habit though it brings nothing new
 * @observed_min: the time the counts are of
 * @looked_s:     wall clock of the last good look, 0 = none
 * @story_s:      when the newest story counted came, 0 = none
 * @account_s:    looks spent ahead of the fixed interval, times that interval; negative = saved
 *
 * Such a look is not written, for the sake of the card. So this is kept in memory from look to look
 * of a feed, and the rest only where it is stored.
 */
struct habit_recent {
    uint32_t observed_min;
    uint32_t looked_s;
    uint32_t story_s;
    int32_t account_s;
};

/**
 * struct habit - what is known; all zero = nothing. Plain bytes without gaps, to be stored as they
 * are; of this machine's byte order
 * @version:      HABIT_VERSION, 0 = nothing is known
 * @quarters:     quarters with a story in the hour of @recent.story_s
 * @hours:        quarters of this hour of the day with a story, UTC
 * @days:         quarters of this day of the week with a story, UTC, 0 = Sunday
 * @follow:       stories that came up to 15, 30, 60, 120 minutes after the one before
 * @exposed_min:  the time between stories that lies in those bins, weighed by the hour's rate
 * @stories:      all stories, those of one minute being one
 * @squares:      the sum over hours and days of the square of quarters with a story
 * @recent:       what every look changes
 */
struct habit {
    uint8_t version;
    uint8_t quarters;
    uint8_t hours[24];
    uint16_t days[7];
    uint16_t follow[HABIT_BINS];
    uint32_t exposed_min[HABIT_BINS];
    uint32_t stories;
    uint32_t squares;
    struct habit_recent recent;
};

// Bytes of a stored habit before what every look changes.
#define HABIT_RECENT_AT offsetof(struct habit, recent)

// The habit as it is now: what is stored of it, or nothing, and what was kept since.
void habit_resume(struct habit *habit, const struct habit_recent *recent);

/**
 * habit_load() - a habit as it was stored, if it is one
 * @bytes: any, of @size
 *
 * Return: 0; -EINVAL for another size or version, and then *ret is not written: start with nothing.
 */
int habit_load(const void *bytes, size_t size, struct habit *ret);

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
 * To be called after every good look, with new stories or without: then nothing changes but what is
 * in struct habit_recent. A story counts where it can have appeared in the feed: between the look
 * before and this one, whatever its date says; one dated a day before that is an old one. At a
 * first look, or after two days without one, dates of the last twelve weeks count as they are,
 * without the oldest eighth: feeds keep some of their oldest for show.
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
 * (floor or ceiling at the interval), or when the clock is before the last look; else
 * @floor_s..@ceiling_s.
 */
int64_t habit_wait_s(const struct habit *habit, const struct habit_bounds *bounds, int64_t now_s);

#endif
