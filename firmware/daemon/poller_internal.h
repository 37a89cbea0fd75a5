// SPDX-License-Identifier: MIT
//
// poller_internal.h - what the files of the poller share and nobody else sees.
//
// poller.c: the list of feeds, and when. poller_look.c: one look, from the question to what became
// of it.

#ifndef DAEMON_POLLER_INTERNAL_H
#define DAEMON_POLLER_INTERNAL_H

#include "daemon/hosts.h"
#include "daemon/outage.h"
#include "daemon/poller.h"
#include "daemon/roster.h"
#include "port/reader/reader_network.h"

/**
 * struct poller - see poller.h
 * @keywords:    in force; borrowed. So is @matcher
 * @interval_s:  how often a feed is asked that has no every=
 * @outage:      what is known of the network
 * @network:     its changes, awaited while offline
 * @is_troubled: the log has said that something fails at this end
 * @is_settled:  an answer of one feed changes nothing for the others: none is unheard, in doubt or
 *               offline, and the log has said which of them fail
 * @is_started:  due feeds are asked
 * @are_feeds_kept: the state knows which feeds the keywords name
 * @is_in_round: somebody has waited or was asked since poller_events::idle was told last
 * @round_done:  looks of this round that have ended
 * @moved_us:    when a feed was given a turn or a look ended last, by the monotonic clock: a
 * machine that sleeps is not one that hangs
 * @wake_us:     boot time for which @timer is set; INT64_MAX = it is off
 * @round_us:    boot time before which no feed at rest is to be asked, for a look that ends would
 * else search all of them; INT64_MIN = to be looked up
 * @timer:       the round due next, or the end of a host's pause
 * @step:        deferred: gives out turns, and finds the end of a round
 */
struct poller {
    struct poller_parts parts;
    struct poller_events events;
    const struct keywords *keywords;
    struct matcher *matcher;
    int64_t interval_s;
    struct roster roster;
    struct hosts *hosts;
    struct outage outage;
    struct reader_network network;
    bool is_troubled;
    bool is_settled;
    bool is_started;
    bool are_feeds_kept;
    bool is_in_round;
    size_t round_done;
    int64_t moved_us;
    int64_t wake_us;
    int64_t round_us;
    sd_event_source *timer;
    sd_event_source *step;
};

// An hour and more without news is an outage that its stories are told of as one.
#define POLLER_AWAY_US INT64_C(3600000000)

// Asks a feed whose turn it is.
void poller_look(struct poller *poller, struct feed *feed);

// Has a feed wait for its turn. @is_first: before the others of its host.
void poller_join(struct poller *poller, struct feed *feed, bool is_first);

// Somebody else may have a turn, from the next turn of the loop on.
void poller_step_later(struct poller *poller);

// The same, and now: for those who are called from the loop, and not from inside a step.
void poller_step(struct poller *poller);

// Nobody was heard for so long: the next look at each feed catches up, if it is long enough.
void poller_mark_away(struct poller *poller, int64_t away_us);

// Spreads the feeds that rest and should have been asked long before @now_us.
void poller_catch_up(struct poller *poller, int64_t now_us);

// May anything be decided by the wall clock?
bool poller_is_clock_trusted(const struct poller *poller);

// Writes when it is asked next into what is kept of a feed.
void poller_note_due(struct feed *feed, int64_t now_us);

// Says that a feed fails, or no longer does, if that is news.
void poller_tell_state(struct feed *feed);

#endif
