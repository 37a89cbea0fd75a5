// SPDX-License-Identifier: MIT

#include "core/feed/feed_hints.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/ascii.h"
#include "wirebell/limits.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S, HOURS = 24, DAYS = 7 };

// Greatest number of times a period that can be meant.
enum { FREQUENCY_MAX = 1000 };

static const char BLANKS[] = " \t\r\n";

// The first word of a text; what separates words besides blanks is given.
static size_t find_word(const char **text, const char *separators) {
    *text += strspn(*text, BLANKS);
    return strcspn(*text, separators);
}

// A whole number from 0 to @max; -1 = it is none.
static int64_t parse_number(const char *text, size_t size, int64_t max) {
    int64_t number = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
        if (number > max)
            return -1;
    }
    return size > 0 ? number : -1;
}

static int64_t parse_alone(const char *text, int64_t max) {
    size_t size = find_word(&text, BLANKS);
    return parse_number(text, size, max);
}

static int64_t parse_ttl(const char *text) {
    char *end;
    long minutes = strtol(text, &end, 10);
    bool is_meant = end != text && minutes > 0 && minutes <= LIMIT_POLL_MAX_S / 60;
    return is_meant ? minutes * 60 : 0;
}

static int64_t parse_period(const char *text) {
    static const struct {
        const char *name;
        int64_t seconds;
    } periods[] = {
        {"hourly", HOUR_S},      {"daily", DAY_S},        {"weekly", 7 * DAY_S},
        {"monthly", 30 * DAY_S}, {"yearly", 365 * DAY_S},
    };
    size_t size = find_word(&text, BLANKS);
    for (size_t i = 0; i < ARRAY_SIZE(periods); i++)
        if (ascii_compare(text, size, periods[i].name) == 0)
            return periods[i].seconds;
    return 0;
}

// --- lists -------------------------------------------------------------------------------------

// 0 to 23; RSS 0.91 counts 1 to 24. -1 = no hour.
static int parse_hour(const char *text, size_t size) {
    return (int)parse_number(text, size, HOURS) % HOURS;
}

static int parse_day(const char *text, size_t size) {
    static const char *const days[DAYS] = {"sunday",   "monday", "tuesday", "wednesday",
                                           "thursday", "friday", "saturday"};
    for (int i = 0; i < DAYS; i++)
        if (ascii_compare(text, size, days[i]) == 0)
            return i;
    return -1;
}

// The words of a list between its tags, as bits. 0 where there are more words than the list can
// have, or nothing is left that is not skipped.
static uint32_t parse_list(const char *text, int max, int (*parse)(const char *, size_t)) {
    uint32_t bits = 0;
    int count = 0;
    while (*text) {
        if (*text == '<') {
            text = strchrnul(text, '>');
            text += *text == '>';
            continue;
        }
        size_t size = find_word(&text, " \t\r\n<,");
        int bit = size > 0 ? parse(text, size) : -1;
        count += size > 0;
        if (bit >= 0)
            bits |= UINT32_C(1) << bit;
        text += size;
        text += *text == ',';
    }
    bool is_all = bits == (UINT32_C(1) << max) - 1;
    return count > max || is_all ? 0 : bits;
}

// --- hints -------------------------------------------------------------------------------------

bool feed_hints_put(struct feed_hints *hints, enum feed_tag tag, const char *text) {
    switch (tag) {
    case TAG_TTL:
        hints->ttl_s = parse_ttl(text);
        return true;
    case TAG_UPDATE_PERIOD:
        hints->period_s = parse_period(text);
        return true;
    case TAG_UPDATE_FREQUENCY:
        hints->frequency = parse_alone(text, FREQUENCY_MAX);
        return true;
    case TAG_SKIP_HOURS:
        hints->skip_hours = parse_list(text, HOURS, parse_hour);
        return true;
    case TAG_SKIP_DAYS:
        hints->skip_days = (uint8_t)parse_list(text, DAYS, parse_day);
        return true;
    default:
        return false;
    }
}

void feed_hints_tell(const struct feed_hints *hints, struct reading *reading) {
    int64_t frequency = hints->frequency > 0 ? hints->frequency : 1;
    // The module's defaults: daily, once.
    bool is_daily = hints->period_s == 0 && hints->frequency > 0;
    reading->ttl_s = hints->ttl_s;
    reading->update_s = (is_daily ? DAY_S : hints->period_s) / frequency;
    reading->skip_hours = hints->skip_hours;
    reading->skip_days = hints->skip_days;
}
