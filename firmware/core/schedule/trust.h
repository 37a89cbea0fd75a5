// SPDX-License-Identifier: MIT
//
// trust.h - can the wall clock be believed?
//
// A Pi without a clock chip wakes in 1970, or hours ago where systemd wrote the time down, and is
// set by NTP some seconds or minutes later, or never. Whether it is right is judged by what there
// is to see, without privileges: it is not before this program was made, and the servers that
// answer do not live in its future. A date in the past proves nothing against it (caches hand out
// old answers).

#ifndef CORE_TRUST_H
#define CORE_TRUST_H

#include <stdbool.h>
#include <stdint.h>

// No wirebell ran before 2026-01-01T00:00:00Z.
#define TRUST_EPOCH_S INT64_C(1767225600)
// A server's clock and the way of its answer may be off by this much.
#define TRUST_SLACK_S 120

/**
 * struct trust - what is known of the wall clock; all zero at first
 * @is_contradicted: the last server heard lives in our future
 */
struct trust {
    bool is_contradicted;
};

/**
 * trust_hear() - a server said what time it is
 * @wall_s: our wall clock when it was heard
 * @date_s: the answer's Date (RFC 9110 6.6.1), seconds since 1970; 0 = none: nothing changes
 */
void trust_hear(struct trust *trust, int64_t wall_s, int64_t date_s);

// May anything be decided by @wall_s?
bool trust_holds(const struct trust *trust, int64_t wall_s);

#endif
