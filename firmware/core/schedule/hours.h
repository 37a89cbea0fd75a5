// SPDX-License-Identifier: MIT
//
// hours.h - is it between two times of day, and until when?
//
// Times of day are minutes of the local day: from 0..1439, until 1..1440, which may be smaller:
// then it goes over midnight. Local time comes with the moment, so a change to daylight saving is
// heeded the moment it happens: quiet hours then last an hour less, or more, as a clock on the wall
// would have it.

#ifndef CORE_HOURS_H
#define CORE_HOURS_H

#include <stdbool.h>
#include <stdint.h>

#include "wirebell/moment.h"

/**
 * hours_is_within() - is it between them?
 * @from_min:  0..1439; -1 = no hours are given, and it never is
 * @until_min: before this one; equal to @from_min = all day
 * @now:       its clock is believed: ask it first whether it can be
 */
bool hours_is_within(int from_min, int until_min, const struct moment *now);

/**
 * hours_look_again_us() - when to ask again
 *
 * At the next of the two times; half an hour on if that is sooner, for local time may change by an
 * hour in between.
 *
 * Return: boot time, > @now->boot_us.
 */
int64_t hours_look_again_us(int from_min, int until_min, const struct moment *now);

#endif
