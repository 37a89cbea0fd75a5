// SPDX-License-Identifier: MIT
//
// One look: the question, and what its answer means for the network, for the feed's address, for
// the next look and for the bell. What is kept of the feed is brought up to date here; it is
// written by the delivery, together with the stories, and only when a restart would miss it.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/schedule/schedule.h"
#include "daemon/delivery.h"
#include "daemon/moves.h"
#include "daemon/poller_internal.h"
#include "port/system/clock.h"

// A look that has ended, on its way through the functions below.
struct look {
    struct feed *feed;
    const struct reading_request *asked;
    const struct reading *reading;
    int64_t now_us;
    bool is_offline; // not the server's fault
    bool is_planned; // what is new was known in time for the plan
};

// --- when it is asked next -------------------------------------------------------------------

static bool offers_validators(const struct reading *reading) {
    return reading->http_status == 304 || *reading->etag || *reading->last_modified;
}

static struct schedule_input input_of(const struct look *look) {
    const struct feed *feed = look->feed;
    const struct store_feed *stored = &feed->stored;
    const struct reading *reading = look->reading;
    return (struct schedule_input){
        .every_s = feed->line->settings->every_s,
        .interval_s = feed->poller->interval_s,
        .outcome = reading->outcome,
        .http_status = reading->http_status,
        .failures = stored->failures,
        .local_failures = feed->local_failures,
        .is_offline = look->is_offline,
        .has_validators = offers_validators(reading),
        .is_clock_trusted = poller_is_clock_trusted(feed->poller),
        .wall_s = clock_wall_s(),
        .retry_after_s = reading->retry_after_s,
        .max_age_s = reading->max_age_s,
        .ttl_s = stored->ttl_s,
        .update_s = stored->update_s,
        .skip = {.hours = stored->skip_hours, .days = stored->skip_days},
        .habit = feed->habit && feed->habit->version != 0 ? feed->habit : NULL,
        .seed = (uint64_t)look->now_us ^ (uint64_t)stored->id << 40,
    };
}

// 429 speaks of all we ask of a host: all its feeds wait, and a crash does not make them forget.
static void hold_host(const struct look *look, int64_t until_us) {
    struct poller *poller = look->feed->poller;
    const struct roster *roster = &poller->roster;
    struct store_feed *held = calloc(roster->count + 1, sizeof *held);
    size_t count = 0;
    poller->round_us = INT64_MIN;
    for (size_t i = 0; i < roster->count; i++) {
        struct feed *other = roster->feeds[i];
        if (other == look->feed || other->turn.is_under_way ||
            !hosts_are_same(feed_address(other), feed_address(look->feed)))
            continue;
        if (feed_is_resting(other) && other->plan.due_us >= until_us)
            continue;
        hosts_leave(poller->hosts, &other->turn);
        other->plan = (struct schedule_plan){until_us, until_us, SCHEDULE_RETRY_AFTER};
        poller_note_due(other, look->now_us);
        if (held && other->stored.id != 0)
            held[count++] = other->stored;
    }
    int r = held ? store_save_due(poller->parts.store, held, count) : -ENOMEM;
    free(held);
    if (r < 0)
        log_event(poller->parts.log, LOG_STATE_FAILED, NULL,
                  "that a host is to be left alone cannot be written to the state: %s",
                  strerrordesc_np(-r));
}

static void plan(const struct look *look) {
    const struct schedule_input input = input_of(look);
    struct feed *feed = look->feed;
    feed->plan = schedule_next(&input, look->now_us);
    if (feed->plan.latest_us < feed->poller->round_us)
        feed->poller->round_us = feed->plan.latest_us;
    poller_note_due(feed, look->now_us);
}

// --- what the log says -----------------------------------------------------------------------

void poller_tell_state(struct feed *feed) {
    const struct store_feed *stored = &feed->stored;
    bool is_failing = stored->failures > 0 || feed->local_failures > 0;
    // While nobody is heard, it may yet turn out that no server is to blame.
    if (is_failing == feed->is_told || (is_failing && feed->unheard_us != 0))
        return;
    if (is_failing && feed->poller->outage.is_offline)
        return;
    // What fails at this end would be said of every feed.
    bool is_trouble = is_failing && stored->failures == 0;
    if (is_trouble && feed->poller->is_troubled)
        return;
    feed->poller->is_troubled |= is_trouble;
    feed->is_told = is_failing;
    const struct log_field fields[] = {
        {"WIREBELL_FEED", feed->line->url},
        {"WIREBELL_OUTCOME", reading_outcome_name(stored->outcome)},
        {NULL, NULL},
    };
    if (is_failing)
        log_event(feed->poller->parts.log, LOG_FEED_FAILED, fields, "%s: %s", feed->line->url,
                  feed->detail ? feed->detail : reading_outcome_name(stored->outcome));
    else
        log_event(feed->poller->parts.log, LOG_FEED_RECOVERED, fields, "%s: answers again",
                  feed->line->url);
}

// What makes a feed be asked otherwise than one would think is said when it is new, or begins.
static void warn_of_interval(struct feed *feed, const struct reading *reading) {
    const struct store_feed *stored = &feed->stored;
    uint32_t asked_s = stored->ttl_s > stored->update_s ? stored->ttl_s : stored->update_s;
    bool lacks_validators = !offers_validators(reading);
    bool is_overruled =
        feed->line->settings->every_s > 0 && asked_s > feed->line->settings->every_s;
    if (!reading_is_success(reading->outcome) || feed->is_warned ||
        (!lacks_validators && !is_overruled))
        return;
    feed->is_warned = true;
    const struct log_field fields[] = {{"WIREBELL_FEED", feed->line->url}, {NULL, NULL}};
    if (is_overruled)
        log_event(
            feed->poller->parts.log, LOG_FEED_INTERVAL, fields,
            "%s: wants to be asked every %jd min only (ttl or sy:updatePeriod); every= of its "
            "line is kept to",
            feed->line->url, (intmax_t)(asked_s / 60));
    else if (stored->baseline != BASELINE_TAKEN || feed->had_validators)
        log_event(
            feed->poller->parts.log, LOG_FEED_INTERVAL, fields,
            "%s: its server offers neither ETag nor Last-Modified, so that each look costs it "
            "the whole feed: it is asked less often",
            feed->line->url);
}

static void tell_move(const struct feed *feed, enum moves_outcome outcome) {
    struct log *log = feed->poller->parts.log;
    const struct log_field fields[] = {{"WIREBELL_FEED", feed->line->url}, {NULL, NULL}};
    switch (outcome) {
    case MOVES_CONFIRMED:
        log_event(
            log, LOG_FEED_MOVED, fields,
            "%s: has moved for good, and is asked at its new address from now on: put %s into "
            "the keywords file",
            feed->line->url, feed->stored.move->to);
        break;
    case MOVES_BACK:
        log_event(log, LOG_FEED_MOVED, fields, "%s: is back at its own address", feed->line->url);
        break;
    case MOVES_ELSEWHERE:
        log_event(log, LOG_FEED_MOVED, fields,
                  "%s: leads elsewhere now, to %s; it is asked at its own address until that is "
                  "sure",
                  feed->line->url, feed->stored.move->to);
        break;
    case MOVES_NOTHING:
    case MOVES_OLD_DEAD:
    case MOVES_NO_MEMORY:
        break;
    }
}

// --- what it means for the network, and for the address --------------------------------------

static bool is_settled(const struct feed *feed) {
    bool is_failing = feed->stored.failures > 0 || feed->local_failures > 0;
    return feed->unheard_us == 0 && !feed->is_in_doubt && feed->is_told == is_failing &&
           feed->plan.reason != SCHEDULE_OFFLINE;
}

static void note_heard(struct poller *poller, int64_t now_us) {
    if (poller->is_settled) {
        poller->outage.heard_us = now_us;
        return;
    }
    int64_t away_us = 0;
    bool was_offline = outage_heard(&poller->outage, &poller->roster, now_us, &away_us);
    poller->is_settled = !was_offline;
    poller->round_us = INT64_MIN;
    for (size_t i = 0; i < poller->roster.count; i++) {
        struct feed *feed = poller->roster.feeds[i];
        if (feed->is_in_doubt) {
            feed->is_in_doubt = false;
            feed->local_failures = 0;
            feed->stored.failures = 1;
            const struct reading failed = {
                .outcome = feed->stored.outcome, .etag = "", .last_modified = ""};
            plan(&(struct look){.feed = feed, .reading = &failed, .now_us = now_us});
        } else if (feed->plan.reason == SCHEDULE_OFFLINE) {
            feed->local_failures = 0;
            if (was_offline) // it is asked with all that are overdue
                feed->plan.due_us = feed->plan.latest_us = INT64_MIN / 2;
        }
        poller_tell_state(feed);
        poller->is_settled &= is_settled(feed);
    }
    poller->is_troubled = false;
    if (!was_offline)
        return;
    log_event(poller->parts.log, LOG_NETWORK, NULL, "online again after %jd min",
              (intmax_t)(away_us / 60000000));
    poller_mark_away(poller, away_us);
    poller_catch_up(poller, now_us);
}

// Return: whether the feed is asked once more, at once, at its other address.
static bool note_move(const struct look *look) {
    struct feed *feed = look->feed;
    const struct store_move *move = feed->stored.move;
    bool is_good = reading_is_success(look->reading->outcome);
    if (moves_is_followed(move) && !feed->is_rechecking) {
        feed->is_strayed = !is_good && !look->is_offline;
        return false;
    }
    bool was_strayed = feed->is_strayed;
    feed->is_strayed = false;
    const struct schedule_input input = input_of(look);
    if ((!is_good && schedule_is_local(&input)) || !input.is_clock_trusted)
        return false;
    enum moves_outcome outcome = moves_note(&feed->stored.move, look->reading, input.wall_s);
    tell_move(feed, outcome);
    if (outcome != MOVES_OLD_DEAD || was_strayed)
        return false;
    poller_join(feed->poller, feed, true);
    return true;
}

// --- what is kept of it ----------------------------------------------------------------------

// More than a century is that.
static uint32_t hint_s(int64_t asked_s) {
    return (uint32_t)(asked_s < 0 ? 0 : asked_s < UINT32_MAX ? asked_s : UINT32_MAX);
}

static void note_success(struct feed *feed, const struct reading *reading) {
    struct store_feed *stored = &feed->stored;
    stored->failures = 0;
    stored->failing_s = 0;
    stored->good_s = clock_wall_s();
    feed->local_failures = 0;
    if (reading->outcome == READING_UNCHANGED)
        return; // what stands in the document is as it was
    stored->ttl_s = hint_s(reading->ttl_s);
    stored->update_s = hint_s(reading->update_s);
    stored->skip_hours = reading->skip_hours;
    stored->skip_days = reading->skip_days;
}

static void note_failure(const struct look *look, enum outage_verdict verdict) {
    struct feed *feed = look->feed;
    struct store_feed *stored = &feed->stored;
    const struct schedule_input input = input_of(look);
    feed->is_in_doubt = verdict == OUTAGE_DOUBT;
    if (schedule_is_local(&input)) {
        feed->local_failures =
            verdict == OUTAGE_HERE ? feed->poller->outage.attempts : feed->local_failures + 1;
    } else {
        feed->local_failures = 0;
        if (stored->failures < UINT32_MAX)
            stored->failures++;
    }
    if (stored->failing_s == 0)
        stored->failing_s = clock_wall_s();
}

static void note_outcome(struct look *look) {
    struct feed *feed = look->feed;
    const struct reading *reading = look->reading;
    bool is_good = reading_is_success(reading->outcome);
    enum outage_verdict verdict =
        is_good ? OUTAGE_SERVER
                : outage_judge(&feed->poller->outage, feed, reading->outcome, look->now_us);
    look->is_offline = verdict != OUTAGE_SERVER;
    feed->stored.outcome = reading->outcome;
    feed->stored.http_status = reading->http_status;
    feed->turn.is_slow = reading->outcome == READING_TIMED_OUT;
    feed_set_detail(feed, is_good ? "" : reading->detail);
    if (is_good) {
        note_success(feed, reading);
    } else {
        note_failure(look, verdict);
        feed->poller->is_settled = false;
    }
}

// Would a restart miss it? Its @move aside, which may be gone.
static bool is_worth_writing(const struct store_feed *before, const struct store_feed *now) {
    return (before->failures == 0) != (now->failures == 0) ||
           (now->failures > 0 && before->http_status != now->http_status) ||
           before->ttl_s != now->ttl_s || before->update_s != now->update_s ||
           before->skip_hours != now->skip_hours || before->skip_days != now->skip_days;
}

// --- the stories -----------------------------------------------------------------------------

// Called by the delivery once it is known which stories are new, before anything is written.
static void on_news(int64_t *published_s, size_t count, void *userdata) {
    struct look *look = userdata;
    struct feed *feed = look->feed;
    if (feed->habit && reading_is_success(look->reading->outcome) &&
        poller_is_clock_trusted(feed->poller)) {
        const struct schedule_input input = input_of(look);
        const struct habit_look seen = {
            .now_s = input.wall_s,
            .interval_s = schedule_interval_s(&input),
            .published_s = published_s,
            .count = count,
        };
        habit_learn(feed->habit, &seen);
        feed->stored.recent = feed->habit->recent;
    }
    plan(look);
    look->is_planned = true;
}

// Return: how writing went.
static int deliver(struct look *look, bool must_write) {
    struct feed *feed = look->feed;
    struct poller *poller = feed->poller;
    struct delivery delivery = {
        .url = feed->line->url,
        .tags = feed->line->settings->tags,
        .asked = look->asked,
        .feed = &feed->stored,
        .habit = feed->habit && feed->habit->version != 0 ? feed->habit : NULL,
        .unsaved = &feed->unsaved,
        // An order to stay away must outlive a crash, too.
        .must_write = must_write || !feed->is_due_written || look->reading->retry_after_s > 0,
        .is_whole = feed->is_asked_whole,
        .is_catch_up = feed->is_catch_up,
        .since_s = feed->judged_s,
        .now = clock_now(poller->parts.trust),
        .on_news = on_news,
        .userdata = look,
        .keywords = poller->keywords,
        .matcher = poller->matcher,
        .triage = poller->parts.triage,
        .store = poller->parts.store,
        .log = poller->parts.log,
    };
    int r = delivery_run(&delivery, look->reading);
    // By a clock that was wrong it would be told wrong what came after.
    if (r == 0 && reading_is_success(look->reading->outcome))
        feed->judged_s = delivery.now.is_trusted ? delivery.now.wall_s : 0;
    if (!look->is_planned)
        plan(look);
    feed->is_due_written = r >= 0;
    const struct judging *judged = &delivery.judging;
    if (judged->alert_count > 0)
        poller->events.raised(judged->alerts, judged->alert_count, poller->events.userdata);
    if (judged->change_count > 0)
        poller->events.changed(judged->changes, judged->change_count, poller->events.userdata);
    delivery_done(&delivery);
    return r;
}

static void conclude(struct look *look) {
    struct feed *feed = look->feed;
    struct poller *poller = feed->poller;
    const struct store_feed before = feed->stored;
    const bool was_followed = moves_is_followed(before.move);
    if (outage_is_answer(look->reading->outcome))
        note_heard(poller, look->now_us);
    if (note_move(look))
        return;
    note_outcome(look);
    const struct schedule_input input = input_of(look);
    int64_t hold_us = schedule_host_hold_us(&input, look->now_us);
    if (hold_us > 0)
        hold_host(look, hold_us);
    warn_of_interval(feed, look->reading);
    int r = deliver(look, was_followed != moves_is_followed(feed->stored.move) ||
                              is_worth_writing(&before, &feed->stored));
    if (poller->outage.is_offline)
        poller->outage.next_us = feed->plan.due_us;
    poller_tell_state(feed);
    if (!look->is_offline)
        feed->is_catch_up = false;
    poller->events.looked(look->reading, r, poller->events.userdata);
}

// --- asking ----------------------------------------------------------------------------------

static void end_look(struct feed *feed, const struct reading_request *asked,
                     const struct reading *reading) {
    struct poller *poller = feed->poller;
    struct look look = {
        .feed = feed, .asked = asked, .reading = reading, .now_us = clock_boot_us()};
    hosts_done(poller->hosts, &feed->turn, look.now_us);
    poller->round_done++;
    poller->moved_us = clock_monotonic_us();
    if (feed->is_dropped) {
        feed_free(feed);
        return;
    }
    conclude(&look);
    free(feed->habit);
    feed->habit = NULL;
}

static void on_read(const struct reading_request *asked, const struct reading *reading,
                    void *userdata) {
    struct feed *feed = userdata;
    struct poller *poller = feed->poller;
    end_look(feed, asked, reading);
    poller_step(poller);
}

// Without memory for it the feed is asked at its fixed interval.
static void recall_habit(struct feed *feed, const struct habit *stored) {
    feed->habit = malloc(sizeof *feed->habit);
    if (!feed->habit)
        return;
    *feed->habit = *stored;
    habit_resume(feed->habit, &feed->stored.recent);
}

void poller_look(struct poller *poller, struct feed *feed) {
    // A feed of which nothing is known is silent the first time: that must not be for a moment's
    // lack of memory.
    if (feed->is_unread)
        feed->is_unread = store_load_feed(poller->parts.store, feed->line->url, &feed->stored) < 0;
    struct store_memory memory;
    // Without it the feed is fetched and read whole: more than needed, and nothing lost.
    int r = store_load_memory(poller->parts.store, feed->stored.id, &memory);
    if (r == 0)
        recall_habit(feed, &memory.habit);
    feed->had_validators = *memory.validators.etag || *memory.validators.last_modified;
    feed->is_asked_whole =
        memory.items.count == 0 || store_is_sweep_due(&feed->stored, clock_wall_s());
    const struct reading_items none = {NULL, 0};
    const struct reading_request request = {
        .url = feed_address(feed),
        .etag = memory.validators.etag,
        .last_modified = memory.validators.last_modified,
        .user_agent = feed->line->settings->agent,
        .body_hash = feed->stored.body_hash,
        .items = feed->is_asked_whole ? none : memory.items,
    };
    r = reader_client_read(poller->parts.reader, &request, on_read, feed);
    if (r < 0) {
        struct reading failed = READING_NULL;
        failed.outcome = READING_FAILED;
        failed.detail = strerrordesc_np(-r);
        end_look(feed, &request, &failed);
        poller_step_later(poller);
    }
    store_memory_done(&memory);
}
