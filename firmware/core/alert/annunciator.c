// SPDX-License-Identifier: MIT

#include "core/alert/annunciator.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/schedule/hours.h"

#define MILLISECONDS(n) ((n)*INT64_C(1000))

// Two rings that are due together are told apart by this silence.
static const int64_t ring_gap_us = MILLISECONDS(1200);

// @since_us: when it was raised, or came to light.
struct entry {
    struct annunciator_alert alert;
    int64_t since_us;
    bool is_hidden;
};

// In the order of its rooms: sorted by size it would be 32 bytes smaller.
// NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding)
struct annunciator {
    const struct policy *policy;
    bool has_health_lamp;

    // the desk
    struct entry *entries; // oldest first; owned
    size_t count;
    size_t room;
    bool is_quiet;
    int64_t snoozed_until_us;
    int64_t all_lit_until_us;

    // lamp: what shows, and since when (the rhythm's phase)
    bool is_showing;
    bool is_steady;
    enum level shown;
    int64_t shown_since_us;

    // bell: the ring under way, and for each level when it rings next and how often it has
    bool is_ringing;
    enum level ringing;
    int64_t ring_begin_us;
    int64_t ring_due_us[LEVEL_COUNT];
    uint32_t ring_count[LEVEL_COUNT];

    // the bound on continuous sound
    bool is_sounding;
    int64_t sound_since_us;

    bool is_ill;
    bool has_amber; // taken by an alert
    int64_t ill_since_us;
};

// The desk grows by so many; the first of them never want for memory.
enum { ROOM_STEP = 16 };

static bool grow(struct annunciator *a) {
    const size_t room = a->room + ROOM_STEP;
    struct entry *entries =
        room <= LIMIT_ALERTS_MAX ? realloc(a->entries, room * sizeof *entries) : NULL;
    if (!entries)
        return false;
    a->entries = entries;
    a->room = room;
    return true;
}

int annunciator_new(const struct policy *policy, bool has_health_lamp, struct annunciator **ret) {
    struct annunciator *a = calloc(1, sizeof *a);
    if (!a || !grow(a)) {
        annunciator_free(a);
        return -ENOMEM;
    }
    a->policy = policy;
    a->has_health_lamp = has_health_lamp;
    for (size_t level = 0; level < LEVEL_COUNT; level++)
        a->ring_due_us[level] = PATTERN_NEVER;
    *ret = a;
    return 0;
}

struct annunciator *annunciator_free(struct annunciator *a) {
    if (a)
        free(a->entries);
    free(a);
    return NULL;
}

size_t annunciator_count(const struct annunciator *a) {
    return a->count;
}

static int64_t sooner(int64_t a_us, int64_t b_us) {
    return a_us < b_us ? a_us : b_us;
}

static const struct level_plan *plan_of(const struct annunciator *a, enum level level) {
    return &a->policy->levels[level];
}

// --- the desk --------------------------------------------------------------------------------

struct annunciator_alert annunciator_alert_of(const struct alert *alert) {
    return (struct annunciator_alert){
        .id = alert->id,
        .level = alert->level,
        .lamp = alert->lamp,
        .is_silent = alert->is_silent,
        .is_drill = alert->is_drill,
        .is_steady = alert->stories > 1,
        .rings = alert->rings,
    };
}

struct annunciator_alert annunciator_alert_changed(const struct alert_change *change) {
    return (struct annunciator_alert){
        .id = change->id,
        .level = change->level,
        .lamp = change->lamp,
        .is_silent = change->is_silent,
        .is_steady = change->stories > 1,
        .rings = change->must_ring ? 0 : 1,
    };
}

static bool has_level(const struct annunciator *a, enum level level) {
    for (size_t i = 0; i < a->count; i++)
        if (a->entries[i].alert.level == level)
            return true;
    return false;
}

static void remove_entry(struct annunciator *a, size_t index) {
    const enum level level = a->entries[index].alert.level;
    a->count--;
    memmove(&a->entries[index], &a->entries[index + 1], (a->count - index) * sizeof a->entries[0]);
    if (has_level(a, level))
        return;
    a->ring_due_us[level] = PATTERN_NEVER;
    if (a->is_ringing && a->ringing == level)
        a->is_ringing = false;
}

// Where the alert is; count when it is not.
static size_t find_entry(const struct annunciator *a, int64_t id) {
    size_t i = 0;
    while (i < a->count && (id == 0 || a->entries[i].alert.id != id))
        i++;
    return i;
}

// Makes room for one entry of @level; false when all that is there outranks it.
static bool make_room(struct annunciator *a, enum level level) {
    if (a->count < a->room || grow(a))
        return true;
    size_t lowest = 0;
    for (size_t i = 1; i < a->count; i++)
        if (a->entries[i].alert.level < a->entries[lowest].alert.level)
            lowest = i;
    if (a->entries[lowest].alert.level > level)
        return false;
    remove_entry(a, lowest);
    return true;
}

// When a level that has rung @count times (>= 1), the last time at @last_us, rings again.
static int64_t next_ring_us(const struct level_plan *plan, uint32_t count, int64_t last_us) {
    int64_t wait_us = plan->repeat_us[count > 1];
    return wait_us > 0 && plan->strokes.count > 0 ? last_us + wait_us : PATTERN_NEVER;
}

// Takes an alert off to put it back on another level. Return: whether its bell has yet to ring.
static bool take_off(struct annunciator *a, size_t index, int64_t now_us) {
    const enum level level = a->entries[index].alert.level;
    const bool is_due = a->ring_count[level] == 0 && a->ring_due_us[level] <= now_us;
    remove_entry(a, index);
    return is_due;
}

void annunciator_raise(struct annunciator *a, const struct annunciator_alert *alert,
                       int64_t now_us) {
    size_t index = find_entry(a, alert->id);
    const enum level level = alert->level;
    int64_t since_us = index < a->count ? a->entries[index].since_us : now_us;
    bool must_ring = alert->rings == 0;
    if (index < a->count && a->entries[index].alert.level != level) {
        must_ring |= take_off(a, index, now_us);
        index = a->count;
    }
    const bool is_first = !has_level(a, level);
    if (index == a->count) {
        if (!make_room(a, level))
            return;
        index = a->count++;
    }
    a->entries[index] = (struct entry){.alert = *alert, .since_us = since_us};

    if (alert->is_drill)
        annunciator_light_all(a, ANNUNCIATOR_DRILL_LAMPS_US, now_us);
    if (must_ring) {
        a->ring_due_us[level] = now_us + (alert->is_drill ? ANNUNCIATOR_DRILL_LAMPS_US : 0);
        a->ring_count[level] = 0;
    } else if (is_first) {
        a->ring_count[level] = alert->rings;
        a->ring_due_us[level] = next_ring_us(plan_of(a, level), alert->rings, now_us);
    }
}

size_t annunciator_acknowledge(struct annunciator *a) {
    size_t count = a->count;
    while (a->count > 0)
        remove_entry(a, a->count - 1);
    return count;
}

bool annunciator_remove(struct annunciator *a, int64_t id) {
    const size_t index = find_entry(a, id);
    if (index == a->count)
        return false;
    remove_entry(a, index);
    return true;
}

void annunciator_snooze(struct annunciator *a, int64_t until_us) {
    a->snoozed_until_us = until_us;
    a->is_ringing = false;
}

void annunciator_set_health(struct annunciator *a, bool is_ill, int64_t now_us) {
    if (is_ill && !a->is_ill)
        a->ill_since_us = now_us;
    a->is_ill = is_ill;
}

void annunciator_light_all(struct annunciator *a, int64_t for_us, int64_t now_us) {
    if (now_us + for_us > a->all_lit_until_us)
        a->all_lit_until_us = now_us + for_us;
}

// --- what is to be seen ------------------------------------------------------------------------

static bool is_snoozed(const struct annunciator *a, int64_t now_us) {
    return now_us < a->snoozed_until_us;
}

// Brings is_quiet and what waits in the dark up to now. Returns when quiet hours must be looked at
// again: only what waits in the dark, or would have to, depends on them by itself.
static int64_t step_quiet(struct annunciator *a, const struct moment *now) {
    const struct policy *policy = a->policy;
    const bool has_hours = policy->quiet_from_min >= 0 && now->is_trusted;
    bool has_dark = false;
    a->is_quiet =
        has_hours && hours_is_within(policy->quiet_from_min, policy->quiet_until_min, now);
    for (size_t i = 0; i < a->count; i++) {
        struct entry *entry = &a->entries[i];
        const bool is_dark = plan_of(a, entry->alert.level)->quiet == QUIET_DARK;
        if (entry->is_hidden && !a->is_quiet)
            entry->since_us = now->boot_us;
        entry->is_hidden = is_dark && a->is_quiet;
        has_dark |= is_dark;
    }
    return has_hours && has_dark
               ? hours_look_again_us(policy->quiet_from_min, policy->quiet_until_min, now)
               : PATTERN_NEVER;
}

static int64_t drill_length_us(const struct level_plan *plan) {
    const int64_t bell_us = pattern_bell_length_us(&plan->strokes);
    return ANNUNCIATOR_DRILL_LAMPS_US +
           (bell_us > ANNUNCIATOR_DRILL_US ? bell_us : ANNUNCIATOR_DRILL_US);
}

// How long an entry stays by itself; 0 = until a person clears it, or it comes to light.
static int64_t hold_us(const struct annunciator *a, const struct entry *entry) {
    const struct level_plan *plan = plan_of(a, entry->alert.level);
    if (entry->alert.is_drill)
        return drill_length_us(plan);
    return entry->is_hidden ? 0 : plan->hold_us;
}

static int64_t clear_held(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    int64_t next_us = PATTERN_NEVER;
    for (size_t i = 0; i < a->count;) {
        const struct entry *entry = &a->entries[i];
        const int64_t stay_us = hold_us(a, entry), due_us = entry->since_us + stay_us;
        const bool is_full = ret->cleared_count == sizeof ret->cleared / sizeof *ret->cleared;
        if (stay_us == 0 || due_us > now_us || is_full) {
            if (stay_us > 0)
                next_us = sooner(next_us, due_us > now_us ? due_us : now_us);
            i++;
            continue;
        }
        ret->cleared[ret->cleared_count++] = entry->alert.id;
        remove_entry(a, i);
    }
    return next_us;
}

static bool is_visible(const struct annunciator *a, const struct entry *entry, int64_t now_us) {
    return !entry->is_hidden && (entry->alert.is_drill || !is_snoozed(a, now_us));
}

// Finds the level that shows; false when none does.
static bool find_shown(const struct annunciator *a, int64_t now_us, enum level *ret_level) {
    bool is_found = false;
    for (size_t i = 0; i < a->count; i++) {
        if (!is_visible(a, &a->entries[i], now_us))
            continue;
        if (!is_found || a->entries[i].alert.level > *ret_level)
            *ret_level = a->entries[i].alert.level;
        is_found = true;
    }
    return is_found;
}

static int64_t step_lamps(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    enum level level = LEVEL_ROUTINE;
    a->has_amber = false;
    if (!find_shown(a, now_us, &level)) {
        a->is_showing = false;
        return PATTERN_NEVER;
    }
    bool has_lamp[ROLE_COUNT] = {false}, is_steady = false;
    for (size_t i = 0; i < a->count; i++) {
        const struct annunciator_alert *alert = &a->entries[i].alert;
        if (alert->level != level || !is_visible(a, &a->entries[i], now_us))
            continue;
        has_lamp[alert->lamp < ROLE_BUZZER ? alert->lamp : plan_of(a, level)->lamp] = true;
        is_steady |= alert->is_steady;
    }
    if (!a->is_showing || a->shown != level || a->is_steady != is_steady)
        a->shown_since_us = now_us;
    a->is_showing = true;
    a->shown = level;
    a->is_steady = is_steady;
    ret->is_showing = true;
    ret->shown = level;

    int64_t next_us = PATTERN_NEVER;
    const bool is_lit =
        is_steady || pattern_lamp(&plan_of(a, level)->rhythm, now_us - a->shown_since_us, &next_us);
    for (size_t role = 0; role < ROLE_COUNT; role++)
        ret->is_lit[role] = has_lamp[role] && is_lit;
    a->has_amber = has_lamp[ROLE_AMBER];
    return next_us == PATTERN_NEVER ? PATTERN_NEVER : a->shown_since_us + next_us;
}

static int64_t step_health(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    if (a->has_health_lamp)
        ret->is_lit[ROLE_HEALTH] = a->is_ill;
    if (!a->is_ill || a->has_health_lamp || a->has_amber)
        return PATTERN_NEVER;
    int64_t next_us;
    ret->is_lit[ROLE_AMBER] = pattern_double_flick(now_us - a->ill_since_us, &next_us);
    return a->ill_since_us + next_us;
}

static int64_t step_test(const struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    if (now_us >= a->all_lit_until_us)
        return PATTERN_NEVER;
    for (size_t role = 0; role < ROLE_BUZZER; role++)
        ret->is_lit[role] = true;
    ret->is_all_lit = true;
    return a->all_lit_until_us;
}

// --- what is to be heard -----------------------------------------------------------------------

static bool has_sound(const struct annunciator *a, enum level level) {
    bool is_loud = false;
    for (size_t i = 0; i < a->count; i++)
        is_loud |= a->entries[i].alert.level == level && !a->entries[i].alert.is_silent;
    return is_loud && plan_of(a, level)->strokes.count > 0 &&
           (!a->is_quiet || plan_of(a, level)->quiet == QUIET_RINGS);
}

static bool has_drill(const struct annunciator *a, enum level level) {
    for (size_t i = 0; i < a->count; i++)
        if (a->entries[i].alert.level == level && a->entries[i].alert.is_drill)
            return true;
    return false;
}

// Must a ring that is due wait, for something that has a wake-up of its own?
static bool must_wait(const struct annunciator *a, enum level level, int64_t now_us) {
    if (a->is_quiet && plan_of(a, level)->quiet == QUIET_DARK)
        return true;
    if (is_snoozed(a, now_us) && !has_drill(a, level))
        return true;
    return a->is_ringing && a->ringing >= level && has_sound(a, level);
}

static void begin_ring(struct annunciator *a, enum level level, int64_t now_us,
                       struct annunciation *ret) {
    a->ring_count[level]++;
    a->ring_due_us[level] = next_ring_us(plan_of(a, level), a->ring_count[level], now_us);
    ret->rang |= 1u << level;
    if (!has_sound(a, level))
        return;
    a->is_ringing = true;
    a->ringing = level;
    a->ring_begin_us = now_us;
}

// Begins what is due; returns when something will be due that is not now.
static int64_t begin_due_rings(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    int64_t next_us = PATTERN_NEVER;
    for (int i = LEVEL_COUNT - 1; i >= 0; i--) {
        const enum level level = (enum level)i;
        if (a->ring_due_us[level] <= now_us && !must_wait(a, level, now_us))
            begin_ring(a, level, now_us, ret);
        if (a->ring_due_us[level] > now_us)
            next_us = sooner(next_us, a->ring_due_us[level]);
    }
    return next_us;
}

static int64_t step_bell(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    if (a->is_ringing && now_us >= a->ring_begin_us + ring_gap_us +
                                       pattern_bell_length_us(&plan_of(a, a->ringing)->strokes))
        a->is_ringing = false;
    int64_t next_us = begin_due_rings(a, now_us, ret);
    if (!a->is_ringing)
        return next_us;

    const struct strokes *strokes = &plan_of(a, a->ringing)->strokes;
    int64_t edge_us;
    ret->is_lit[ROLE_BUZZER] = pattern_bell(strokes, now_us - a->ring_begin_us, &edge_us);
    if (edge_us == PATTERN_NEVER)
        edge_us = pattern_bell_length_us(strokes) + ring_gap_us;
    return sooner(next_us, a->ring_begin_us + edge_us);
}

// Cuts a sound that has lasted too long, until its pattern is silent by itself.
static int64_t bound_sound(struct annunciator *a, int64_t now_us, struct annunciation *ret) {
    if (!ret->is_lit[ROLE_BUZZER]) {
        a->is_sounding = false;
        return PATTERN_NEVER;
    }
    if (!a->is_sounding)
        a->sound_since_us = now_us;
    a->is_sounding = true;
    const int64_t end_us = a->sound_since_us + ANNUNCIATOR_SOUND_US;
    ret->is_lit[ROLE_BUZZER] = now_us < end_us;
    return now_us < end_us ? end_us : PATTERN_NEVER;
}

void annunciator_step(struct annunciator *a, const struct moment *now, struct annunciation *ret) {
    const int64_t now_us = now->boot_us;
    *ret = (struct annunciation){.next_us = PATTERN_NEVER};
    // In this order: what cleared shows no more, and what rings is what is left.
    ret->next_us = sooner(ret->next_us, step_quiet(a, now));
    ret->next_us = sooner(ret->next_us, clear_held(a, now_us, ret));
    ret->next_us = sooner(ret->next_us, step_lamps(a, now_us, ret));
    ret->next_us = sooner(ret->next_us, step_health(a, now_us, ret));
    ret->next_us = sooner(ret->next_us, step_test(a, now_us, ret));
    ret->next_us = sooner(ret->next_us, step_bell(a, now_us, ret));
    ret->next_us = sooner(ret->next_us, bound_sound(a, now_us, ret));
    if (is_snoozed(a, now_us) && a->count > 0)
        ret->next_us = sooner(ret->next_us, a->snoozed_until_us);
}
