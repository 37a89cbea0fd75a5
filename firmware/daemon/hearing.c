// SPDX-License-Identifier: MIT

#include "daemon/hearing.h"

#include <stdio.h>

#include "port/system/clock.h"

/**
 * struct hearing - how the feeds are
 * @asked: those asked at least once
 * @heard: of these, those whose last look was good
 * @lost:  those that fail for a day, or are gone
 * @first: one of these, and what is wrong with it
 */
struct hearing {
    int64_t now_s;
    size_t asked;
    size_t heard;
    size_t lost;
    char first[200];
};

static void count_feed(const struct feed_status *feed, void *userdata) {
    struct hearing *hearing = userdata;
    const int64_t day_s = 24 * 3600;
    bool is_old = feed->failing_s > 0 && hearing->now_s - feed->failing_s >= day_s;
    hearing->asked += feed->state != FEED_NEVER_ASKED;
    hearing->heard += feed->state == FEED_FINE;
    if (feed->state != FEED_GONE && !(feed->state == FEED_FAILING && is_old))
        return;
    if (hearing->lost++ == 0)
        (void)snprintf(hearing->first, sizeof hearing->first, "%s: %s", feed->url,
                       feed->state == FEED_GONE ? "it is gone" : feed->detail);
}

void hearing_judge(const struct poller *poller, struct monitor *monitor) {
    struct hearing hearing = {.now_s = clock_wall_s()};
    poller_each_feed(poller, count_feed, &hearing);
    monitor_note_hearing(monitor, hearing.asked == 0 || hearing.heard > 0);
    if (hearing.lost > 0)
        monitor_set(monitor, HEALTH_FEED, "take it out of the keywords, or mend its address",
                    "feeds not heard for a day or gone: %zu (%s)", hearing.lost, hearing.first);
    else
        monitor_clear(monitor, HEALTH_FEED);
}
