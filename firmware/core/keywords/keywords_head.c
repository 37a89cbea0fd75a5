// SPDX-License-Identifier: MIT
//
// A "[...]" line: [feeds], [never], or a level with what is said of its rules.

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/matcher/chars.h"
#include "core/keywords/keywords_parser.h"
#include "wirebell/limits.h"

// The settings of a section. Each reads its value into the section: 0, or -EINVAL when the value
// is not as @expected says, or -ENOMEM.
struct head_setting {
    const char *key;
    const char *expected;
    int (*read)(struct keywords_parser *parser, const struct setting *setting,
                struct keywords_section *section);
};

static bool value_is(const struct setting *setting, const char *value) {
    return strlen(value) == setting->value_size &&
           memcmp(value, setting->value, setting->value_size) == 0;
}

static int read_name(struct keywords_parser *parser, const struct setting *setting,
                     struct keywords_section *section) {
    section->name = arena_copy(parser->arena, setting->value, setting->value_size);
    return section->name ? 0 : -ENOMEM;
}

static int read_lamp(struct keywords_parser *parser, const struct setting *setting,
                     struct keywords_section *section) {
    static const struct {
        const char *name;
        enum board_role role;
    } LAMPS[] = {{"red", ROLE_RED}, {"amber", ROLE_AMBER}, {"green", ROLE_GREEN}};
    (void)parser;
    for (size_t i = 0; i < sizeof LAMPS / sizeof LAMPS[0]; i++) {
        if (value_is(setting, LAMPS[i].name)) {
            section->lamp = LAMPS[i].role;
            return 0;
        }
    }
    return -EINVAL;
}

static int read_sound(struct keywords_parser *parser, const struct setting *setting,
                      struct keywords_section *section) {
    (void)parser;
    section->is_silent = value_is(setting, "off");
    return section->is_silent || value_is(setting, "on") ? 0 : -EINVAL;
}

static int read_cooldown(struct keywords_parser *parser, const struct setting *setting,
                         struct keywords_section *section) {
    (void)parser;
    return setting_duration(setting->value, setting->value_size, &section->cooldown_s);
}

static int read_hours(struct keywords_parser *parser, const struct setting *setting,
                      struct keywords_section *section) {
    (void)parser;
    return setting_hours(setting->value, setting->value_size, &section->from_min,
                         &section->until_min);
}

static const struct head_setting SETTINGS[] = {
    {"name", "name=\"EU cyber\"", read_name},
    {"lamp", "lamp=red, lamp=amber or lamp=green", read_lamp},
    {"sound", "sound=off or sound=on", read_sound},
    {"cooldown", "a time such as cooldown=30m or cooldown=2h", read_cooldown},
    {"hours", "two times of day such as hours=07:00-23:00", read_hours},
};

static int take(struct keywords_parser *parser, const struct setting *setting,
                struct keywords_section *section) {
    if (setting_is(setting, "@")) {
        uint64_t bit;
        const int r = keywords_tag(parser, setting->value, setting->value_size, &bit);
        if (r == 0)
            section->tags |= bit;
        return r;
    }
    for (size_t i = 0; i < sizeof SETTINGS / sizeof SETTINGS[0]; i++) {
        if (!setting->value || !setting_is(setting, SETTINGS[i].key))
            continue;
        const int r = SETTINGS[i].read(parser, setting, section);
        if (r == -EINVAL)
            keywords_wrong(parser, setting->start, setting->size, NULL, "expected %s",
                           SETTINGS[i].expected);
        return r;
    }
    keywords_wrong(parser, setting->start, setting->size,
                   setting->value ? NULL
                                  : "a tag is written @bbc, a value of several words in quotes: "
                                    "name=\"EU cyber\"",
                   "expected name=, lamp=, sound=off, cooldown=, hours= or @tag");
    return -EINVAL;
}

// --- the name of the section -----------------------------------------------------------------

const char *const KEYWORDS_SECTIONS[KEYWORDS_SECTION_COUNT] = {"feeds",  "flash",   "bulletin",
                                                               "urgent", "routine", "never"};

// The known name that most of the typed one agrees with, from both ends; NULL when none is near.
static const char *nearest_name(const struct setting *name) {
    for (size_t i = 0; i < KEYWORDS_SECTION_COUNT; i++) {
        const size_t size = strlen(KEYWORDS_SECTIONS[i]);
        const size_t shorter = size < name->key_size ? size : name->key_size;
        size_t same = 0, back = 0;
        while (same < shorter && (name->key[same] | 0x20) == KEYWORDS_SECTIONS[i][same])
            same++;
        while (back < shorter - same && (name->key[name->key_size - 1 - back] | 0x20) ==
                                            KEYWORDS_SECTIONS[i][size - 1 - back])
            back++;
        if (same + back + 2 >= size && same + back + 2 >= name->key_size && same + back >= 3)
            return KEYWORDS_SECTIONS[i];
    }
    return NULL;
}

static void complain_of_name(struct keywords_parser *parser, const struct setting *name) {
    const char *nearest = nearest_name(name);
    const bool has_comma = memchr(name->key, ',', name->key_size) != NULL;
    char guess[64] = "";
    if (nearest)
        (void)snprintf(guess, sizeof guess, "did you mean [%s]?", nearest);
    if (nearest && strcmp(nearest, KEYWORDS_SECTIONS[0]) == 0)
        parser->where = KEYWORDS_IN_FEEDS;
    keywords_wrong(parser, name->start, name->key_size,
                   has_comma ? "put blanks, not commas, between name and settings" : guess,
                   "no section is called so: there are [feeds], [flash], [bulletin], [urgent], "
                   "[routine] and [never]; the lines below are left out");
}

// Sets where and section for the name. Return: 0, -EINVAL after a complaint, -ENOMEM.
static int open_section(struct keywords_parser *parser, const struct setting *name,
                        struct keywords_section **ret) {
    char text[16] = "";
    if (!name->value && name->key_size < sizeof text)
        memcpy(text, name->key, name->key_size);
    enum level level = LEVEL_URGENT;
    const bool is_never = strcmp(text, "never") == 0;
    if (strcmp(text, KEYWORDS_SECTIONS[0]) == 0) {
        parser->where = KEYWORDS_IN_FEEDS;
        parser->is_lost = false;
        *ret = NULL;
        return 0;
    }
    if (!is_never && level_parse(text, &level) != 0) {
        complain_of_name(parser, name);
        return -EINVAL;
    }
    struct keywords_section *section = arena_alloc(parser->arena, sizeof *section);
    if (!section)
        return -ENOMEM;
    *section = (struct keywords_section){
        .level = level,
        .is_never = is_never,
        .name = "",
        .lamp = ROLE_COUNT,
        .from_min = -1,
        .until_min = -1,
        .file = parser->line.file,
        .line = parser->line.line,
        .place = (uint32_t)(parser->line.source - keywords_bytes(parser->set, 0)),
    };
    parser->is_lost = false;
    parser->section = *ret = section;
    return 0;
}

// Where the head's ']' is, behind which only a comment may stand; SIZE_MAX after a complaint.
static size_t find_close(struct keywords_parser *parser) {
    const char *line = parser->line.source;
    const size_t size = parser->line.source_size, start = parser->line.start;
    bool is_quoted = false;
    for (size_t at = start; at < size; at++) {
        if (line[at] == '"')
            is_quoted = !is_quoted;
        if (line[at] != ']' || is_quoted)
            continue;
        size_t behind = at + 1;
        struct setting rest;
        if (setting_next(line, size, &behind, &rest) == SETTING_END)
            return at;
        keywords_wrong(parser, rest.start, rest.size, "put it on the next line",
                       "expected the end of the line behind ']'");
        return SIZE_MAX;
    }
    keywords_wrong(parser, start, 1, is_quoted ? "close the quote as well" : "add ']' at the end",
                   "this '[' is not closed; the lines below are left out");
    return SIZE_MAX;
}

int keywords_read_head(struct keywords_parser *parser) {
    parser->where = KEYWORDS_IN_RULES;
    parser->is_lost = true;
    parser->section = NULL;
    size_t at = parser->line.start + 1;
    const size_t close = find_close(parser);
    if (close == SIZE_MAX)
        return 0;
    struct setting word;
    if (setting_next(parser->line.source, close, &at, &word) != 0) {
        keywords_wrong(parser, parser->line.start, close + 1 - parser->line.start, NULL,
                       "expected the name of a section between '[' and ']'");
        return 0;
    }
    struct keywords_section *section;
    int r = open_section(parser, &word, &section);
    if (r != 0)
        return r == -ENOMEM ? r : 0;
    while ((r = setting_next(parser->line.source, close, &at, &word)) != SETTING_END) {
        if (r == SETTING_UNCLOSED || !section) {
            keywords_wrong(parser, word.start, word.size, NULL,
                           section ? "this quote is not closed"
                                   : "[feeds] takes no settings; they stand behind an address");
            continue;
        }
        if (keywords_is_torn(parser, close, &at, &word))
            continue;
        if (take(parser, &word, section) == -ENOMEM)
            return -ENOMEM;
    }
    return 0;
}
