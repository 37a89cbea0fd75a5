// SPDX-License-Identifier: MIT
//
// A date is read as a row of pieces (numbers, words, signs), not by a list of formats: what
// programs get wrong is the order, the separators and the names, and each piece says by itself
// what it can be. Dates that begin with a four-digit year are ISO 8601 in some dress; all others
// name their month, or are three numbers.

#include "core/feed/date.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/feed/date_names.h"
#include "wirebell/story.h"

// No date in a feed is longer; what is, is prose.
enum { LONGEST = 100, UNSET = INT_MIN };

// .NET writes 0001-01-01 for "none"; no item of a feed is from before the printed newspaper.
enum { FIRST_YEAR = 1600, LAST_YEAR = 9999 };

struct fields {
    int year, month, day;
    int hour, minute, second;
    int zone_minutes; // east of UTC
    bool is_pm, is_am;
};

struct scan {
    const char *at;
    const char *end;
    struct fields fields;
};

static bool is_digit_at(const struct scan *s, const char *at) {
    return at < s->end && isdigit((unsigned char)*at);
}

static bool is_word_byte(char c) {
    return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

static size_t digits_at(const struct scan *s, const char *at) {
    size_t count = 0;
    while (is_digit_at(s, at + count))
        count++;
    return count;
}

// At most @max digits as a number; UNSET when there is none. All absurd numbers are one.
static int take_number(struct scan *s, size_t max) {
    const int absurd = 100000;
    if (!is_digit_at(s, s->at))
        return UNSET;
    int value = 0;
    for (size_t i = 0; i < max && is_digit_at(s, s->at); i++, s->at++)
        value = value < absurd ? value * 10 + (*s->at - '0') : absurd;
    return value;
}

static bool take(struct scan *s, const char *any_of) {
    if (s->at >= s->end || *s->at == '\0' || !strchr(any_of, *s->at))
        return false;
    s->at++;
    return true;
}

static size_t take_word(struct scan *s) {
    size_t size = 0;
    while (s->at < s->end && is_word_byte(*s->at)) {
        s->at++;
        size++;
    }
    return size;
}

// "02:51", "02:51:57.123", "2.51", behind the hour; or the compact "0251", "025157".
static void take_time(struct scan *s) {
    struct fields *f = &s->fields;
    bool is_compact = digits_at(s, s->at) >= 4;
    f->hour = take_number(s, 2);
    f->minute = 0;
    f->second = 0;
    if (!is_compact && !take(s, ":.h"))
        return;
    f->minute = take_number(s, 2);
    if (is_compact ? is_digit_at(s, s->at) : take(s, ":."))
        f->second = take_number(s, 2);
    if (f->second == UNSET)
        f->second = 0;
    if (take(s, ".,:"))
        while (is_digit_at(s, s->at)) // fractions of a second ring no bell
            s->at++;
}

// "+01:00", "-0500", "+1", the sign taken already.
static void take_offset(struct scan *s, int sign) {
    size_t digits = digits_at(s, s->at);
    int hours = take_number(s, digits == 1 || digits == 3 ? 1 : 2);
    int minutes = 0;
    if (hours == UNSET)
        return;
    (void)take(s, ":");
    if (is_digit_at(s, s->at))
        minutes = take_number(s, 2);
    s->fields.zone_minutes = sign * (hours * 60 + minutes);
}

// AM, PM, a zone; other words mean nothing here.
static void read_clock_word(struct fields *f, const char *word, size_t size) {
    int zone = 0;
    if (date_is_pm(word, size))
        f->is_pm = true;
    else if (date_is_am(word, size))
        f->is_am = true;
    else if (date_zone(word, size, &zone))
        f->zone_minutes = zone;
}

// What stands behind the day: the clock and the zone, in any order, with anything between.
static void read_clock(struct scan *s) {
    while (s->at < s->end) {
        const char *start = s->at;
        if (is_digit_at(s, s->at)) {
            if (s->fields.hour == UNSET)
                take_time(s);
            else
                (void)take_number(s, LONGEST);
        } else if (is_word_byte(*s->at)) {
            read_clock_word(&s->fields, start, take_word(s));
        } else if (s->fields.hour != UNSET && take(s, "+")) {
            take_offset(s, 1);
        } else if (s->fields.hour != UNSET && take(s, "-")) {
            take_offset(s, -1);
        } else {
            s->at++;
        }
    }
}

// Separators between the numbers of a date, the Korean, Japanese and Chinese words for year,
// month and day among them.
static bool take_separator(struct scan *s) {
    static const char *const WORDS[] = {"年", "月", "日", "년", "월", "일"};
    bool is_taken = take(s, "-/.");
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t size = strlen(WORDS[i]);
        if ((size_t)(s->end - s->at) >= size && memcmp(s->at, WORDS[i], size) == 0) {
            s->at += size;
            (void)take(s, " ");
            is_taken = true;
        }
    }
    return is_taken;
}

// Monday of the ISO week of a year, as a day of that year (may be negative).
static int week_start(int year, int week);

// Behind "2026-W": week and, perhaps, weekday.
static void read_week(struct scan *s) {
    int week = take_number(s, 2);
    (void)take(s, "-");
    int weekday = is_digit_at(s, s->at) ? take_number(s, 1) : 1;
    if (week < 1 || week > 53 || weekday < 1 || weekday > 7) {
        s->fields.month = 0; // no date
        return;
    }
    s->fields.month = 1;
    s->fields.day = week_start(s->fields.year, week) + weekday - 1;
}

static void read_iso(struct scan *s) {
    struct fields *f = &s->fields;
    f->year = take_number(s, 4);
    bool is_separated = take_separator(s);
    if (take(s, "Ww")) {
        read_week(s);
    } else if (digits_at(s, s->at) == 3) {
        f->month = 1;
        f->day = take_number(s, 3);
    } else if (is_digit_at(s, s->at)) {
        f->month = take_number(s, 2);
        is_separated |= take_separator(s);
        if (is_digit_at(s, s->at))
            f->day = take_number(s, 2);
        (void)take_separator(s);
    }
    if (f->month == UNSET)
        f->month = 1;
    if (f->day == UNSET)
        f->day = 1;
    if (f->month > 12 && f->day <= 12 && is_separated) {
        int day = f->month;
        f->month = f->day;
        f->day = day;
    }
    read_clock(s);
}

// A number that is no time: the year where it cannot be a day, else the day, else the year.
static void read_day_or_year(struct scan *s, struct fields *f) {
    size_t digits = digits_at(s, s->at);
    int value = take_number(s, LONGEST);
    if (digits <= 2 && f->day == UNSET && value <= 31) {
        f->day = value;
    } else if (f->year == UNSET && digits <= 4) {
        f->year = value;
        if (digits <= 2)
            f->year += value < 70 ? 2000 : 1900;
        else if (digits == 3) // years since 1900 (RFC 5322 4.3)
            f->year += 1900;
    }
}

// "22/11/2026", "11/22/2026", "22.11.2026": day first with dots, month first with slashes, unless
// a number over 12 says otherwise.
static bool read_three_numbers(struct scan *s) {
    struct scan ahead = *s;
    int first = take_number(&ahead, 2);
    bool is_slashed = ahead.at < ahead.end && *ahead.at == '/';
    if (first == UNSET || !take(&ahead, "/.-"))
        return false;
    int second = take_number(&ahead, 2);
    if (second == UNSET || !take(&ahead, "/.-") || digits_at(&ahead, ahead.at) == 0)
        return false;
    bool is_month_first = (is_slashed && first <= 12) || second > 12;
    ahead.fields.month = is_month_first ? first : second;
    ahead.fields.day = is_month_first ? second : first;
    read_day_or_year(&ahead, &ahead.fields);
    *s = ahead;
    return true;
}

static bool is_time_here(const struct scan *s) {
    size_t digits = digits_at(s, s->at);
    const char *behind = s->at + digits;
    if (digits == 4 && s->fields.year != UNSET && s->fields.hour == UNSET)
        return true;
    return digits <= 2 && behind < s->end && *behind == ':' && is_digit_at(s, behind + 1);
}

static void read_word(struct scan *s) {
    const char *word = s->at;
    size_t size = take_word(s);
    struct fields *f = &s->fields;
    // A word with a comma behind it that comes first is a weekday: "mar, 12 nov" is a Tuesday.
    bool is_weekday = f->day == UNSET && f->month == UNSET && s->at < s->end && *s->at == ',';
    if (is_weekday)
        return;
    int month = f->hour == UNSET ? date_month(word, size) : 0;
    if (month > 0)
        f->month = month; // of two that may be months the later is
    else
        read_clock_word(f, word, size);
}

static void read_free(struct scan *s) {
    while (s->at < s->end) {
        bool is_clock_read = s->fields.hour != UNSET;
        if (is_digit_at(s, s->at)) {
            if (s->fields.month == UNSET && !is_clock_read && read_three_numbers(s))
                continue;
            if (is_time_here(s))
                take_time(s);
            else
                read_day_or_year(s, &s->fields);
        } else if (is_word_byte(*s->at)) {
            read_word(s);
        } else if (is_clock_read && take(s, "+")) {
            take_offset(s, 1);
        } else if (is_clock_read && take(s, "-")) {
            take_offset(s, -1);
        } else {
            s->at++;
        }
    }
}

// Days since 1970-01-01, proleptic Gregorian (H. Hinnant, chrono-compatible date algorithms).
static int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static int week_start(int year, int week) {
    int64_t fourth = days_from_civil(year, 1, 4); // always in week 1 (ISO 8601 2.2.10)
    int64_t weekday = ((fourth + 3) % 7 + 7) % 7; // Monday = 0
    return (int)(4 - weekday + 7 * (week - 1));
}

static int64_t to_seconds(struct fields *f) {
    if (f->hour == UNSET)
        f->hour = f->minute = f->second = 0;
    if (f->is_pm && f->hour < 12)
        f->hour += 12;
    if (f->is_am && f->hour == 12)
        f->hour = 0;
    bool is_date = f->year >= FIRST_YEAR && f->year <= LAST_YEAR && f->month >= 1 &&
                   f->month <= 12 && f->day >= -3 && f->day <= 371 &&
                   (f->month == 1 || (f->day >= 1 && f->day <= 31));
    bool is_time = f->hour <= 24 && f->minute >= 0 && f->minute < 60 && f->second <= 60;
    if (!is_date || !is_time)
        return STORY_NO_DATE;
    int64_t days = days_from_civil(f->year, f->month, 1) + f->day - 1;
    return days * 86400 + f->hour * 3600 + f->minute * 60 + f->second - f->zone_minutes * 60;
}

// Seconds or, with 13 digits, milliseconds since 1970.
static int64_t read_epoch(struct scan *s, size_t digits) {
    int64_t value = 0;
    for (const char *at = s->at; at < s->end; at++)
        value = value * 10 + (*at - '0');
    return digits >= 12 ? value / 1000 : value;
}

int64_t date_parse(const char *text, size_t size) {
    struct scan s = {.at = text, .end = text + size};
    s.fields = (struct fields){UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, 0, false, false};
    while (s.at < s.end && !is_word_byte(*s.at) && !isdigit((unsigned char)*s.at))
        s.at++;
    while (s.end > s.at && isspace((unsigned char)s.end[-1]))
        s.end--;
    if (s.at == s.end || s.end - s.at > LONGEST)
        return STORY_NO_DATE;
    size_t digits = digits_at(&s, s.at);
    bool is_all_digits = s.at + digits == s.end;
    if (is_all_digits && digits >= 9 && digits <= 13 && digits != 12)
        return read_epoch(&s, digits);
    if (digits == 4 || digits == 8 || digits == 12 || digits == 14)
        read_iso(&s);
    else
        read_free(&s);
    return to_seconds(&s.fields);
}

void date_format(int64_t seconds, char ret[static 21]) {
    static const int64_t FIRST = -62135596800, LAST = 253402300799; // years 1 and 9999
    ret[0] = '\0';
    if (seconds < FIRST || seconds > LAST)
        return;
    int64_t days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    int64_t year = days >= 0 ? 1970 + days / 366 : 1969 + days / 365; // not after the true one
    while (days_from_civil(year + 1, 1, 1) <= days)
        year++;
    int64_t month = 1;
    while (month < 12 && days_from_civil(year, month + 1, 1) <= days)
        month++;
    int64_t day = days - days_from_civil(year, month, 1) + 1;
    char text[48]; // as much as the compiler thinks this could take
    (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, (int)month,
                   (int)day, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
    memcpy(ret, text, 20);
    ret[20] = '\0';
}
