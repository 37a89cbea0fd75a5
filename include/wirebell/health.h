// SPDX-License-Identifier: MIT
//
// health.h - what keeps the bell from hearing or ringing: a monitor that dies silently is worse
// than none.

#ifndef WIREBELL_HEALTH_H
#define WIREBELL_HEALTH_H

#include <stdint.h>

// Worst first. Each is on until what causes it is mended, and then goes by itself.
enum health_cause {
    HEALTH_DEAF,          // no feed could be reached for ten minutes
    HEALTH_STATE,         // the state cannot be written
    HEALTH_OUTPUTS,       // lamps, buzzer or button are missing
    HEALTH_CONFIGURATION, // an edit was refused, or lines were left out
    HEALTH_CLOCK,         // the wall clock is not set
    HEALTH_FEED,          // a feed fails for a day, or is gone
    HEALTH_SELFTEST,      // the keywords' self-tests do not hold
    HEALTH_CAUSE_COUNT
};

/**
 * struct health_item - one cause that is on
 * @cause:   which
 * @since_s: wall clock when it began, as far as it could be told; seconds since 1970
 * @what:    what is wrong, a sentence
 * @advice:  what to do about it, a sentence; may be ""
 */
struct health_item {
    enum health_cause cause;
    int64_t since_s;
    const char *what;
    const char *advice;
};

// "deaf", "state", "outputs", "configuration", "clock", "feed", "selftest"; "unknown" out of range.
const char *health_cause_name(enum health_cause cause);

#endif
