// SPDX-License-Identifier: MIT
//
// keywords_parser.h - what the files that read keywords share; nobody else includes it.

#ifndef CORE_KEYWORDS_PARSER_H
#define CORE_KEYWORDS_PARSER_H

#include "core/text/arena.h"
#include "core/keywords/keywords.h"
#include "core/keywords/rule.h"
#include "core/keywords/setting.h"

// The names of sections; [feeds] is the first.
enum { KEYWORDS_SECTION_COUNT = 6 };
extern const char *const KEYWORDS_SECTIONS[KEYWORDS_SECTION_COUNT];

// What the lines below the last section head are.
enum keywords_place { KEYWORDS_IN_RULES, KEYWORDS_IN_FEEDS };

/**
 * struct keywords_parser - the reading of one file
 * @set:     what good lines are added to
 * @arena:   where strings of @set are put
 * @diags:   what is wrong
 * @line:    the present line; its start and size are set by keywords_at()
 * @where:   what its section is for
 * @is_lost: the head was wrong: lines are read for the mistakes in them, and not kept
 * @section: its section; NULL in [feeds] and when lost
 * @rule:    working memory
 */
struct keywords_parser {
    struct keywords *set;
    struct arena *arena;
    struct diag_list *diags;
    struct diag_place line;
    enum keywords_place where;
    bool is_lost;
    const struct keywords_section *section;
    struct rule *rule;
};

/**
 * keywords_at() - a place in the present line, for a complaint
 * @start: byte offset in the line; SIZE_MAX = the line as a whole
 * @size:  bytes
 *
 * Return: the place; borrowed, good until the next call.
 */
const struct diag_place *keywords_at(struct keywords_parser *parser, size_t start, size_t size);

/**
 * keywords_wrong() - complain of a mistake in the present line
 * @start: as of keywords_at(), and @size
 * @mend, @format: as of diag_add()
 */
void keywords_wrong(struct keywords_parser *parser, size_t start, size_t size, const char *mend,
                    const char *format, ...) __attribute__((format(printf, 5, 6)));

/**
 * keywords_tag() - the bit of a tag, which becomes known by being asked for
 * Return: 0, or -EINVAL after a complaint: no name, or too many tags; or -ENOMEM.
 */
int keywords_tag(struct keywords_parser *parser, const char *name, size_t size, uint64_t *ret_bit);

// Complains when blanks stand around the '=' of a setting, and steps over all of it; see
// setting_is_torn().
bool keywords_is_torn(struct keywords_parser *parser, size_t size, size_t *at,
                      struct setting *setting);

// Reads a "[...]" line: sets @where and @section. Return: 0 or -ENOMEM.
int keywords_read_head(struct keywords_parser *parser);

/**
 * struct keywords_feed_line - a line of [feeds], read
 * @url:      its address; not terminated: it stands in the line
 * @url_size: its bytes; 0 = the line is no good
 * @settings: what else it says
 */
struct keywords_feed_line {
    const char *url;
    size_t url_size;
    struct keywords_settings settings;
};

// Reads a line of [feeds]. Return: 0 or -ENOMEM.
int keywords_read_feed(struct keywords_parser *parser, struct keywords_feed_line *ret);

// Reads all lines of a file's bytes. Return: 0 or -ENOMEM.
int keywords_read_lines(struct keywords_parser *parser, const char *bytes, size_t size);

// Adds to the set the rule just parsed, or complains that there are too many. Return: 0 or -ENOMEM.
int keywords_keep_rule(struct keywords_parser *parser);

// Adds a feed just read, or complains that there are too many. Return: 0 or -ENOMEM.
int keywords_keep_feed(struct keywords_parser *parser, const struct keywords_feed_line *line);

// Adds a self-test. Return: 0 or -ENOMEM.
int keywords_keep_selftest(struct keywords_parser *parser, const struct keywords_selftest *test);

#endif
