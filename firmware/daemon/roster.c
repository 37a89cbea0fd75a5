// SPDX-License-Identifier: MIT
//
// The new list is made whole, of new feeds, beside the old one; only then those known take their
// places in it, which needs no memory and cannot fail.

#include "daemon/roster.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int compare_addresses(const void *a, const void *b) {
    const struct feed *const *left = a;
    const struct feed *const *right = b;
    return strcmp((*left)->line->url, (*right)->line->url);
}

static int compare_lines(const void *a, const void *b) {
    const struct feed *const *left = a;
    const struct feed *const *right = b;
    int r = compare_addresses(a, b);
    if (r == 0)
        r = strcmp((*left)->line->settings->file, (*right)->line->settings->file);
    if (r == 0)
        r = (*left)->line->line < (*right)->line->line ? -1 : 1;
    return r;
}

void roster_done(struct roster *roster) {
    for (size_t i = 0; i < roster->count; i++)
        feed_free(roster->feeds[i]);
    free(roster->feeds);
    *roster = (struct roster){NULL, 0};
}

// All lines as feeds, one an address.
static int build(const struct keywords *keywords, struct roster *ret) {
    size_t count = keywords_feed_count(keywords);
    struct roster fresh = {.feeds = calloc(count + 1, sizeof *fresh.feeds)};
    for (; fresh.feeds && fresh.count < count; fresh.count++) {
        struct feed *feed = calloc(1, sizeof *feed);
        if (!feed)
            break;
        feed->line = keywords_feed(keywords, fresh.count);
        fresh.feeds[fresh.count] = feed;
    }
    if (!fresh.feeds || fresh.count < count) {
        roster_done(&fresh);
        return -ENOMEM;
    }
    qsort(fresh.feeds, count, sizeof *fresh.feeds, compare_lines);
    fresh.count = 0;
    for (size_t i = 0; i < count; i++) {
        struct feed **last = fresh.count > 0 ? &fresh.feeds[fresh.count - 1] : NULL;
        if (last && compare_addresses(last, &fresh.feeds[i]) == 0)
            feed_free(fresh.feeds[i]);
        else
            fresh.feeds[fresh.count++] = fresh.feeds[i];
    }
    *ret = fresh;
    return 0;
}

int roster_update(struct roster *roster, const struct keywords *keywords,
                  const struct roster_events *events) {
    struct roster old = *roster;
    struct roster fresh;
    int r = build(keywords, &fresh);
    if (r < 0)
        return r;
    // Both are sorted by address: one walk through the two finds who stays, comes and goes.
    size_t i = 0, j = 0;
    while (i < old.count || j < fresh.count) {
        int order = i == old.count     ? 1
                    : j == fresh.count ? -1
                                       : compare_addresses(&old.feeds[i], &fresh.feeds[j]);
        if (order < 0) {
            events->dropped(old.feeds[i++], events->userdata);
        } else if (order > 0) {
            events->added(fresh.feeds[j++], events->userdata);
        } else {
            old.feeds[i]->line = fresh.feeds[j]->line;
            feed_free(fresh.feeds[j]);
            fresh.feeds[j++] = old.feeds[i++];
        }
    }
    free(old.feeds);
    *roster = fresh;
    return 0;
}
