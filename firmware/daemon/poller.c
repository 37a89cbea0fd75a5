// SPDX-License-Identifier: MIT
//
// Two sources drive it. The timer is set for the least moment at which some feed is to be asked at
// the latest, and then every feed that is due is: so an idle Pi wakes as rarely as the plans allow.
// The step gives out turns when one has become free, and finds that a round is over.

#include "daemon/poller_internal.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/schedule/schedule.h"
#include "daemon/moves.h"
#include "port/system/clock.h"

enum {
    // Polls due within so long of each other share one wakeup; so do hosts whose pause ends.
    ROUND_ACCURACY_US = 1000000,
    PAUSE_ACCURACY_US = 20000,
    // On a machine that has run longer than this, a stale due time means a crash and no absence.
    FRESH_BOOT_US = 600 * 1000000,
    // Without memory to ask a feed: again after a minute.
    NO_MEMORY_US = 60 * 1000000,
};

bool poller_is_clock_trusted(const struct poller *poller) {
    return trust_holds(poller->parts.trust, clock_wall_s());
}

void poller_note_due(struct feed *feed, int64_t now_us) {
    feed->stored.due_s = clock_wall_s() + (feed->plan.due_us - now_us) / 1000000;
}

// --- the timer -------------------------------------------------------------------------------

// When somebody is to be asked at the latest. While offline one feed at a time is, as soon as one
// may be.
static int64_t next_round_us(const struct poller *poller) {
    int64_t next_us = INT64_MAX;
    if (!poller->is_started || (poller->outage.is_offline && hosts_count(poller->hosts) > 0))
        return next_us;
    for (size_t i = 0; i < poller->roster.count; i++) {
        const struct feed *feed = poller->roster.feeds[i];
        int64_t feed_us =
            poller->outage.is_offline ? outage_due_us(&poller->outage, feed) : feed->plan.latest_us;
        if (feed_is_resting(feed) && feed_us < next_us)
            next_us = feed_us;
    }
    return next_us;
}

static void arm_timer(struct poller *poller) {
    if (hosts_are_full(poller->hosts))
        return; // nobody could be asked; a look that ends comes here again
    if (poller->round_us == INT64_MIN || poller->outage.is_offline)
        poller->round_us = next_round_us(poller);
    int64_t round_us = poller->round_us;
    int64_t pause_us = hosts_wake_us(poller->hosts);
    poller->wake_us = round_us < pause_us ? round_us : pause_us;
    if (poller->wake_us == INT64_MAX) {
        (void)sd_event_source_set_enabled(poller->timer, SD_EVENT_OFF);
        return;
    }
    uint64_t due_us = poller->wake_us > 0 ? (uint64_t)poller->wake_us : 0;
    (void)sd_event_source_set_time_accuracy(poller->timer, pause_us < round_us ? PAUSE_ACCURACY_US
                                                                               : ROUND_ACCURACY_US);
    (void)sd_event_source_set_time(poller->timer, due_us);
    (void)sd_event_source_set_enabled(poller->timer, SD_EVENT_ONESHOT);
}

// --- turns -----------------------------------------------------------------------------------

void poller_join(struct poller *poller, struct feed *feed, bool is_first) {
    const struct store_move *move = feed->stored.move;
    if (feed_is_resting(feed))
        feed->is_rechecking = moves_is_followed(move) &&
                              (feed->is_strayed || (poller_is_clock_trusted(poller) &&
                                                    moves_is_check_due(move, clock_wall_s())));
    int r = hosts_join(poller->hosts, &feed->turn, feed_address(feed), is_first);
    poller->moved_us = clock_monotonic_us();
    if (r < 0) {
        log_event(poller->parts.log, LOG_TROUBLE, NULL, "%s: cannot be asked: %s", feed->line->url,
                  strerrordesc_np(-r));
        feed->plan.due_us = feed->plan.latest_us = clock_boot_us() + NO_MEMORY_US;
        poller->round_us = INT64_MIN;
        return;
    }
    poller->is_in_round = true;
    poller_step_later(poller);
}

void poller_step_later(struct poller *poller) {
    (void)sd_event_source_set_enabled(poller->step, SD_EVENT_ONESHOT);
}

// No feed that was not heard is to blame: it is asked again soon, and then one at a time.
static void go_offline(struct poller *poller, int64_t now_us) {
    const struct schedule_input input = {
        .outcome = READING_UNREACHABLE,
        .local_failures = poller->outage.attempts,
        .is_offline = true,
        .seed = (uint64_t)now_us,
    };
    const struct schedule_plan plan = schedule_next(&input, now_us);
    const struct feed *example = NULL;
    for (size_t i = 0; i < poller->roster.count; i++) {
        struct feed *feed = poller->roster.feeds[i];
        if (feed->unheard_us == 0)
            continue;
        feed->plan = plan;
        feed->local_failures = poller->outage.attempts;
        example = feed;
    }
    poller->outage.next_us = plan.due_us;
    if (!example)
        return;
    log_event(poller->parts.log, LOG_NETWORK, NULL,
              "offline: no feed can be reached; one is asked every few minutes at least until one "
              "answers (%s: %s)",
              example->line->url, example->detail ? example->detail : "no answer");
}

// Where it cannot be written, or the time is not known, the next round tries again.
static void keep_feeds(struct poller *poller) {
    const struct roster *roster = &poller->roster;
    if (poller->are_feeds_kept || !poller_is_clock_trusted(poller))
        return;
    struct store_feed *feeds = calloc(roster->count + 1, sizeof *feeds);
    for (size_t i = 0; feeds && i < roster->count; i++)
        feeds[i] = roster->feeds[i]->stored;
    poller->are_feeds_kept =
        feeds && store_keep_feeds(poller->parts.store, feeds, roster->count, clock_wall_s()) == 0;
    free(feeds);
}

static void end_round(struct poller *poller) {
    int64_t now_us = clock_boot_us();
    poller->is_in_round = false;
    poller->round_us = INT64_MIN;
    poller->round_done = 0;
    hosts_rest(poller->hosts);
    if (outage_settle(&poller->outage, &poller->roster, now_us))
        go_offline(poller, now_us);
    outage_hurry(&poller->outage, &poller->roster, now_us);
    keep_feeds(poller);
    poller->events.idle(poller->events.userdata);
}

static struct feed *feed_of(struct hosts_turn *turn) {
    return (struct feed *)((char *)turn - offsetof(struct feed, turn));
}

static void step(struct poller *poller) {
    for (struct hosts_turn *turn; (turn = hosts_next(poller->hosts, clock_boot_us()));)
        poller_look(poller, feed_of(turn));
    if (poller->is_in_round && hosts_count(poller->hosts) == 0)
        end_round(poller);
    if (poller->outage.is_offline) // where it cannot be, there are the retries
        (void)reader_network_await(&poller->network, reader_client_bus(poller->parts.reader));
    else
        reader_network_done(&poller->network);
    arm_timer(poller);
}

static int on_step(sd_event_source *source, void *userdata) {
    (void)source;
    step(userdata);
    return 0;
}

void poller_step(struct poller *poller) {
    // The end of a round gives memory back: the answer that ended it first.
    if (hosts_count(poller->hosts) == 0)
        poller_step_later(poller);
    else
        step(poller);
}

static void on_network_changed(void *userdata) {
    struct poller *poller = userdata;
    outage_changed(&poller->outage, clock_boot_us());
    arm_timer(poller);
}

// --- many at once ----------------------------------------------------------------------------

void poller_mark_away(struct poller *poller, int64_t away_us) {
    if (away_us <= POLLER_AWAY_US)
        return;
    poller->events.away(away_us / 1000000, poller->events.userdata);
    for (size_t i = 0; i < poller->roster.count; i++)
        poller->roster.feeds[i]->is_catch_up = true;
}

// Places the feeds that @is_wanted tells of among each other. One alone is asked at once.
static void spread(struct poller *poller, enum schedule_reason reason, int64_t now_us,
                   bool (*is_wanted)(const struct feed *feed, enum schedule_reason reason,
                                     int64_t now_us)) {
    const struct roster *roster = &poller->roster;
    poller->round_us = INT64_MIN;
    int64_t wall_s = clock_wall_s();
    bool is_trusted = poller_is_clock_trusted(poller);
    size_t count = 0, index = 0;
    for (size_t i = 0; i < roster->count; i++)
        count += is_wanted(roster->feeds[i], reason, now_us);
    for (size_t i = 0; i < roster->count; i++) {
        struct feed *feed = roster->feeds[i];
        if (!is_wanted(feed, reason, now_us))
            continue;
        struct schedule_plan plan = schedule_stagger(index++, count, reason, now_us);
        const struct schedule_skip skip = {feed->stored.skip_hours, feed->stored.skip_days};
        int64_t skip_s =
            is_trusted ? schedule_skip_s(skip, wall_s + (plan.due_us - now_us) / 1000000) : 0;
        plan.due_us += skip_s * 1000000;
        plan.latest_us = plan.due_us;
        feed->plan = plan;
    }
}

static bool is_overdue(const struct feed *feed, enum schedule_reason reason, int64_t now_us) {
    (void)reason;
    return feed_is_resting(feed) && schedule_is_overdue(&feed->plan, now_us);
}

static bool is_unplaced(const struct feed *feed, enum schedule_reason reason, int64_t now_us) {
    return feed_is_resting(feed) && feed->plan.reason == reason && feed->plan.due_us <= now_us;
}

void poller_catch_up(struct poller *poller, int64_t now_us) {
    spread(poller, SCHEDULE_CATCH_UP, now_us, is_overdue);
}

// Those never asked, and those that should have been while there was no daemon.
static void place_new(struct poller *poller) {
    int64_t now_us = clock_boot_us();
    spread(poller, SCHEDULE_START, now_us, is_unplaced);
    spread(poller, SCHEDULE_CATCH_UP, now_us, is_unplaced);
    arm_timer(poller);
}

// --- rounds ----------------------------------------------------------------------------------

static bool is_due(const struct feed *feed, int64_t now_us) {
    return feed_is_resting(feed) && feed->plan.due_us <= now_us;
}

static void ask_one_due(struct poller *poller, int64_t now_us) {
    const struct roster *roster = &poller->roster;
    for (size_t i = 0; i < roster->count; i++) {
        size_t index = (poller->outage.next + i) % roster->count;
        struct feed *feed = roster->feeds[index];
        if (!feed_is_resting(feed) || outage_due_us(&poller->outage, feed) > now_us)
            continue;
        poller->outage.next = index + 1;
        poller->outage.soon_us = 0;
        poller_join(poller, feed, false);
        return;
    }
}

static void ask_all_due(struct poller *poller, int64_t now_us) {
    for (size_t i = 0; i < poller->roster.count; i++) {
        struct feed *feed = poller->roster.feeds[i];
        if (is_due(feed, now_us))
            poller_join(poller, feed, feed->plan.reason == SCHEDULE_START);
    }
}

static int on_timer(sd_event_source *source, uint64_t due_us, void *userdata) {
    (void)source;
    (void)due_us;
    struct poller *poller = userdata;
    int64_t now_us = clock_boot_us();
    poller_mark_away(poller, now_us - poller->wake_us); // the machine slept
    if (poller->is_started && !poller->outage.is_offline) {
        if (poller->round_us <= now_us) { // else it is the pause of a host that has ended
            poller_catch_up(poller, now_us);
            ask_all_due(poller, now_us);
        }
    } else if (poller->is_started && hosts_count(poller->hosts) == 0) {
        ask_one_due(poller, now_us);
    }
    step(poller);
    return 0;
}

bool poller_is_alive(const struct poller *poller) {
    const int64_t stuck_us = INT64_C(600000000);
    if (hosts_count(poller->hosts) > 0)
        return clock_monotonic_us() - poller->moved_us < stuck_us;
    return poller->wake_us == INT64_MAX || clock_boot_us() - poller->wake_us < stuck_us;
}

void poller_poll_all(struct poller *poller) {
    int64_t now_us = clock_boot_us();
    size_t held = 0;
    for (size_t i = 0; i < poller->roster.count; i++) {
        struct feed *feed = poller->roster.feeds[i];
        if (feed_is_told_to_wait(feed, now_us))
            held++;
        else
            poller_join(poller, feed, false);
    }
    if (held > 0)
        log_event(poller->parts.log, LOG_FEED_FAILED, NULL,
                  "feeds left alone because their servers told us to wait (Retry-After): %zu",
                  held);
    poller->is_in_round = true;
    poller_step_later(poller);
}

int poller_poll(struct poller *poller, const char *url) {
    struct feed *feed = NULL;
    for (size_t i = 0; i < poller->roster.count && !feed; i++)
        if (strcmp(poller->roster.feeds[i]->line->url, url) == 0)
            feed = poller->roster.feeds[i];
    if (!feed)
        return -ENOENT;
    if (feed_is_told_to_wait(feed, clock_boot_us()))
        return -EAGAIN;
    poller_join(poller, feed, false);
    poller->is_in_round = true;
    return sd_event_source_set_enabled(poller->step, SD_EVENT_ONESHOT);
}

// --- the list --------------------------------------------------------------------------------

static void on_added(struct feed *feed, void *userdata) {
    struct poller *poller = userdata;
    feed->poller = poller;
    int r = store_load_feed(poller->parts.store, feed->line->url, &feed->stored);
    feed->is_unread = r < 0;
    if (r < 0)
        log_event(poller->parts.log, LOG_STATE_FAILED, NULL, "%s: what was seen cannot be read: %s",
                  feed->line->url, strerrordesc_np(-r));
    int64_t wall_s = clock_wall_s(), now_us = clock_boot_us();
    feed->plan = schedule_resume(feed->stored.due_s, wall_s, now_us);
    feed->is_told = feed->stored.failures > 0;
    feed->turn.is_slow = feed->stored.outcome == READING_TIMED_OUT;
    bool was_off = feed->plan.reason == SCHEDULE_CATCH_UP && poller_is_clock_trusted(poller) &&
                   now_us < FRESH_BOOT_US &&
                   (wall_s - feed->stored.due_s) * 1000000 > POLLER_AWAY_US;
    feed->is_catch_up = was_off;
}

static void on_dropped(struct feed *feed, void *userdata) {
    struct poller *poller = userdata;
    hosts_leave(poller->hosts, &feed->turn);
    if (feed->turn.is_under_way)
        feed->is_dropped = true;
    else
        feed_free(feed);
}

int poller_configure(struct poller *poller, const struct keywords *keywords,
                     struct matcher *matcher, int64_t interval_s) {
    const struct roster_events events = {
        .added = on_added, .dropped = on_dropped, .userdata = poller};
    int r = roster_update(&poller->roster, keywords, &events);
    if (r < 0)
        return r;
    poller->keywords = keywords;
    poller->matcher = matcher;
    poller->interval_s = interval_s;
    poller->are_feeds_kept = false;
    poller->outage.next = 0;
    if (poller->is_started)
        place_new(poller);
    return 0;
}

void poller_start(struct poller *poller) {
    poller->is_started = true;
    place_new(poller);
}

void poller_forget(struct poller *poller) {
    for (size_t i = 0; i < poller->roster.count; i++) {
        struct feed *feed = poller->roster.feeds[i];
        free(feed->stored.move);
        feed->stored = (struct store_feed){.due_s = feed->stored.due_s};
        feed->is_due_written = false;
        feed->is_unread = false;
    }
}

int poller_save(struct poller *poller) {
    const struct roster *roster = &poller->roster;
    int64_t now_us = clock_boot_us();
    struct store_feed *feeds = calloc(roster->count + 1, sizeof *feeds);
    if (!feeds)
        return -ENOMEM;
    for (size_t i = 0; i < roster->count; i++) {
        if (roster->feeds[i]->stored.due_s != 0)
            poller_note_due(roster->feeds[i], now_us);
        feeds[i] = roster->feeds[i]->stored;
    }
    int r = store_save_due(poller->parts.store, feeds, roster->count);
    free(feeds);
    return r;
}

// --- what others want to know ----------------------------------------------------------------

size_t poller_failing_count(const struct poller *poller) {
    size_t count = 0;
    for (size_t i = 0; i < poller->roster.count; i++) {
        const struct feed *feed = poller->roster.feeds[i];
        count += feed->stored.failures > 0 || feed->local_failures > 0;
    }
    return count;
}

bool poller_progress(const struct poller *poller, size_t *ret_done, size_t *ret_total) {
    if (!poller->is_in_round)
        return false;
    *ret_done = poller->round_done;
    *ret_total = poller->round_done + hosts_count(poller->hosts);
    return true;
}

void poller_each_feed(const struct poller *poller, poller_feed_fn each, void *userdata) {
    const struct moment now = clock_now(poller->parts.trust);
    for (size_t i = 0; i < poller->roster.count; i++) {
        struct feed_status status;
        feed_tell(poller->roster.feeds[i], &now, poller->outage.is_offline, &status);
        each(&status, userdata);
    }
}

// --- life ------------------------------------------------------------------------------------

int poller_new(const struct poller_parts *parts, const struct poller_events *events,
               struct poller **ret) {
    struct poller *poller = calloc(1, sizeof *poller);
    if (!poller)
        return -ENOMEM;
    poller->parts = *parts;
    poller->events = *events;
    poller->outage = OUTAGE_NULL;
    poller->round_us = INT64_MIN;
    poller->network = (struct reader_network){.changed = on_network_changed, .userdata = poller};
    sd_event_ref(parts->event);
    int r = hosts_new(&poller->hosts);
    if (r >= 0)
        r = sd_event_add_time(parts->event, &poller->timer, CLOCK_BOOTTIME, 0, ROUND_ACCURACY_US,
                              on_timer, poller);
    if (r >= 0)
        r = sd_event_add_defer(parts->event, &poller->step, on_step, poller);
    if (r >= 0)
        r = sd_event_source_set_enabled(poller->step, SD_EVENT_OFF);
    if (r < 0) {
        poller_free(poller);
        return r;
    }
    arm_timer(poller);
    *ret = poller;
    return 0;
}

struct poller *poller_free(struct poller *poller) {
    if (!poller)
        return NULL;
    sd_event_source_disable_unref(poller->timer);
    sd_event_source_disable_unref(poller->step);
    reader_network_done(&poller->network);
    roster_done(&poller->roster);
    hosts_free(poller->hosts);
    sd_event_unref(poller->parts.event);
    free(poller);
    return NULL;
}
