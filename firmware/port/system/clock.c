// SPDX-License-Identifier: MIT

#include "port/system/clock.h"

#include <time.h>

static struct timespec read_clock(clockid_t clock) {
    struct timespec now = {0};
    (void)clock_gettime(clock, &now); // cannot fail: all three exist since Linux 2.6.39
    return now;
}

static int64_t to_us(struct timespec time) {
    return time.tv_sec * INT64_C(1000000) + time.tv_nsec / 1000;
}

int64_t clock_boot_us(void) {
    return to_us(read_clock(CLOCK_BOOTTIME));
}

int64_t clock_monotonic_us(void) {
    return to_us(read_clock(CLOCK_MONOTONIC));
}

int64_t clock_wall_s(void) {
    return read_clock(CLOCK_REALTIME).tv_sec;
}

struct moment clock_now(const struct trust *trust) {
    time_t wall = (time_t)clock_wall_s();
    struct tm tm;
    return (struct moment){
        .boot_us = clock_boot_us(),
        .wall_s = wall,
        .utc_offset_s = localtime_r(&wall, &tm) ? (int32_t)tm.tm_gmtoff : 0,
        .is_trusted = trust_holds(trust, wall),
    };
}
