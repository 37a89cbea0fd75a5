// SPDX-License-Identifier: MIT

#include "core/alert/sightings.h"

#include <stdlib.h>

void sightings_done(struct sightings *s) {
    free(s->items);
    free(s->alerts);
    *s = (struct sightings){.items = NULL};
}

struct triage_alert *sightings_alert(const struct sightings *s, uint64_t number) {
    for (size_t i = s->alert_count; i-- > 0;)
        if (s->alerts[i].number == number)
            return &s->alerts[i];
    return NULL;
}

static bool is_seen(const struct sightings *s, uint64_t alert) {
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].alert == alert)
            return true;
    return false;
}

void sightings_forget(struct sightings *s, int64_t limit_us) {
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].at_us >= limit_us)
            s->items[kept++] = s->items[i];
    if (kept == s->count)
        return;
    s->count = kept;
    kept = 0;
    for (size_t i = 0; i < s->alert_count; i++)
        if (is_seen(s, s->alerts[i].number))
            s->alerts[kept++] = s->alerts[i];
    s->alert_count = kept;
}

bool sightings_make_room(struct sightings *s) {
    if (s->count < s->room)
        return true;
    if (s->room == TRIAGE_SIGHTINGS_MAX) {
        int64_t oldest_us = INT64_MAX;
        for (size_t i = 0; i < s->count; i++)
            if (s->items[i].at_us < oldest_us)
                oldest_us = s->items[i].at_us;
        sightings_forget(s, oldest_us + 1);
        return true;
    }
    size_t room = s->room ? 2 * s->room : 16;
    struct sighting *items = realloc(s->items, room * sizeof *items);
    if (items)
        s->items = items;
    struct triage_alert *alerts = realloc(s->alerts, room * sizeof *alerts);
    if (alerts)
        s->alerts = alerts;
    if (!items || !alerts)
        return false;
    s->room = room;
    return true;
}

void sightings_add(struct sightings *s, const struct sighting *sighting) {
    if (sightings_make_room(s))
        s->items[s->count++] = *sighting;
}

uint32_t sightings_sources(const struct sightings *s, uint64_t group) {
    uint32_t sources = 0;
    for (size_t i = 0; i < s->count; i++) {
        bool is_first = s->items[i].group == group;
        for (size_t j = 0; j < i && is_first; j++)
            is_first =
                s->items[j].group != group || s->items[j].print.site != s->items[i].print.site;
        sources += is_first;
    }
    return sources;
}

struct triage_alert *sightings_add_alert(struct sightings *s, struct triage_alert alert) {
    s->alerts[s->alert_count] = alert;
    return &s->alerts[s->alert_count++];
}

const struct sighting *sightings_find(const struct sightings *s, const struct story_print *print,
                                      int64_t now_us, int64_t link_us, int64_t join_us) {
    const struct sighting *known = NULL;
    for (size_t i = 0; i < s->count; i++) {
        const struct sighting *sighting = &s->items[i];
        if (known && sighting->at_us < known->at_us)
            continue;
        const enum same_story same = same_story_compare(&sighting->print, print);
        const int64_t memory_us = same == SAME_LINK ? link_us : join_us;
        if (same != SAME_NOT && now_us - sighting->at_us < memory_us)
            known = sighting;
    }
    return known;
}
