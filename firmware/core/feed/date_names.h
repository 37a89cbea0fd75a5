// SPDX-License-Identifier: MIT
//
// date_names.h - words in dates: months in the languages feeds are written in, zones, halves of
// the day. Only date.c asks. Words are UTF-8, not terminated; ASCII letter case does not matter.

#ifndef CORE_DATE_NAMES_H
#define CORE_DATE_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/**
 * date_month() - the month a word names, in full or cut short
 * Return: 1..12, or 0 when it is no month.
 */
int date_month(const char *word, size_t size);

/**
 * date_zone() - offset of a named zone
 * @ret_minutes: east of UTC; written only when the zone is known
 */
bool date_zone(const char *word, size_t size, int *ret_minutes);

// AM and its like.
bool date_is_am(const char *word, size_t size);

// PM and its like.
bool date_is_pm(const char *word, size_t size);

#endif
