// SPDX-License-Identifier: MIT

#include "core/schedule/rhythm.h"

enum {
    DAY_MIN = 24 * 60,
    WEEK_MIN = 7 * DAY_MIN,
    // Less than this says nothing: quarters and days, of hours; time, of days; stories, of ages.
    QUARTERS_LEAST = 12,
    DAYS_LEAST = 7,
    OBSERVED_LEAST_MIN = 4 * WEEK_MIN,
    STORIES_LEAST = 12,
    // Variance that is a habit, as a multiple of what chance has.
    EVIDENCE = 2,
    BURST_EVIDENCE = 20, // chi square of four degrees of freedom: 1 in 2,000 by chance
    PRIOR_STORIES = 4,
};

#define ONE        RHYTHM_ONE
#define WEIGHT_MIN (ONE / RHYTHM_RANGE)
#define WEIGHT_MAX (ONE * RHYTHM_RANGE)

const int64_t RHYTHM_BIN_END_MIN[HABIT_BINS] = {15, 30, 60, 120};

static int64_t clamp(int64_t value, int64_t least, int64_t most) {
    return value < least ? least : value > most ? most : value;
}

/**
 * struct sums - of quarters with a story
 * @days:    for so many days
 * @sum:     all
 * @squares: of the hours of the day
 * @between: variance between hours of the day
 * @within:  variance from day to day within them
 */
struct sums {
    int64_t days;
    int64_t sum;
    int64_t squares;
    int64_t between;
    int64_t within;
};

// Digit by digit, two bits a step: a look takes a hundred roots, and a Pi Zero multiplies slowly.
int64_t rhythm_root(int64_t square) {
    if (square <= 0)
        return 0;
    if (square == ONE * ONE) // of what is flat, as most is
        return ONE;
    uint64_t rest = (uint64_t)square, result = 0;
    for (uint64_t bit = UINT64_C(1) << ((63 - __builtin_clzll(rest)) & ~1); bit > 0; bit >>= 2) {
        uint64_t trial = result + bit;
        result >>= 1;
        if (rest >= trial) {
            rest -= trial;
            result += bit;
        }
    }
    return (int64_t)result;
}

// Makes the mean ONE.
static void scale_to_mean(int64_t *weights, int count) {
    int64_t sum = 0;
    for (int i = 0; i < count; i++)
        sum += weights[i];
    for (int i = 0; i < count; i++)
        weights[i] = clamp(weights[i] * ONE * count / sum, WEIGHT_MIN, WEIGHT_MAX);
}

static void make_flat(int64_t *weights, int count) {
    for (int i = 0; i < count; i++)
        weights[i] = ONE;
}

// The part of a variance that chance does not explain (James and Stein), 0..ONE; none when it is
// less than EVIDENCE times what chance has.
static int64_t believed(int64_t found, int64_t by_chance) {
    if (found <= EVIDENCE * by_chance)
        return 0;
    return ONE - by_chance * ONE / found;
}

static void sum_up(const struct habit *habit, struct sums *ret) {
    *ret = (struct sums){.days = habit->recent.observed_min / DAY_MIN};
    for (int i = 0; i < 24; i++) {
        ret->sum += habit->hours[i];
        ret->squares += habit->hours[i] * habit->hours[i];
    }
    // The analysis of variance of one factor, both sides times 24 days: between hours, 23 degrees
    // of freedom; within an hour from day to day, 24 (days - 1).
    ret->between = 24 * ret->squares - ret->sum * ret->sum;
    ret->within = clamp(24 * (ret->days * habit->squares - ret->squares), 0, INT64_MAX);
}

// Return: is there a habit?
static bool weigh_hours(const struct habit *habit, const struct sums *sums, int64_t *ret_weights) {
    make_flat(ret_weights, 24);
    int64_t tosses = 4 * 24 * sums->days;
    if (sums->days < DAYS_LEAST || sums->sum < QUARTERS_LEAST)
        return false;
    int64_t trust = believed(sums->between * 24 * (sums->days - 1), 23 * sums->within);
    if (trust == 0)
        return false;
    for (int i = 0; i < 24; i++) {
        // A share of quarters with a story, of 2^16, pulled to the mean; then the rate that gives
        // it, -ln(1 - p), as p (6 - p) / (6 - 4 p).
        int64_t mean = (sums->sum << 16) / tosses;
        int64_t own = clamp(((int64_t)habit->hours[i] << 16) / (4 * sums->days), 0, 1 << 16);
        int64_t share = clamp(mean + (own - mean) * trust / ONE, 0, 1 << 16);
        ret_weights[i] = share * ((6 << 16) - share) / ((6 << 16) - 4 * share);
    }
    scale_to_mean(ret_weights, 24);
    return true;
}

static bool weigh_days(const struct habit *habit, const struct sums *sums, int64_t *ret_weights) {
    int64_t sum = 0, squares = 0;
    make_flat(ret_weights, 7);
    if (habit->recent.observed_min < OBSERVED_LEAST_MIN)
        return false;
    for (int i = 0; i < 7; i++)
        sum += habit->days[i];
    for (int i = 0; i < 7; i++)
        squares += (7 * habit->days[i] - sum) * (7 * habit->days[i] - sum);
    // By chance a day's count varies as its mean, or as its hours do; twice that, for these hang
    // together.
    int64_t dispersed = clamp(sums->within / (24 * (sums->days - 1)), sum, INT64_MAX);
    int64_t trust = believed(squares, INT64_C(2) * 6 * 7 * dispersed);
    if (trust == 0)
        return false;
    for (int i = 0; i < 7; i++)
        ret_weights[i] = sum * ONE + (7 * habit->days[i] - sum) * trust;
    scale_to_mean(ret_weights, 7);
    return true;
}

// Stories expected in a bin were they independent of each other, times ONE; all of them at most.
static int64_t expected(const struct habit *habit, int bin) {
    int64_t stories = (int64_t)habit->stories * ONE;
    return clamp(habit->exposed_min[bin] * stories / habit->recent.observed_min, 0, stories);
}

static int64_t age_weight(int64_t found, int64_t chance) {
    return clamp((found + PRIOR_STORIES) * ONE * ONE / (chance + PRIOR_STORIES * ONE), WEIGHT_MIN,
                 WEIGHT_MAX);
}

// Return: is there a habit?
static bool weigh_ages(const struct habit *habit, int64_t *ret_weights) {
    make_flat(ret_weights, HABIT_BINS + 1);
    if (habit->stories < STORIES_LEAST || habit->recent.observed_min == 0)
        return false;
    int64_t late = habit->stories, late_chance = late * ONE, evidence = 0;
    for (int i = 0; i < HABIT_BINS; i++) {
        int64_t chance = expected(habit, i), excess = habit->follow[i] * ONE - chance;
        evidence += excess * excess / (chance + ONE);
        ret_weights[i] = age_weight(habit->follow[i], chance);
        late -= habit->follow[i];
        late_chance -= chance;
    }
    ret_weights[HABIT_BINS] = age_weight(late, clamp(late_chance, 0, INT64_MAX));
    if (evidence >= BURST_EVIDENCE * ONE)
        return true;
    make_flat(ret_weights, HABIT_BINS + 1);
    return false;
}

void rhythm_read(const struct habit *habit, struct rhythm *ret) {
    struct sums sums;
    sum_up(habit, &sums);
    bool has_hours = weigh_hours(habit, &sums, ret->hours);
    bool has_days = weigh_days(habit, &sums, ret->days);
    bool has_ages = weigh_ages(habit, ret->ages);
    ret->is_flat = !has_hours && !has_days && !has_ages;
}

int64_t rhythm_of_hour(const struct rhythm *rhythm, int64_t hour) {
    // 1970-01-01 was a Thursday.
    return rhythm->hours[hour % 24] * rhythm->days[(hour / 24 + 4) % 7] / ONE;
}
