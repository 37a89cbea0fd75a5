// SPDX-License-Identifier: MIT
//
// clock.h - the clocks. Boot time orders everything; the wall clock is for people and feeds.
//
// A Pi without a real-time clock starts in 1970 and jumps decades when it first hears of the
// time: nothing is ever scheduled by the wall clock.

#ifndef PORT_CLOCK_H
#define PORT_CLOCK_H

#include <stdint.h>

#include "core/schedule/trust.h"
#include "wirebell/moment.h"

// Microseconds since boot, suspend included (CLOCK_BOOTTIME); never goes back.
int64_t clock_boot_us(void);

// Microseconds of CLOCK_MONOTONIC, the clock sd_notify(3) asks for with RELOADING=1.
int64_t clock_monotonic_us(void);

// Seconds since 1970-01-01T00:00:00Z as the system believes (CLOCK_REALTIME); may jump.
int64_t clock_wall_s(void);

// Now on all clocks; the wall clock is trusted as far as @trust goes.
struct moment clock_now(const struct trust *trust);

#endif
