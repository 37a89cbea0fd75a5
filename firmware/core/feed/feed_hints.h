// SPDX-License-Identifier: MIT
//
// feed_hints.h - what a feed says of itself about when it is worth asking for.
//
// Only the document's own words; what HTTP says is port/fetch_hints. What cannot be meant (a ttl of
// a year, hour 25, every day skipped) is as good as not said: a bell that believes it goes deaf.

#ifndef CORE_FEED_HINTS_H
#define CORE_FEED_HINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/feed/feed_tag.h"
#include "wirebell/reading.h"

/**
 * struct feed_hints - hints found so far; all 0 = none. Only feed_hints.c touches the members
 * @ttl_s:      <ttl>, seconds
 * @period_s:   sy:updatePeriod, seconds
 * @frequency:  sy:updateFrequency: so often in a period
 * @skip_hours: as struct reading has it
 * @skip_days:  the same
 */
struct feed_hints {
    int64_t ttl_s;
    int64_t period_s;
    int64_t frequency;
    uint32_t skip_hours;
    uint8_t skip_days;
};

/**
 * feed_hints_put() - take an element of the feed's head
 * @tag:  what it is
 * @text: its content; of skipHours and skipDays with the tags inside
 *
 * Source: RSS 2.0 (ttl, skipHours, skipDays; also 0.91's hour 24), RSS 1.0 module syndication
 * (updatePeriod, updateFrequency).
 *
 * Return: true when it is a hint, understood or not.
 */
bool feed_hints_put(struct feed_hints *hints, enum feed_tag tag, const char *text);

// Writes ttl_s, update_s, skip_hours and skip_days of @reading.
void feed_hints_tell(const struct feed_hints *hints, struct reading *reading);

#endif
