// SPDX-License-Identifier: MIT

#include "publishing.h"

#include <err.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "random.h"

static const int HOUR_S = 3600, DAY_S = 24 * 3600, WEEK_S = 7 * 24 * 3600;

/**
 * struct kind - how feeds of a kind publish
 * @name:        for people
 * @goal:        see publishing_goal()
 * @least_a_day: stories (or bursts) a day, of the slowest feed of the kind
 * @most_a_day:  of the busiest
 * @followers:   mean number of stories that follow a first one
 * @gap_min:     mean minutes between those
 * @has_moods:   some days have twenty times as much as others, as it happens
 * @shift_week:  after so many weeks the hours are twelve later; 0 = never
 * @hours:       rate by local hour, relative
 * @days:        rate by local day, 0 = Sunday, relative
 */
struct kind {
    const char *name;
    double goal;
    double least_a_day, most_a_day;
    double followers, gap_min;
    bool has_moods;
    int64_t shift_week;
    double hours[24];
    double days[7];
};

// A company, a ministry: working hours, some in the evening, next to nothing at night.
// clang-format off
#define OFFICE_HOURS {.02, .02, .02, .02, .02, .05, .2, .6, 2, 3, 3, 2.5, \
                      1.5, 2.5, 3, 3, 2, 1, .4, .2, .1, .1, .05, .02}
// A morning edition and an evening one; the night desk makes the difference.
#define EDITION_HOURS(night) {night, night, night, night, night, .3, 3, 4, 3, 1.5, 1, 1, \
                              1, 1, 1, 1.5, 2.5, 3, 2, 1, .6, .5, .4, .3}
#define ALL_HOURS {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
#define OFFICE_DAYS {.05, 1, 1, 1, 1, 1, .05}
#define EDITION_DAYS {.4, 1, 1, 1, 1, 1, .4}
#define ALL_DAYS {1, 1, 1, 1, 1, 1, 1}

static const struct kind KINDS[PUBLISHING_KIND_COUNT] = {
    [PUBLISHING_OFFICE] = {
        "office hours", .50, .least_a_day = 2, .most_a_day = 20,
        .hours = OFFICE_HOURS, .days = OFFICE_DAYS},
    // Half the staff on week-ends; three updates a story.
    [PUBLISHING_NEWSROOM] = {
        "newsroom", .50, .least_a_day = 4, .most_a_day = 20, .followers = 3, .gap_min = 10,
        .hours = EDITION_HOURS(.02), .days = EDITION_DAYS},
    [PUBLISHING_TIMETABLE] = {"timetable", .50, .least_a_day = 2, .most_a_day = 5},
    [PUBLISHING_BURSTS] = {
        "bursts, any hour", .50, .least_a_day = .3, .most_a_day = 2, .followers = 8, .gap_min = 12,
        .hours = ALL_HOURS, .days = ALL_DAYS},
    [PUBLISHING_OFFICE_BURSTS] = {
        "office hours, bursts", .50, .least_a_day = 1, .most_a_day = 4, .followers = 5,
        .gap_min = 15, .hours = OFFICE_HOURS, .days = OFFICE_DAYS},
    // One by one around the clock, more by day: for such hours the placement that is best for the
    // mean delay has about 0.75 of the fixed interval's mean and 0.64 of its median (worked out from
    // the rates). That is all there is to be had.
    [PUBLISHING_MILD] = {
        "mild rhythm", .75, .least_a_day = 20, .most_a_day = 100,
        .hours = EDITION_HOURS(.1), .days = EDITION_DAYS},
    [PUBLISHING_SLOW] = {
        "no rhythm, slow", 1.05, .least_a_day = .2, .most_a_day = 2,
        .hours = ALL_HOURS, .days = ALL_DAYS},
    [PUBLISHING_BUSY] = {
        "no rhythm, busy", 1.05, .least_a_day = 5, .most_a_day = 60,
        .hours = ALL_HOURS, .days = ALL_DAYS},
    [PUBLISHING_MOODY] = {
        "no rhythm, by moods", 1.05, .least_a_day = 5, .most_a_day = 60, .has_moods = true,
        .hours = ALL_HOURS, .days = ALL_DAYS},
    // What was learned is wrong from the first week that is measured.
    [PUBLISHING_SHIFTED] = {
        "office hours, shifted", 1.05, .least_a_day = 2, .most_a_day = 20, .shift_week = 9,
        .hours = OFFICE_HOURS, .days = OFFICE_DAYS},
    [PUBLISHING_EVEN] = {"no rhythm, even gaps", 1.05, .least_a_day = 4, .most_a_day = 24},
};
// clang-format on

const char *publishing_name(enum publishing_kind kind) {
    return KINDS[kind].name;
}

double publishing_goal(enum publishing_kind kind) {
    return KINDS[kind].goal;
}

struct times {
    int64_t *at_s;
    size_t count;
    size_t capacity;
};

static void add(struct times *times, int64_t at_s) {
    if (times->count == times->capacity) {
        times->capacity = times->capacity * 2 + 64;
        times->at_s = reallocarray(times->at_s, times->capacity, sizeof *times->at_s);
        if (!times->at_s)
            errx(1, "no memory for publication times");
    }
    times->at_s[times->count++] = at_s;
}

// 0 <= x < 1.
static double random_share(uint64_t *state) {
    return (double)(random_next(state) >> 11) * 0x1p-53;
}

static double random_gap(uint64_t *state, double mean) {
    return -log(1 - random_share(state)) * mean;
}

static double rate_at(const struct kind *kind, int64_t at_s) {
    int64_t hour = at_s / HOUR_S;
    return kind->hours[hour % 24] * kind->days[(hour / 24 + 4) % 7];
}

static double mean_rate(const struct kind *kind) {
    double hours = 0, days = 0;
    for (int i = 0; i < 24; i++)
        hours += kind->hours[i] / 24;
    for (int i = 0; i < 7; i++)
        days += kind->days[i] / 7;
    return hours * days;
}

static void follow(struct times *times, const struct kind *kind, uint64_t *state, double at_s) {
    while (kind->followers > 0 && random_share(state) < kind->followers / (kind->followers + 1)) {
        at_s += random_gap(state, kind->gap_min * 60);
        add(times, (int64_t)at_s);
    }
}

// Of a day, 0.2 to 4, with a mean of 1.27.
static double mood(uint64_t seed, int64_t at_s) {
    uint64_t state = seed + (uint64_t)(at_s / DAY_S);
    return .2 * pow(20, random_share(&state));
}

// Candidates at the highest rate there is, of which each stays by its hour's share of that.
static void by_rate(struct times *times, const struct kind *kind, uint64_t *state, int64_t start_s,
                    int64_t end_s) {
    const double highest = 4; // of any hour, day and mood
    double a_day =
        kind->least_a_day * pow(kind->most_a_day / kind->least_a_day, random_share(state));
    double gap_s = DAY_S / (a_day / mean_rate(kind) * highest);
    int64_t zone_s = (int64_t)(random_share(state) * 24) * HOUR_S;
    int64_t shift_s = kind->shift_week > 0 ? start_s + kind->shift_week * WEEK_S : INT64_MAX;
    uint64_t seed = *state;
    for (double at_s = (double)start_s; at_s < (double)end_s; at_s += random_gap(state, gap_s)) {
        int64_t local_s = (int64_t)at_s + zone_s + (at_s >= (double)shift_s ? DAY_S / 2 : 0);
        double rate = rate_at(kind, local_s) * (kind->has_moods ? mood(seed, local_s) : 1);
        if (random_share(state) * highest >= rate)
            continue;
        add(times, (int64_t)at_s);
        follow(times, kind, state, at_s);
    }
}

// Some minutes of the day, each with a story on working days, up to ten minutes late.
static void by_timetable(struct times *times, const struct kind *kind, uint64_t *state,
                         int64_t start_s, int64_t end_s) {
    int64_t at_s[5];
    int count = (int)(kind->least_a_day +
                      random_share(state) * (kind->most_a_day - kind->least_a_day + .99));
    for (int i = 0; i < count; i++)
        at_s[i] = (int64_t)(random_share(state) * DAY_S);
    for (int64_t day = start_s / DAY_S; day < end_s / DAY_S; day++)
        for (int i = 0; (day + 4) % 7 % 6 != 0 && i < count; i++)
            add(times, day * DAY_S + at_s[i] + (int64_t)(random_share(state) * 600));
}

static void evenly(struct times *times, const struct kind *kind, uint64_t *state, int64_t start_s,
                   int64_t end_s) {
    double gap_s =
        DAY_S / (kind->least_a_day + random_share(state) * (kind->most_a_day - kind->least_a_day));
    for (double at_s = (double)start_s; at_s < (double)end_s;
         at_s += gap_s * (.8 + .4 * random_share(state)))
        add(times, (int64_t)at_s);
}

static int compare_times(const void *a, const void *b) {
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

size_t publishing_make(enum publishing_kind kind, uint64_t seed, int64_t start_s, int64_t end_s,
                       int64_t **ret) {
    struct times times = {0};
    uint64_t state = seed ^ (uint64_t)kind << 56;
    if (kind == PUBLISHING_TIMETABLE)
        by_timetable(&times, &KINDS[kind], &state, start_s, end_s);
    else if (kind == PUBLISHING_EVEN)
        evenly(&times, &KINDS[kind], &state, start_s, end_s);
    else
        by_rate(&times, &KINDS[kind], &state, start_s, end_s);
    if (times.count > 0)
        qsort(times.at_s, times.count, sizeof *times.at_s, compare_times);
    *ret = times.at_s;
    return times.count;
}
