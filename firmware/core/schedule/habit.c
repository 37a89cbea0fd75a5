// SPDX-License-Identifier: MIT

#include "core/schedule/habit.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/schedule/rhythm.h"
#include "wirebell/limits.h"

static_assert(sizeof(struct habit) == 88, "stored as it is: no gaps");

enum {
    HOUR_MIN = 60,
    DAY_MIN = 24 * HOUR_MIN,
    WEEK_MIN = 7 * DAY_MIN,
    QUARTER_S = 15 * 60,
    // How long counts are kept before they are halved: habits change, clocks change twice a year.
    MEMORY_MIN = 8 * WEEK_MIN,
    MEMORY_STORIES = 400,
    MEMORY_MAX_MIN = 52 * WEEK_MIN,
    HISTORY_S = 12 * WEEK_MIN * 60,
    ABSENCE_S = 2 * DAY_MIN * 60,
    OLD_STORY_S = DAY_MIN * 60,
    UNDATED_S = 2 * HOUR_MIN * 60,
    ELAPSED_MAX_S = LIMIT_ADAPT_MAX_S, // a longer gap is no saving of ours
    EXPOSED_MAX = 7 * 24,              // a weight of hour and day, at most
    // The account is paid back in two weeks, so that nights and week-ends hardly stir the constant.
    ACCOUNT_S = 2 * WEEK_MIN * 60,
    ACCOUNT_SAVED_S = ACCOUNT_S / 8 * 7,
    ACCOUNT_SPENT_S = ACCOUNT_S * 3,
};

#define ONE RHYTHM_ONE

static int64_t clamp(int64_t value, int64_t least, int64_t most) {
    return value < least ? least : value > most ? most : value;
}

// --- learning --------------------------------------------------------------------------------

// Do the counts stay within each other? What is computed from them then stays within 64 bits.
static bool is_sound(const struct habit *habit) {
    uint32_t followed = 0;
    bool is_exposed = true;
    for (int i = 0; i < HABIT_BINS; i++) {
        followed += habit->follow[i];
        is_exposed &= habit->exposed_min[i] / EXPOSED_MAX <= habit->recent.observed_min;
    }
    return habit->version == HABIT_VERSION && is_exposed && followed <= habit->stories &&
           habit->stories <= habit->recent.observed_min && habit->stories <= UINT16_MAX &&
           habit->recent.observed_min <= MEMORY_MAX_MIN && habit->quarters <= 4 &&
           habit->recent.account_s >= -ACCOUNT_SAVED_S &&
           habit->recent.account_s <= ACCOUNT_SPENT_S;
}

int habit_load(const void *bytes, size_t size, struct habit *ret) {
    struct habit habit;
    if (size != sizeof habit)
        return -EINVAL;
    memcpy(&habit, bytes, sizeof habit);
    if (!is_sound(&habit))
        return -EINVAL;
    *ret = habit;
    return 0;
}

void habit_resume(struct habit *habit, const struct habit_recent *recent) {
    if (recent->looked_s == 0)
        return;
    habit->version = HABIT_VERSION;
    habit->recent = *recent;
}

static void halve(struct habit *habit) {
    // Odd counts are rounded up in every other place: sums stay what they are.
    for (unsigned i = 0; i < 24; i++)
        habit->hours[i] = (uint8_t)((habit->hours[i] + (i & 1)) / 2);
    for (unsigned i = 0; i < 7; i++)
        habit->days[i] = (uint16_t)((habit->days[i] + (i & 1)) / 2);
    for (unsigned i = 0; i < HABIT_BINS; i++) {
        habit->follow[i] /= 2;
        habit->exposed_min[i] /= 2;
    }
    habit->stories /= 2;
    habit->squares /= 2;
    habit->recent.observed_min /= 2;
}

static bool is_full(const struct habit *habit) {
    return habit->recent.observed_min >= MEMORY_MAX_MIN || habit->stories >= UINT16_MAX ||
           (habit->recent.observed_min >= MEMORY_MIN && habit->stories >= MEMORY_STORIES);
}

static void count_quarter(struct habit *habit, int64_t at_s) {
    int64_t hour = at_s / 3600;
    if (at_s / QUARTER_S == habit->recent.story_s / QUARTER_S)
        return;
    if (hour != habit->recent.story_s / 3600)
        habit->quarters = 0;
    while (habit->hours[hour % 24] == UINT8_MAX)
        halve(habit);
    habit->hours[hour % 24]++;
    habit->days[(hour / 24 + 4) % 7]++; // 1970-01-01 was a Thursday
    habit->squares += 2u * habit->quarters + 1;
    habit->quarters++;
}

static void count_gap(struct habit *habit, const struct rhythm *rhythm, int64_t at_s) {
    int64_t last_min = habit->recent.story_s / 60, gap_min = at_s / 60 - last_min, start_min = 0;
    for (unsigned i = 0; i < HABIT_BINS && start_min < gap_min; i++) {
        int64_t end_min = clamp(gap_min, start_min, RHYTHM_BIN_END_MIN[i]);
        int64_t weight = rhythm_of_hour(rhythm, (last_min + start_min) / HOUR_MIN);
        habit->exposed_min[i] += (uint32_t)((end_min - start_min) * weight / ONE);
        if (gap_min <= RHYTHM_BIN_END_MIN[i])
            habit->follow[i]++;
        start_min = RHYTHM_BIN_END_MIN[i];
    }
}

// Stories come here in the order of time.
static void count_story(struct habit *habit, const struct rhythm *rhythm, int64_t at_s) {
    if (at_s / 60 <= habit->recent.story_s / 60)
        return;
    if (habit->recent.story_s > 0)
        count_gap(habit, rhythm, at_s);
    count_quarter(habit, at_s);
    habit->stories++;
    habit->recent.story_s = (uint32_t)at_s;
}

static int compare_times(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

// When a story came, as far as can be said, or 0.
static int64_t came_s(const struct habit *habit, const struct habit_look *look, int64_t at_s) {
    int64_t before_s = habit->recent.looked_s;
    if (at_s <= 0)
        return look->now_s - before_s <= UNDATED_S ? (before_s + look->now_s) / 2 : 0;
    return at_s < before_s - OLD_STORY_S ? 0 : clamp(at_s, before_s, look->now_s);
}

// After long absence what the feed still shows is taken as it is.
static void learn_history(struct habit *habit, const struct habit_look *look) {
    struct rhythm rhythm;
    rhythm_read(habit, &rhythm);
    size_t first = 0, end = look->count;
    while (first < end && look->published_s[first] <= look->now_s - HISTORY_S)
        first++;
    while (end > first && look->published_s[end - 1] > look->now_s)
        end--;
    first += (end - first + 7) / 8;
    if (first == end)
        return;
    // The first one begins the time observed and is not counted: it is why it begins there.
    habit->recent.story_s = (uint32_t)look->published_s[first];
    habit->quarters = 0;
    habit->recent.observed_min += (uint32_t)(look->now_s / 60 - look->published_s[first] / 60);
    for (size_t i = first + 1; i < end; i++)
        count_story(habit, &rhythm, look->published_s[i]);
}

static void sort_times(const struct habit_look *look) {
    if (look->count > 1)
        qsort(look->published_s, look->count, sizeof *look->published_s, compare_times);
}

static void count_news(struct habit *habit, const struct habit_look *look) {
    for (size_t i = 0; i < look->count; i++)
        look->published_s[i] = came_s(habit, look, look->published_s[i]);
    sort_times(look);
    struct rhythm rhythm;
    rhythm_read(habit, &rhythm);
    for (size_t i = 0; i < look->count; i++)
        if (look->published_s[i] > 0)
            count_story(habit, &rhythm, look->published_s[i]);
}

static void learn_news(struct habit *habit, const struct habit_look *look) {
    if (look->count > 0)
        count_news(habit, look);
    habit->recent.observed_min += (uint32_t)(look->now_s / 60 - habit->recent.looked_s / 60);
    // Two looks in one minute: that of a story was observed, too.
    if (habit->recent.observed_min < habit->stories)
        habit->recent.observed_min = habit->stories;
}

// A look at the fixed interval, or as much later as looks are on purpose, is neither ahead nor
// saved.
static void keep_account(struct habit *habit, int64_t interval_s, int64_t elapsed_s) {
    if (elapsed_s >= interval_s && elapsed_s <= interval_s + interval_s / 10)
        return;
    int64_t ahead_s = interval_s - clamp(elapsed_s, 0, ELAPSED_MAX_S);
    habit->recent.account_s =
        (int32_t)clamp(habit->recent.account_s + ahead_s, -ACCOUNT_SAVED_S, ACCOUNT_SPENT_S);
}

void habit_learn(struct habit *habit, const struct habit_look *look) {
    if (look->now_s <= 0 || look->now_s > UINT32_MAX)
        return;
    if (habit->version != HABIT_VERSION)
        *habit = (struct habit){.version = HABIT_VERSION};
    int64_t elapsed_s = look->now_s - habit->recent.looked_s;
    if (elapsed_s > ABSENCE_S) {
        sort_times(look);
        learn_history(habit, look);
    } else if (elapsed_s > 0) {
        learn_news(habit, look);
        keep_account(habit, look->interval_s, elapsed_s);
    } else {
        habit->recent.story_s = 0; // the clock went back: what it said before was wrong
    }
    habit->recent.looked_s = (uint32_t)look->now_s;
    while (look->count > 0 && is_full(habit))
        halve(habit);
    if (habit->recent.observed_min > MEMORY_MAX_MIN)
        habit->recent.observed_min = MEMORY_MAX_MIN;
}

// --- placing ---------------------------------------------------------------------------------

// To the power of 5/4: the median, which is the goal, gains about 6 % by it; the mean, for which 1
// would be best, loses up to 4 %.
static int64_t steeper(int64_t weight) {
    return weight == ONE ? ONE : weight * rhythm_root(rhythm_root(weight * ONE) * ONE) / ONE;
}

static void steepen(int64_t *weights, int count) {
    for (int i = 0; i < count; i++)
        weights[i] = steeper(weights[i]);
}

static int64_t mean_root(const int64_t *weights, int count) {
    int64_t sum = 0;
    for (int i = 0; i < count; i++)
        sum += rhythm_root(weights[i] * ONE);
    return sum / count;
}

// The mean over time of the root of the rate: bins after stories as they were met, and the rest.
static int64_t mean_pace(const struct habit *habit, const struct rhythm *rhythm) {
    int64_t rest = mean_root(rhythm->hours, 24) * mean_root(rhythm->days, 7);
    int64_t open = habit->stories, start_min = 0, pace = 0;
    for (int i = 0; i < HABIT_BINS && habit->recent.observed_min > 0; i++) {
        int64_t spent_min = (RHYTHM_BIN_END_MIN[i] - start_min) * (2 * open - habit->follow[i]) / 2;
        int64_t busy = habit->exposed_min[i] * (int64_t)ONE / clamp(spent_min, 1, INT64_MAX);
        busy = steeper(clamp(busy, 0, ONE * RHYTHM_RANGE));
        int64_t share = rhythm_root(busy * ONE) * spent_min * ONE / habit->recent.observed_min;
        pace += share * rhythm_root(rhythm->ages[i] * ONE);
        rest -= share;
        open -= habit->follow[i];
        start_min = RHYTHM_BIN_END_MIN[i];
    }
    pace += clamp(rest, 0, INT64_MAX) * rhythm_root(rhythm->ages[HABIT_BINS] * ONE);
    return pace / ONE / ONE;
}

// @ret_end: the first minute after it that may weigh something else: an hour ends, or a bin.
static int64_t weight_at(const struct rhythm *rhythm, int64_t minute, int64_t story_minute,
                         int64_t *ret_end) {
    int64_t hour = minute / HOUR_MIN, end = (hour + 1) * HOUR_MIN;
    int bin = 0;
    while (bin < HABIT_BINS && minute > story_minute + RHYTHM_BIN_END_MIN[bin])
        bin++;
    if (bin < HABIT_BINS)
        end = clamp(story_minute + RHYTHM_BIN_END_MIN[bin] + 1, 0, end);
    *ret_end = end;
    return rhythm_of_hour(rhythm, hour) * rhythm->ages[bin] / ONE;
}

int64_t habit_wait_s(const struct habit *habit, const struct habit_bounds *bounds, int64_t now_s) {
    if (habit->version != HABIT_VERSION || bounds->floor_s >= bounds->interval_s ||
        bounds->ceiling_s <= bounds->interval_s || now_s < habit->recent.looked_s ||
        now_s > UINT32_MAX)
        return bounds->interval_s;
    struct rhythm rhythm;
    rhythm_read(habit, &rhythm);
    if (rhythm.is_flat)
        return bounds->interval_s;
    steepen(rhythm.hours, 24);
    steepen(rhythm.days, 7);
    steepen(rhythm.ages, HABIT_BINS + 1);
    // Counted in minutes, a flat rate has the expected delay ONE / 2 * interval^2 at the interval.
    int64_t pace = mean_pace(habit, &rhythm) * (ACCOUNT_S + habit->recent.account_s) / ACCOUNT_S;
    int64_t reach_min = bounds->interval_s * pace / 60; // times ONE
    int64_t enough = reach_min * reach_min / ONE / 2;
    const int64_t now_min = now_s / 60;
    int64_t weight = 0, weight_end = 0, rate = 0, delay = 0, minutes = 0;
    while (delay < enough && minutes * 60 < bounds->ceiling_s) {
        minutes++;
        if (now_min + minutes >= weight_end)
            weight = weight_at(&rhythm, now_min + minutes, habit->recent.story_s / 60, &weight_end);
        rate += weight;
        delay += rate;
    }
    return clamp(minutes * 60, bounds->floor_s, bounds->ceiling_s);
}
