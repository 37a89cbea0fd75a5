// SPDX-License-Identifier: MIT
//
// Owns the files' bytes, the feeds and the rules' places. Lines are told apart in keywords_line.c,
// those of [feeds] and the heads of sections read in keywords_feed.c and keywords_head.c, a rule in
// rule.c.
//
// All files stand one behind the other in one piece of memory, so that a number of 24 bits names a
// place in them. A rule is kept as such a place. Its line and its scope (section, tags before the
// rule) follow from the run it is in: rules of one scope in lines that follow each other, but for
// up to 127 lines of comments and the like. The byte behind a rule's text is made a NUL, so that
// the text is a string where it stands; so is that behind a feed's address.

#include "core/keywords/keywords.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/matcher/chars.h"
#include "core/keywords/keywords_parser.h"
#include "wirebell/limits.h"

// Feeds, section heads, names: a small part of what the files take.
enum { ARENA_MAX = 64 << 20 };

struct scope {
    const struct keywords_section *section;
    uint64_t tags;
};

struct run {
    uint32_t rule; // the first of it
    uint32_t line; // where that stands
    uint32_t scope;
};

enum { SKIPPED_MAX = 127 };

struct record {
    uint32_t place : 24;
    uint32_t skipped : 7; // lines between the run's rules up to this one
    uint32_t is_joint : 1;
};

static_assert(LIMIT_KEYWORDS_MAX <= 1 << 24, "a place in the files has 24 bits");

struct keywords {
    struct arena *arena; // owned
    char *bytes;         // owned; the files, each with a NUL behind it
    size_t size;
    struct keywords_feed *feeds;
    size_t feed_count;
    size_t feed_room;
    struct scope *scopes;
    size_t scope_count;
    size_t scope_room;
    struct run *runs;
    size_t run_count;
    size_t run_room;
    struct record *rules;
    size_t rule_count;
    size_t rule_room;
    struct keywords_selftest *selftests;
    size_t selftest_count;
    size_t selftest_room;
    const char *tags[LIMIT_TAGS_MAX];
    size_t tag_count;
};

int keywords_new(struct keywords **ret) {
    struct keywords *keywords = calloc(1, sizeof *keywords);
    if (!keywords)
        return -ENOMEM;
    if (arena_new(ARENA_MAX, &keywords->arena) != 0) {
        free(keywords);
        return -ENOMEM;
    }
    *ret = keywords;
    return 0;
}

struct keywords *keywords_free(struct keywords *keywords) {
    if (!keywords)
        return NULL;
    free(keywords->bytes);
    free(keywords->feeds);
    free(keywords->scopes);
    free(keywords->runs);
    free(keywords->rules);
    free(keywords->selftests);
    arena_free(keywords->arena);
    free(keywords);
    return NULL;
}

// Makes room for one more of @item_size bytes. Return: the list, or NULL; then it is as it was.
static void *reserve(void *items, size_t count, size_t *room, size_t item_size) {
    if (count < *room)
        return items;
    const size_t more = *room > 0 ? *room + *room / 2 + 1 : 16;
    void *grown = realloc(items, more * item_size);
    if (grown)
        *room = more;
    return grown;
}

int keywords_tag(struct keywords_parser *parser, const char *name, size_t size, uint64_t *ret_bit) {
    struct keywords *set = parser->set;
    const size_t start = (size_t)(name - parser->line.source);
    if (size == 0) {
        keywords_wrong(parser, start - 1, 1, NULL, "expected a tag behind '@'");
        return -EINVAL;
    }
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)name[i];
        if (CHARS_FOLDED[c] || c >= 0x80 || strchr("-_.", c))
            continue;
        keywords_wrong(parser, start + i, 1, "put blanks between tags: @bbc @ncsc",
                       "expected a letter, a digit, '-', '_' or '.' in a tag");
        return -EINVAL;
    }
    for (size_t i = 0; i < set->tag_count; i++) {
        if (strlen(set->tags[i]) == size && memcmp(set->tags[i], name, size) == 0) {
            *ret_bit = UINT64_C(1) << i;
            return 0;
        }
    }
    if (set->tag_count == LIMIT_TAGS_MAX) {
        keywords_wrong(parser, start, size, NULL, "there can be at most %d different tags",
                       LIMIT_TAGS_MAX);
        return -EINVAL;
    }
    const char *copy = arena_copy(parser->arena, name, size);
    if (!copy)
        return -ENOMEM;
    *ret_bit = UINT64_C(1) << set->tag_count;
    set->tags[set->tag_count++] = copy;
    return 0;
}

// --- what is kept ----------------------------------------------------------------------------

// Rules with the same section and tags share a scope; the last ones made are the likely ones.
static int find_scope(struct keywords_parser *parser, uint64_t tags, uint32_t *ret) {
    struct keywords *set = parser->set;
    enum { LOOK_BACK = 64 };
    const size_t oldest = set->scope_count > LOOK_BACK ? set->scope_count - LOOK_BACK : 0;
    for (size_t i = set->scope_count; i-- > oldest;) {
        if (set->scopes[i].section == parser->section && set->scopes[i].tags == tags) {
            *ret = (uint32_t)i;
            return 0;
        }
    }
    struct scope *scopes =
        reserve(set->scopes, set->scope_count, &set->scope_room, sizeof *set->scopes);
    if (!scopes)
        return -ENOMEM;
    set->scopes = scopes;
    scopes[set->scope_count] = (struct scope){parser->section, tags};
    *ret = (uint32_t)set->scope_count++;
    return 0;
}

// The line a further rule of the run would be in if every line were a rule.
static uint32_t expected_line(const struct run *run, size_t rule) {
    return run->line + ((uint32_t)rule - run->rule);
}

// Makes the last run one that the next rule, in the present line, can be added to.
static int continue_run(struct keywords_parser *parser, uint32_t scope) {
    struct keywords *set = parser->set;
    const uint32_t line = parser->line.line;
    if (set->run_count > 0) {
        const struct run *last = &set->runs[set->run_count - 1];
        if (last->scope == scope && line - expected_line(last, set->rule_count) <= SKIPPED_MAX)
            return 0;
    }
    struct run *runs = reserve(set->runs, set->run_count, &set->run_room, sizeof *runs);
    if (!runs)
        return -ENOMEM;
    set->runs = runs;
    runs[set->run_count++] = (struct run){(uint32_t)set->rule_count, line, scope};
    return 0;
}

// The set of the tags before the rule.
static int collect_tags(struct keywords_parser *parser, uint64_t *ret) {
    uint64_t tags = 0;
    for (size_t i = 0; i < parser->rule->tag_count; i++) {
        uint64_t bit;
        const struct rule_tag *tag = &parser->rule->tags[i];
        const int r = keywords_tag(parser, tag->name, tag->size, &bit);
        if (r != 0)
            return r;
        tags |= bit;
    }
    *ret = tags;
    return 0;
}

// Are both halves of a pair needed, whatever the alternative?
static bool is_of_pairs(const struct rule *rule, const struct rule_requirement *requirement) {
    for (size_t i = 0; i < requirement->term_count; i++) {
        if (rule->terms[requirement->first_term + i].kind != RULE_NEAR)
            return false;
    }
    return true;
}

static bool is_joint(const struct rule *rule) {
    size_t wanted = 0;
    for (size_t i = 0; i < rule->requirement_count; i++) {
        const struct rule_requirement *requirement = &rule->requirements[i];
        if (!requirement->is_excluded)
            wanted += is_of_pairs(rule, requirement) ? 2 : 1;
    }
    return wanted > 1;
}

int keywords_keep_rule(struct keywords_parser *parser) {
    struct keywords *set = parser->set;
    if (set->rule_count == LIMIT_RULES_MAX) {
        keywords_wrong(parser, SIZE_MAX, 0, NULL,
                       "there can be at most %d rules; this one is left out", LIMIT_RULES_MAX);
        return 0;
    }
    uint64_t tags;
    uint32_t scope;
    int r = collect_tags(parser, &tags);
    if (r == 0)
        r = find_scope(parser, tags, &scope);
    if (r == 0)
        r = continue_run(parser, scope);
    if (r != 0)
        return r == -ENOMEM ? r : 0;
    struct record *rules = reserve(set->rules, set->rule_count, &set->rule_room, sizeof *rules);
    if (!rules)
        return -ENOMEM;
    set->rules = rules;
    const size_t place = (size_t)(parser->rule->text - set->bytes);
    set->bytes[place + parser->rule->size] = '\0';
    const struct run *run = &set->runs[set->run_count - 1];
    rules[set->rule_count] = (struct record){
        .place = place & 0xFFFFFF,
        .skipped = (parser->line.line - expected_line(run, set->rule_count)) & SKIPPED_MAX,
        .is_joint = is_joint(parser->rule),
    };
    set->rule_count++;
    return 0;
}

static bool is_same(const struct keywords_settings *a, const struct keywords_settings *b) {
    return a->tags == b->tags && a->every_s == b->every_s && a->file == b->file &&
           strcmp(a->title, b->title) == 0 && strcmp(a->agent, b->agent) == 0;
}

// That of the line before, if it says the same. Return: NULL without memory.
static const struct keywords_settings *keep_settings(struct keywords_parser *parser,
                                                     const struct keywords_settings *settings) {
    const struct keywords *set = parser->set;
    if (set->feed_count > 0 && is_same(set->feeds[set->feed_count - 1].settings, settings))
        return set->feeds[set->feed_count - 1].settings;
    struct keywords_settings *kept = arena_alloc(parser->arena, sizeof *kept);
    if (kept)
        *kept = *settings;
    return kept;
}

int keywords_keep_feed(struct keywords_parser *parser, const struct keywords_feed_line *line) {
    struct keywords *set = parser->set;
    if (set->feed_count == LIMIT_FEEDS_MAX) {
        keywords_wrong(parser, SIZE_MAX, 0, NULL,
                       "there can be at most %d feeds; this one is left out", LIMIT_FEEDS_MAX);
        return 0;
    }
    struct keywords_feed *feeds =
        reserve(set->feeds, set->feed_count, &set->feed_room, sizeof *feeds);
    if (!feeds)
        return -ENOMEM;
    set->feeds = feeds;
    const struct keywords_settings *settings = keep_settings(parser, &line->settings);
    if (!settings)
        return -ENOMEM;
    feeds[set->feed_count++] = (struct keywords_feed){line->url, settings, parser->line.line};
    set->bytes[(size_t)(line->url - set->bytes) + line->url_size] = '\0';
    return 0;
}

int keywords_keep_selftest(struct keywords_parser *parser, const struct keywords_selftest *test) {
    struct keywords *set = parser->set;
    struct keywords_selftest *tests =
        reserve(set->selftests, set->selftest_count, &set->selftest_room, sizeof *tests);
    if (!tests)
        return -ENOMEM;
    set->selftests = tests;
    tests[set->selftest_count++] = *test;
    return 0;
}

// --- files -----------------------------------------------------------------------------------

// Copies a file's bytes behind those of the others. Return: where they are, or NULL.
static char *keep_bytes(struct keywords *keywords, const char *bytes, size_t size) {
    char *all = malloc(keywords->size + size + 1);
    if (!all)
        return NULL;
    if (keywords->size > 0)
        memcpy(all, keywords->bytes, keywords->size);
    for (size_t i = 0; i < keywords->feed_count; i++) // their addresses stand in there
        keywords->feeds[i].url = all + (keywords->feeds[i].url - keywords->bytes);
    free(keywords->bytes);
    keywords->bytes = all;
    char *copy = all + keywords->size;
    memcpy(copy, bytes, size);
    copy[size] = '\0';
    keywords->size += size + 1;
    return copy;
}

// Gives back the room that was made for more of @item_size bytes than came. Return: the list.
static void *trim(void *items, size_t count, size_t *room, size_t item_size) {
    void *trimmed = count > 0 ? realloc(items, count * item_size) : NULL;
    if (!trimmed)
        return items;
    *room = count;
    return trimmed;
}

// Complaints about the file as a whole. True when it is fit to be read.
static bool check_file(const struct keywords *keywords, const char *name, const char *bytes,
                       size_t size, struct diag_list *diags) {
    const struct diag_place place = {.file = name};
    if (keywords->size + size > LIMIT_KEYWORDS_MAX) {
        diag_add(diags, DIAG_ERROR, &place, "take rules out, or words that say the same",
                 "with this file the keywords take more than %u bytes; it is left out",
                 LIMIT_KEYWORDS_MAX);
        return false;
    }
    const bool is_utf16 =
        size >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0);
    if (is_utf16)
        diag_add(diags, DIAG_ERROR, &place, "save the file as UTF-8", "the file is UTF-16");
    return !is_utf16;
}

int keywords_add_file(struct keywords *keywords, const char *name, const char *bytes, size_t size,
                      struct diag_list *diags) {
    if (!check_file(keywords, name, bytes, size, diags))
        return 0;
    if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        size -= 3;
    }
    const char *file = arena_copy(keywords->arena, name, strlen(name));
    struct keywords_section *section = arena_alloc(keywords->arena, sizeof *section);
    const char *copy = file && section ? keep_bytes(keywords, bytes, size) : NULL;
    struct rule *rule = copy ? malloc(sizeof *rule) : NULL;
    if (!rule)
        return -ENOMEM;
    *section = (struct keywords_section){.level = LEVEL_URGENT,
                                         .name = "",
                                         .lamp = ROLE_COUNT,
                                         .from_min = -1,
                                         .until_min = -1,
                                         .file = file};
    struct keywords_parser parser = {
        .set = keywords,
        .arena = keywords->arena,
        .diags = diags,
        .line = {.file = file},
        .where = KEYWORDS_IN_RULES,
        .section = section,
        .rule = rule,
    };
    const int result = keywords_read_lines(&parser, copy, size);
    free(rule);
    keywords->rules =
        trim(keywords->rules, keywords->rule_count, &keywords->rule_room, sizeof *keywords->rules);
    keywords->feeds =
        trim(keywords->feeds, keywords->feed_count, &keywords->feed_room, sizeof *keywords->feeds);
    return result;
}

// --- looking ---------------------------------------------------------------------------------

size_t keywords_feed_count(const struct keywords *keywords) {
    return keywords->feed_count;
}

const struct keywords_feed *keywords_feed(const struct keywords *keywords, size_t index) {
    assert(index < keywords->feed_count);
    return &keywords->feeds[index];
}

size_t keywords_rule_count(const struct keywords *keywords) {
    return keywords->rule_count;
}

struct keyword_rule keywords_rule(const struct keywords *keywords, size_t index) {
    assert(index < keywords->rule_count);
    const struct record *record = &keywords->rules[index];
    size_t run = 0; // the last that begins with this rule or before it
    for (size_t next = keywords->run_count; next - run > 1;) {
        const size_t middle = run + (next - run) / 2;
        if (keywords->runs[middle].rule <= index)
            run = middle;
        else
            next = middle;
    }
    const struct scope *scope = &keywords->scopes[keywords->runs[run].scope];
    return (struct keyword_rule){
        .text = keywords->bytes + record->place,
        .place = record->place,
        .file = scope->section->file,
        .line = expected_line(&keywords->runs[run], index) + record->skipped,
        .level = scope->section->level,
        .section = scope->section,
        .tags = scope->tags,
        .is_joint = record->is_joint,
    };
}

size_t keywords_indent(const struct keywords *keywords, const struct keyword_rule *rule) {
    size_t indent = 0;
    // The line before ends in its newline, or in the NUL that was put there behind its rule.
    while (indent < rule->place && keywords->bytes[rule->place - indent - 1] != '\n' &&
           keywords->bytes[rule->place - indent - 1] != '\0')
        indent++;
    return indent;
}

const char *keywords_bytes(const struct keywords *keywords, size_t place) {
    assert(place < keywords->size);
    return keywords->bytes + place;
}

size_t keywords_rule_at(const struct keywords *keywords, size_t place) {
    size_t rule = 0;
    for (size_t next = keywords->rule_count; next - rule > 1;) {
        const size_t middle = rule + (next - rule) / 2;
        if (keywords->rules[middle].place <= place)
            rule = middle;
        else
            next = middle;
    }
    return rule;
}

size_t keywords_selftest_count(const struct keywords *keywords) {
    return keywords->selftest_count;
}

const struct keywords_selftest *keywords_selftest(const struct keywords *keywords, size_t index) {
    assert(index < keywords->selftest_count);
    return &keywords->selftests[index];
}

const char *keywords_tag_name(const struct keywords *keywords, size_t index) {
    return index < keywords->tag_count ? keywords->tags[index] : NULL;
}
