// SPDX-License-Identifier: MIT

#include "cli/when.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/keywords/setting.h"

#define HALF_YEAR_S (INT64_C(183) * 86400)

void when_format(int64_t at_s, int64_t now_s, char ret[static WHEN_SIZE]) {
    const time_t at = (time_t)at_s, now = (time_t)now_s;
    struct tm then, today;
    if (at_s == 0 || !localtime_r(&at, &then) || !localtime_r(&now, &today)) {
        (void)snprintf(ret, WHEN_SIZE, "never");
        return;
    }
    const bool is_today = then.tm_year == today.tm_year && then.tm_yday == today.tm_yday;
    const bool is_near = at_s > now_s - HALF_YEAR_S && at_s < now_s + HALF_YEAR_S;
    size_t size = is_today  ? strftime(ret, WHEN_SIZE, "%H:%M:%S", &then)
                  : is_near ? strftime(ret, WHEN_SIZE, "%b %e %H:%M", &then)
                            : strftime(ret, WHEN_SIZE, "%Y-%m-%d", &then);
    if (size == 0)
        ret[0] = '\0';
}

void when_format_span(int64_t span_s, char ret[static WHEN_SIZE]) {
    const int64_t s = span_s > 0 ? span_s : 0;
    const long long minutes = s / 60, hours = s / 3600, days = s / 86400;
    if (s < 60)
        (void)snprintf(ret, WHEN_SIZE, "%d s", (int)s);
    else if (hours == 0)
        (void)snprintf(ret, WHEN_SIZE, "%lld min", minutes);
    else if (days == 0 && minutes % 60 == 0)
        (void)snprintf(ret, WHEN_SIZE, "%lld h", hours);
    else if (days == 0)
        (void)snprintf(ret, WHEN_SIZE, "%lld h %lld min", hours, minutes % 60);
    else if (hours % 24 == 0)
        (void)snprintf(ret, WHEN_SIZE, "%lld d", days);
    else
        (void)snprintf(ret, WHEN_SIZE, "%lld d %lld h", days, hours % 24);
}

int when_parse(const char *text, int64_t now_s, int64_t *ret_s) {
    static const char *const formats[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"};
    int64_t ago_s;
    if (setting_duration(text, strlen(text), &ago_s) == 0) {
        *ret_s = now_s - ago_s;
        return 0;
    }
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct tm tm = {.tm_isdst = -1};
        const char *end = strptime(text, formats[i], &tm);
        if (!end || *end)
            continue;
        const time_t at = mktime(&tm);
        if (at == (time_t)-1)
            return -EINVAL;
        *ret_s = at;
        return 0;
    }
    return -EINVAL;
}
