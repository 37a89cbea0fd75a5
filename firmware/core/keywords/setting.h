// SPDX-License-Identifier: MIT
//
// setting.h - the words behind an address or a section's name: @tag, key=value, key="two words".

#ifndef CORE_SETTING_H
#define CORE_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct setting - one of them; all borrowed from the line
 * @start:      its first byte in the line
 * @size:       its bytes, quotes included
 * @key:        "every"; for a tag "@"; for a word without '=' the word itself
 * @key_size:   bytes
 * @value:      behind '=', without quotes; for a tag its name; NULL when there is no '='
 * @value_size: bytes
 */
struct setting {
    size_t start;
    size_t size;
    const char *key;
    size_t key_size;
    const char *value;
    size_t value_size;
};

// What setting_next() returns besides 0 (one was read).
enum setting_result {
    SETTING_END = 1, // nothing more, or a comment
    SETTING_UNCLOSED // a quote is not closed; the setting is what it begins
};

// Bytes of the blank at @at of a line, Unicode's among them; 0 when there is none.
size_t setting_blank_at(const char *line, size_t size, size_t at);

/**
 * setting_next() - read the next one
 * @line: the line
 * @size: its bytes
 * @at:   where to begin; moved behind what was read
 * @ret:  written but with SETTING_END
 */
int setting_next(const char *line, size_t size, size_t *at, struct setting *ret);

/**
 * setting_is_torn() - do blanks stand around its '=', so that it was read as several?
 * @line:    as for setting_next()
 * @size:    as for setting_next()
 * @at:      behind @setting; moved behind all of it when it is
 * @setting: one that was read; its size is made that of all of it when it is
 */
bool setting_is_torn(const char *line, size_t size, size_t *at, struct setting *setting);

bool setting_is(const struct setting *setting, const char *key);

/**
 * setting_duration() - "30s", "15m", "2h", "1d" as seconds
 * Return: 0, or -EINVAL; *ret_s is at most 366 days.
 */
int setting_duration(const char *text, size_t size, int64_t *ret_s);

/**
 * setting_hours() - "07:00-23:00" as minutes of the day
 * @ret_from_min:  0..1439
 * @ret_until_min: 1..1440; smaller than @ret_from_min when it goes over midnight
 *
 * Return: 0, or -EINVAL (also when both are the same).
 */
int setting_hours(const char *text, size_t size, int *ret_from_min, int *ret_until_min);

#endif
