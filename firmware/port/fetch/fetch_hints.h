// SPDX-License-Identifier: MIT
//
// fetch_hints.h - what the headers of an answer say about when to ask again.
//
// Pure functions of header values. Where a date must be turned into a delay the server's own Date
// is the base when it sent one: the clock of a Pi that has just booted says nothing.

#ifndef PORT_FETCH_HINTS_H
#define PORT_FETCH_HINTS_H

#include <stdint.h>

/**
 * fetch_hints_date() - an HTTP-date as seconds since 1970
 * @value: the header, or NULL
 *
 * Return: > 0; 0 = none, or not to be understood (RFC 9110 5.6.7).
 */
int64_t fetch_hints_date(const char *value);

/**
 * fetch_hints_retry_after() - Retry-After as seconds from now
 * @value: the header, or NULL; seconds or an HTTP-date
 * @date:  the answer's Date header, or NULL
 * @now_s: our clock, used as the base of a date when @date says nothing
 *
 * Source: RFC 9110 10.2.3.
 *
 * Return: seconds, 0..INT32_MAX; 0 = none, in the past, or not to be understood. How long is too
 * long is for the schedule to say.
 */
int64_t fetch_hints_retry_after(const char *value, const char *date, int64_t now_s);

/**
 * struct fetch_hints_freshness - the headers that say how long an answer is fresh; NULL = not sent
 * @cache_control: all Cache-Control headers, joined by ", "
 * @expires:       Expires
 * @date:          Date
 * @age:           Age
 */
struct fetch_hints_freshness {
    const char *cache_control;
    const char *expires;
    const char *date;
    const char *age;
};

/**
 * fetch_hints_max_age() - how long the answer stays fresh from now
 * @now_s: our clock, the base of Expires when there is no Date
 *
 * max-age goes before Expires (5.3); no-cache and no-store mean no freshness at all (5.2.2.4,
 * 5.2.2.5); the time it has spent in caches on the way is taken off (4.2.3).
 * Source: RFC 9111 4.2.1.
 *
 * Return: seconds, 0..INT32_MAX; 0 = none given, or stale already.
 */
int64_t fetch_hints_max_age(const struct fetch_hints_freshness *headers, int64_t now_s);

#endif
