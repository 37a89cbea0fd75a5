// SPDX-License-Identifier: MIT
//
// policy.h - how the device behaves: what wirebell.conf sets and core decides by.

#ifndef WIREBELL_POLICY_H
#define WIREBELL_POLICY_H

#include <stdint.h>

#include "wirebell/alert.h"
#include "wirebell/board.h"

/**
 * struct rhythm - a lamp's rhythm, starting lit
 * @on_us:  lit this long, > 0
 * @off_us: then dark this long; 0 = steady
 */
struct rhythm {
    int64_t on_us;
    int64_t off_us;
};

/**
 * struct strokes - a bell's strokes
 * @count:  how many; 0 = silent
 * @on_us:  one stroke sounds this long, > 0 where @count > 0
 * @off_us: silence between two strokes, > 0
 */
struct strokes {
    uint32_t count;
    int64_t on_us;
    int64_t off_us;
};

// What a level does in quiet hours.
enum quiet_mode { QUIET_RINGS, QUIET_LAMP_ONLY, QUIET_DARK };

/**
 * struct level_plan - how a level shows and sounds
 * @lamp:        which lamp
 * @rhythm:      how it blinks
 * @strokes:     how its bell rings
 * @repeat_us:   wait between the first ring and the second, and from then on between rings;
 *               0 = no further ring
 * @hold_us:     clears by itself after so long; 0 = only a person clears it
 * @quiet:       what is left of it in quiet hours
 */
struct level_plan {
    enum board_role lamp;
    struct rhythm rhythm;
    struct strokes strokes;
    int64_t repeat_us[2];
    int64_t hold_us;
    enum quiet_mode quiet;
};

/**
 * struct policy - all of it
 * @levels:          ALERTS.md's table
 * @quiet_from_min:  quiet hours begin at this minute of the local day, 0..1439; -1 = none
 * @quiet_until_min: and end before this one, 1..1440; may be smaller (over midnight)
 * @fresh_s:         a story older than this by its own date does not ring
 * @join_s:          the same story from elsewhere within so long joins the alert there is
 * @raise_sources:   that many independent sources raise an alert by a level; 0 = never
 * @budget_count:    more rings than this within @budget_s are a flood
 * @budget_s:        see above
 * @snooze_s:        how long the button's long press snoozes
 */
struct policy {
    struct level_plan levels[LEVEL_COUNT];
    int quiet_from_min;
    int quiet_until_min;
    int64_t fresh_s;
    int64_t join_s;
    uint32_t raise_sources;
    uint32_t budget_count;
    int64_t budget_s;
    int64_t snooze_s;
};

// What holds where wirebell.conf says nothing.
extern const struct policy policy_default;

#endif
