// SPDX-License-Identifier: MIT

#include "core/alert/triage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/hash.h"
#include "core/schedule/hours.h"
#include "core/alert/same_story.h"
#include "core/alert/sightings.h"

#define SECONDS(n) ((n)*INT64_C(1000000))
#define LINK_US    SECONDS(TRIAGE_LINK_DAYS * 86400)
#define NEVER_RANG INT64_MIN

// The memory of rules grows by so many; the first of them never want for memory.
enum { RULES_STEP = 16, BUDGET_MAX = 1000 };

// Its last ring, and until when it is snoozed.
struct rule_memory {
    uint64_t key;
    int64_t rang_us;
    int64_t snoozed_until_us;
};

struct triage {
    const struct policy *policy;
    struct sightings sightings;
    struct rule_memory *rules; // owned
    size_t rule_count;
    size_t rule_room;
    int64_t *ring_us; // owned; when the last budget_count stories rang or would have, unordered
    size_t budget_count;
    uint64_t last_number;
    uint64_t flood; // the alert that stands for it; 0 = none
    uint64_t outage;
    int64_t outage_us;
};

// --- alerts --------------------------------------------------------------------------------------

const struct triage_alert *triage_find(const struct triage *t, uint64_t number) {
    return sightings_alert(&t->sightings, number);
}

void triage_set_id(struct triage *t, uint64_t number, int64_t id) {
    struct triage_alert *alert = sightings_alert(&t->sightings, number);
    if (alert)
        alert->id = id;
}

void triage_close(struct triage *t, int64_t id) {
    for (size_t i = 0; i < t->sightings.alert_count; i++)
        if (id == 0 || t->sightings.alerts[i].id == id)
            t->sightings.alerts[i].is_open = false;
}

// --- rules ---------------------------------------------------------------------------------------

static uint64_t rule_key(const char *rule) {
    return hash_bytes(rule, strlen(rule), 0);
}

// Where a rule is remembered; rule_count when it is not.
static size_t find_rule(const struct triage *t, const char *rule) {
    const uint64_t key = rule_key(rule);
    size_t i = 0;
    while (i < t->rule_count && t->rules[i].key != key)
        i++;
    return i;
}

static int64_t last_use_us(const struct rule_memory *memory) {
    return memory->rang_us > memory->snoozed_until_us ? memory->rang_us : memory->snoozed_until_us;
}

static bool grow_rules(struct triage *t) {
    const size_t room = t->rule_room + RULES_STEP;
    struct rule_memory *rules =
        room <= TRIAGE_RULES_MAX ? realloc(t->rules, room * sizeof *rules) : NULL;
    if (!rules)
        return false;
    t->rules = rules;
    t->rule_room = room;
    return true;
}

// What is remembered of a rule; of another one no more, where there is no room.
static struct rule_memory *remember_rule(struct triage *t, const char *rule) {
    size_t index = find_rule(t, rule);
    if (index < t->rule_count)
        return &t->rules[index];
    if (t->rule_count < t->rule_room || grow_rules(t)) {
        t->rule_count++;
    } else {
        index = 0;
        for (size_t i = 1; i < t->rule_count; i++)
            if (last_use_us(&t->rules[i]) < last_use_us(&t->rules[index]))
                index = i;
    }
    t->rules[index] = (struct rule_memory){.key = rule_key(rule), .rang_us = NEVER_RANG};
    return &t->rules[index];
}

void triage_snooze(struct triage *t, const char *rule, int64_t until_us) {
    remember_rule(t, rule)->snoozed_until_us = until_us;
}

int64_t triage_snoozed_until_us(const struct triage *t, const char *rule, int64_t now_us) {
    const size_t index = find_rule(t, rule);
    const int64_t until_us = index < t->rule_count ? t->rules[index].snoozed_until_us : 0;
    return until_us > now_us ? until_us : 0;
}

// --- the questions -------------------------------------------------------------------------------

static bool is_old(const struct triage *t, const struct story *story, const struct moment *now) {
    return now->is_trusted && story->published_s != STORY_NO_DATE &&
           story->published_s < now->wall_s - t->policy->fresh_s;
}

static bool is_snoozed(const struct triage *t, const char *rule, const struct moment *now) {
    return triage_snoozed_until_us(t, "", now->boot_us) != 0 ||
           triage_snoozed_until_us(t, rule, now->boot_us) != 0;
}

static bool is_cooling(const struct triage *t, const struct keyword_rule *rule,
                       const struct moment *now) {
    const size_t index = find_rule(t, rule->text);
    return index < t->rule_count && t->rules[index].rang_us != NEVER_RANG &&
           now->boot_us - t->rules[index].rang_us < SECONDS(rule->section->cooldown_s);
}

static bool is_outside_hours(const struct keywords_section *section, const struct moment *now) {
    return section->from_min >= 0 && now->is_trusted &&
           !hours_is_within(section->from_min, section->until_min, now);
}

static size_t earliest_ring(const struct triage *t) {
    size_t earliest = 0;
    for (size_t i = 1; i < t->budget_count; i++)
        if (t->ring_us[i] < t->ring_us[earliest])
            earliest = i;
    return earliest;
}

static void note_ring(struct triage *t, int64_t at_us) {
    const size_t earliest = earliest_ring(t);
    if (t->budget_count > 0 && at_us > t->ring_us[earliest])
        t->ring_us[earliest] = at_us;
}

// Makes room for the times of as many rings as the policy's budget has now; the latest stay.
static int fit_budget(struct triage *t) {
    const size_t count =
        t->policy->budget_count < BUDGET_MAX ? t->policy->budget_count : BUDGET_MAX;
    if (t->ring_us && count == t->budget_count)
        return 0;
    int64_t *fresh = calloc(count + 1, sizeof *fresh), *old = t->ring_us;
    if (!fresh)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++)
        fresh[i] = NEVER_RANG;
    const size_t old_count = old ? t->budget_count : 0;
    t->ring_us = fresh;
    t->budget_count = count;
    for (size_t i = 0; i < old_count; i++)
        note_ring(t, old[i]);
    free(old);
    return 0;
}

// Is the budget spent, counting what did not ring because of it? So a flood lasts until it ebbs.
static bool is_over_budget(const struct triage *t, const struct moment *now) {
    if (t->budget_count == 0)
        return false;
    const int64_t earliest_us = t->ring_us[earliest_ring(t)];
    return earliest_us != NEVER_RANG && now->boot_us - earliest_us < SECONDS(t->policy->budget_s);
}

static bool is_quiet(const struct triage *t, enum level level, const struct moment *now) {
    return t->policy->levels[level].quiet != QUIET_RINGS && now->is_trusted &&
           hours_is_within(t->policy->quiet_from_min, t->policy->quiet_until_min, now);
}

// --- a story that is known -----------------------------------------------------------------------

// The alert takes the level, lamp and sound of a rule that is louder. Return: whether it was.
static bool take_level(struct triage_alert *alert, const struct keyword_rule *rule) {
    if (rule->level <= alert->level)
        return false;
    alert->level = rule->level;
    alert->lamp = rule->section->lamp;
    alert->is_silent = rule->section->is_silent;
    return true;
}

// Enough independent sources make a story more important, once.
static bool raise_by_sources(const struct triage *t, struct triage_alert *alert) {
    const uint32_t enough = t->policy->raise_sources;
    if (enough == 0 || alert->sources < enough || alert->is_raised_by_sources)
        return false;
    alert->is_raised_by_sources = true;
    if (!alert->is_open || alert->level == LEVEL_FLASH)
        return false;
    alert->level++;
    return true;
}

// False when the story goes on as a new one: louder than what somebody has already seen.
static bool join_known(struct triage *t, const struct triage_item *item, struct sighting *sighting,
                       struct triage_verdict *ret) {
    const struct sighting *known = sightings_find(&t->sightings, &sighting->print, sighting->at_us,
                                                  LINK_US, SECONDS(t->policy->join_s));
    struct triage_alert *alert = known ? sightings_alert(&t->sightings, known->alert) : NULL;
    if (!alert || (!alert->is_open && item->rule->level > alert->level))
        return false;
    sighting->group = known->group;
    sighting->alert = known->alert;
    *ret = (struct triage_verdict){.disposition = DISPOSITION_JOINED, .alert = known->alert};
    sightings_add(&t->sightings, sighting); // known is no more
    alert = sightings_alert(&t->sightings, ret->alert);
    if (!alert)
        return true;
    const uint32_t sources = sightings_sources(&t->sightings, alert->number);
    ret->is_changed = sources > alert->sources;
    if (ret->is_changed)
        alert->sources = sources;
    const bool is_louder = take_level(alert, item->rule);
    ret->must_ring = raise_by_sources(t, alert) || is_louder;
    ret->is_changed |= ret->must_ring;
    return true;
}

// --- a story that is new -------------------------------------------------------------------------

// An alert that stands for many takes one more; false when there is no such alert any more.
static bool join_many(struct triage *t, uint64_t number, const struct triage_item *item,
                      struct sighting *sighting, struct triage_verdict *ret) {
    struct triage_alert *alert = sightings_alert(&t->sightings, number);
    if (!alert || !alert->is_open)
        return false;
    alert->stories++;
    ret->is_changed = true;
    ret->must_ring = take_level(alert, item->rule);
    ret->alert = sighting->alert = number;
    sighting->group = ++t->last_number;
    sightings_add(&t->sightings, sighting);
    return true;
}

static void open_alert(struct triage *t, const struct triage_item *item, struct sighting *sighting,
                       struct triage_verdict *ret) {
    const struct keyword_rule *rule = item->rule;
    ret->alert = sighting->group = sighting->alert = ++t->last_number;
    if (rule->section->cooldown_s > 0)
        remember_rule(t, rule->text)->rang_us = sighting->at_us;
    const struct triage_alert alert = {
        .number = ret->alert,
        .level = rule->level,
        .lamp = rule->section->lamp,
        .is_silent = rule->section->is_silent,
        .sources = 1,
        .stories = 1,
        .is_open = true,
    };
    if (!sightings_make_room(&t->sightings))
        return;
    (void)sightings_add_alert(&t->sightings, alert);
    sightings_add(&t->sightings, sighting);
}

// One ring for all that comes to light after an outage, whatever feed it is in.
static bool join_outage(struct triage *t, const struct triage_item *item, struct sighting *sighting,
                        struct triage_verdict *ret) {
    ret->disposition = DISPOSITION_OUTAGE;
    return item->is_catch_up && sighting->at_us - t->outage_us < SECONDS(TRIAGE_OUTAGE_S) &&
           join_many(t, t->outage, item, sighting, ret);
}

// Over the budget one alert stands for all. It rings at its begin, and not when it gets louder.
static bool join_flood(struct triage *t, const struct triage_item *item, struct sighting *sighting,
                       struct triage_verdict *ret) {
    if (!join_many(t, t->flood, item, sighting, ret))
        return false;
    ret->disposition = DISPOSITION_FLOOD;
    ret->must_ring = false;
    return true;
}

static void ring(struct triage *t, const struct triage_item *item, struct sighting *sighting,
                 const struct moment *now, struct triage_verdict *ret) {
    if (join_outage(t, item, sighting, ret))
        return;
    bool is_flood = false;
    if (item->rule->level != LEVEL_FLASH) {
        is_flood = is_over_budget(t, now);
        note_ring(t, now->boot_us);
        if (is_flood && join_flood(t, item, sighting, ret))
            return;
    }
    *ret = (struct triage_verdict){
        .disposition = is_quiet(t, item->rule->level, now) ? DISPOSITION_QUIET : DISPOSITION_RANG};
    open_alert(t, item, sighting, ret);
    struct triage_alert *alert = sightings_alert(&t->sightings, ret->alert);
    if (is_flood && alert) {
        alert->stories += (uint32_t)t->budget_count; // those that spent the budget are of it
        t->flood = ret->alert;
    }
    if (item->is_catch_up) {
        t->outage = ret->alert;
        t->outage_us = now->boot_us;
    }
}

struct triage_verdict triage_judge(struct triage *t, const struct triage_item *item,
                                   const struct moment *now) {
    struct triage_verdict verdict = {.disposition = DISPOSITION_OLD};
    struct sighting sighting = {.at_us = now->boot_us};
    sightings_forget(&t->sightings, now->boot_us - LINK_US);
    (void)fit_budget(t); // without memory the budget there was goes on
    if (is_old(t, item->story, now))
        return verdict;
    verdict.disposition = DISPOSITION_NEVER;
    if (item->is_never)
        return verdict;
    same_story_print(item->feed, item->story->title, item->story->link, &sighting.print);
    if (join_known(t, item, &sighting, &verdict))
        return verdict;
    if (is_snoozed(t, item->rule->text, now))
        verdict.disposition = DISPOSITION_SNOOZED;
    else if (is_cooling(t, item->rule, now))
        verdict.disposition = DISPOSITION_COOLDOWN;
    else if (is_outside_hours(item->rule->section, now))
        verdict.disposition = DISPOSITION_HOURS;
    else
        ring(t, item, &sighting, now, &verdict);
    return verdict;
}

// --- life ----------------------------------------------------------------------------------------

int triage_new(const struct policy *policy, struct triage **ret) {
    struct triage *t = calloc(1, sizeof *t);
    if (!t)
        return -ENOMEM;
    t->policy = policy;
    const int r = grow_rules(t) ? fit_budget(t) : -ENOMEM;
    if (r < 0)
        triage_free(t);
    else
        *ret = t;
    return r;
}

struct triage *triage_free(struct triage *t) {
    if (!t)
        return NULL;
    sightings_done(&t->sightings);
    free(t->rules);
    free(t->ring_us);
    free(t);
    return NULL;
}

// --- after a restart -----------------------------------------------------------------------------

int64_t triage_memory_s(void) {
    return TRIAGE_LINK_DAYS * INT64_C(86400);
}

// The number of the alert of this id, which may yet have to come.
static uint64_t number_of(struct triage *t, int64_t id) {
    for (size_t i = 0; i < t->sightings.alert_count; i++)
        if (t->sightings.alerts[i].id == id)
            return t->sightings.alerts[i].number;
    if (!sightings_make_room(&t->sightings))
        return 0;
    const struct triage_alert alert = {.number = ++t->last_number, .id = id};
    return sightings_add_alert(&t->sightings, alert)->number;
}

void triage_recall(struct triage *t, const struct alert *alert, const struct moment *now) {
    const bool is_opened =
        alert->disposition == DISPOSITION_RANG || alert->disposition == DISPOSITION_QUIET;
    int64_t age_s = now->is_trusted ? now->wall_s - alert->raised_s : 0;
    if (age_s < 0)
        age_s = 0;
    if (alert->is_drill || (!is_opened && alert->joined == 0) || age_s > triage_memory_s() ||
        !sightings_make_room(&t->sightings))
        return;
    struct sighting sighting = {.at_us = now->boot_us - SECONDS(age_s)};
    sighting.alert = number_of(t, is_opened ? alert->id : alert->joined);
    sighting.group =
        is_opened || alert->disposition == DISPOSITION_JOINED ? sighting.alert : ++t->last_number;
    same_story_print(alert->feed, alert->title, alert->link, &sighting.print);
    sightings_add(&t->sightings, &sighting);
    if (alert->level != LEVEL_FLASH && alert->disposition != DISPOSITION_JOINED)
        note_ring(t, sighting.at_us);
    struct triage_alert *known = sightings_alert(&t->sightings, sighting.alert);
    if (!is_opened || !known)
        return;
    known->level = alert->level;
    known->lamp = alert->lamp;
    known->is_silent = alert->is_silent;
    known->sources = alert->sources;
    known->stories = alert->stories;
    known->is_open = alert->state == ALERT_RAISED;
    known->is_raised_by_sources =
        t->policy->raise_sources > 0 && alert->sources >= t->policy->raise_sources;
    struct rule_memory *rule = remember_rule(t, alert->rule);
    if (sighting.at_us > rule->rang_us)
        rule->rang_us = sighting.at_us;
}
