// SPDX-License-Identifier: MIT

#include "replay.h"

#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/schedule/habit.h"
#include "core/schedule/schedule.h"

enum { WEEK_S = 7 * 24 * 3600, DAY_S = 24 * 3600, SHOWN = 20 };

static void *grow(void *array, size_t count, size_t size) {
    void *grown = reallocarray(array, count, size);
    if (!grown)
        errx(1, "no memory for a replay");
    return grown;
}

static void add_delay(struct replay_result *result, int64_t delay_s) {
    if (result->count == result->capacity) {
        result->capacity = result->capacity * 2 + 256;
        result->delays_s = grow(result->delays_s, result->capacity, sizeof *result->delays_s);
    }
    result->delays_s[result->count++] = delay_s;
}

// Index of the first story after a moment.
static size_t after(const struct replay_feed *feed, int64_t at_s) {
    size_t low = 0, high = feed->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (feed->published_s[middle] <= at_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int64_t rate_wait_s(const struct replay_feed *feed, double factor, int64_t now_s) {
    size_t weekly = after(feed, now_s) - after(feed, now_s - WEEK_S);
    double minutes = weekly > 0 ? round(WEEK_S / 60 / ((double)weekly * factor)) : DAY_S / 60;
    return (int64_t)(fmin(fmax(minutes, 5), DAY_S / 60) * 60);
}

static int64_t schedule_wait_s(const struct schedule_input *input) {
    return (schedule_next(input, 0).due_us + 999999) / 1000000;
}

static void learn(struct habit *habit, const struct replay_feed *feed, size_t from, size_t to,
                  const struct schedule_input *input) {
    int64_t *published_s = grow(NULL, to - from + 1, sizeof *published_s);
    if (to > from)
        memcpy(published_s, feed->published_s + from, (to - from) * sizeof *published_s);
    const struct habit_look look = {input->wall_s, schedule_interval_s(input), published_s,
                                    to - from};
    habit_learn(habit, &look);
    free(published_s);
}

void replay_run(const struct replay_feed *feed, enum replay_rule rule, double pace,
                struct replay_result *result) {
    struct habit habit = {0};
    int64_t now_s = feed->start_s;
    size_t seen = after(feed, now_s);
    size_t first = seen > SHOWN ? seen - SHOWN : 0; // a feed shows its newest
    while (now_s < feed->end_s) {
        size_t shown = after(feed, now_s);
        for (size_t i = seen; i < shown; i++)
            if (feed->published_s[i] >= feed->measure_s)
                add_delay(result, now_s - feed->published_s[i]);
        result->looks += now_s >= feed->measure_s;
        struct schedule_input input = {
            .interval_s = (int64_t)pace,
            .has_validators = true,
            .is_clock_trusted = true,
            .wall_s = now_s,
            .habit = rule == REPLAY_HABIT ? &habit : NULL,
            .seed = (uint64_t)now_s * 7919,
        };
        if (rule == REPLAY_HABIT)
            learn(&habit, feed, first, shown, &input);
        first = seen = shown;
        now_s += rule == REPLAY_RATE ? rate_wait_s(feed, pace, now_s) : schedule_wait_s(&input);
    }
}

static int compare_delays(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

double replay_median_s(struct replay_result *result) {
    if (result->count == 0)
        return 0;
    qsort(result->delays_s, result->count, sizeof *result->delays_s, compare_delays);
    size_t middle = result->count / 2;
    if (result->count % 2 == 1)
        return (double)result->delays_s[middle];
    return (double)(result->delays_s[middle - 1] + result->delays_s[middle]) / 2;
}

double replay_mean_s(const struct replay_result *result) {
    double sum = 0;
    for (size_t i = 0; i < result->count; i++)
        sum += (double)result->delays_s[i];
    return result->count > 0 ? sum / (double)result->count : 0;
}

void replay_done(struct replay_result *result) {
    free(result->delays_s);
    *result = (struct replay_result){0};
}
