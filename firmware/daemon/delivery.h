// SPDX-License-Identifier: MIT
//
// delivery.h - from a reading to committed alerts: what is new, what matches, one transaction.
//
// The step at which a story is either rung, or remembered as seen, or both, and never neither.

#ifndef DAEMON_DELIVERY_H
#define DAEMON_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/judging.h"
#include "daemon/log.h"
#include "port/store/store.h"
#include "wirebell/reading.h"

// Keys of stories; @keys owned by whoever owns the list.
struct key_list {
    uint64_t *keys;
    size_t count;
};

/**
 * struct delivery - one reading on its way
 * @url:         the feed's address
 * @tags:        the feed's tags
 * @asked:       what it was asked with: the validators and items that the store has of it
 * @feed:        its row, brought up to date: its @body_hash is that of a document whose stories
 *               are all seen, the last one if possible
 * @habit:       when it publishes, NULL = that is not known now
 * @unsaved:     keys that a store which failed could not take; kept here so that the stories do not
 *               ring again, and written with the next transaction that succeeds
 * @must_write:  write the feed's row even if nothing else changed
 * @is_whole:    nothing was passed over: a reading that is OK has all stories the feed shows
 * @is_catch_up: the first look after an outage: what is found happened meanwhile
 * @since_s:     without a baseline, stories dated later than this ring all the same (seconds since
 *               1970); 0 = none do
 * @now:         when the look ended
 * @on_news:     called with the publication times of the new stories (0 = none given; at the first
 *               look those of all) once they are known and before anything is written; it may bring
 *               @feed up to date. NULL = nobody wants them
 * @userdata:    handed to @on_news
 * @keywords:    the rules
 * @matcher:     ready for them
 * @triage:      what is known of other stories
 * @store:       where to
 * @log:         for a store that fails, and for the baseline
 * @judging:     result: the alerts, raised or not, with @id 0 where the store failed; and what they
 *               changed
 */
struct delivery {
    const char *url;
    uint64_t tags;
    const struct reading_request *asked;
    struct store_feed *feed;
    const struct habit *habit;
    struct key_list *unsaved;
    bool must_write;
    bool is_whole;
    bool is_catch_up;
    int64_t since_s;
    struct moment now;
    void (*on_news)(int64_t *published_s, size_t count, void *userdata);
    void *userdata;
    const struct keywords *keywords;
    struct matcher *matcher;
    struct triage *triage;
    struct store *store;
    struct log *log;
    struct judging judging;
};

/**
 * delivery_run() - match and judge what is new, commit
 * @reading: borrowed; must outlive the alerts
 *
 * Nothing is written when nothing is new: items of the reading are kept when something else is to
 * be written anyhow. Until then the few that were edited are read again, and only where the rest of
 * the document changes too.
 *
 * Return: 0 when all that changed is written (or nothing had to be), -errno when the store
 * failed: the alerts are there all the same.
 */
int delivery_run(struct delivery *delivery, const struct reading *reading);

// Frees the alerts.
void delivery_done(struct delivery *delivery);

#endif
