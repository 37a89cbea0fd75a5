// SPDX-License-Identifier: MIT
//
// Owns the files' bytes, the feeds and the rules' places. Lines are told apart in keywords_line.c,
// those of [feeds] and the heads of sections read in keywords_feed.c and keywords_head.c, a rule in
// rule.c.
//
// A rule is kept as twelve bytes: where its text begins in its file, its line, and its scope. A
// scope is what many rules share: file, section, and the tags before the rule. The byte behind a
// rule's text is made a NUL, so that the text is a string where it stands.

#include "core/keywords.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/keywords_parser.h"
#include "wirebell/limits.h"

// Feeds, section heads, names: a small part of what the files take.
enum { ARENA_MAX = 64 << 20, SCOPES_MAX = UINT16_MAX };

struct file {
    char *name;  // owned
    char *bytes; // owned, terminated
};

struct scope {
    const struct keywords_section *section;
    uint64_t tags;
    size_t file;
};

struct record {
    uint32_t text; // offset in the file's bytes
    uint32_t line;
    uint16_t scope;
};

struct keywords {
    struct arena *arena; // owned
    struct file *files;
    size_t file_count;
    struct keywords_feed *feeds;
    size_t feed_count;
    size_t feed_room;
    struct scope *scopes;
    size_t scope_count;
    size_t scope_room;
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
    for (size_t i = 0; i < keywords->file_count; i++) {
        free(keywords->files[i].name);
        free(keywords->files[i].bytes);
    }
    free(keywords->files);
    free(keywords->feeds);
    free(keywords->scopes);
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
        keywords_complain(keywords_at(parser, start - 1, 1), DIAG_ERROR, NULL,
                          "expected a tag behind '@'");
        return -EINVAL;
    }
    for (size_t i = 0; i < set->tag_count; i++) {
        if (strlen(set->tags[i]) == size && memcmp(set->tags[i], name, size) == 0) {
            *ret_bit = UINT64_C(1) << i;
            return 0;
        }
    }
    if (set->tag_count == LIMIT_TAGS_MAX) {
        keywords_complain(keywords_at(parser, start, size), DIAG_ERROR, NULL,
                          "there can be at most %d different tags", LIMIT_TAGS_MAX);
        return -EINVAL;
    }
    const char *copy = arena_copy(parser->arena, name, size);
    if (!copy)
        return -ENOMEM;
    *ret_bit = UINT64_C(1) << set->tag_count;
    set->tags[set->tag_count++] = copy;
    return 0;
}

// --- what is kept
// -----------------------------------------------------------------------------------

// Rules with the same section and tags share a scope; the last ones made are the likely ones.
static int find_scope(struct keywords_parser *parser, uint64_t tags, uint16_t *ret) {
    struct keywords *set = parser->set;
    enum { LOOK_BACK = 64 };
    const size_t oldest = set->scope_count > LOOK_BACK ? set->scope_count - LOOK_BACK : 0;
    for (size_t i = set->scope_count; i-- > oldest;) {
        if (set->scopes[i].section == parser->section && set->scopes[i].tags == tags) {
            *ret = (uint16_t)i;
            return 0;
        }
    }
    if (set->scope_count == SCOPES_MAX) {
        keywords_complain(keywords_at(parser, SIZE_MAX, 0), DIAG_ERROR, NULL,
                          "there are more than %d sections and combinations of tags", SCOPES_MAX);
        return -EINVAL;
    }
    struct scope *scopes =
        reserve(set->scopes, set->scope_count, &set->scope_room, sizeof *set->scopes);
    if (!scopes)
        return -ENOMEM;
    set->scopes = scopes;
    scopes[set->scope_count] = (struct scope){parser->section, tags, set->file_count - 1};
    *ret = (uint16_t)set->scope_count++;
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

int keywords_keep_rule(struct keywords_parser *parser) {
    struct keywords *set = parser->set;
    if (set->rule_count == LIMIT_RULES_MAX) {
        keywords_complain(keywords_at(parser, SIZE_MAX, 0), DIAG_ERROR, NULL,
                          "there can be at most %d rules; this one is left out", LIMIT_RULES_MAX);
        return 0;
    }
    uint64_t tags;
    uint16_t scope;
    int r = collect_tags(parser, &tags);
    if (r == 0)
        r = find_scope(parser, tags, &scope);
    if (r != 0)
        return r == -ENOMEM ? r : 0;
    struct record *rules = reserve(set->rules, set->rule_count, &set->rule_room, sizeof *rules);
    if (!rules)
        return -ENOMEM;
    set->rules = rules;
    char *bytes = set->files[set->file_count - 1].bytes;
    const size_t text = (size_t)(parser->rule->text - bytes);
    bytes[text + parser->rule->size] = '\0';
    rules[set->rule_count++] = (struct record){(uint32_t)text, parser->line.line, scope};
    return 0;
}

int keywords_keep_feed(struct keywords_parser *parser, const struct keywords_feed *feed) {
    struct keywords *set = parser->set;
    if (set->feed_count == LIMIT_FEEDS_MAX) {
        keywords_complain(keywords_at(parser, SIZE_MAX, 0), DIAG_ERROR, NULL,
                          "there can be at most %d feeds; this one is left out", LIMIT_FEEDS_MAX);
        return 0;
    }
    struct keywords_feed *feeds =
        reserve(set->feeds, set->feed_count, &set->feed_room, sizeof *feeds);
    if (!feeds)
        return -ENOMEM;
    set->feeds = feeds;
    feeds[set->feed_count++] = *feed;
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

static int keep_file(struct keywords *keywords, const char *name, const char *bytes, size_t size) {
    struct file *files = realloc(keywords->files, (keywords->file_count + 1) * sizeof *files);
    if (!files)
        return -ENOMEM;
    keywords->files = files;
    struct file file = {strdup(name), malloc(size + 1)};
    if (!file.name || !file.bytes) {
        free(file.name);
        free(file.bytes);
        return -ENOMEM;
    }
    memcpy(file.bytes, bytes, size);
    file.bytes[size] = '\0';
    files[keywords->file_count++] = file;
    return 0;
}

// Gives back the room that was made for more rules than came.
static void trim_rules(struct keywords *keywords) {
    const size_t count = keywords->rule_count;
    struct record *rules = count > 0 ? realloc(keywords->rules, count * sizeof *rules) : NULL;
    if (rules) {
        keywords->rules = rules;
        keywords->rule_room = count;
    }
}

// Complaints about the file as a whole. True when it is fit to be read.
static bool check_file(const char *name, const char *bytes, size_t size, struct diag_list *diags) {
    const struct diag_place place = {.file = name};
    if (size > LIMIT_KEYWORDS_FILE_MAX) {
        diag_add(diags, DIAG_ERROR, &place, "make it several files in the folder of drop-ins",
                 "the file is larger than %u bytes", LIMIT_KEYWORDS_FILE_MAX);
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
    if (!check_file(name, bytes, size, diags))
        return 0;
    if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        size -= 3;
    }
    const int r = keep_file(keywords, name, bytes, size);
    if (r != 0)
        return r;
    const struct file *file = &keywords->files[keywords->file_count - 1];
    struct keywords_section *section = arena_alloc(keywords->arena, sizeof *section);
    struct rule *rule = malloc(sizeof *rule);
    if (!section || !rule) {
        free(rule);
        return -ENOMEM;
    }
    *section = (struct keywords_section){.level = LEVEL_URGENT,
                                         .name = "",
                                         .lamp = ROLE_COUNT,
                                         .from_min = -1,
                                         .until_min = -1,
                                         .file = file->name};
    struct keywords_parser parser = {
        .set = keywords,
        .arena = keywords->arena,
        .diags = diags,
        .line = {.file = file->name},
        .where = KEYWORDS_IN_RULES,
        .section = section,
        .rule = rule,
    };
    const int result = keywords_read_lines(&parser, file->bytes, size);
    free(rule);
    trim_rules(keywords);
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
    const struct scope *scope = &keywords->scopes[record->scope];
    const struct file *file = &keywords->files[scope->file];
    size_t indent = 0;
    const char *text = file->bytes + record->text;
    // The line before ends in its newline, or in the NUL that was put there behind its rule.
    while (indent < record->text && text[-1 - (ptrdiff_t)indent] != '\n' &&
           text[-1 - (ptrdiff_t)indent] != '\0')
        indent++;
    return (struct keyword_rule){
        .text = text,
        .indent = indent,
        .file = file->name,
        .line = record->line,
        .level = scope->section->level,
        .section = scope->section,
        .tags = scope->tags,
    };
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
