// SPDX-License-Identifier: MIT
//
// judging.h - from new stories to alerts: which rules they meet, and what becomes of each.
//
// All that may fail comes first. A story that was judged is known, and one that is known joins what
// it is known by: were it judged and then lost, it would never ring.

#ifndef DAEMON_JUDGING_H
#define DAEMON_JUDGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text/arena.h"
#include "core/keywords/keywords.h"
#include "core/matcher/matcher.h"
#include "core/alert/triage.h"

/**
 * struct judging - the stories of one reading
 * @url:          the feed's address
 * @tags:         the feed's tags
 * @is_catch_up:  the look is the first after an outage
 * @since_s:      stories that are not dated later are passed over (seconds since 1970); 0 = none
 * are
 * @now:          when it ended
 * @keywords:     the rules
 * @matcher:      ready for them
 * @triage:       what is known of other stories
 * @alerts:       result: one for each story that met a rule, raised or not, the loudest first;
 *                their strings are the stories', the keywords' or the arena's. @joined of one that
 *                belongs to an alert of the same list is -1 - its index there
 * @alert_count:  how many
 * @changes:      result: alerts of other lists that are not what they were
 * @change_count: how many
 * @numbers:      of each alert the number triage knows it by; 0 = it was not raised
 * @arena:        see above
 */
struct judging {
    const char *url;
    uint64_t tags;
    bool is_catch_up;
    int64_t since_s;
    struct moment now;
    const struct keywords *keywords;
    struct matcher *matcher;
    struct triage *triage;
    struct alert *alerts;
    size_t alert_count;
    struct alert_change *changes;
    size_t change_count;
    uint64_t *numbers;
    struct arena *arena;
};

/**
 * judging_run() - match and judge
 * @stories: new to the feed; borrowed, must outlive the alerts
 *
 * Return: 0; -ENOMEM, and then nothing was judged.
 */
int judging_run(struct judging *judging, const struct story *const *stories, size_t count);

/**
 * judging_settle() - what was to be committed was, or was not
 * @is_committed: the alerts have their ids, and triage learns them; else none of them has one, and
 *                none has joined another
 */
void judging_settle(struct judging *judging, bool is_committed);

// Frees the results. One that never ran is fine.
void judging_done(struct judging *judging);

#endif
