// SPDX-License-Identifier: MIT

#include "daemon/delivery.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/feed/identity.h"

enum { HTTP_IM_USED = 226 }; // RFC 3229 10.4.1: a part of the feed

static bool has_key(const struct key_list *list, uint64_t key) {
    for (size_t i = 0; i < list->count; i++)
        if (list->keys[i] == key)
            return true;
    return false;
}

// The new stories of a reading, and their keys; a story that stands twice counts once.
struct news {
    uint64_t *shown;              // owned; keys of all stories of the reading
    const struct story **stories; // owned
    uint64_t *keys;               // owned; has room for the unsaved keys behind
    size_t count;
};

static void news_done(struct news *news) {
    free(news->shown);
    free(news->stories);
    free(news->keys);
}

static int find_news(const struct delivery *d, const struct reading *reading, struct news *news) {
    size_t count = reading->story_count;
    if (count + d->unsaved->count == 0)
        return 0;
    bool *is_new = calloc(count + 1, sizeof *is_new);
    news->shown = calloc(count + 1, sizeof *news->shown);
    news->stories = calloc(count + 1, sizeof *news->stories);
    news->keys = calloc(count + d->unsaved->count + 1, sizeof *news->keys);
    int r = is_new && news->shown && news->stories && news->keys ? 0 : -ENOMEM;
    for (size_t i = 0; i < count && r == 0; i++)
        news->shown[i] = story_key(&reading->stories[i]);
    if (r == 0)
        r = store_find_new(d->store, d->feed->id, news->shown, count, is_new);
    for (size_t i = 0; i < count && r == 0; i++) {
        uint64_t key = news->shown[i];
        struct key_list found = {news->keys, news->count};
        if (is_new[i] && !has_key(d->unsaved, key) && !has_key(&found, key)) {
            news->stories[news->count] = &reading->stories[i];
            news->keys[news->count++] = key;
        }
    }
    free(is_new);
    return r;
}

static int judge_news(struct delivery *d, const struct news *news) {
    if (news->count == 0)
        return 0;
    d->judging = (struct judging){
        .url = d->url,
        .tags = d->tags,
        .is_catch_up = d->is_catch_up,
        .since_s = d->feed->baseline == BASELINE_TAKEN ? 0 : d->since_s,
        .now = d->now,
        .keywords = d->keywords,
        .matcher = d->matcher,
        .triage = d->triage,
    };
    return judging_run(&d->judging, news->stories, news->count);
}

static int tell_news(const struct delivery *d, const struct news *news) {
    int64_t *published_s = calloc(news->count + 1, sizeof *published_s);
    if (!published_s)
        return -ENOMEM;
    for (size_t i = 0; i < news->count; i++) {
        int64_t time_s = news->stories[i]->published_s;
        published_s[i] = time_s == STORY_NO_DATE ? 0 : time_s;
    }
    d->on_news(published_s, news->count, d->userdata);
    free(published_s);
    return 0;
}

// As a server compares them for us (RFC 9110, 8.8.3.2): one that packs its answers calls the ETag
// of a 200 weak and that of the 304 after it strong, and that is nothing to write to a card.
static bool are_etags_same(const char *one, const char *other) {
    one += strncmp(one, "W/", 2) == 0 ? 2 : 0;
    other += strncmp(other, "W/", 2) == 0 ? 2 : 0;
    return strcmp(one, other) == 0;
}

static bool take_validators(const struct reading *reading, const struct reading_request *asked,
                            struct store_validators *ret) {
    // Validators of a body that was not read whole would say "304" for ever (FETCHING row 8).
    if (reading->outcome != READING_OK && reading->outcome != READING_UNCHANGED)
        return false;
    if (strlen(reading->etag) >= sizeof ret->etag ||
        strlen(reading->last_modified) >= sizeof ret->last_modified)
        return false;
    if (are_etags_same(asked->etag, reading->etag) &&
        strcmp(asked->last_modified, reading->last_modified) == 0)
        return false;
    memcpy(ret->etag, reading->etag, strlen(reading->etag) + 1);
    memcpy(ret->last_modified, reading->last_modified, strlen(reading->last_modified) + 1);
    return true;
}

// Items whose stories are all seen once this reading is committed, where they are not the known
// ones. Before the baseline is taken each look must see all there is.
static const struct reading_items *take_items(const struct reading *reading,
                                              enum store_baseline baseline,
                                              const struct reading_items *known) {
    const struct reading_items *items = &reading->items;
    bool is_read = reading->outcome == READING_OK || reading->outcome == READING_PARTIAL;
    if (!is_read || baseline != BASELINE_TAKEN)
        return NULL;
    bool is_same = items->count == known->count &&
                   (items->count == 0 || memcmp(items->hashes, known->hashes,
                                                items->count * sizeof *items->hashes) == 0);
    return is_same ? NULL : items;
}

// Does the reading say what the feed shows no more?
static bool is_sweep(const struct delivery *d, const struct reading *reading) {
    return d->is_whole && reading->outcome == READING_OK && reading->http_status != HTTP_IM_USED &&
           d->now.is_trusted && store_is_sweep_due(d->feed, d->now.wall_s);
}

static void keep_unsaved(struct delivery *d, const struct news *news) {
    size_t count = d->unsaved->count + news->count;
    uint64_t *keys = count > 0 && count <= LIMIT_SEEN_PER_FEED
                         ? realloc(d->unsaved->keys, count * sizeof *keys)
                         : NULL;
    if (!keys)
        return; // no memory, no disk: ringing twice is the lesser evil
    memcpy(keys + d->unsaved->count, news->keys, news->count * sizeof *keys);
    *d->unsaved = (struct key_list){keys, count};
}

static int write_poll(struct delivery *d, const struct store_poll *poll, const struct news *news) {
    int r = store_commit_poll(d->store, poll);
    if (r < 0) {
        log_event(d->log, LOG_STATE_FAILED, NULL,
                  "%s: the state cannot be written, a restart may ring again: %s", d->url,
                  strerrordesc_np(-r));
        judging_settle(&d->judging, false);
        keep_unsaved(d, news);
        d->feed->baseline = poll->feed->baseline;
        return r;
    }
    judging_settle(&d->judging, true);
    free(d->unsaved->keys);
    *d->unsaved = (struct key_list){0};
    return 0;
}

static int commit(struct delivery *d, const struct reading *reading, struct news *news,
                  enum store_baseline baseline) {
    struct store_validators validators;
    bool has_validators = take_validators(reading, d->asked, &validators);
    bool must_write = d->must_write || has_validators || news->count > 0 || d->unsaved->count > 0 ||
                      baseline != d->feed->baseline;

    struct store_feed feed = *d->feed;
    feed.baseline = baseline;
    if (reading->outcome == READING_OK)
        feed.body_hash = reading->body_hash;
    if (d->unsaved->count > 0)
        memcpy(news->keys + news->count, d->unsaved->keys, d->unsaved->count * sizeof *news->keys);
    const struct store_poll poll = {
        .url = d->url,
        .feed = &feed,
        .validators = has_validators ? &validators : NULL,
        .items = take_items(reading, baseline, &d->asked->items),
        .habit = d->habit,
        .new_keys = news->keys,
        .new_key_count = news->count + d->unsaved->count,
        .shown_keys = is_sweep(d, reading) ? news->shown : NULL,
        .shown_key_count = reading->story_count,
        .stories = news->stories,
        .story_count = news->count,
        .now_s = d->now.wall_s,
        .alerts = d->judging.alerts,
        .alert_count = d->judging.alert_count,
        .changes = d->judging.changes,
        .change_count = d->judging.change_count,
    };
    int r = must_write ? write_poll(d, &poll, news) : 0;
    if (r == 0)
        *d->feed = feed;
    return r;
}

int delivery_run(struct delivery *d, const struct reading *reading) {
    struct news news = {0};
    enum store_baseline baseline = d->feed->baseline;
    int r = find_news(d, reading, &news);
    if (r == 0 && d->on_news)
        r = tell_news(d, &news);
    if (r < 0) {
        log_event(d->log, LOG_STATE_FAILED, NULL, "%s: what was seen cannot be read: %s", d->url,
                  strerrordesc_np(-r));
    } else if (baseline == BASELINE_TAKEN || d->since_s != 0) {
        r = judge_news(d, &news);
        if (r < 0)
            log_event(d->log, LOG_TROUBLE, NULL, "%s: stories could not be matched: %s", d->url,
                      strerrordesc_np(-r));
    }
    if (r < 0) {
        // Nothing is marked as seen, nothing as known: the next look finds these stories new again.
        judging_done(&d->judging);
        news_done(&news);
        return r;
    }
    if (reading->outcome == READING_OK)
        baseline = BASELINE_TAKEN;
    else if (reading->outcome == READING_PARTIAL && baseline != BASELINE_TAKEN)
        baseline = baseline == BASELINE_NONE ? BASELINE_HALF : BASELINE_TAKEN;
    bool is_first_look = baseline == BASELINE_TAKEN && d->feed->baseline != BASELINE_TAKEN;
    r = commit(d, reading, &news, baseline);
    // Told when it holds even if the power fails now: a second first look would swallow stories.
    if (is_first_look)
        log_event(d->log, LOG_FEED_BASELINE,
                  (const struct log_field[]){{"WIREBELL_FEED", d->url}, {NULL, NULL}},
                  "%s: first look, %zu there already; new stories ring from now on", d->url,
                  reading->story_count);
    news_done(&news);
    return r;
}

void delivery_done(struct delivery *d) {
    judging_done(&d->judging);
}
