// SPDX-License-Identifier: MIT
//
// The words for the enumerations of include/wirebell: in logs, JSON, D-Bus and messages they are
// the same, everywhere and for good.

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "wirebell/alert.h"
#include "wirebell/feed_status.h"
#include "wirebell/health.h"
#include "wirebell/match.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static const char *const LEVELS[] = {
    [LEVEL_ROUTINE] = "routine",
    [LEVEL_URGENT] = "urgent",
    [LEVEL_BULLETIN] = "bulletin",
    [LEVEL_FLASH] = "flash",
};
static_assert(COUNT_OF(LEVELS) == LEVEL_COUNT, "a word for each");

static const char *const STATES[] = {
    [ALERT_RAISED] = "raised",
    [ALERT_ACKNOWLEDGED] = "acknowledged",
    [ALERT_CLEARED] = "cleared",
};

static const char *const DISPOSITIONS[] = {
    [DISPOSITION_RANG] = "rang",       [DISPOSITION_JOINED] = "joined",
    [DISPOSITION_OLD] = "old",         [DISPOSITION_NEVER] = "never",
    [DISPOSITION_SNOOZED] = "snoozed", [DISPOSITION_COOLDOWN] = "cooldown",
    [DISPOSITION_HOURS] = "hours",     [DISPOSITION_FLOOD] = "flood",
    [DISPOSITION_OUTAGE] = "outage",   [DISPOSITION_QUIET] = "quiet",
};
static_assert(COUNT_OF(DISPOSITIONS) == DISPOSITION_COUNT, "a word for each");

static const char *const CAUSES[] = {
    [HEALTH_DEAF] = "deaf",         [HEALTH_STATE] = "state",
    [HEALTH_OUTPUTS] = "outputs",   [HEALTH_CONFIGURATION] = "configuration",
    [HEALTH_CLOCK] = "clock",       [HEALTH_FEED] = "feed",
    [HEALTH_SELFTEST] = "selftest",
};
static_assert(COUNT_OF(CAUSES) == HEALTH_CAUSE_COUNT, "a word for each");

static const char *const FEEDS[] = {
    [FEED_NEVER_ASKED] = "new", [FEED_FINE] = "fine", [FEED_FAILING] = "failing",
    [FEED_OFFLINE] = "offline", [FEED_GONE] = "gone",
};

static const char *const FIELDS[] = {
    [MATCH_TITLE] = "title",   [MATCH_TEXT] = "text",         [MATCH_LINK] = "link",
    [MATCH_AUTHOR] = "author", [MATCH_CATEGORY] = "category",
};
static_assert(COUNT_OF(FIELDS) == MATCH_FIELD_COUNT, "a word for each");

static const char *word_of(const char *const *words, size_t count, size_t index) {
    return index < count ? words[index] : "unknown";
}

const char *level_name(enum level level) {
    return word_of(LEVELS, COUNT_OF(LEVELS), (size_t)level);
}

int level_parse(const char *name, enum level *ret_level) {
    for (unsigned i = 0; i < LEVEL_COUNT; i++) {
        if (strcmp(name, LEVELS[i]) == 0) {
            *ret_level = (enum level)i;
            return 0;
        }
    }
    return -EINVAL;
}

const char *alert_state_name(enum alert_state state) {
    return word_of(STATES, COUNT_OF(STATES), (size_t)state);
}

const char *disposition_name(enum disposition disposition) {
    return word_of(DISPOSITIONS, COUNT_OF(DISPOSITIONS), (size_t)disposition);
}

const char *health_cause_name(enum health_cause cause) {
    return word_of(CAUSES, COUNT_OF(CAUSES), (size_t)cause);
}

const char *feed_state_name(enum feed_state state) {
    return word_of(FEEDS, COUNT_OF(FEEDS), (size_t)state);
}

const char *match_field_name(enum match_field field) {
    return word_of(FIELDS, COUNT_OF(FIELDS), (size_t)field);
}
