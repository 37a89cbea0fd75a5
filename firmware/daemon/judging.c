// SPDX-License-Identifier: MIT

#include "daemon/judging.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/matcher/match.h"

// Rules of [never] come first; behind so many of them the rule that would have rung is not found,
// and then nothing is kept of the story.
enum { MATCHES_WANTED = 8 };

// A story that met a rule of a level.
struct candidate {
    const struct story *story;
    size_t order; // in the feed
    size_t rule;  // by which it would ring
    bool is_never;
    const char *words, *spans, *excerpt; // of that rule, or of the one of [never]
    size_t shown_rule;
};

static bool is_never(const struct judging *j, size_t rule) {
    return keywords_rule(j->keywords, rule).section->is_never;
}

// What is kept of a match: the words found, where they stand, and the text around them.
static int take_reason(struct judging *j, const struct match *match, struct candidate *candidate) {
    char words[512], spans[MATCH_SPANS_SIZE], excerpt[400];
    match_words(candidate->story, match, sizeof words, words);
    match_spans(match, spans);
    match_excerpt(candidate->story, match, sizeof excerpt, excerpt);
    candidate->shown_rule = match->rule;
    candidate->words = arena_copy(j->arena, words, strlen(words));
    candidate->spans = arena_copy(j->arena, spans, strlen(spans));
    candidate->excerpt = arena_copy(j->arena, excerpt, strlen(excerpt));
    return candidate->words && candidate->spans && candidate->excerpt ? 0 : -ENOMEM;
}

// Return: 0, candidate->story is NULL when no rule of a level is met; or -ENOMEM.
static int match_story(struct judging *j, const struct story *story, struct candidate *candidate) {
    struct match items[MATCHES_WANTED];
    struct matches matches = {.items = items, .max = MATCHES_WANTED};
    const int r = matcher_scan(j->matcher, story, j->tags, &matches);
    if (r < 0)
        return r;
    size_t loudest = 0;
    while (loudest < matches.count && is_never(j, items[loudest].rule))
        loudest++;
    *candidate = (struct candidate){.story = NULL};
    if (loudest == matches.count)
        return 0;
    candidate->story = story;
    candidate->rule = items[loudest].rule;
    candidate->is_never = r == MATCHER_SILENCED;
    return take_reason(j, &items[0], candidate);
}

static enum level level_of(const struct judging *j, const struct candidate *candidate) {
    return keywords_rule(j->keywords, candidate->rule).level;
}

static int compare(const void *a, const void *b, void *userdata) {
    const struct candidate *first = a, *second = b;
    const enum level first_level = level_of(userdata, first);
    const enum level second_level = level_of(userdata, second);
    if (first_level != second_level)
        return first_level > second_level ? -1 : 1;
    return first->order < second->order ? -1 : 1;
}

// Where the alert of that number is in the list; alert_count when it is not.
static size_t find_alert(const struct judging *j, uint64_t number) {
    size_t i = 0;
    while (i < j->alert_count && (number == 0 || j->numbers[i] != number))
        i++;
    return i;
}

static int64_t joined_of(const struct judging *j, uint64_t number) {
    const size_t index = find_alert(j, number);
    if (index < j->alert_count)
        return -1 - (int64_t)index;
    const struct triage_alert *alert = triage_find(j->triage, number);
    return alert ? alert->id : 0;
}

static void add_alert(struct judging *j, const struct candidate *candidate,
                      const struct triage_verdict *verdict) {
    const struct keyword_rule loud = keywords_rule(j->keywords, candidate->rule);
    const struct keyword_rule shown = keywords_rule(j->keywords, candidate->shown_rule);
    const bool is_raised =
        verdict->disposition == DISPOSITION_RANG || verdict->disposition == DISPOSITION_QUIET;
    const int64_t joined = is_raised ? 0 : joined_of(j, verdict->alert);
    j->numbers[j->alert_count] = is_raised ? verdict->alert : 0;
    j->alerts[j->alert_count++] = (struct alert){
        .level = loud.level,
        .state = is_raised ? ALERT_RAISED : ALERT_CLEARED,
        .disposition = verdict->disposition,
        .is_silent = loud.section->is_silent,
        .lamp = loud.section->lamp,
        .sources = 1,
        .stories = 1,
        .raised_s = j->now.wall_s,
        .published_s = candidate->story->published_s,
        .joined = joined,
        .feed = j->url,
        .title = candidate->story->title,
        .link = candidate->story->link,
        .rule = shown.text,
        .rule_file = shown.file,
        .rule_line = shown.line,
        .section = shown.section->name,
        .words = candidate->words,
        .spans = candidate->spans,
        .excerpt = candidate->excerpt,
    };
}

static void note_change(struct judging *j, const struct triage_verdict *verdict) {
    const struct triage_alert *alert = triage_find(j->triage, verdict->alert);
    if (!verdict->is_changed || !alert || alert->id == 0)
        return;
    size_t i = 0;
    while (i < j->change_count && j->changes[i].id != alert->id)
        i++;
    if (i == j->change_count)
        j->changes[j->change_count++] = (struct alert_change){.id = alert->id};
    struct alert_change *change = &j->changes[i];
    change->level = alert->level;
    change->lamp = alert->lamp;
    change->is_silent = alert->is_silent;
    change->sources = alert->sources;
    change->stories = alert->stories;
    change->is_open = alert->is_open;
    change->must_ring |= verdict->must_ring;
}

static void judge(struct judging *j, const struct candidate *candidate) {
    const struct keyword_rule rule = keywords_rule(j->keywords, candidate->rule);
    const struct triage_item item = {
        .story = candidate->story,
        .feed = j->url,
        .rule = &rule,
        .is_never = candidate->is_never,
        .is_catch_up = j->is_catch_up,
    };
    const struct triage_verdict verdict = triage_judge(j->triage, &item, &j->now);
    add_alert(j, candidate, &verdict);
    note_change(j, &verdict);
}

// Alerts of this list that others of it joined are what they have become.
static void bring_up_to_date(struct judging *j) {
    for (size_t i = 0; i < j->alert_count; i++) {
        const struct triage_alert *known = triage_find(j->triage, j->numbers[i]);
        if (j->numbers[i] == 0 || !known)
            continue;
        struct alert *alert = &j->alerts[i];
        alert->level = known->level;
        alert->lamp = known->lamp;
        alert->is_silent = known->is_silent;
        alert->sources = known->sources;
        alert->stories = known->stories;
    }
}

int judging_run(struct judging *j, const struct story *const *stories, size_t count) {
    struct candidate *candidates = calloc(count + 1, sizeof *candidates);
    size_t found = 0;
    int r = candidates ? arena_new(LIMIT_REPLY_MAX, &j->arena) : -ENOMEM;
    for (size_t i = 0; i < count && r == 0; i++) {
        if (j->since_s != 0 && stories[i]->published_s <= j->since_s)
            continue;
        r = match_story(j, stories[i], &candidates[found]);
        candidates[found].order = i;
        found += candidates[found].story != NULL;
    }
    j->alerts = calloc(found + 1, sizeof *j->alerts);
    j->changes = calloc(found + 1, sizeof *j->changes);
    j->numbers = calloc(found + 1, sizeof *j->numbers);
    if (r == 0 && (!j->alerts || !j->changes || !j->numbers))
        r = -ENOMEM;
    if (r == 0) {
        qsort_r(candidates, found, sizeof *candidates, compare, j);
        for (size_t i = 0; i < found; i++)
            judge(j, &candidates[i]);
        bring_up_to_date(j);
    }
    free(candidates);
    return r;
}

void judging_settle(struct judging *j, bool is_committed) {
    for (size_t i = 0; i < j->alert_count; i++) {
        if (is_committed && j->numbers[i] != 0)
            triage_set_id(j->triage, j->numbers[i], j->alerts[i].id);
        else if (!is_committed && j->alerts[i].joined < 0)
            j->alerts[i].joined = 0;
    }
}

void judging_done(struct judging *j) {
    free(j->alerts);
    free(j->changes);
    free(j->numbers);
    j->alerts = NULL;
    j->changes = NULL;
    j->numbers = NULL;
    j->alert_count = j->change_count = 0;
    j->arena = arena_free(j->arena);
}
