// SPDX-License-Identifier: MIT
//
// when.h - points of time and spans of it, as people say them.

#ifndef CLI_WHEN_H
#define CLI_WHEN_H

#include <stdint.h>

enum { WHEN_SIZE = 32 };

/**
 * when_format() - a point of time, local: "14:03:22" today, "Nov 21 14:03" in the last half year,
 * else "2025-11-21"
 * @at_s:  seconds since 1970; 0 = "never"
 * @now_s: the same, for what "today" is
 */
void when_format(int64_t at_s, int64_t now_s, char ret[static WHEN_SIZE]);

// A span: "45 s", "12 min", "3 h 5 min", "4 d 7 h"; a negative one counts as 0.
void when_format_span(int64_t span_s, char ret[static WHEN_SIZE]);

/**
 * when_parse() - what a person writes for a point of time
 * @text:  "2h", "7d" (so long ago), "2026-11-20", "2026-11-20 14:30" or with a T (local time)
 * @now_s: seconds since 1970
 *
 * Return: 0 or -EINVAL; *ret_s is written only on success.
 */
int when_parse(const char *text, int64_t now_s, int64_t *ret_s);

#endif
