// SPDX-License-Identifier: MIT
//
// date.h - the dates feeds carry, as written by people and by programs in a hurry.

#ifndef CORE_DATE_H
#define CORE_DATE_H

#include <stddef.h>
#include <stdint.h>

/**
 * date_parse() - read a date
 * @text: any bytes
 * @size: its length
 *
 * RFC 822/1123/5322 and RFC 3339/ISO 8601/W3CDTF (RSS 2.0 <pubDate>; RFC 4287 3.3; W3C
 * NOTE-datetime) and their usual misspellings: no or a wrong weekday, month before day, full month
 * names, month names of other languages, two-digit years, missing seconds, named and missing zones
 * (UTC), 12-hour clocks, "24:00", ISO weeks and days of the year, seconds since 1970.
 *
 * Return: seconds since 1970-01-01T00:00:00Z, or STORY_NO_DATE. What cannot be read is never now.
 */
int64_t date_parse(const char *text, size_t size);

/**
 * date_format() - RFC 3339 in UTC, "2026-11-22T02:51:57Z"
 * @seconds: since 1970; years 1 to 9999
 * @ret:     room for 21 bytes; "" for a time out of range or STORY_NO_DATE
 */
void date_format(int64_t seconds, char ret[static 21]);

#endif
