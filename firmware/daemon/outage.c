// SPDX-License-Identifier: MIT

#include "daemon/outage.h"

#include "daemon/hosts.h"

enum {
    // Three hosts that answered before are enough to believe in an outage, or nine that never did:
    // addresses may be wrong from the beginning.
    HEARD_WEIGHT = 3,
    NEW_WEIGHT = 1,
    ENOUGH = 3 * HEARD_WEIGHT,
    // An answer proves the network for a minute. A doubt is resolved by an answer as near as this.
    PROOF_US = 60 * 1000000,
    SAME_MOMENT_US = 5 * 1000000,
    // A first look that may resolve a doubt is made so soon: a network that is just coming up, as
    // after the machine's start, has time to.
    HURRY_US = 5 * 1000000,
    // Addresses, routes and name servers come one after the other. Where they come and go, it is
    // not asked at each.
    CHANGE_SETTLE_US = 1 * 1000000,
    CHANGE_REST_US = 10 * 1000000,
};

bool outage_is_answer(enum reading_outcome outcome) {
    switch (outcome) {
    case READING_OK:
    case READING_PARTIAL:
    case READING_UNCHANGED:
    case READING_EMPTY:
    case READING_NOT_A_FEED:
    case READING_TOO_BIG:
    case READING_HTTP_ERROR:
    case READING_TLS_REFUSED:
    case READING_REDIRECT_REFUSED:
        return true;
    case READING_UNREACHABLE:
    case READING_TIMED_OUT:
    case READING_BAD_URL:
    case READING_READER_DIED:
    case READING_FAILED:
    case READING_OUTCOME_COUNT:
        break;
    }
    return false;
}

enum outage_verdict outage_judge(struct outage *outage, struct feed *feed,
                                 enum reading_outcome outcome, int64_t now_us) {
    if (outcome != READING_UNREACHABLE && outcome != READING_TIMED_OUT)
        return OUTAGE_SERVER;
    if (outage->is_offline) {
        outage->attempts++;
        return OUTAGE_HERE;
    }
    if (now_us - outage->heard_us <= PROOF_US || feed->stored.failures > 0)
        return OUTAGE_SERVER;
    bool is_first = feed->unheard_us == 0;
    if (is_first)
        feed->unheard_us = now_us;
    // A server that took the request and then hung has been asked: it is not asked again soon.
    return is_first && outcome == READING_UNREACHABLE ? OUTAGE_DOUBT : OUTAGE_SERVER;
}

// What the word of hosts weighs that answered until now, up to ENOUGH; @is_unheard: of those that
// did not answer any more.
static unsigned weigh(const struct roster *roster, bool is_unheard) {
    const char *found[ENOUGH];
    size_t count = 0;
    unsigned weight = 0;
    for (size_t i = 0; i < roster->count && weight < ENOUGH; i++) {
        const struct feed *feed = roster->feeds[i];
        if (is_unheard ? feed->unheard_us == 0 : feed->unheard_us == 0 && feed->stored.failures > 0)
            continue;
        bool is_known = false;
        for (size_t k = 0; k < count && !is_known; k++)
            is_known = hosts_are_same(found[k], feed_address(feed));
        if (is_known)
            continue;
        found[count++] = feed_address(feed);
        weight += feed->stored.good_s != 0 ? HEARD_WEIGHT : NEW_WEIGHT;
    }
    return weight < ENOUGH ? weight : ENOUGH;
}

bool outage_settle(struct outage *outage, const struct roster *roster, int64_t now_us) {
    if (outage->is_offline)
        return false;
    unsigned unheard = weigh(roster, true);
    if (unheard == 0 || unheard < weigh(roster, false))
        return false;
    outage->is_offline = true;
    outage->attempts = 1;
    outage->since_us = now_us;
    for (size_t i = 0; i < roster->count; i++) {
        struct feed *feed = roster->feeds[i];
        if (feed->unheard_us == 0)
            continue;
        if (feed->unheard_us < outage->since_us)
            outage->since_us = feed->unheard_us;
        feed->stored.failures = 0;
        feed->stored.failing_s = 0;
        feed->is_in_doubt = false;
    }
    return true;
}

// Is a feed of this host among those that were not heard? Asking it would prove nothing new.
static bool is_host_unheard(const struct roster *roster, const struct feed *feed) {
    for (size_t i = 0; i < roster->count; i++) {
        const struct feed *other = roster->feeds[i];
        if (other->unheard_us != 0 && hosts_are_same(feed_address(other), feed_address(feed)))
            return true;
    }
    return false;
}

// Does it wait for nothing but its place among others?
static bool is_in_spread(const struct feed *feed) {
    bool is_spread = feed->plan.reason == SCHEDULE_START || feed->plan.reason == SCHEDULE_CATCH_UP;
    return is_spread && feed_is_resting(feed) && feed->stored.skip_hours == 0 &&
           feed->stored.skip_days == 0;
}

void outage_hurry(const struct outage *outage, const struct roster *roster, int64_t now_us) {
    struct feed *next = NULL;
    bool is_doubt = false;
    for (size_t i = 0; i < roster->count; i++) {
        struct feed *feed = roster->feeds[i];
        is_doubt |= feed->unheard_us != 0;
        bool is_sooner = !next || feed->plan.due_us < next->plan.due_us;
        if (is_sooner && is_in_spread(feed) && !is_host_unheard(roster, feed))
            next = feed;
    }
    if (!next || !is_doubt || outage->is_offline || next->plan.due_us <= now_us + HURRY_US)
        return;
    next->plan.due_us = next->plan.latest_us = now_us + HURRY_US;
}

void outage_changed(struct outage *outage, int64_t now_us) {
    if (!outage->is_offline || outage->soon_us != 0)
        return;
    int64_t settled_us = now_us + CHANGE_SETTLE_US, rested_us = outage->changed_us + CHANGE_REST_US;
    outage->soon_us = outage->changed_us = settled_us > rested_us ? settled_us : rested_us;
    outage->attempts = 0;
}

int64_t outage_due_us(const struct outage *outage, const struct feed *feed) {
    int64_t due_us = feed->plan.due_us, next_us = outage->next_us;
    bool is_soon = outage->soon_us != 0;
    if (is_soon && feed->plan.reason == SCHEDULE_OFFLINE && outage->soon_us < due_us)
        due_us = outage->soon_us;
    if (is_soon && outage->soon_us < next_us)
        next_us = outage->soon_us;
    return due_us > next_us ? due_us : next_us;
}

bool outage_heard(struct outage *outage, const struct roster *roster, int64_t now_us,
                  int64_t *ret_away_us) {
    bool was_offline = outage->is_offline;
    for (size_t i = 0; i < roster->count; i++) {
        struct feed *feed = roster->feeds[i];
        if (now_us - feed->unheard_us > SAME_MOMENT_US)
            feed->is_in_doubt = false;
        feed->unheard_us = 0;
    }
    outage->heard_us = now_us;
    outage->is_offline = false;
    outage->attempts = 0;
    outage->soon_us = 0;
    if (was_offline)
        *ret_away_us = now_us - outage->since_us;
    return was_offline;
}
