// SPDX-License-Identifier: MIT

#include "core/alert/pattern.h"

bool pattern_lamp(const struct rhythm *rhythm, int64_t phase_us, int64_t *ret_next_us) {
    if (rhythm->off_us == 0) {
        *ret_next_us = PATTERN_NEVER;
        return true;
    }
    int64_t period_us = rhythm->on_us + rhythm->off_us;
    int64_t begin_us = phase_us - phase_us % period_us;
    bool is_lit = phase_us - begin_us < rhythm->on_us;
    *ret_next_us = begin_us + (is_lit ? rhythm->on_us : period_us);
    return is_lit;
}

bool pattern_bell(const struct strokes *strokes, int64_t phase_us, int64_t *ret_next_us) {
    if (phase_us >= pattern_bell_length_us(strokes)) {
        *ret_next_us = PATTERN_NEVER;
        return false;
    }
    struct rhythm rhythm = {strokes->on_us, strokes->off_us};
    return pattern_lamp(&rhythm, phase_us, ret_next_us);
}

bool pattern_double_flick(int64_t phase_us, int64_t *ret_next_us) {
    static const int64_t edges_us[] = {80000, 240000, 320000, 5000000};
    const int64_t begin_us = phase_us - phase_us % 5000000;
    int edge = 0;
    while (phase_us - begin_us >= edges_us[edge])
        edge++;
    *ret_next_us = begin_us + edges_us[edge];
    return edge % 2 == 0;
}

int64_t pattern_bell_length_us(const struct strokes *strokes) {
    if (strokes->count == 0)
        return 0;
    return strokes->count * (strokes->on_us + strokes->off_us) - strokes->off_us;
}
