// SPDX-License-Identifier: MIT

#include "daemon/outage.h"

#include "daemon/hosts.h"

enum {
    HOSTS_NEEDED = 3,
    // An answer proves the network for a minute. A doubt is resolved by an answer as near as this.
    PROOF_US = 60 * 1000000,
    SAME_MOMENT_US = 5 * 1000000,
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

// Hosts, up to HOSTS_NEEDED, of feeds that answered until now; @is_unheard: of those that did not
// answer any more.
static size_t count_hosts(const struct roster *roster, bool is_unheard) {
    const char *found[HOSTS_NEEDED];
    size_t count = 0;
    for (size_t i = 0; i < roster->count && count < HOSTS_NEEDED; i++) {
        const struct feed *feed = roster->feeds[i];
        if (is_unheard ? feed->unheard_us == 0 : feed->unheard_us == 0 && feed->stored.failures > 0)
            continue;
        bool is_known = false;
        for (size_t k = 0; k < count && !is_known; k++)
            is_known = hosts_are_same(found[k], feed_address(feed));
        if (!is_known)
            found[count++] = feed_address(feed);
    }
    return count;
}

bool outage_settle(struct outage *outage, const struct roster *roster, int64_t now_us) {
    if (outage->is_offline)
        return false;
    size_t unheard = count_hosts(roster, true);
    if (unheard == 0 || unheard < count_hosts(roster, false))
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
    if (was_offline)
        *ret_away_us = now_us - outage->since_us;
    return was_offline;
}
