// SPDX-License-Identifier: MIT
//
// triage.h - what becomes of a story that matched: does it ring, and if not, why not?
//
// The questions are asked in the order of ALERTS.md, and the first that says "no" names the
// disposition: fresh? [never]? a story that rang already? its rule snoozed, cooling down, outside
// its hours? found after an outage? over the budget? quiet hours? A story that is new to its feed,
// after the feed's baseline, is what comes in here; what goes out is only a verdict. The state is
// what the verdicts depend on, bounded, and is learned again from the store after a restart.
//
// Where something must be forgotten, or memory is short, a story rings once more: never once less.
// By the wall clock nothing is decided while it is not trusted; all else goes by boot time.

#ifndef CORE_TRIAGE_H
#define CORE_TRIAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/keywords/keywords.h"
#include "wirebell/alert.h"
#include "wirebell/moment.h"
#include "wirebell/policy.h"
#include "wirebell/story.h"

struct triage;

// A link is known again for so long, and for so many sightings: a live page is linked for days
// under ever new ids. Each takes a quarter of a KB.
enum { TRIAGE_LINK_DAYS = 7, TRIAGE_SIGHTINGS_MAX = 512 };
// Rules whose last ring (for cooldown=) and snooze are remembered at a time.
enum { TRIAGE_RULES_MAX = 256 };
// What feeds bring so long after the first of them that came back is still of one outage.
enum { TRIAGE_OUTAGE_S = 15 * 60 };

/**
 * struct triage_item - a story that matched; all borrowed during the call
 * @story:       the story
 * @feed:        its feed's address
 * @rule:        the rule of the highest level it meets, whether or not [never] is met too
 * @is_never:    a rule of [never] is met
 * @is_catch_up: found after an outage: it may have stood there for hours
 */
struct triage_item {
    const struct story *story;
    const char *feed;
    const struct keyword_rule *rule;
    bool is_never;
    bool is_catch_up;
};

/**
 * struct triage_alert - an alert as far as stories can still join it
 * @number:    names it here, > 0; known before the store has given an id
 * @id:        the store's; 0 = not stored (yet)
 * @level:     the highest of its stories', raised once more where enough sources carry it
 * @lamp:      of the section of the story of the highest level
 * @is_silent: the same
 * @sources:   independent sites that carry the story
 * @stories:   stories it stands for: more than one in a flood, and after an outage
 * @is_open:   nobody has acknowledged it, and it has not cleared
 * @is_raised_by_sources: once is enough
 */
struct triage_alert {
    uint64_t number;
    int64_t id;
    enum level level;
    enum board_role lamp;
    bool is_silent;
    uint32_t sources;
    uint32_t stories;
    bool is_open;
    bool is_raised_by_sources;
};

/**
 * struct triage_verdict - what becomes of a story
 * @disposition: never DISPOSITION_COUNT
 * @alert:       number of the alert it opens (RANG, QUIET) or belongs to (JOINED, FLOOD, OUTAGE);
 *               0 with all others
 * @is_changed:  the alert it belongs to is not what it was; see triage_find()
 * @must_ring:   and its level has risen while nobody had seen it: it rings again
 */
struct triage_verdict {
    enum disposition disposition;
    uint64_t alert;
    bool is_changed;
    bool must_ring;
};

/**
 * triage_new() - nothing known yet
 * @policy: borrowed for life; what it says at a story counts for that story
 * @ret:    owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int triage_new(const struct policy *policy, struct triage **ret);

// NULL is fine. Returns NULL.
struct triage *triage_free(struct triage *triage);

/**
 * triage_judge() - what becomes of a story, once for each story, in the order they are to ring
 * @now: its @boot_us is never less than in an earlier call
 */
struct triage_verdict triage_judge(struct triage *triage, const struct triage_item *item,
                                   const struct moment *now);

/**
 * triage_find() - an alert by its number
 * Return: NULL when it is forgotten; valid until the next call of another function.
 */
const struct triage_alert *triage_find(const struct triage *triage, uint64_t number);

// The store has given an alert its id.
void triage_set_id(struct triage *triage, uint64_t number, int64_t id);

// The alert of this id was acknowledged, or has cleared; 0 = all were. New stories may join it
// still, but a flood that goes on, or another look after an outage, opens a new one.
void triage_close(struct triage *triage, int64_t id);

/**
 * triage_snooze() - stories a rule finds do not ring for a while
 * @rule:     the rule as written; "" = all rules
 * @until_us: boot time; one that has passed ends a snooze
 */
void triage_snooze(struct triage *triage, const char *rule, int64_t until_us);

// When the snooze of a rule ("" = of all) ends; 0 when there is none at @now_us (boot time).
int64_t triage_snoozed_until_us(const struct triage *triage, const char *rule, int64_t now_us);

/**
 * triage_recall() - learn again, after a restart, from an alert of the store
 * @alert: any, in any order; those older than is asked for are passed over
 * @now:   while its clock is not trusted, all alerts count as of now: better one ring that is
 *         joined to an old alert than all of them again
 */
void triage_recall(struct triage *triage, const struct alert *alert, const struct moment *now);

// How far back alerts are worth recalling, in seconds.
int64_t triage_memory_s(void);

#endif
