// SPDX-License-Identifier: MIT

#include "port/fetch/fetch_hints.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "core/feed/date.h"

static int64_t clamp(int64_t seconds) {
    if (seconds < 0)
        return 0;
    return seconds > INT32_MAX ? INT32_MAX : seconds;
}

// delta-seconds (RFC 9111 1.2.2): digits and nothing else; one too big to count is INT32_MAX.
static bool parse_seconds(const char *text, size_t size, int64_t *ret) {
    int64_t seconds = 0;
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        seconds = clamp(seconds * 10 + (text[i] - '0'));
    }
    *ret = seconds;
    return size > 0;
}

int64_t fetch_hints_date(const char *value) {
    // A number alone would be taken for a day of some year.
    int64_t time_s = value && strchr(value, ':') ? date_parse(value, strlen(value)) : 0;
    return time_s > 0 ? time_s : 0;
}

// Seconds from the answer's Date (else from now) to a date.
static int64_t seconds_until(const char *target, const char *date, int64_t now_s) {
    int64_t target_s = fetch_hints_date(target);
    if (target_s == 0)
        return 0;
    int64_t base_s = fetch_hints_date(date);
    return clamp(target_s - (base_s > 0 ? base_s : now_s));
}

int64_t fetch_hints_retry_after(const char *value, const char *date, int64_t now_s) {
    int64_t seconds;
    if (!value)
        return 0;
    if (parse_seconds(value, strlen(value), &seconds))
        return seconds;
    return seconds_until(value, date, now_s);
}

static size_t skip_blanks(const char *text, size_t at) {
    while (text[at] == ' ' || text[at] == '\t')
        at++;
    return at;
}

// The end of the directive that starts at @at: a comma outside quotes, or the end of the text.
static size_t directive_end(const char *text, size_t at) {
    bool is_quoted = false;
    for (; text[at]; at++) {
        if (is_quoted && text[at] == '\\' && text[at + 1])
            at++;
        else if (text[at] == '"')
            is_quoted = !is_quoted;
        else if (text[at] == ',' && !is_quoted)
            break;
    }
    return at;
}

static bool is_directive(const char *text, size_t size, const char *name) {
    return size == strlen(name) && strncasecmp(text, name, size) == 0;
}

// The argument of max-age, with or without quotes (5.2: a recipient ought to take both forms).
static bool parse_argument(const char *text, size_t size, int64_t *ret) {
    if (size >= 2 && text[0] == '"' && text[size - 1] == '"')
        return parse_seconds(text + 1, size - 2, ret);
    return parse_seconds(text, size, ret);
}

struct cache_control {
    bool is_never_fresh;
    bool has_max_age;
    int64_t max_age_s;
};

static struct cache_control parse_cache_control(const char *text) {
    struct cache_control found = {0};
    for (size_t at = skip_blanks(text, 0); text[at];) {
        size_t end = directive_end(text, at);
        size_t size = end - at;
        while (size > 0 && (text[at + size - 1] == ' ' || text[at + size - 1] == '\t'))
            size--;
        size_t name_size = 0;
        while (name_size < size && text[at + name_size] != '=')
            name_size++;
        if (is_directive(text + at, size, "no-cache") || is_directive(text + at, size, "no-store"))
            found.is_never_fresh = true;
        if (is_directive(text + at, name_size, "max-age") && name_size < size &&
            !found.has_max_age) {
            // 4.2.1: a lifetime that cannot be understood counts as stale, so 0 stays
            found.has_max_age = true;
            (void)parse_argument(text + at + name_size + 1, size - name_size - 1, &found.max_age_s);
        }
        at = text[end] ? skip_blanks(text, end + 1) : end;
    }
    return found;
}

int64_t fetch_hints_max_age(const struct fetch_hints_freshness *headers, int64_t now_s) {
    struct cache_control control = {0};
    if (headers->cache_control)
        control = parse_cache_control(headers->cache_control);
    if (control.is_never_fresh)
        return 0;
    int64_t lifetime_s = control.has_max_age
                             ? control.max_age_s
                             : seconds_until(headers->expires, headers->date, now_s);
    int64_t age_s = 0;
    if (headers->age && !parse_seconds(headers->age, strlen(headers->age), &age_s))
        age_s = 0;
    return clamp(lifetime_s - age_s);
}
