// SPDX-License-Identifier: MIT
//
// feed_status.h - what a person is told of a feed.

#ifndef WIREBELL_FEED_STATUS_H
#define WIREBELL_FEED_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "wirebell/reading.h"

enum feed_state {
    FEED_NEVER_ASKED,
    FEED_FINE,
    FEED_FAILING, // the last look failed
    FEED_OFFLINE, // this end has no network; the feed is not to blame
    FEED_GONE     // 410: asked again in a month, or when told to
};

/**
 * struct feed_status - one feed; strings borrowed during the call, never NULL
 * @url:          as written in the keywords file
 * @title:        title= or ""
 * @state:        see above
 * @is_under_way: it is being asked right now
 * @outcome:      how the last look ended; means nothing with FEED_NEVER_ASKED
 * @http_status:  its status; 0 = none
 * @detail:       of a look that failed: what happened and what to do; "" when all is well
 * @good_s:       wall clock of the last good look, seconds since 1970; 0 = never
 * @failing_s:    wall clock of the first failure in a row; 0 = not failing
 * @failures:     looks that failed in a row
 * @due_s:        wall clock of the next look
 * @due_reason:   why then: "every=30m", "the server asked: max-age", "back-off after 3 failures"
 * @moved_to:     where a permanent redirect that was confirmed leads; "" = nowhere
 */
struct feed_status {
    const char *url;
    const char *title;
    enum feed_state state;
    bool is_under_way;
    enum reading_outcome outcome;
    int http_status;
    const char *detail;
    int64_t good_s;
    int64_t failing_s;
    uint32_t failures;
    int64_t due_s;
    const char *due_reason;
    const char *moved_to;
};

// "new", "fine", "failing", "offline", "gone"; "unknown" out of range.
const char *feed_state_name(enum feed_state state);

#endif
