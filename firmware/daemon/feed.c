// SPDX-License-Identifier: MIT

#include "daemon/feed.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/moves.h"

enum { STATUS_GONE = 410 };

struct feed *feed_free(struct feed *feed) {
    if (!feed)
        return NULL;
    free(feed->stored.move);
    free(feed->unsaved.keys);
    free(feed->habit);
    free(feed->detail);
    free(feed);
    return NULL;
}

const char *feed_address(const struct feed *feed) {
    const struct store_move *move = feed->stored.move;
    return moves_is_followed(move) && !feed->is_rechecking ? move->to : feed->line->url;
}

bool feed_is_resting(const struct feed *feed) {
    return feed->turn.host == NULL;
}

bool feed_is_told_to_wait(const struct feed *feed, int64_t now_us) {
    return feed_is_resting(feed) && feed->plan.due_us > now_us &&
           (feed->plan.reason == SCHEDULE_RETRY_AFTER ||
            feed->plan.reason == SCHEDULE_RETRY_CLAMPED);
}

void feed_set_detail(struct feed *feed, const char *detail) {
    free(feed->detail);
    feed->detail = *detail ? strdup(detail) : NULL; // without memory it is told without
}

static enum feed_state state_of(const struct feed *feed, bool is_offline) {
    const struct store_feed *stored = &feed->stored;
    if (stored->failures > 0 && stored->http_status == STATUS_GONE)
        return FEED_GONE;
    if (is_offline || feed->is_in_doubt)
        return FEED_OFFLINE;
    if (stored->failures > 0 || feed->local_failures > 0)
        return FEED_FAILING;
    return stored->good_s == 0 ? FEED_NEVER_ASKED : FEED_FINE;
}

void feed_tell(const struct feed *feed, const struct moment *now, bool is_offline,
               struct feed_status *ret) {
    const struct store_feed *stored = &feed->stored;
    int64_t due_us = feed_is_resting(feed) ? feed->plan.due_us : now->boot_us;
    *ret = (struct feed_status){
        .url = feed->line->url,
        .title = feed->line->settings->title,
        .state = state_of(feed, is_offline),
        .is_under_way = feed->turn.is_under_way,
        .outcome = stored->outcome,
        .http_status = stored->http_status,
        .detail = feed->detail ? feed->detail : "",
        .good_s = stored->good_s,
        .failing_s = stored->failing_s,
        .failures = stored->failures > 0 ? stored->failures : feed->local_failures,
        .due_s = now->wall_s + (due_us - now->boot_us) / 1000000,
        .due_reason =
            feed_is_resting(feed) ? schedule_reason_text(feed->plan.reason) : "it is its turn",
        .moved_to = moves_is_followed(stored->move) ? stored->move->to : "",
    };
}
