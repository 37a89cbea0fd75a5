// SPDX-License-Identifier: MIT
//
// held_clock.h - time in the hand of a test; to be included by one file of a program.
//
// The program brings its own clock_gettime(2), which libsystemd then uses, too: all clocks are one,
// and it stands still until the test moves it. So nothing is ever late, however long the machine
// lets this program wait, and a duration is what it was meant to be, to the millisecond.
//
// Only clocks are held: a timerfd(2) or poll(2) goes by the kernel's. An event loop minds that
// not, as it asks the clock which of its timers are due each time it is turned.

#ifndef TESTS_HELD_CLOCK_H
#define TESTS_HELD_CLOCK_H

#include "unit.h"

#include <systemd/sd-event.h>
#include <time.h>

// So far ahead of the kernel's that none of its timers fires.
static int64_t held_clock_ms = INT64_C(2000000000000);

int clock_gettime(clockid_t clock, struct timespec *ret) {
    (void)clock;
    *ret = (struct timespec){.tv_sec = (time_t)(held_clock_ms / 1000),
                             .tv_nsec = (long)(held_clock_ms % 1000) * 1000000};
    return 0;
}

// Turns the loop until it would wait; one that never would fails the test.
static inline void held_clock_settle(sd_event *event) {
    int r = 1;
    for (int turns = 0; r > 0 && turns < 1000; turns++)
        r = sd_event_run(event, 0);
    assert_int_equal(r, 0);
}

// So many milliseconds pass; whatever is due in them happens, each at its moment.
static inline void held_clock_pass(sd_event *event, int64_t ms) {
    held_clock_settle(event);
    for (; ms > 0; ms--) {
        held_clock_ms++;
        held_clock_settle(event);
    }
}

#endif
