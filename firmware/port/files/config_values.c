// SPDX-License-Identifier: MIT
//
// config_values.c - the kinds of values there are, and the tables of wirebell.conf.

#include "port/files/config_values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/keywords/setting.h"
#include "core/text/ending.h"
#include "port/files/config.h"
#include "wirebell/limits.h"

#define SECOND_US      INT64_C(1000000)
#define MILLISECOND_US INT64_C(1000)
#define MINUTE_US      (60 * SECOND_US)
#define HOUR_US        (60 * MINUTE_US)
#define DAY_US         (24 * HOUR_US)
// Three flashes a second and more can harm people who are sensitive to it: WCAG 2.2, 2.3.1.
#define FLASH_MIN_US   (334 * MILLISECOND_US)

// --- kinds of values: text in, field out -----------------------------------------------------

static bool is_none(const struct config_value *value, const char *text) {
    return value->none && strcmp(text, value->none) == 0;
}

// Digits, as milliseconds. Returns the first byte behind them, NULL where there are none or many.
static const char *parse_milliseconds(const char *text, int64_t *ret_us) {
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 8)
        return NULL;
    *ret_us = strtoll(text, NULL, 10) * MILLISECOND_US;
    return text + digits;
}

// "90s", "30m", and "500ms", which only short times need.
static int parse_time(const char *text, size_t size, int64_t *ret_us) {
    const char *unit = parse_milliseconds(text, ret_us);
    if (unit && text + size == unit + 2 && memcmp(unit, "ms", 2) == 0)
        return 0;
    int64_t seconds;
    int r = setting_duration(text, size, &seconds);
    if (r == 0)
        *ret_us = seconds * SECOND_US;
    return r;
}

static int read_time_us(const struct config_value *value, const char *text, void *ret) {
    int64_t time_us = 0;
    if (!is_none(value, text) && (parse_time(text, strlen(text), &time_us) != 0 ||
                                  time_us < value->min || time_us > value->max))
        return -EINVAL;
    memcpy(ret, &time_us, sizeof time_us);
    return 0;
}

static int read_time_s(const struct config_value *value, const char *text, void *ret) {
    int64_t time_us;
    int r = read_time_us(value, text, &time_us);
    if (r != 0)
        return r;
    const int64_t time_s = time_us / SECOND_US;
    memcpy(ret, &time_s, sizeof time_s);
    return 0;
}

static int read_count(const struct config_value *value, const char *text, void *ret) {
    uint32_t count = 0;
    if (!is_none(value, text)) {
        char *end;
        errno = 0;
        long long number = strtoll(text, &end, 10);
        if (end == text || *end || errno != 0 || number < value->min || number > value->max)
            return -EINVAL;
        count = (uint32_t)number;
    }
    memcpy(ret, &count, sizeof count);
    return 0;
}

// What node_exporter reads: "/run/wirebell/wirebell.prom".
static int read_metrics_path(const struct config_value *value, const char *text, void *ret) {
    const size_t size = strlen(text);
    char *path = ret;
    if (is_none(value, text)) {
        *path = '\0';
        return 0;
    }
    if (text[0] != '/' || size >= CONFIG_PATH_SIZE || !ending_is(text + 1, ".prom"))
        return -EINVAL;
    memcpy(path, text, size + 1);
    return 0;
}

// Both fields of struct policy.
static int read_quiet_hours(const struct config_value *value, const char *text, void *ret) {
    struct policy *policy = ret;
    if (!is_none(value, text))
        return setting_hours(text, strlen(text), &policy->quiet_from_min, &policy->quiet_until_min);
    policy->quiet_from_min = -1;
    policy->quiet_until_min = -1;
    return 0;
}

static int read_lamp(const struct config_value *value, const char *text, void *ret) {
    (void)value;
    static const enum board_role LAMPS[] = {ROLE_RED, ROLE_AMBER, ROLE_GREEN};
    for (size_t i = 0; i < sizeof LAMPS / sizeof LAMPS[0]; i++) {
        if (strcmp(text, board_role_name(LAMPS[i])) == 0) {
            memcpy(ret, &LAMPS[i], sizeof LAMPS[i]);
            return 0;
        }
    }
    return -EINVAL;
}

// "250/250": milliseconds on and off.
static int parse_beat(const struct config_value *value, const char *text, int64_t *ret_on_us,
                      int64_t *ret_off_us) {
    int64_t on_us, off_us;
    const char *at = parse_milliseconds(text, &on_us);
    if (at && *at == '/')
        at = parse_milliseconds(at + 1, &off_us);
    else
        at = NULL;
    if (!at || *at || on_us < value->min || on_us > value->max || off_us < value->min ||
        off_us > value->max)
        return -EINVAL;
    *ret_on_us = on_us;
    *ret_off_us = off_us;
    return 0;
}

static int read_rhythm(const struct config_value *value, const char *text, void *ret) {
    static const struct {
        const char *name;
        struct rhythm rhythm;
    } NAMED[] = {
        {"normal", {250 * MILLISECOND_US, 250 * MILLISECOND_US}},
        {"slow", {833 * MILLISECOND_US, 833 * MILLISECOND_US}},
        {"steady", {SECOND_US, 0}},
    };
    struct rhythm *rhythm = ret;
    for (size_t i = 0; i < sizeof NAMED / sizeof NAMED[0]; i++) {
        if (strcmp(text, NAMED[i].name) == 0) {
            *rhythm = NAMED[i].rhythm;
            return 0;
        }
    }
    struct rhythm own;
    if (parse_beat(value, text, &own.on_us, &own.off_us) != 0 ||
        own.on_us + own.off_us < FLASH_MIN_US)
        return -EINVAL;
    *rhythm = own;
    return 0;
}

static int read_stroke(const struct config_value *value, const char *text, void *ret) {
    struct strokes *strokes = ret;
    return parse_beat(value, text, &strokes->on_us, &strokes->off_us);
}

// "60s, 5m": after the first ring, then from ring to ring. One alone: once more, then no more.
static int read_repeat(const struct config_value *value, const char *text, void *ret) {
    int64_t repeat_us[2] = {0, 0};
    const char *at = text;
    for (size_t i = 0; !is_none(value, text) && i < 2; i++) {
        const size_t size = strcspn(at, ", ");
        if (parse_time(at, size, &repeat_us[i]) != 0 || repeat_us[i] < value->min ||
            repeat_us[i] > value->max)
            return -EINVAL;
        at += size;
        at += strspn(at, ", ");
        if (!*at)
            break;
    }
    if (!is_none(value, text) && *at)
        return -EINVAL;
    memcpy(ret, repeat_us, sizeof repeat_us);
    return 0;
}

static int read_quiet(const struct config_value *value, const char *text, void *ret) {
    (void)value;
    static const char *const WORDS[] = {
        [QUIET_RINGS] = "rings", [QUIET_LAMP_ONLY] = "lamp", [QUIET_DARK] = "dark"};
    for (enum quiet_mode mode = QUIET_RINGS; mode <= QUIET_DARK; mode++) {
        if (strcmp(text, WORDS[mode]) == 0) {
            memcpy(ret, &mode, sizeof mode);
            return 0;
        }
    }
    return -EINVAL;
}

// --- the table -------------------------------------------------------------------------------

const struct config_value config_device_values[CONFIG_DEVICE_VALUES] = {
    {.key = "quiet_hours",
     .read = read_quiet_hours,
     .none = "never",
     .takes = "two times of the day such as \"22:00-07:00\", or never",
     .offset = offsetof(struct config, policy),
     .initial = {"never"}},
    {.key = "fresh",
     .read = read_time_s,
     .min = 10 * MINUTE_US,
     .max = 366 * DAY_US,
     .takes = "a time from 10m to 366d",
     .offset = offsetof(struct config, policy.fresh_s),
     .initial = {"24h"}},
    {.key = "join",
     .read = read_time_s,
     .min = MINUTE_US,
     .max = 30 * DAY_US,
     .none = "never",
     .takes = "a time from 1m to 30d, or never",
     .offset = offsetof(struct config, policy.join_s),
     .initial = {"12h"}},
    {.key = "raise_at",
     .read = read_count,
     .min = 2,
     .max = 100,
     .none = "never",
     .takes = "a number of sources from 2 to 100, or never",
     .offset = offsetof(struct config, policy.raise_sources),
     .initial = {"never"}},
    {.key = "budget",
     .read = read_count,
     .min = 1,
     .max = 1000,
     .takes = "a number of rings from 1 to 1000",
     .offset = offsetof(struct config, policy.budget_count),
     .initial = {"10"}},
    {.key = "budget_time",
     .read = read_time_s,
     .min = MINUTE_US,
     .max = DAY_US,
     .takes = "a time from 1m to 1d",
     .offset = offsetof(struct config, policy.budget_s),
     .initial = {"10m"}},
    {.key = "snooze",
     .read = read_time_s,
     .min = MINUTE_US,
     .max = 7 * DAY_US,
     .takes = "a time from 1m to 7d",
     .offset = offsetof(struct config, policy.snooze_s),
     .initial = {"1h"}},
    {.key = "snooze_press",
     .read = read_time_us,
     .min = 500 * MILLISECOND_US,
     .max = 10 * SECOND_US,
     .takes = "a time from 500ms to 10s",
     .offset = offsetof(struct config, snooze_press_us),
     .initial = {"2s"}},
    {.key = "test_press",
     .read = read_time_us,
     .min = SECOND_US,
     .max = 30 * SECOND_US,
     .takes = "a time from 1s to 30s",
     .offset = offsetof(struct config, test_press_us),
     .initial = {"5s"}},
    {.key = "poll",
     .read = read_time_s,
     .min = SECOND_US,
     .max = LIMIT_POLL_MAX_S * SECOND_US,
     .takes = "a time from 5m to 24h",
     .offset = offsetof(struct config, poll_s),
     .initial = {"15m"}},
    {.key = "metrics",
     .read = read_metrics_path,
     .none = "off",
     .takes =
         "a path from the root that ends in .prom, such as /run/wirebell/wirebell.prom, or off",
     .offset = offsetof(struct config, metrics),
     .initial = {"off"}},
};

#define EACH_LEVEL(flash, bulletin, urgent, routine)                                               \
    {                                                                                              \
        [LEVEL_FLASH] = (flash), [LEVEL_BULLETIN] = (bulletin), [LEVEL_URGENT] = (urgent),         \
        [LEVEL_ROUTINE] = (routine)                                                                \
    }

const struct config_value config_level_values[CONFIG_LEVEL_VALUES] = {
    {.key = "lamp",
     .read = read_lamp,
     .takes = "red, amber or green",
     .offset = offsetof(struct level_plan, lamp),
     .initial = EACH_LEVEL("red", "red", "amber", "green")},
    {.key = "rhythm",
     .read = read_rhythm,
     .min = 50 * MILLISECOND_US,
     .max = 10 * SECOND_US,
     .takes = "normal, slow, steady, or milliseconds on and off such as \"250/250\": each from 50 "
              "to 10000, together 334 or more",
     .offset = offsetof(struct level_plan, rhythm),
     .initial = EACH_LEVEL("normal", "slow", "slow", "steady")},
    {.key = "strokes",
     .read = read_count,
     .max = 50,
     .takes = "a number from 0 to 50",
     .offset = offsetof(struct level_plan, strokes.count),
     .initial = EACH_LEVEL("10", "5", "3", "0")},
    {.key = "stroke",
     .read = read_stroke,
     .min = 20 * MILLISECOND_US,
     .max = 2 * SECOND_US,
     .takes = "milliseconds on and off such as \"150/250\", each from 20 to 2000",
     .offset = offsetof(struct level_plan, strokes),
     .initial = EACH_LEVEL("150/250", "150/250", "150/250", "150/250")},
    {.key = "repeat",
     .read = read_repeat,
     .min = 10 * SECOND_US,
     .max = DAY_US,
     .none = "never",
     .takes = "one or two times from 10s to 1d such as \"60s, 5m\", or never",
     .offset = offsetof(struct level_plan, repeat_us),
     .initial = EACH_LEVEL("60s, 5m", "10m", "never", "never")},
    {.key = "hold",
     .read = read_time_us,
     .min = 10 * SECOND_US,
     .max = 7 * DAY_US,
     .none = "acknowledged",
     .takes = "a time from 10s to 7d, or acknowledged",
     .offset = offsetof(struct level_plan, hold_us),
     .initial = EACH_LEVEL("acknowledged", "acknowledged", "acknowledged", "30m")},
    {.key = "quiet",
     .read = read_quiet,
     .takes = "rings, lamp or dark",
     .offset = offsetof(struct level_plan, quiet),
     .initial = EACH_LEVEL("rings", "lamp", "lamp", "dark")},
};
