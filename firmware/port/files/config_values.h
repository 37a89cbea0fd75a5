// SPDX-License-Identifier: MIT
//
// config_values.h - every value of wirebell.conf, a row each, but for the board and its lines.
//
// To add a value is to add a row: it is then read, checked, and asked for in the manual and in the
// example by the tests.

#ifndef PORT_CONFIG_VALUES_H
#define PORT_CONFIG_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "wirebell/alert.h"

struct config_value;

/**
 * config_read_fn - text into a field
 * @value: its row
 * @text:  as written
 * @ret:   the field; written only on success
 *
 * Return: 0, or -EINVAL when it is none of what the row takes.
 */
typedef int (*config_read_fn)(const struct config_value *value, const char *text, void *ret);

/**
 * struct config_value - a row
 * @key:     its key
 * @read:    reads it
 * @min:     least number; of a time: microseconds
 * @max:     most
 * @none:    the word for "not at all", stored as 0 (quiet hours: -1); NULL = there is none
 * @takes:   what can be written, for people
 * @offset:  of the field, in struct config or struct level_plan
 * @initial: default as it would be written; of a level's value by enum level, else the first
 */
struct config_value {
    const char *key;
    config_read_fn read;
    int64_t min;
    int64_t max;
    const char *none;
    const char *takes;
    size_t offset;
    const char *initial[LEVEL_COUNT];
};

enum { CONFIG_DEVICE_VALUES = 11, CONFIG_LEVEL_VALUES = 7 };

// Of the device as a whole: fields of struct config.
extern const struct config_value config_device_values[CONFIG_DEVICE_VALUES];
// Of each level's section: fields of struct level_plan.
extern const struct config_value config_level_values[CONFIG_LEVEL_VALUES];

#endif
