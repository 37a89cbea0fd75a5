// SPDX-License-Identifier: MIT
//
// moment.h - now, as pure code is told of it: taken once for each turn of the event loop.

#ifndef WIREBELL_MOMENT_H
#define WIREBELL_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct moment - one instant on every clock
 * @boot_us:      time since boot, suspend included; never goes back: everything is planned by it
 * @wall_s:       seconds since 1970-01-01T00:00:00Z as the system believes; may jump
 * @utc_offset_s: local time minus UTC at @wall_s, daylight saving included
 * @is_trusted:   the wall clock has been set (by NTP or a clock chip); while it is not, nothing is
 *                decided by it
 */
struct moment {
    int64_t boot_us;
    int64_t wall_s;
    int32_t utc_offset_s;
    bool is_trusted;
};

#endif
