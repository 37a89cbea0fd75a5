// SPDX-License-Identifier: MIT
//
// alert.h - a story that rang: levels, states (ISA-18.2 words), and what is kept of it.

#ifndef WIREBELL_ALERT_H
#define WIREBELL_ALERT_H

#include <stdint.h>

// In order of priority: a higher value outranks a lower one.
enum level { LEVEL_ROUTINE, LEVEL_URGENT, LEVEL_BULLETIN, LEVEL_FLASH, LEVEL_COUNT };

// ISA-18.2: raised and unacknowledged; acknowledged by a person; cleared (here: by time).
enum alert_state { ALERT_RAISED, ALERT_ACKNOWLEDGED, ALERT_CLEARED };

/**
 * struct alert - one alert as it is stored and shown; all strings valid UTF-8, never NULL
 * @id:         row number in the store, > 0; 0 = not stored yet
 * @level:      how loud
 * @state:      raised, acknowledged, cleared
 * @rings:      bell rings begun so far, counted up to ALERT_RINGS_MAX (then it stays there)
 * @raised_s:   wall clock when raised, for people; seconds since 1970
 * @feed:       the feed's address as written in the keywords file
 * @title:      the story's title
 * @link:       the story's link; may be ""
 * @rule:       the rule's text as written
 * @rule_file:  where the rule stands
 * @rule_line:  its line there, from 1
 * @words:      the words found, as they stand in the story, separated by " + "
 */
struct alert {
    int64_t id;
    enum level level;
    enum alert_state state;
    uint32_t rings;
    int64_t raised_s;
    const char *feed;
    const char *title;
    const char *link;
    const char *rule;
    const char *rule_file;
    uint32_t rule_line;
    const char *words;
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

#endif
