// SPDX-License-Identifier: MIT
//
// outage.h - is it the server, or is it this end?
//
// A look that got no answer says little by itself, however it failed: where the line is down, names
// are not found or time out, and a router may well refuse the connection in the server's name. What
// decides is the others: a server that was heard a moment ago proves the network, and then it is
// the server's fault. Where nobody was heard, the first such look is in doubt, is not counted, and
// is made again soon; and of those that wait for their place in a spread (at start, after a sleep)
// one after the other is asked without that wait, until one answers. Once a round has ended in
// which nobody answered, and as many hosts as can be asked for it gave no answer (three at most
// that had answered before, or nine that never had), this end is offline: no feed keeps a penalty,
// and one feed at a time is asked until one answers, after pauses that grow, and soon after this
// machine's network has changed. Pure: works on the feeds, asks nobody, logs nothing.

#ifndef DAEMON_OUTAGE_H
#define DAEMON_OUTAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/roster.h"
#include "wirebell/reading.h"

/**
 * struct outage - what is known of the network; OUTAGE_NULL at first
 * @is_offline: this end has no network
 * @heard_us:   boot time of the last answer of any server
 * @since_us:   boot time of the first look without one, while offline
 * @attempts:   looks since then
 * @next_us:    boot time before which nobody is asked again, while offline
 * @soon_us:    the same since the network has changed; 0 = it has not
 * @changed_us: what @soon_us was last
 * @next:       index of the feed that is asked next then
 */
struct outage {
    bool is_offline;
    int64_t heard_us;
    int64_t since_us;
    uint32_t attempts;
    int64_t next_us;
    int64_t soon_us;
    int64_t changed_us;
    size_t next;
};

#define OUTAGE_NULL ((struct outage){.heard_us = INT64_MIN / 2, .changed_us = INT64_MIN / 2})

// Whose fault is it that a look failed?
enum outage_verdict {
    OUTAGE_SERVER, // the server's, as far as is known
    OUTAGE_DOUBT,  // to be made again soon
    OUTAGE_HERE    // this end's
};

// Does a look that ended so prove that the network is there?
bool outage_is_answer(enum reading_outcome outcome);

/**
 * outage_judge() - a look failed, and was no answer
 * @feed:    marked as one that was not heard
 * @outcome: READING_UNREACHABLE or READING_TIMED_OUT; all others are the server's fault
 */
enum outage_verdict outage_judge(struct outage *outage, struct feed *feed,
                                 enum reading_outcome outcome, int64_t now_us);

// The round is over: nobody waits for a turn. Return: whether this end is offline from now on.
bool outage_settle(struct outage *outage, const struct roster *roster, int64_t now_us);

/**
 * outage_hurry() - while in doubt, brings the next look forward that waits in a spread
 *
 * To be called when nobody waits for a turn. At most one a call, and of a host that was not tried:
 * its due time is seconds away then and not up to a hundred. Those whose time is set by what a
 * server or a document said, or by the interval, are left alone.
 */
void outage_hurry(const struct outage *outage, const struct roster *roster, int64_t now_us);

/**
 * outage_changed() - the network of this machine has changed
 *
 * While offline, the next look is made after a second, and pauses begin anew at their shortest; but
 * not twice within ten seconds, however often it changes.
 */
void outage_changed(struct outage *outage, int64_t now_us);

// When this feed may be asked, while offline; boot time.
int64_t outage_due_us(const struct outage *outage, const struct feed *feed);

/**
 * outage_heard() - a server has answered
 * @ret_away_us: how long nobody was heard; written only when true is returned
 *
 * Feeds in doubt for a moment only stay in doubt here, with @unheard_us 0: the caller counts their
 * failure. Older doubts are dropped: those are asked again soon.
 *
 * Return: whether this ended an outage.
 */
bool outage_heard(struct outage *outage, const struct roster *roster, int64_t now_us,
                  int64_t *ret_away_us);

#endif
