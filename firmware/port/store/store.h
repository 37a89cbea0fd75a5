// SPDX-License-Identifier: MIT
//
// store.h - what must outlive the process: one SQLite file, wirebell.db, in the state folder.
//
// Feeds with their validators, items and due times, the keys of stories seen, alerts. A poll result
// is one transaction: what was seen and the alerts it raised commit together, before anything
// rings, so a crash at any moment loses no story and a restart rings none twice. Nothing new means
// nothing written: an SD card is worn by writes.
//
// What is kept is bounded, and pruned by the poll that brings more: of each feed the keys of what
// it shows or has shown in the last two months (store_forget.c), 25 bytes each, and in no case more
// than LIMIT_SEEN_PER_FEED; the stories of the last days (store_stories.h); the last alerts
// (store_alerts.h). Of a feed the keywords name no more, all goes after STORE_LEFT_DAYS. The file
// does not shrink: what is freed is used again.
//
// The state folder is locked while the store is open: two daemons on one state would ring twice.

#ifndef PORT_STORE_H
#define PORT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/schedule/habit.h"
#include "wirebell/alert.h"
#include "wirebell/limits.h"
#include "wirebell/reading.h"

struct store;

// How often a feed's keys are compared with what it shows; and how long a feed that the keywords
// name no more is remembered.
enum { STORE_SWEEP_DAYS = 30, STORE_LEFT_DAYS = 90 };

// A first good look at a feed is silent. One that was PARTIAL takes half a baseline: the next one,
// whole or not, completes it, so that a feed that is always broken is not mute for ever.
enum store_baseline { BASELINE_NONE, BASELINE_HALF, BASELINE_TAKEN };

/**
 * struct store_move - where permanent redirects lead
 * @count:     looks that were redirected there
 * @first_s:   wall clock of the first of them
 * @checked_s: wall clock at which the old address was asked last; 0 = the new one is not believed
 *             yet, and the old one is asked each time
 * @to:        the new address
 */
struct store_move {
    uint32_t count;
    int64_t first_s;
    int64_t checked_s;
    char to[];
};

// A move there of which nothing else is known; owned, to be given to free(). NULL without memory.
struct store_move *store_move_new(const char *to);

/**
 * struct store_feed - what the poller keeps in memory of a feed
 * @id:       row, 0 = not stored yet
 * @baseline: see above
 * @failures: looks failed in a row, as last written
 * @due_s:    wall clock of the next poll as last written, seconds since 1970; 0 = never polled
 * @body_hash: of a document whose stories are all seen, 0 = none. May be newer than what is
 *            written: then a restart reads one document more than it must
 * @ttl_s:    RSS <ttl> of the document read last, 0 = none; one that is unchanged is not asked for
 *            it again. So with:
 * @update_s:   sy:updatePeriod over sy:updateFrequency
 * @skip_hours: <skipHours>, bit h
 * @skip_days:  <skipDays>, bit d
 * @recent:   of the habit in struct store_memory, what may be newer than what is written
 * @good_s:   wall clock of the last good look, 0 = never
 * @failing_s: wall clock of the first failure in a row, 0 = none
 * @outcome:  how the last look ended; means nothing when @good_s and @failing_s are 0
 * @http_status: its status, 0 = none
 * @move:     where it has moved; NULL = nowhere. Owned by whoever has the struct
 * @swept_s:  wall clock when its keys were last compared with what it shows; 0 = never. Written by
 *            store_commit_poll() alone
 */
struct store_feed {
    int64_t id;
    enum store_baseline baseline : 8;
    enum reading_outcome outcome : 8;
    uint8_t skip_days;
    uint32_t skip_hours;
    uint32_t failures;
    int http_status;
    int64_t due_s;
    uint64_t body_hash;
    uint32_t ttl_s;
    uint32_t update_s;
    struct habit_recent recent;
    int64_t good_s;
    int64_t failing_s;
    struct store_move *move;
    int64_t swept_s;
};

/**
 * struct store_validators - to be sent back byte for byte; terminated, "" = none
 */
struct store_validators {
    char etag[LIMIT_VALIDATOR_MAX + 1];
    char last_modified[LIMIT_VALIDATOR_MAX + 1];
};

/**
 * struct store_memory - what is known of a feed only while it is asked: some KB
 * @validators: see above
 * @items:      items whose stories are all seen; @hashes owned
 * @habit:      when it publishes, as written; all zero = nothing is known
 */
struct store_memory {
    struct store_validators validators;
    struct reading_items items;
    struct habit habit;
};

/**
 * struct store_poll - all that one poll changes; borrowed during the call
 * @url:           the feed
 * @feed:          its row as it is to be; @id and @swept_s are written
 * @validators:    new ones, NULL = keep those there are
 * @items:         items whose stories are all seen when this is committed, NULL = keep those known
 * @habit:         when it publishes, NULL = keep what is known
 * @new_keys:      stories not seen before
 * @new_key_count: how many
 * @shown_keys:    of all stories the feed shows, where that is known and a sweep is due: those not
 *                 among them are forgotten in time. NULL = no sweep
 * @shown_key_count: how many
 * @stories:       stories to be kept for a while, see port/store/store_stories.h
 * @story_count:   how many
 * @now_s:         wall clock, for pruning and display
 * @alerts:        the stories that met a rule, raised or not; their @id is written. @joined of one
 *                 that belongs to another of them is -1 - its index, and becomes its id
 * @alert_count:   how many
 * @changes:       what it makes of alerts there are
 * @change_count:  how many
 */
struct store_poll {
    const char *url;
    struct store_feed *feed;
    const struct store_validators *validators;
    const struct reading_items *items;
    const struct habit *habit;
    const uint64_t *new_keys;
    size_t new_key_count;
    const uint64_t *shown_keys;
    size_t shown_key_count;
    const struct story *const *stories;
    size_t story_count;
    int64_t now_s;
    struct alert *alerts;
    size_t alert_count;
    const struct alert_change *changes;
    size_t change_count;
};

// Where a state comes from: it was there; there was none; what was there was set aside.
enum store_origin { STORE_KEPT, STORE_BEGUN, STORE_SET_ASIDE };

/**
 * store_open() - open or make the state
 * @dir:        state folder; made when missing (its parent must be there)
 * @ret:        owned; written only on success
 * @reterr:     on failure, and with STORE_SET_ASIDE, a sentence for people; 200 bytes
 *
 * A file that is damaged or no state of wirebell's is set aside under a name of its own, and a new
 * one begun: what can be kept of it is for a person to say, and the bell cannot wait for that.
 *
 * Return: one of enum store_origin; -EBUSY another wirebell has this state; -EACCES, -EROFS,
 * -ENOSPC, -ENOTDIR...: the folder; -EPROTO: written by a newer wirebell, and left alone; -ENOMEM.
 */
int store_open(const char *dir, struct store **ret, char *reterr);

/**
 * store_open_copy() - a state in memory only, with what can be read of the one in a folder
 * @dir: NULL = begin with nothing
 *
 * For a disk that cannot be written: what was seen stays known, what is lit stays lit, and nothing
 * rings twice before the next restart.
 *
 * Return: STORE_KEPT, STORE_BEGUN when nothing could be read, or -ENOMEM.
 */
int store_open_copy(const char *dir, struct store **ret);

/**
 * store_renew() - set a file aside that turned out damaged in use (-EBADMSG), and begin a new one
 * @reterr: a sentence for people, always; 200 bytes
 *
 * What the caller knows of feeds (rows, baselines) is no longer so.
 *
 * Return: STORE_SET_ASIDE; -ENOENT it is in memory anyhow; another -errno when there can be no new
 * file: the state is then in memory only, and new.
 */
int store_renew(struct store *store, char *reterr);

// NULL is fine. Returns NULL.
struct store *store_close(struct store *store);

/**
 * store_load_feed() - what is known of a feed; all zero when nothing is
 * @ret: written only on success; its @move.to is the caller's
 *
 * Return: 0 or -errno.
 */
int store_load_feed(struct store *store, const char *url, struct store_feed *ret);

/**
 * store_load_memory() - a feed's validators and items
 * @feed_id: 0 = not stored yet
 * @ret:     to be freed with store_memory_done(); empty when there are none, and on failure
 *
 * Return: 0 or -errno.
 */
int store_load_memory(struct store *store, int64_t feed_id, struct store_memory *ret);

// Leaves it empty.
void store_memory_done(struct store_memory *memory);

/**
 * store_find_new() - which of these stories were never seen in this feed?
 * @keys:       of the feed's stories; one that stands twice is new at most once
 * @ret_is_new: @count answers
 *
 * Return: 0 or -errno.
 */
int store_find_new(struct store *store, int64_t feed_id, const uint64_t *keys, size_t count,
                   bool *ret_is_new);

/**
 * store_commit_poll() - one transaction: feed, keys, alerts
 *
 * Keeps at most LIMIT_SEEN_PER_FEED keys a feed, dropping those not seen for longest.
 *
 * Return: 0 when all of it is on the disk; -errno when none of it is, and then neither
 * @poll->feed nor an alert's @id was written.
 */
int store_commit_poll(struct store *store, const struct store_poll *poll);

/**
 * store_is_sweep_due() - is the feed's next poll to compare its keys with all it shows?
 * @now_s: wall clock
 *
 * Then it is to be read whole, with nothing passed over. It is not asked more often for that, and
 * nothing is written for it: the sweep comes with a poll that brings something.
 */
bool store_is_sweep_due(const struct store_feed *feed, int64_t now_s);

/**
 * store_keep_feeds() - which feeds the keywords name
 * @feeds: those; any with @id 0 are passed over
 * @now_s: wall clock; must be trusted
 *
 * What is known of another one is kept for STORE_LEFT_DAYS, so that a line that comes back does not
 * begin with a silent look, and then deleted. Writes only where that changes something.
 *
 * Return: 0 or -errno.
 */
int store_keep_feeds(struct store *store, const struct store_feed *feeds, size_t count,
                     int64_t now_s);

/**
 * store_save_due() - write the rows of many feeds but for the baseline, one transaction (at clean
 * stop)
 * @feeds: those with @id 0 are passed over
 */
int store_save_due(struct store *store, const struct store_feed *feeds, size_t count);

// Gives back the memory of pages and statements it keeps for the next call, when that is minutes
// away.
void store_rest(struct store *store);

#endif
