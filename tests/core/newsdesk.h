// SPDX-License-Identifier: MIT
//
// newsdesk.h - a desk over simulated days: stories come in, are judged, and what lamps and bell
// then do is noted, edge by edge, as the daemon would drive them.
//
// Stories are taken as the daemon takes them behind its matcher: the rule is given, not looked for.

#ifndef TESTS_CORE_NEWSDESK_H
#define TESTS_CORE_NEWSDESK_H

#include "unit.h"

#include "core/alert/annunciator.h"
#include "core/alert/triage.h"
#include "nouns.h"

#define S      INT64_C(1000000)
#define MINUTE (60 * S)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

// 2026-03-28T12:00:00Z, the noon before the night in which central Europe's clocks go forward.
#define NOON_S INT64_C(1774699200)

// What lamps and bell did over a stretch of time.
struct trace {
    uint32_t strokes;
    uint32_t edges[ROLE_COUNT];
    int64_t lit_us[ROLE_COUNT];
    int64_t longest_sound_us;
    uint32_t steps;
};

enum { NEWSDESK_ALERTS_MAX = 128 };

// @kept: what the store would hold.
struct newsdesk {
    struct policy policy;
    struct triage *triage;
    struct annunciator *annunciator;
    struct moment now;
    bool is_in_europe; // UTC+1, from 2026-03-29T01:00:00Z on UTC+2
    struct alert kept[NEWSDESK_ALERTS_MAX];
    size_t kept_count;
    bool is_lit[ROLE_COUNT];
    int64_t sound_since_us;
};

// A story as it comes from a matcher; what is not given is made up.
struct news {
    const char *title;
    const char *link;
    const char *feed;
    int64_t age_s;       // by its own date; -1 = it has none
    int64_t published_s; // in place of an age, where it is not 0
    enum level level;
    const char *rule;
    const struct keywords_section *section;
    bool is_never;
    bool is_catch_up;
};

static inline void newsdesk_open(struct newsdesk *desk) {
    *desk = (struct newsdesk){
        .policy = policy_default,
        .now = {.boot_us = 40 * DAY, .wall_s = NOON_S, .is_trusted = true},
    };
    assert_int_equal(triage_new(&desk->policy, &desk->triage), 0);
    assert_int_equal(annunciator_new(&desk->policy, true, &desk->annunciator), 0);
}

static inline void newsdesk_close(struct newsdesk *desk) {
    triage_free(desk->triage);
    annunciator_free(desk->annunciator);
}

// Takes on another policy; only before anything happens.
static inline void newsdesk_reopen(struct newsdesk *desk) {
    newsdesk_close(desk);
    assert_int_equal(triage_new(&desk->policy, &desk->triage), 0);
    assert_int_equal(annunciator_new(&desk->policy, true, &desk->annunciator), 0);
}

static inline void newsdesk_step(struct newsdesk *desk, struct trace *trace,
                                 struct annunciation *show) {
    annunciator_step(desk->annunciator, &desk->now, show);
    trace->steps++;
    for (size_t i = 0; i < show->cleared_count; i++) {
        triage_close(desk->triage, show->cleared[i]);
        desk->kept[show->cleared[i] - 1].state = ALERT_CLEARED;
    }
    for (size_t i = 0; i < desk->kept_count; i++)
        if (desk->kept[i].state == ALERT_RAISED && (show->rang >> desk->kept[i].level & 1))
            desk->kept[i].rings++;
    for (size_t role = 0; role < ROLE_COUNT; role++)
        trace->edges[role] += show->is_lit[role] != desk->is_lit[role];
    if (show->is_lit[ROLE_BUZZER] && !desk->is_lit[ROLE_BUZZER]) {
        trace->strokes++;
        desk->sound_since_us = desk->now.boot_us;
    }
    memcpy(desk->is_lit, show->is_lit, sizeof desk->is_lit);
}

static inline void newsdesk_pass(struct newsdesk *desk, int64_t for_us) {
    const int64_t before_s = desk->now.boot_us / S;
    desk->now.boot_us += for_us;
    desk->now.wall_s += desk->now.boot_us / S - before_s;
    if (desk->is_in_europe)
        desk->now.utc_offset_s = desk->now.wall_s < NOON_S + 13 * 3600 ? 3600 : 7200;
}

// Lets time pass from due time to due time, as the daemon does.
static inline struct trace newsdesk_run(struct newsdesk *desk, int64_t for_us) {
    struct trace trace = {.steps = 0};
    const int64_t end_us = desk->now.boot_us + for_us;
    newsdesk_pass(desk, 0);
    for (;;) {
        struct annunciation show;
        newsdesk_step(desk, &trace, &show);
        const int64_t next_us = show.next_us < end_us ? show.next_us : end_us;
        assert_true(next_us >= desk->now.boot_us);
        for (size_t role = 0; role < ROLE_COUNT; role++)
            if (show.is_lit[role])
                trace.lit_us[role] += next_us - desk->now.boot_us;
        if (show.is_lit[ROLE_BUZZER] && next_us - desk->sound_since_us > trace.longest_sound_us)
            trace.longest_sound_us = next_us - desk->sound_since_us;
        newsdesk_pass(desk, next_us - desk->now.boot_us);
        if (next_us == end_us)
            return trace;
    }
}

// Lets time pass until that hour of the local day comes round.
static inline struct trace newsdesk_run_until(struct newsdesk *desk, int hour, int minute) {
    newsdesk_pass(desk, 0);
    int64_t local_s = (desk->now.wall_s + desk->now.utc_offset_s) % 86400;
    int64_t wait_s = (int64_t)hour * 3600 + minute * 60 - local_s;
    return newsdesk_run(desk, (wait_s <= 0 ? wait_s + 86400 : wait_s) * S);
}

static inline void newsdesk_show(struct newsdesk *desk, uint64_t number, bool must_ring) {
    const struct triage_alert *alert = triage_find(desk->triage, number);
    assert_non_null(alert);
    struct alert *kept = &desk->kept[alert->id - 1];
    kept->level = alert->level;
    kept->lamp = alert->lamp;
    kept->is_silent = alert->is_silent;
    kept->sources = alert->sources;
    kept->stories = alert->stories;
    struct annunciator_alert shown = annunciator_alert_of(kept);
    shown.rings = must_ring ? 0 : shown.rings ? shown.rings : 1;
    if (kept->state == ALERT_RAISED)
        annunciator_raise(desk->annunciator, &shown, desk->now.boot_us);
}

// One story comes in. Return: what became of it.
static inline enum disposition newsdesk_story(struct newsdesk *desk, struct news news) {
    static const struct keywords_section plain = {
        .name = "", .lamp = ROLE_COUNT, .from_min = -1, .until_min = -1};
    const char *feed = news.feed ? news.feed : "https://one.example/feed";
    struct story story = a_story("", news.title);
    story.link = news.link ? news.link : "";
    if (news.published_s || news.age_s >= 0)
        story.published_s = news.published_s ? news.published_s : desk->now.wall_s - news.age_s;
    const struct keyword_rule rule = {
        .text = news.rule ? news.rule : "a rule",
        .file = "keywords",
        .level = news.level,
        .section = news.section ? news.section : &plain,
    };
    newsdesk_pass(desk, 0);
    const struct triage_item item = {&story, feed, &rule, news.is_never, news.is_catch_up};
    const struct triage_verdict verdict = triage_judge(desk->triage, &item, &desk->now);
    assert_true(desk->kept_count < NEWSDESK_ALERTS_MAX);
    const bool is_raised =
        verdict.disposition == DISPOSITION_RANG || verdict.disposition == DISPOSITION_QUIET;
    const struct triage_alert *alert = triage_find(desk->triage, verdict.alert);
    struct alert *kept = &desk->kept[desk->kept_count++];
    *kept = an_alert(news.level, news.title, desk->now.wall_s);
    kept->id = (int64_t)desk->kept_count;
    kept->state = is_raised ? ALERT_RAISED : ALERT_CLEARED;
    kept->disposition = verdict.disposition;
    kept->lamp = rule.section->lamp;
    kept->is_silent = rule.section->is_silent;
    kept->stories = alert && is_raised ? alert->stories : 1;
    kept->published_s = story.published_s;
    kept->joined = alert && !is_raised ? alert->id : 0;
    kept->feed = feed;
    kept->link = story.link;
    kept->rule = rule.text;
    if (is_raised) {
        triage_set_id(desk->triage, verdict.alert, kept->id);
        const struct annunciator_alert shown = annunciator_alert_of(kept);
        annunciator_raise(desk->annunciator, &shown, desk->now.boot_us);
    }
    if (verdict.is_changed)
        newsdesk_show(desk, verdict.alert, verdict.must_ring);
    return verdict.disposition;
}

static inline void newsdesk_acknowledge(struct newsdesk *desk) {
    (void)annunciator_acknowledge(desk->annunciator);
    triage_close(desk->triage, 0);
    for (size_t i = 0; i < desk->kept_count; i++)
        if (desk->kept[i].state == ALERT_RAISED)
            desk->kept[i].state = ALERT_ACKNOWLEDGED;
}

// The process ends and another begins, with what the store holds.
static inline void newsdesk_restart(struct newsdesk *desk) {
    newsdesk_reopen(desk);
    memset(desk->is_lit, 0, sizeof desk->is_lit);
    for (size_t i = desk->kept_count; i-- > 0;)
        triage_recall(desk->triage, &desk->kept[i], &desk->now);
    for (size_t i = 0; i < desk->kept_count; i++) {
        const struct annunciator_alert shown = annunciator_alert_of(&desk->kept[i]);
        if (desk->kept[i].state == ALERT_RAISED)
            annunciator_raise(desk->annunciator, &shown, desk->now.boot_us);
    }
}

// The last alert that was raised.
static inline const struct alert *newsdesk_last(const struct newsdesk *desk) {
    for (size_t i = desk->kept_count; i-- > 0;)
        if (desk->kept[i].disposition == DISPOSITION_RANG ||
            desk->kept[i].disposition == DISPOSITION_QUIET)
            return &desk->kept[i];
    return NULL;
}

// The desk of a test program, new for each of its tests.
static struct newsdesk desk;

static inline int set_up(void **state) {
    (void)state;
    newsdesk_open(&desk);
    return 0;
}

static inline int tear_down(void **state) {
    (void)state;
    newsdesk_close(&desk);
    return 0;
}

#endif
