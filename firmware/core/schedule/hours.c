// SPDX-License-Identifier: MIT

#include "core/schedule/hours.h"

enum { MINUTE_S = 60, DAY_MIN = 24 * 60, DAY_S = 24 * 3600, LOOK_AGAIN_S = 1800 };

static int64_t second_of_day(const struct moment *now) {
    const int64_t second = (now->wall_s + now->utc_offset_s) % DAY_S;
    return second < 0 ? second + DAY_S : second;
}

bool hours_is_within(int from_min, int until_min, const struct moment *now) {
    if (from_min < 0)
        return false;
    const int64_t minute = second_of_day(now) / MINUTE_S;
    if (from_min < until_min)
        return minute >= from_min && minute < until_min;
    return minute >= from_min || minute < until_min;
}

int64_t hours_look_again_us(int from_min, int until_min, const struct moment *now) {
    const int ends[] = {from_min, until_min % DAY_MIN};
    int64_t wait_s = LOOK_AGAIN_S;
    for (int i = 0; i < 2; i++) {
        int64_t until_s = (int64_t)ends[i] * MINUTE_S - second_of_day(now);
        if (until_s <= 0)
            until_s += DAY_S;
        if (until_s < wait_s)
            wait_s = until_s;
    }
    return now->boot_us + wait_s * 1000000;
}
