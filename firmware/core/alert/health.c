// SPDX-License-Identifier: MIT

#include "core/alert/health.h"

#include <stdlib.h>
#include <string.h>

void health_done(struct health *health) {
    for (size_t i = 0; i < HEALTH_CAUSE_COUNT; i++) {
        free(health->entries[i].what);
        free(health->entries[i].advice);
    }
    *health = HEALTH_NULL;
}

// A text that cannot be copied is left out: the lamp is what counts.
static void replace(char **text, const char *with) {
    free(*text);
    *text = strdup(with);
}

bool health_set(struct health *health, enum health_cause cause, int64_t now_us, const char *what,
                const char *advice) {
    struct health_entry *entry = &health->entries[cause];
    if (entry->is_on && entry->what && strcmp(entry->what, what) == 0)
        return false;
    if (!entry->is_on)
        entry->since_us = now_us;
    entry->is_on = true;
    replace(&entry->what, what);
    replace(&entry->advice, advice);
    return true;
}

bool health_clear(struct health *health, enum health_cause cause) {
    struct health_entry *entry = &health->entries[cause];
    bool was_on = entry->is_on;
    free(entry->what);
    free(entry->advice);
    *entry = (struct health_entry){0};
    return was_on;
}

bool health_note_hearing(struct health *health, bool is_heard, int64_t now_us) {
    if (is_heard) {
        health->is_missing = false;
        return health_clear(health, HEALTH_DEAF);
    }
    if (!health->is_missing) {
        health->is_missing = true;
        health->missing_since_us = now_us;
    }
    return false;
}

bool health_step(struct health *health, int64_t now_us, int64_t *ret_next_us) {
    *ret_next_us = HEALTH_NEVER;
    if (!health->is_missing || health->entries[HEALTH_DEAF].is_on)
        return false;
    int64_t due_us = health->missing_since_us + HEALTH_DEAF_US;
    if (now_us < due_us) {
        *ret_next_us = due_us;
        return false;
    }
    return health_set(
        health, HEALTH_DEAF, health->missing_since_us, "no feed could be read for ten minutes",
        "see what 'wirebell feeds' says of each; if all fail alike, look at the network");
}

bool health_is_well(const struct health *health) {
    for (size_t i = 0; i < HEALTH_CAUSE_COUNT; i++)
        if (health->entries[i].is_on)
            return false;
    return true;
}

bool health_item(const struct health *health, enum health_cause cause, const struct moment *now,
                 struct health_item *ret) {
    const struct health_entry *entry = &health->entries[cause];
    if (!entry->is_on)
        return false;
    *ret = (struct health_item){
        .cause = cause,
        .since_s = now->wall_s - (now->boot_us - entry->since_us) / 1000000,
        .what = entry->what ? entry->what : "",
        .advice = entry->advice ? entry->advice : "",
    };
    return true;
}
