// SPDX-License-Identifier: MIT

#include "core/annunciator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MILLISECONDS(n) ((n)*INT64_C(1000))

// Two rings that are due together are told apart by this silence.
static const int64_t ring_gap_us = MILLISECONDS(1200);

struct entry {
    int64_t id;
    enum level level;
    int64_t raised_us;
};

struct annunciator {
    const struct level_plan *plans;

    // the desk, oldest first
    struct entry entries[LIMIT_ALERTS_MAX];
    size_t count;

    // lamp: the level that shows, and since when (the rhythm's phase)
    bool is_showing;
    enum level shown;
    int64_t shown_since_us;

    // bell: the ring under way, and for each level when it rings next and how often it has
    bool is_ringing;
    enum level ringing;
    int64_t ring_begin_us;
    int64_t ring_due_us[LEVEL_COUNT];
    uint32_t ring_count[LEVEL_COUNT];
};

int annunciator_new(const struct level_plan *plans, struct annunciator **ret) {
    struct annunciator *a = calloc(1, sizeof *a);
    if (!a)
        return -ENOMEM;
    a->plans = plans;
    for (size_t level = 0; level < LEVEL_COUNT; level++)
        a->ring_due_us[level] = PATTERN_NEVER;
    *ret = a;
    return 0;
}

struct annunciator *annunciator_free(struct annunciator *a) {
    free(a);
    return NULL;
}

size_t annunciator_count(const struct annunciator *a) {
    return a->count;
}

static void remove_entry(struct annunciator *a, size_t index) {
    a->count--;
    memmove(&a->entries[index], &a->entries[index + 1], (a->count - index) * sizeof a->entries[0]);
}

static bool has_level(const struct annunciator *a, enum level level) {
    for (size_t i = 0; i < a->count; i++)
        if (a->entries[i].level == level)
            return true;
    return false;
}

// Makes room for one entry of @level; false when all that is there outranks it.
static bool make_room(struct annunciator *a, enum level level) {
    if (a->count < LIMIT_ALERTS_MAX)
        return true;
    size_t lowest = 0;
    for (size_t i = 1; i < a->count; i++)
        if (a->entries[i].level < a->entries[lowest].level)
            lowest = i;
    if (a->entries[lowest].level > level)
        return false;
    remove_entry(a, lowest);
    return true;
}

// When a level that has rung @count times (>= 1), the last time at @last_us, rings again.
static int64_t next_ring_us(const struct level_plan *plan, uint32_t count, int64_t last_us) {
    int64_t wait_us = plan->repeat_us[count > 1];
    return wait_us > 0 && plan->strokes.count > 0 ? last_us + wait_us : PATTERN_NEVER;
}

void annunciator_raise(struct annunciator *a, int64_t id, enum level level, uint32_t rings,
                       int64_t now_us) {
    if (!make_room(a, level))
        return;
    bool is_first = !has_level(a, level);
    a->entries[a->count++] = (struct entry){.id = id, .level = level, .raised_us = now_us};

    if (rings == 0) {
        a->ring_due_us[level] = now_us;
        a->ring_count[level] = 0;
    } else if (is_first) {
        a->ring_count[level] = rings;
        a->ring_due_us[level] = next_ring_us(&a->plans[level], rings, now_us);
    }
}

size_t annunciator_acknowledge(struct annunciator *a) {
    size_t count = a->count;
    a->count = 0;
    a->is_ringing = false;
    for (size_t level = 0; level < LEVEL_COUNT; level++)
        a->ring_due_us[level] = PATTERN_NEVER;
    return count;
}

static int64_t clear_held(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    int64_t next_us = PATTERN_NEVER;
    for (size_t i = 0; i < a->count;) {
        const struct entry *entry = &a->entries[i];
        int64_t hold_us = a->plans[entry->level].hold_us;
        if (hold_us == 0) {
            i++;
            continue;
        }
        int64_t due_us = entry->raised_us + hold_us;
        if (due_us > now_us || ret->cleared_count == sizeof ret->cleared / sizeof *ret->cleared) {
            if (due_us < next_us)
                next_us = due_us > now_us ? due_us : now_us;
            i++;
            continue;
        }
        ret->cleared[ret->cleared_count++] = entry->id;
        enum level level = entry->level;
        remove_entry(a, i);
        if (!has_level(a, level))
            a->ring_due_us[level] = PATTERN_NEVER;
    }
    return next_us;
}

static int64_t step_lamps(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    if (a->count == 0) {
        a->is_showing = false;
        return PATTERN_NEVER;
    }
    enum level highest = LEVEL_ROUTINE;
    for (size_t i = 0; i < a->count; i++)
        if (a->entries[i].level > highest)
            highest = a->entries[i].level;
    if (!a->is_showing || a->shown != highest) {
        a->is_showing = true;
        a->shown = highest;
        a->shown_since_us = now_us;
    }
    ret->is_showing = true;
    ret->shown = highest;
    const struct level_plan *plan = &a->plans[highest];
    int64_t next_us;
    ret->is_lit[plan->lamp] = pattern_lamp(&plan->rhythm, now_us - a->shown_since_us, &next_us);
    return next_us == PATTERN_NEVER ? PATTERN_NEVER : a->shown_since_us + next_us;
}

static void begin_ring(struct annunciator *a, enum level level, int64_t now_us,
                       struct annunciation *ret) {
    a->ring_count[level]++;
    a->ring_due_us[level] = next_ring_us(&a->plans[level], a->ring_count[level], now_us);
    ret->rang |= 1u << level;
    if (a->plans[level].strokes.count == 0)
        return;
    a->is_ringing = true;
    a->ringing = level;
    a->ring_begin_us = now_us;
}

// Begins what is due; returns when something will be due that is not now.
static int64_t begin_due_rings(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    int64_t next_us = PATTERN_NEVER;
    for (int level = LEVEL_COUNT - 1; level >= 0; level--) {
        if (a->ring_due_us[level] > now_us) {
            if (a->ring_due_us[level] < next_us)
                next_us = a->ring_due_us[level];
            continue;
        }
        if (a->is_ringing && (int)a->ringing >= level && a->plans[level].strokes.count > 0)
            continue; // waits for its turn: step_bell() says when that is
        begin_ring(a, (enum level)level, now_us, ret);
        if (a->ring_due_us[level] < next_us)
            next_us = a->ring_due_us[level];
    }
    return next_us;
}

static int64_t step_bell(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    if (a->is_ringing) {
        const struct strokes *strokes = &a->plans[a->ringing].strokes;
        if (now_us >= a->ring_begin_us + pattern_bell_length_us(strokes) + ring_gap_us)
            a->is_ringing = false;
    }
    int64_t next_us = begin_due_rings(a, now_us, ret);
    if (!a->is_ringing)
        return next_us;

    const struct strokes *strokes = &a->plans[a->ringing].strokes;
    int64_t edge_us;
    ret->is_lit[ROLE_BUZZER] = pattern_bell(strokes, now_us - a->ring_begin_us, &edge_us);
    edge_us = a->ring_begin_us +
              (edge_us == PATTERN_NEVER ? pattern_bell_length_us(strokes) + ring_gap_us : edge_us);
    return edge_us < next_us ? edge_us : next_us;
}

void annunciator_step(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    *ret = (struct annunciation){.next_us = PATTERN_NEVER};
    // In this order: what cleared shows no more, and what rings is what is left.
    int64_t due_us[3];
    due_us[0] = clear_held(a, now_us, ret);
    due_us[1] = step_lamps(a, now_us, ret);
    due_us[2] = step_bell(a, now_us, ret);
    for (size_t i = 0; i < sizeof due_us / sizeof *due_us; i++)
        if (due_us[i] < ret->next_us)
            ret->next_us = due_us[i];
}
