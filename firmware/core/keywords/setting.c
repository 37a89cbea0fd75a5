// SPDX-License-Identifier: MIT

#include "core/keywords/setting.h"

#include <errno.h>
#include <string.h>

#include "core/matcher/chars.h"

size_t setting_blank_at(const char *line, size_t size, size_t at) {
    if (at >= size)
        return 0;
    const unsigned char c = (unsigned char)line[at];
    if (c < 0x80)
        return c == ' ' || c == '\t';
    size_t length;
    return chars_class(chars_decode(line + at, &length)) == CHAR_BLANK ? length : 0;
}

static bool is_end_or_blank(const char *line, size_t size, size_t at) {
    return at >= size || setting_blank_at(line, size, at) > 0;
}

// Splits [start, at) into key and value.
static void split(const char *line, size_t start, size_t at, struct setting *ret) {
    *ret = (struct setting){.start = start, .size = at - start, .key = line + start};
    if (line[start] == '@') {
        ret->key_size = 1;
        ret->value = line + start + 1;
        ret->value_size = at - start - 1;
        return;
    }
    const char *equals = memchr(line + start, '=', at - start);
    if (!equals) {
        ret->key_size = at - start;
        return;
    }
    ret->key_size = (size_t)(equals - ret->key);
    ret->value = equals + 1;
    ret->value_size = (size_t)(line + at - ret->value);
    if (ret->value_size >= 2 && ret->value[0] == '"') {
        ret->value++;
        ret->value_size -= 2;
    }
}

// The end of the word that begins at @start: a blank, or behind a closing quote. SIZE_MAX when a
// quote is not closed.
static size_t find_end(const char *line, size_t size, size_t start) {
    size_t at = start;
    while (at < size && setting_blank_at(line, size, at) == 0) {
        const bool opens = line[at] == '"' && at > start && line[at - 1] == '=';
        if (opens) {
            const char *close = memchr(line + at + 1, '"', size - at - 1);
            return close ? (size_t)(close - line) + 1 : SIZE_MAX;
        }
        at++;
    }
    return at;
}

int setting_next(const char *line, size_t size, size_t *at, struct setting *ret) {
    for (size_t length; (length = setting_blank_at(line, size, *at)) > 0;)
        *at += length;
    const size_t start = *at;
    if (start >= size || (line[start] == '#' && is_end_or_blank(line, size, start + 1))) {
        *at = size;
        return SETTING_END;
    }
    const size_t end = find_end(line, size, start);
    if (end == SIZE_MAX) {
        *ret = (struct setting){.start = start, .size = size - start, .key = line + start};
        *at = size;
        return SETTING_UNCLOSED;
    }
    *at = end;
    split(line, start, end, ret);
    return 0;
}

bool setting_is_torn(const char *line, size_t size, size_t *at, struct setting *setting) {
    size_t next = *at;
    struct setting word;
    if (setting_next(line, size, &next, &word) != 0)
        return false;
    const bool is_open = setting->value && setting->value == line + setting->start + setting->size;
    const bool is_key = !setting->value && word.key[0] == '=';
    if (!is_key && !(is_open && !word.value))
        return false;
    if (is_key && word.size == 1)
        (void)setting_next(line, size, &next, &word); // at the end the '=' is the last of it
    *at = next;
    setting->size = word.start + word.size - setting->start;
    return true;
}

bool setting_is(const struct setting *setting, const char *key) {
    return strlen(key) == setting->key_size && memcmp(setting->key, key, setting->key_size) == 0;
}

// Reads digits. Returns how many; *ret is only right up to 9 of them.
static size_t read_number(const char *text, size_t size, int64_t *ret) {
    size_t count = 0;
    int64_t value = 0;
    while (count < size && count < 10 && text[count] >= '0' && text[count] <= '9')
        value = value * 10 + (text[count++] - '0');
    *ret = value;
    return count;
}

int setting_duration(const char *text, size_t size, int64_t *ret_s) {
    static const struct {
        char unit;
        int64_t seconds;
    } UNITS[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    int64_t value;
    const size_t digits = read_number(text, size, &value);
    if (digits == 0 || digits > 8 || digits + 1 != size)
        return -EINVAL;
    for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
        if (text[digits] != UNITS[i].unit)
            continue;
        const int64_t seconds = value * UNITS[i].seconds;
        if (seconds > INT64_C(366) * 86400)
            return -EINVAL;
        *ret_s = seconds;
        return 0;
    }
    return -EINVAL;
}

// "07:00"; returns the bytes read, 0 when it is no time of day.
static size_t read_time(const char *text, size_t size, int *ret_min) {
    int64_t hours, minutes;
    const size_t first = read_number(text, size, &hours);
    if (first < 1 || first > 2 || first >= size || text[first] != ':')
        return 0;
    const size_t second = read_number(text + first + 1, size - first - 1, &minutes);
    const int64_t day_min = 1440;
    if (second != 2 || minutes > 59 || hours * 60 + minutes > day_min)
        return 0;
    *ret_min = (int)(hours * 60 + minutes);
    return first + 1 + second;
}

int setting_hours(const char *text, size_t size, int *ret_from_min, int *ret_until_min) {
    int from, until;
    const size_t first = read_time(text, size, &from);
    if (first == 0 || first >= size || text[first] != '-')
        return -EINVAL;
    const size_t second = read_time(text + first + 1, size - first - 1, &until);
    if (second == 0 || first + 1 + second != size)
        return -EINVAL;
    if (from == 24 * 60)
        from = 0;
    if (until == 0)
        until = 24 * 60;
    if (from == until)
        return -EINVAL;
    *ret_from_min = from;
    *ret_until_min = until;
    return 0;
}
