// SPDX-License-Identifier: MIT
//
// bench_adaptive.c - how long stories wait to be found, by three rules, for as many requests.
//
//     bench_adaptive made SEED FEEDS WEEKS    feeds of every kind, made from a seed; so many weeks
//                                             are measured after eight of learning
//     bench_adaptive given NAME <TIMES        feeds with these times, seconds since 1970,
//     ascending,
//                                             one a line, an empty line after each feed; learned
//                                             from the first half of each, measured on the rest
//
// One row a kind: stories, looks a day and a feed, median and mean delay by each rule, and ours
// over the fixed interval. The other rules are given as many looks as ours took: the fixed interval
// feed by feed, the peer's over all feeds of the kind, which it divides as it likes. With "made"
// the program ends with 1 when a goal is missed: 0.50 of the fixed interval's median on feeds with
// a rhythm, 1.05 on feeds without.

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "publishing.h"
#include "replay.h"
#include "wirebell/limits.h"

enum { LEARNING_WEEKS = 8, FACTOR_STEPS = 24, GIVEN_MAX = 1000 };

static const int WEEK_S = 7 * 24 * 3600, DAY_S = 24 * 3600;
static const int64_t START_S = INT64_C(1767571200); // a Monday, 2026-01-05

struct results {
    struct replay_result fixed;
    struct replay_result rate;
    struct replay_result habit;
};

static void run_rate(const struct replay_feed *feeds, size_t count, double factor,
                     struct replay_result *result) {
    replay_done(result);
    for (size_t i = 0; i < count; i++)
        replay_run(&feeds[i], REPLAY_RATE, factor, result);
}

// The factor at which the peer's rule takes as many looks as ours, as near as it comes.
static void fit_rate(const struct replay_feed *feeds, size_t count, struct results *results) {
    double low = 1.0 / 64, high = 65536;
    for (int i = 0; i < FACTOR_STEPS; i++) {
        double middle = (low + high) / 2 < 4 * low ? (low + high) / 2 : 2 * low;
        run_rate(feeds, count, middle, &results->rate);
        if (results->rate.looks > results->habit.looks)
            high = middle;
        else
            low = middle;
    }
}

static void run_all(const struct replay_feed *feeds, size_t count, struct results *results) {
    for (size_t i = 0; i < count; i++) {
        struct replay_result trial = {0};
        uint64_t before = results->habit.looks;
        replay_run(&feeds[i], REPLAY_HABIT, DEFAULT_POLL_S, &results->habit);
        replay_run(&feeds[i], REPLAY_FIXED, DEFAULT_POLL_S, &trial);
        uint64_t ours = results->habit.looks - before;
        double fair_s = DEFAULT_POLL_S * (double)trial.looks / (double)ours;
        replay_run(&feeds[i], REPLAY_FIXED, ours == trial.looks ? DEFAULT_POLL_S : fair_s,
                   &results->fixed);
        replay_done(&trial);
    }
    fit_rate(feeds, count, results);
}

// Return: ours over the fixed interval, by the median.
static double print_row(const char *name, const struct replay_feed *feeds, size_t count,
                        struct results *results) {
    double days = 0;
    for (size_t i = 0; i < count; i++)
        days += (double)(feeds[i].end_s - feeds[i].measure_s) / DAY_S;
    printf("%-24s%8zu", name, results->habit.count);
    struct replay_result *rules[] = {&results->fixed, &results->rate, &results->habit};
    for (int i = 0; i < 3; i++)
        printf("%8.1f%7.0f%7.0f", (double)rules[i]->looks / days, replay_median_s(rules[i]),
               replay_mean_s(rules[i]));
    double ratio = replay_median_s(&results->habit) / replay_median_s(&results->fixed);
    printf("%8.2f%6.2f", ratio, replay_mean_s(&results->habit) / replay_mean_s(&results->fixed));
    return ratio;
}

static void print_head(void) {
    printf("%-32s%22s%22s%22s%14s\n", "", "fixed interval", "by mean rate", "by habit",
           "habit/fixed");
    printf("%-24s%8s", "feeds", "stories");
    for (int i = 0; i < 3; i++)
        printf("%8s%7s%7s", "looks/d", "med s", "mean s");
    printf("%8s%6s\n", "med", "mean");
}

static void done(struct results *results, struct replay_feed *feeds, size_t count) {
    for (size_t i = 0; i < count; i++)
        free((int64_t *)feeds[i].published_s);
    free(feeds);
    replay_done(&results->fixed);
    replay_done(&results->rate);
    replay_done(&results->habit);
}

static bool measure_kind(enum publishing_kind kind, uint64_t seed, size_t count, int64_t weeks) {
    struct replay_feed *feeds = calloc(count, sizeof *feeds);
    if (!feeds)
        errx(1, "no memory for feeds");
    for (size_t i = 0; i < count; i++) {
        int64_t end_s = START_S + (LEARNING_WEEKS + weeks) * WEEK_S, *published_s;
        size_t stories =
            publishing_make(kind, seed + i * 1000003, START_S - WEEK_S, end_s, &published_s);
        feeds[i] = (struct replay_feed){published_s, stories, START_S,
                                        START_S + LEARNING_WEEKS * WEEK_S, end_s};
    }
    struct results results = {0};
    run_all(feeds, count, &results);
    double ratio = print_row(publishing_name(kind), feeds, count, &results);
    double goal = publishing_goal(kind);
    printf("  %s %.2f\n", ratio <= goal ? "<=" : "MISSED", goal);
    done(&results, feeds, count);
    return ratio <= goal;
}

static int made(uint64_t seed, size_t count, int64_t weeks) {
    bool is_good = true;
    print_head();
    for (int kind = 0; kind < PUBLISHING_KIND_COUNT; kind++)
        is_good &= measure_kind((enum publishing_kind)kind, seed, count, weeks);
    return is_good ? 0 : 1;
}

// Return: whether there was a feed.
static bool read_feed(struct replay_feed *ret) {
    int64_t *times_s = NULL;
    size_t count = 0;
    char line[64];
    while (fgets(line, sizeof line, stdin) && line[0] != '\n') {
        times_s = reallocarray(times_s, count + 1, sizeof *times_s);
        if (!times_s)
            errx(1, "no memory for a feed");
        times_s[count++] = strtoll(line, NULL, 10);
    }
    if (count < 2)
        return false;
    *ret = (struct replay_feed){times_s, count, times_s[0], times_s[count / 2],
                                times_s[count - 1] + DAY_S};
    return true;
}

static int given(const char *name) {
    struct replay_feed *feeds = calloc(GIVEN_MAX, sizeof *feeds);
    struct results results = {0};
    size_t count = 0;
    if (!feeds)
        errx(1, "no memory for feeds");
    while (count < GIVEN_MAX && read_feed(&feeds[count]))
        count++;
    if (count == 0)
        errx(1, "%s: no times on standard input", name);
    run_all(feeds, count, &results);
    print_head();
    (void)print_row(name, feeds, count, &results);
    printf("\n");
    done(&results, feeds, count);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 5 && strcmp(argv[1], "made") == 0)
        return made(strtoull(argv[2], NULL, 10), strtoul(argv[3], NULL, 10),
                    strtol(argv[4], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "given") == 0)
        return given(argv[2]);
    fprintf(stderr, "usage: bench_adaptive made SEED FEEDS WEEKS | given NAME <TIMES\n");
    return 2;
}
