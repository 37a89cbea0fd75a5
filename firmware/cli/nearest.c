// SPDX-License-Identifier: MIT

#include "cli/nearest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/highlight.h"
#include "cli/json.h"
#include "core/keywords/rule.h"

// Of so many rules that matched nothing more is said than their number.
enum { SHOWN_MAX = 10 };

// How far a rule got with the story that it got farthest with.
struct watched {
    char *title; // owned; NULL until something was found
    uint32_t rule;
    uint32_t found;   // its requirements found there
    uint32_t holding; // how many of them hold
    bool is_met;
    bool is_other_feed; // all hold, but the feed has not the tag
};

struct nearest {
    const struct keywords *keywords;
    struct matcher *matcher;
    struct rule *rule; // working memory, as is all below but @items
    const struct story *story;
    uint64_t feed_tags;
    int result;
    struct watched *items; // one a rule; owned
};

int nearest_new(const struct keywords *keywords, struct matcher *matcher, struct nearest **ret) {
    struct nearest *nearest = calloc(1, sizeof *nearest);
    if (!nearest)
        return -ENOMEM;
    nearest->keywords = keywords;
    nearest->matcher = matcher;
    nearest->rule = malloc(sizeof *nearest->rule);
    const size_t count = keywords_rule_count(keywords);
    nearest->items = calloc(count + 1, sizeof *nearest->items);
    if (!nearest->rule || !nearest->items) {
        nearest_free(nearest);
        return -ENOMEM;
    }
    for (size_t i = 0; i < count; i++)
        nearest->items[i].rule = (uint32_t)i;
    *ret = nearest;
    return 0;
}

struct nearest *nearest_free(struct nearest *nearest) {
    if (!nearest)
        return NULL;
    for (size_t i = 0; nearest->items && i < keywords_rule_count(nearest->keywords); i++)
        free(nearest->items[i].title);
    free(nearest->items);
    free(nearest->rule);
    free(nearest);
    return NULL;
}

// Fills the working memory. False when there is nothing to read, which cannot be.
static bool read_rule(struct nearest *nearest, size_t index) {
    const char *text = keywords_rule(nearest->keywords, index).text;
    const struct diag_place line = {.source = text, .source_size = strlen(text)};
    return rule_parse(&line, NULL, nearest->rule) == 0;
}

static bool holds(const struct rule *rule, uint32_t found, size_t requirement) {
    return (found >> requirement & 1) != rule->requirements[requirement].is_excluded;
}

static bool is_for(const struct keyword_rule *written, uint64_t tags) {
    return (written->tags == 0 || (written->tags & tags)) &&
           (written->section->tags == 0 || (written->section->tags & tags));
}

static void on_found(size_t index, uint32_t found, void *userdata) {
    struct nearest *nearest = userdata;
    struct watched *watched = &nearest->items[index];
    if (watched->is_met || !read_rule(nearest, index))
        return;
    const struct rule *rule = nearest->rule;
    uint32_t holding = 0;
    for (size_t i = 0; i < rule->requirement_count; i++)
        holding += holds(rule, found, i);
    const struct keyword_rule written = keywords_rule(nearest->keywords, index);
    const bool holds_all = holding == rule->requirement_count;
    watched->is_met = holds_all && is_for(&written, nearest->feed_tags);
    if (watched->is_met || holding <= watched->holding)
        return;
    char *title = strdup(nearest->story->title);
    if (!title) {
        nearest->result = -ENOMEM;
        return;
    }
    free(watched->title);
    watched->title = title;
    watched->found = found;
    watched->holding = holding;
    watched->is_other_feed = holds_all;
}

int nearest_look(struct nearest *nearest, const struct story *story, uint64_t feed_tags) {
    nearest->story = story;
    nearest->feed_tags = feed_tags;
    const int r = matcher_look(nearest->matcher, story, on_found, nearest);
    return r != 0 ? r : nearest->result;
}

// --- showing ---------------------------------------------------------------------------------

static void print_watched(struct nearest *nearest, const struct watched *watched) {
    const struct keyword_rule written = keywords_rule(nearest->keywords, watched->rule);
    printf("%s:%u: %s\n", written.file, written.line, written.text);
    if (!watched->title) {
        puts("    nothing of it was found in any story");
        return;
    }
    fputs("    nearest: ", stdout);
    highlight_print_clean(watched->title, strlen(watched->title));
    putchar('\n');
    if (watched->is_other_feed)
        puts("    all of it is there, but the feed has not the tag");
    if (!read_rule(nearest, watched->rule))
        return;
    for (size_t i = 0; i < nearest->rule->requirement_count; i++) {
        const struct rule_requirement *requirement = &nearest->rule->requirements[i];
        if (holds(nearest->rule, watched->found, i))
            continue;
        fputs(requirement->is_excluded ? "    unwanted, but there: " : "    not found: ", stdout);
        highlight_print_clean(requirement->text, requirement->size);
        putchar('\n');
    }
}

static int compare_watched(const void *left, const void *right) {
    const struct watched *a = left, *b = right;
    if (a->holding != b->holding)
        return a->holding > b->holding ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule);
}

// A rule of [never] that matches nothing is all right.
static bool is_silent(const struct nearest *nearest, const struct watched *watched) {
    return !watched->is_met && !keywords_rule(nearest->keywords, watched->rule).section->is_never;
}

void nearest_print(struct nearest *nearest) {
    const size_t count = keywords_rule_count(nearest->keywords);
    size_t silent = 0;
    qsort(nearest->items, count, sizeof *nearest->items, compare_watched);
    for (size_t i = 0; i < count; i++) {
        if (!is_silent(nearest, &nearest->items[i]))
            continue;
        if (silent == 0)
            puts("\nmatched nothing:");
        if (silent++ < SHOWN_MAX)
            print_watched(nearest, &nearest->items[i]);
    }
    if (silent > SHOWN_MAX)
        printf("... and %zu more rules\n", silent - SHOWN_MAX);
}

void nearest_print_json(struct nearest *nearest) {
    for (size_t i = 0; i < keywords_rule_count(nearest->keywords); i++) {
        const struct watched *watched = &nearest->items[i];
        if (!is_silent(nearest, watched))
            continue;
        const struct keyword_rule written = keywords_rule(nearest->keywords, watched->rule);
        json_write_member(stdout, '{', "rule", written.text);
        json_write_member(stdout, ',', "rule_file", written.file);
        json_write_number(stdout, "rule_line", written.line);
        json_write_member(stdout, ',', "nearest", watched->title ? watched->title : "");
        fputs(",\"lacks\":[", stdout);
        const char *separator = "";
        for (size_t j = 0;
             read_rule(nearest, watched->rule) && j < nearest->rule->requirement_count; j++) {
            const struct rule_requirement *requirement = &nearest->rule->requirements[j];
            char *text = strndup(requirement->text, requirement->size);
            if (text && !holds(nearest->rule, watched->found, j)) {
                fputs(separator, stdout);
                json_write_string(stdout, text);
                separator = ",";
            }
            free(text);
        }
        puts("]}");
    }
}
