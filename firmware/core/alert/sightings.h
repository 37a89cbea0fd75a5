// SPDX-License-Identifier: MIT
//
// sightings.h - the stories that rang, and where they were seen: the memory of core/triage.
//
// A sighting is a story as it was seen in some feed, by its print. Sightings of one story are a
// group; the group that opened an alert bears its number, so that its sources can be counted even
// when other stories (of a flood) belong to the same alert. Bounded: the oldest are forgotten, and
// with the last sighting of it an alert.

#ifndef CORE_SIGHTINGS_H
#define CORE_SIGHTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/alert/same_story.h"
#include "core/alert/triage.h"

/**
 * struct sighting - a story in a feed
 * @print: what it is compared by
 * @group: number of its story
 * @alert: number of the alert it belongs to
 * @at_us: when it was seen, boot time; may be before the boot
 */
struct sighting {
    struct story_print print;
    uint64_t group;
    uint64_t alert;
    int64_t at_us;
};

/**
 * struct sightings - all of them, and their alerts; all zero at first
 * @items:       owned
 * @count:       how many
 * @alerts:      owned; never more than sightings
 * @alert_count: how many
 * @room:        of both
 */
struct sightings {
    struct sighting *items;
    size_t count;
    struct triage_alert *alerts;
    size_t alert_count;
    size_t room;
};

// Frees all, and makes it all zero again.
void sightings_done(struct sightings *sightings);

// The alert of that number; NULL when it is forgotten. Valid until something is added or forgotten.
struct triage_alert *sightings_alert(const struct sightings *sightings, uint64_t number);

// Forgets what was seen before @limit_us, and alerts that nothing is a sighting of.
void sightings_forget(struct sightings *sightings, int64_t limit_us);

// Room for one sighting and one alert more; the oldest sightings go where there may be no more.
// Return: false when there is no memory.
bool sightings_make_room(struct sightings *sightings);

// Adds an alert; sightings_make_room() has been called for it and the sighting that must follow.
struct triage_alert *sightings_add_alert(struct sightings *sightings, struct triage_alert alert);

// Adds a sighting; without memory it is not remembered.
void sightings_add(struct sightings *sightings, const struct sighting *sighting);

// Independent sites that carry the story of a group.
uint32_t sightings_sources(const struct sightings *sightings, uint64_t group);

/**
 * sightings_find() - the newest sighting of the same story
 * @now_us:  boot time
 * @link_us: for so long by its link
 * @join_us: for so long by its title
 *
 * Return: NULL when there is none; valid until something is added or forgotten.
 */
const struct sighting *sightings_find(const struct sightings *sightings,
                                      const struct story_print *print, int64_t now_us,
                                      int64_t link_us, int64_t join_us);

#endif
