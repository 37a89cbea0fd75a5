// SPDX-License-Identifier: MIT

#include "daemon/poller.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/schedule.h"
#include "daemon/delivery.h"
#include "port/clock.h"

// Polls due within so long of each other share one wakeup.
enum { ROUND_ACCURACY_US = 1000000 };

// One feed. Outlives its line in the keywords file while a look is under way (is_dropped).
struct feed {
    struct poller *poller;
    char *url;   // owned
    char *agent; // owned
    uint64_t tags;
    int64_t every_s;
    int64_t due_us;
    bool is_under_way;
    bool is_dropped;
    bool is_due_written; // since this process began
    struct store_feed stored;
    struct key_list unsaved;
};

struct poller {
    struct poller_parts parts;
    struct poller_events events;
    const struct keywords *keywords;
    struct matcher *matcher;
    struct feed **feeds; // owned, sorted by address
    size_t feed_count;
    size_t under_way;
    bool is_started;
    sd_event_source *timer;
    sd_event_source *idle;
};

static struct feed *feed_free(struct feed *feed) {
    if (!feed)
        return NULL;
    free(feed->url);
    free(feed->agent);
    free(feed->unsaved.keys);
    free(feed);
    return NULL;
}

// --- when ------------------------------------------------------------------------------------

static void arm_timer(struct poller *poller) {
    int64_t next_us = INT64_MAX;
    for (size_t i = 0; i < poller->feed_count; i++) {
        const struct feed *feed = poller->feeds[i];
        if (!feed->is_under_way && feed->due_us < next_us)
            next_us = feed->due_us;
    }
    if (!poller->is_started || next_us == INT64_MAX) {
        (void)sd_event_source_set_enabled(poller->timer, SD_EVENT_OFF);
        return;
    }
    (void)sd_event_source_set_time(poller->timer, (uint64_t)next_us);
    (void)sd_event_source_set_enabled(poller->timer, SD_EVENT_ONESHOT);
}

static void plan_next(struct feed *feed, const struct reading *reading) {
    int64_t now_us = clock_boot_us();
    const struct schedule_input input = {
        .every_s = feed->every_s,
        .outcome = reading->outcome,
        .http_status = reading->http_status,
        .failures = feed->stored.failures,
        .has_validators = reading->http_status == 304 || *reading->etag || *reading->last_modified,
        .retry_after_s = reading->retry_after_s,
        .max_age_s = reading->max_age_s,
        .ttl_s = feed->stored.ttl_s,
        .seed = (uint64_t)now_us ^ (uint64_t)feed->stored.id << 40,
    };
    feed->due_us = schedule_next(&input, now_us).due_us;
    feed->stored.due_s = clock_wall_s() + (feed->due_us - now_us) / 1000000;
}

// --- a look ----------------------------------------------------------------------------------

static int on_idle(sd_event_source *source, void *userdata) {
    (void)source;
    struct poller *poller = userdata;
    if (poller->under_way == 0)
        poller->events.idle(poller->events.userdata);
    return 0;
}

static void end_of_look(struct feed *feed) {
    struct poller *poller = feed->poller;
    feed->is_under_way = false;
    if (--poller->under_way == 0)
        (void)sd_event_source_set_enabled(poller->idle, SD_EVENT_ONESHOT);
    if (feed->is_dropped)
        feed_free(feed);
    arm_timer(poller);
}

static void log_outcome(struct feed *feed, const struct reading *reading, bool had_failed) {
    struct log *log = feed->poller->parts.log;
    const struct log_field fields[] = {
        {"WIREBELL_FEED", feed->url},
        {"WIREBELL_OUTCOME", reading_outcome_name(reading->outcome)},
        {NULL, NULL},
    };
    if (!reading_is_success(reading->outcome)) {
        if (!had_failed)
            log_event(log, LOG_FEED_FAILED, fields, "%s: %s", feed->url, reading->detail);
    } else if (had_failed) {
        log_event(log, LOG_FEED_RECOVERED, fields, "%s: answers again", feed->url);
    }
}

static void on_read(const struct reading *reading, void *userdata) {
    struct feed *feed = userdata;
    struct poller *poller = feed->poller;
    if (feed->is_dropped) {
        end_of_look(feed);
        return;
    }
    bool had_failed = feed->stored.failures > 0;
    if (reading_is_success(reading->outcome))
        feed->stored.failures = 0;
    else if (feed->stored.failures < UINT32_MAX)
        feed->stored.failures++;
    if (reading->outcome == READING_OK || reading->outcome == READING_PARTIAL)
        feed->stored.ttl_s = reading->ttl_s;
    log_outcome(feed, reading, had_failed);
    plan_next(feed, reading);

    struct delivery delivery = {
        .url = feed->url,
        .tags = feed->tags,
        .feed = &feed->stored,
        .unsaved = &feed->unsaved,
        // An order to stay away must outlive a crash, too.
        .must_write = !feed->is_due_written || reading->retry_after_s > 0,
        .now = clock_now(poller->parts.trust),
        .keywords = poller->keywords,
        .matcher = poller->matcher,
        .triage = poller->parts.triage,
        .store = poller->parts.store,
        .log = poller->parts.log,
    };
    int r = delivery_run(&delivery, reading);
    feed->is_due_written = r >= 0;
    const struct judging *judged = &delivery.judging;
    if (judged->alert_count > 0)
        poller->events.raised(judged->alerts, judged->alert_count, poller->events.userdata);
    if (judged->change_count > 0)
        poller->events.changed(judged->changes, judged->change_count, poller->events.userdata);
    delivery_done(&delivery);
    poller->events.looked(reading, r, poller->events.userdata);
    end_of_look(feed);
}

static void ask(struct feed *feed) {
    struct poller *poller = feed->poller;
    struct store_memory memory = {0};
    if (feed->stored.id != 0) {
        // Without it the feed is fetched and read whole: more than needed, and nothing lost.
        (void)store_load_memory(poller->parts.store, feed->stored.id, &memory);
    }
    const struct reading_request request = {
        .url = feed->url,
        .etag = memory.validators.etag,
        .last_modified = memory.validators.last_modified,
        .user_agent = feed->agent,
        .body_hash = feed->stored.body_hash,
        .items = memory.items,
    };
    feed->is_under_way = true;
    poller->under_way++;
    int r = reader_client_read(poller->parts.reader, &request, on_read, feed);
    store_memory_done(&memory);
    if (r < 0) {
        struct reading failed = READING_NULL;
        failed.outcome = READING_FAILED;
        failed.detail = strerrordesc_np(-r);
        on_read(&failed, feed);
    }
}

static int on_timer(sd_event_source *source, uint64_t due_us, void *userdata) {
    (void)source;
    (void)due_us;
    struct poller *poller = userdata;
    int64_t now_us = clock_boot_us();
    for (size_t i = 0; i < poller->feed_count; i++) {
        struct feed *feed = poller->feeds[i];
        if (!feed->is_under_way && feed->due_us <= now_us + ROUND_ACCURACY_US)
            ask(feed);
    }
    arm_timer(poller);
    return 0;
}

// --- life ------------------------------------------------------------------------------------

int poller_new(const struct poller_parts *parts, const struct poller_events *events,
               struct poller **ret) {
    struct poller *poller = calloc(1, sizeof *poller);
    if (!poller)
        return -ENOMEM;
    poller->parts = *parts;
    poller->events = *events;
    sd_event_ref(parts->event);
    int r = sd_event_add_time(parts->event, &poller->timer, CLOCK_BOOTTIME, 0, ROUND_ACCURACY_US,
                              on_timer, poller);
    if (r >= 0)
        r = sd_event_add_defer(parts->event, &poller->idle, on_idle, poller);
    if (r >= 0)
        r = sd_event_source_set_enabled(poller->idle, SD_EVENT_OFF);
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
    sd_event_source_disable_unref(poller->idle);
    for (size_t i = 0; i < poller->feed_count; i++)
        feed_free(poller->feeds[i]);
    free(poller->feeds);
    sd_event_unref(poller->parts.event);
    free(poller);
    return NULL;
}

static int compare_feeds(const void *a, const void *b) {
    return strcmp((*(struct feed *const *)a)->url, (*(struct feed *const *)b)->url);
}

static struct feed *feed_new(struct poller *poller, const struct keywords_feed *line) {
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return NULL;
    feed->poller = poller;
    feed->url = strdup(line->url);
    feed->agent = strdup(line->agent);
    feed->tags = line->tags;
    feed->every_s = line->every_s;
    if (!feed->url || !feed->agent)
        return feed_free(feed);
    return feed;
}

// What is known of a feed goes over to its new self, so that a reload changes no plan.
static void inherit(struct feed *feed, struct feed *known) {
    feed->stored = known->stored;
    feed->due_us = known->due_us;
    feed->is_due_written = known->is_due_written;
    feed->unsaved = known->unsaved;
    known->unsaved = (struct key_list){0};
}

static void recall(struct poller *poller, struct feed *feed) {
    int r = store_load_feed(poller->parts.store, feed->url, &feed->stored);
    if (r < 0)
        log_event(poller->parts.log, LOG_STATE_FAILED, NULL, "%s: what was seen cannot be read: %s",
                  feed->url, strerrordesc_np(-r));
    feed->due_us = schedule_resume(feed->stored.due_s, clock_wall_s(), clock_boot_us()).due_us;
}

// Takes the place of the feed of the same address in the list there was, if it was there.
static struct feed *find_known(const struct poller *poller, const struct feed *feed) {
    struct feed **found = NULL;
    if (poller->feed_count > 0)
        found = bsearch(&feed, poller->feeds, poller->feed_count, sizeof feed, compare_feeds);
    return found ? *found : NULL;
}

// An address that stands twice in the file is one feed. Return: how many are left.
static size_t sort_unique(struct feed **feeds, size_t count) {
    qsort(feeds, count, sizeof *feeds, compare_feeds);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && compare_feeds(&feeds[kept - 1], &feeds[i]) == 0)
            feed_free(feeds[i]);
        else
            feeds[kept++] = feeds[i];
    }
    return kept;
}

// A feed that is being read stays the object its answer will come to, with the new settings.
static struct feed *keep_under_way(struct feed *known, struct feed *fresh) {
    char *agent = known->agent;
    known->agent = fresh->agent;
    fresh->agent = agent;
    known->tags = fresh->tags;
    known->every_s = fresh->every_s;
    feed_free(fresh);
    return known;
}

int poller_configure(struct poller *poller, const struct keywords *keywords,
                     struct matcher *matcher) {
    size_t count = keywords_feed_count(keywords);
    struct feed **feeds = calloc(count + 1, sizeof *feeds);
    bool is_short = !feeds;
    for (size_t i = 0; i < count && !is_short; i++) {
        feeds[i] = feed_new(poller, keywords_feed(keywords, i));
        is_short = !feeds[i];
    }
    if (is_short) {
        for (size_t i = 0; feeds && i < count; i++)
            feed_free(feeds[i]);
        free(feeds);
        return -ENOMEM;
    }
    count = sort_unique(feeds, count);

    for (size_t i = 0; i < count; i++) {
        struct feed *known = find_known(poller, feeds[i]);
        if (known && !known->is_under_way)
            inherit(feeds[i], known);
        else if (known)
            feeds[i] = keep_under_way(known, feeds[i]);
        else
            recall(poller, feeds[i]);
    }
    for (size_t i = 0; i < poller->feed_count; i++) {
        struct feed *old = poller->feeds[i];
        if (!old->is_under_way)
            feed_free(old);
        else if (!bsearch(&old, feeds, count, sizeof old, compare_feeds))
            old->is_dropped = true;
    }
    free(poller->feeds);
    poller->feeds = feeds;
    poller->feed_count = count;
    poller->keywords = keywords;
    poller->matcher = matcher;
    arm_timer(poller);
    return 0;
}

void poller_poll_all(struct poller *poller) {
    if (poller->feed_count == 0)
        (void)sd_event_source_set_enabled(poller->idle, SD_EVENT_ONESHOT);
    for (size_t i = 0; i < poller->feed_count; i++)
        if (!poller->feeds[i]->is_under_way)
            ask(poller->feeds[i]);
    arm_timer(poller);
}

void poller_start(struct poller *poller) {
    poller->is_started = true;
    arm_timer(poller);
}

int poller_save(struct poller *poller) {
    struct store_feed *feeds = calloc(poller->feed_count + 1, sizeof *feeds);
    if (!feeds)
        return -ENOMEM;
    for (size_t i = 0; i < poller->feed_count; i++)
        feeds[i] = poller->feeds[i]->stored;
    int r = store_save_due(poller->parts.store, feeds, poller->feed_count);
    free(feeds);
    return r;
}

size_t poller_failing_count(const struct poller *poller) {
    size_t count = 0;
    for (size_t i = 0; i < poller->feed_count; i++)
        count += poller->feeds[i]->stored.failures > 0;
    return count;
}
