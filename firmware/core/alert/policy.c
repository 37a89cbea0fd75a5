// SPDX-License-Identifier: MIT
//
// The defaults: ALERTS.md's table in numbers.

#include "wirebell/policy.h"

#define SECONDS(n)      ((n)*INT64_C(1000000))
#define MILLISECONDS(n) ((n)*INT64_C(1000))

// Strokes of 0.15 s, two and a half a second: countable by ear, as on a wire machine.
#define STROKES(n)                                                                                 \
    { (n), MILLISECONDS(150), MILLISECONDS(250) }
// Rates usual for indicator lamps: normal 1.4-2.8 Hz, slow 0.4-0.8 Hz; both under three a second.
#define BLINK_NORMAL                                                                               \
    { MILLISECONDS(250), MILLISECONDS(250) }
#define BLINK_SLOW                                                                                 \
    { MILLISECONDS(833), MILLISECONDS(833) }
#define STEADY                                                                                     \
    { SECONDS(1), 0 }

const struct policy policy_default = {
    .levels =
        {
            [LEVEL_FLASH] = {.lamp = ROLE_RED,
                             .rhythm = BLINK_NORMAL,
                             .strokes = STROKES(10),
                             .repeat_us = {SECONDS(60), SECONDS(300)},
                             .quiet = QUIET_RINGS},
            [LEVEL_BULLETIN] = {.lamp = ROLE_RED,
                                .rhythm = BLINK_SLOW,
                                .strokes = STROKES(5),
                                .repeat_us = {SECONDS(600), 0},
                                .quiet = QUIET_LAMP_ONLY},
            [LEVEL_URGENT] = {.lamp = ROLE_AMBER,
                              .rhythm = BLINK_SLOW,
                              .strokes = STROKES(3),
                              .quiet = QUIET_LAMP_ONLY},
            [LEVEL_ROUTINE] = {.lamp = ROLE_GREEN,
                               .rhythm = STEADY,
                               .strokes = STROKES(0),
                               .hold_us = SECONDS(30 * 60),
                               .quiet = QUIET_DARK},
        },
    .quiet_from_min = -1,
    .quiet_until_min = -1,
    .fresh_s = 24 * 3600,
    .join_s = 12 * 3600,
    .raise_sources = 0,
    .budget_count = 10,
    .budget_s = 600,
    .snooze_s = 3600,
};
