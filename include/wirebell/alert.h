// SPDX-License-Identifier: MIT
//
// alert.h - a story that rang: levels, states (ISA-18.2 words), and what is kept of it.

#ifndef WIREBELL_ALERT_H
#define WIREBELL_ALERT_H

#include <stdbool.h>
#include <stdint.h>

#include "wirebell/board.h"

// In order of priority: a higher value outranks a lower one.
enum level { LEVEL_ROUTINE, LEVEL_URGENT, LEVEL_BULLETIN, LEVEL_FLASH, LEVEL_COUNT };

// ISA-18.2: raised and unacknowledged; acknowledged by a person; cleared (here: by time).
enum alert_state { ALERT_RAISED, ALERT_ACKNOWLEDGED, ALERT_CLEARED };

// What became of a story that matched: it rang, or why it did not.
enum disposition {
    DISPOSITION_RANG,     // raised: rings and shows
    DISPOSITION_JOINED,   // the same story as an alert there was: counted there as a source
    DISPOSITION_OLD,      // published too long ago
    DISPOSITION_NEVER,    // a rule of [never] is met
    DISPOSITION_SNOOZED,  // its rule, or everything, is snoozed
    DISPOSITION_COOLDOWN, // its rule rang a moment ago (cooldown=)
    DISPOSITION_HOURS,    // outside the hours= of its section
    DISPOSITION_FLOOD,    // over the budget: counted in a flood alert
    DISPOSITION_OUTAGE,   // one of those found after an outage: counted in one alert
    DISPOSITION_QUIET,    // quiet hours: dark, or lamp only
    DISPOSITION_COUNT
};

/**
 * struct alert - one alert as it is stored and shown; all strings valid UTF-8, never NULL
 * @id:         row number in the store, > 0; 0 = not stored yet
 * @level:      how loud
 * @state:      raised, acknowledged, cleared
 * @rings:      bell rings begun, or left out in quiet hours, so far; counted up to ALERT_RINGS_MAX
 *              (then it stays there)
 * @disposition: rang, or why not; with any but RANG, QUIET it was never raised: state is cleared
 * @is_drill:   asked for by a person as a drill, marked so everywhere
 * @lamp:       lamp of its section (lamp=); ROLE_COUNT = its level's
 * @is_silent:  no bell (sound=off)
 * @raised_s:   wall clock when raised, for people; seconds since 1970
 * @acknowledged_s: wall clock; 0 = not
 * @cleared_s:  wall clock; 0 = not
 * @published_s: the story's own date, or STORY_NO_DATE
 * @joined:     id of the alert it joined; 0 = none
 * @sources:    independent sites that carry the story, this one included
 * @stories:    stories it stands for, its own included; more than one for a flood or an outage
 * @feed:       the feed's address as written in the keywords file
 * @title:      the story's title
 * @link:       the story's link; may be ""
 * @rule:       the rule's text as written
 * @rule_file:  where the rule stands: a file's name as the system has it, which need not be UTF-8
 * @rule_line:  its line there, from 1
 * @section:    name= of the rule's section; ""
 * @words:      the words found, as they stand in the story, separated by " + "
 * @spans:      where: "field:start:length", separated by blanks; fields as match_field_name() says
 * @excerpt:    the text around the words of the first span, one line
 */
struct alert {
    int64_t id;
    enum level level;
    enum alert_state state;
    enum disposition disposition;
    bool is_drill;
    bool is_silent;
    enum board_role lamp;
    uint32_t rings;
    uint32_t sources;
    uint32_t stories;
    int64_t raised_s;
    int64_t acknowledged_s;
    int64_t cleared_s;
    int64_t published_s;
    int64_t joined;
    const char *feed;
    const char *title;
    const char *link;
    const char *rule;
    const char *rule_file;
    uint32_t rule_line;
    const char *section;
    const char *words;
    const char *spans;
    const char *excerpt;
};

/**
 * struct alert_change - what other stories made of an alert that was raised before
 * @id:        its number in the store, > 0
 * @level:     as they are now
 * @lamp:      the same
 * @is_silent: the same
 * @sources:   the same
 * @stories:   the same
 * @is_open:   nobody has acknowledged it, and it has not cleared
 * @must_ring: it is louder than it was, and rings again
 */
struct alert_change {
    int64_t id;
    enum level level;
    enum board_role lamp;
    bool is_silent;
    uint32_t sources;
    uint32_t stories;
    bool is_open;
    bool must_ring;
};

// Past the second ring only "more than once" matters (a bulletin repeats once, a flash for ever).
#define ALERT_RINGS_MAX 2

/**
 * level_name() - "routine", "urgent", "bulletin" or "flash"; "unknown" when out of range
 */
const char *level_name(enum level level);

/**
 * level_parse() - the level of that name
 * @name:      any string, letter case matters
 * @ret_level: written only on success
 *
 * Return: 0, or -EINVAL when no level is called so.
 */
int level_parse(const char *name, enum level *ret_level);

// "raised", "acknowledged" or "cleared"; "unknown" when out of range.
const char *alert_state_name(enum alert_state state);

// "rang", "joined", "old"...; "unknown" when out of range.
const char *disposition_name(enum disposition disposition);

#endif
