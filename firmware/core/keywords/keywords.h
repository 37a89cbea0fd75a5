// SPDX-License-Identifier: MIT
//
// keywords.h - the keywords file: which feeds to read, which words ring, how loud.
//
// Parsing goes on after a mistake, so that one run shows all of them; the good lines count. A set
// keeps the files' bytes and, for a rule, hardly more than where its text stands (4 bytes): a list
// of 100,000 words costs little more than its file. What the words mean is worked out from the text
// again by whoever needs it (core/keywords/rule, core/matcher).

#ifndef CORE_KEYWORDS_H
#define CORE_KEYWORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text/diag.h"
#include "wirebell/alert.h"
#include "wirebell/board.h"

struct keywords;

/**
 * struct keywords_settings - what a line of [feeds] says beside the address; strings borrowed from
 * the keywords
 * @title:   title= or ""
 * @agent:   agent= or ""
 * @tags:    set of tags, bit i = tag i
 * @every_s: every= in seconds, 0 = not given; LIMIT_POLL_MIN_S..LIMIT_POLL_MAX_S
 * @file:    where the line stands
 */
struct keywords_settings {
    const char *title;
    const char *agent;
    uint64_t tags;
    int64_t every_s;
    const char *file;
};

/**
 * struct keywords_feed - a line of [feeds]; all borrowed from the keywords
 * @url:      as written
 * @settings: shared by lines one below the other that say the same
 * @line:     from 1
 */
struct keywords_feed {
    const char *url;
    const struct keywords_settings *settings;
    uint32_t line;
};

/**
 * struct keywords_section - what a section head says of the rules below it
 * @level:      how loud; means nothing with @is_never
 * @is_never:   [never]: a story that meets such a rule never rings
 * @name:       name= or ""; borrowed from the keywords
 * @lamp:       lamp=, ROLE_RED, ROLE_AMBER or ROLE_GREEN; ROLE_COUNT = not given: the level's own
 * @is_silent:  sound=off: no bell, only the lamp
 * @cooldown_s: cooldown= in seconds: after a ring of a rule it does not ring again for so long;
 *              0 = not given
 * @from_min:   hours=: rings only from this minute of the local day, 0..1439; -1 = at any hour
 * @until_min:  up to before this one, 1..1440; may be smaller than @from_min (over midnight)
 * @tags:       only stories of feeds with one of these tags; 0 = all feeds
 * @file:       where the head stands
 * @line:       from 1; 0 = rules before any head
 * @place:      of that line, see keywords_bytes()
 */
struct keywords_section {
    enum level level;
    bool is_never;
    const char *name;
    enum board_role lamp;
    bool is_silent;
    int64_t cooldown_s;
    int from_min;
    int until_min;
    uint64_t tags;
    const char *file;
    uint32_t line;
    uint32_t place;
};

/**
 * struct keyword_rule - one line of a level section, or of [never]
 * @text:    the rule as written, without blanks around it and without its comment; terminated,
 *           borrowed from the keywords
 * @place:   of @text in all files' bytes, see keywords_bytes()
 * @file:    where it stands; borrowed from the keywords
 * @line:    from 1
 * @level:   how loud: its section's level
 * @section: its section; borrowed from the keywords
 * @tags:    from "@tag:" before the rule: only feeds with one of these; 0 = all the section's
 * @is_joint: one phrase never is enough: "x + y", "a ~5 b"
 */
struct keyword_rule {
    const char *text;
    size_t place;
    const char *file;
    uint32_t line;
    enum level level;
    const struct keywords_section *section;
    uint64_t tags;
    bool is_joint;
};

/**
 * struct keywords_selftest - a "?" line
 * @text:       what is to be tried against the rules of the section; terminated, borrowed
 * @indent:     bytes before it in its line: text[-indent] begins the line
 * @should_ring: false after "?!"
 * @section:    the section; borrowed
 * @file:       where it stands
 * @line:       from 1
 */
struct keywords_selftest {
    const char *text;
    size_t indent;
    bool should_ring;
    const struct keywords_section *section;
    const char *file;
    uint32_t line;
};

/**
 * keywords_new() - an empty set of feeds and rules
 * Return: 0 or -ENOMEM; *ret (owned) is written only on success.
 */
int keywords_new(struct keywords **ret);

// NULL is fine. Returns NULL.
struct keywords *keywords_free(struct keywords *keywords);

/**
 * keywords_add_file() - parse one file and add what is good in it
 * @keywords: the set
 * @name:     file name for messages; copied
 * @bytes:    the file; UTF-8, BOM and CRLF tolerated; copied
 * @size:     LIMIT_KEYWORDS_MAX with all files before; more is a mistake of the whole file
 * @diags:    mistakes and warnings are added here
 *
 * May be called for several files (drop-ins); each begins outside any section, where rules are
 * urgent.
 *
 * Return: 0 (mistakes are in @diags), or -ENOMEM: the set is then only fit to be freed.
 */
int keywords_add_file(struct keywords *keywords, const char *name, const char *bytes, size_t size,
                      struct diag_list *diags);

size_t keywords_feed_count(const struct keywords *keywords);
const struct keywords_feed *keywords_feed(const struct keywords *keywords, size_t index);

size_t keywords_rule_count(const struct keywords *keywords);
struct keyword_rule keywords_rule(const struct keywords *keywords, size_t index);

// How many bytes stand before the rule in its line: text[-indent] begins the line.
size_t keywords_indent(const struct keywords *keywords, const struct keyword_rule *rule);

/**
 * keywords_bytes() - what stands at a place in the files' bytes
 * @place: of a rule, which ends with a NUL, or of something else; 24 bits
 *
 * Four bytes less than a pointer: of a rule's phrases nothing else is kept by the matcher.
 *
 * Return: terminated; borrowed.
 */
const char *keywords_bytes(const struct keywords *keywords, size_t place);

// Index of the rule that has this place in its text.
size_t keywords_rule_at(const struct keywords *keywords, size_t place);

size_t keywords_selftest_count(const struct keywords *keywords);
const struct keywords_selftest *keywords_selftest(const struct keywords *keywords, size_t index);

// Name of tag @index (0..63) without '@'; NULL when there is no such tag.
const char *keywords_tag_name(const struct keywords *keywords, size_t index);

#endif
