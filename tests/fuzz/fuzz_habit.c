// SPDX-License-Identifier: MIT
//
// libFuzzer door to what the state keeps of a feed as plain bytes: a habit, and the hashes of its
// items. First the bytes of a habit, then of each look its time and how many stories it brought,
// with theirs. Asserted beside "no crash": a wait lies within its bounds, and a habit learned from
// nothing (the bytes were none) is taken back when it was stored.

#include <stdint.h>
#include <string.h>

#include "core/schedule/habit.h"
#include "soundness.h"
#include "wirebell/reading.h"

enum { TIMES_MAX = 16, INTERVAL_S = 900, FLOOR_S = 300, CEILING_S = 4 * 3600 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t take_number(const uint8_t **data, size_t *size) {
    uint32_t number = 0;
    const size_t length = *size < sizeof number ? *size : sizeof number;
    if (length > 0)
        memcpy(&number, *data, length);
    *data += length;
    *size -= length;
    return number;
}

static void check_wait(const struct habit *habit, int64_t now_s) {
    const struct habit_bounds bounds = {
        .interval_s = INTERVAL_S, .floor_s = FLOOR_S, .ceiling_s = CEILING_S};
    const int64_t wait_s = habit_wait_s(habit, &bounds, now_s);
    check(wait_s >= FLOOR_S && wait_s <= CEILING_S);
}

static void learn(struct habit *habit, const uint8_t *data, size_t size) {
    while (size > 0) {
        int64_t times[TIMES_MAX];
        struct habit_look look = {.interval_s = INTERVAL_S, .published_s = times};
        look.now_s = take_number(&data, &size);
        look.count = (size_t)(take_number(&data, &size) % (TIMES_MAX + 1));
        for (size_t i = 0; i < look.count; i++)
            times[i] = take_number(&data, &size);
        habit_learn(habit, &look);
        check_wait(habit, look.now_s);
    }
}

static void check_items(const uint8_t *data, size_t size) {
    uint64_t hashes[64];
    const size_t count = size / sizeof *hashes < 64 ? size / sizeof *hashes : 64;
    if (count > 0)
        memcpy(hashes, data, count * sizeof *hashes);
    const bool are_sound = reading_items_are_sound((struct reading_items){hashes, count});
    for (size_t i = 0; are_sound && i < count; i++)
        check(hashes[i] > (i > 0 ? hashes[i - 1] : 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_items(data, size);
    struct habit habit = {.version = 0}, again;
    const size_t stored = size < sizeof habit ? size : sizeof habit;
    const int r = habit_load(data, stored, &habit);
    learn(&habit, data + stored, size - stored);
    check_wait(&habit, UINT32_MAX);
    check(habit.version == 0 || habit.version == HABIT_VERSION);
    if (r < 0 && habit.version != 0)
        check(habit_load(&habit, sizeof habit, &again) == 0);
    return 0;
}
