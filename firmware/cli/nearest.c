// SPDX-License-Identifier: MIT

#include "cli/nearest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/json.h"
#include "core/keywords/rule.h"

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

// Titles come from far away: what moves a cursor is left out.
static void print_plain(FILE *out, const char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        (void)fputc((unsigned char)text[i] < 0x20 || text[i] == 0x7F ? ' ' : text[i], out);
}

static void print_watched(struct nearest *nearest, FILE *out, const struct watched *watched) {
    const struct keyword_rule written = keywords_rule(nearest->keywords, watched->rule);
    (void)fprintf(out, "%s:%u: %s\n", written.file, written.line, written.text);
    if (!watched->title) {
        (void)fputs("    nothing of it was found in any story\n", out);
        return;
    }
    (void)fputs("    nearest: ", out);
    print_plain(out, watched->title, strlen(watched->title));
    (void)fputc('\n', out);
    if (watched->is_other_feed)
        (void)fputs("    all of it is there, but the feed has not the tag\n", out);
    if (!read_rule(nearest, watched->rule))
        return;
    for (size_t i = 0; i < nearest->rule->requirement_count; i++) {
        const struct rule_requirement *requirement = &nearest->rule->requirements[i];
        if (holds(nearest->rule, watched->found, i))
            continue;
        (void)fputs(requirement->is_excluded ? "    unwanted, but there: " : "    not found: ",
                    out);
        print_plain(out, requirement->text, requirement->size);
        (void)fputc('\n', out);
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

void nearest_print(struct nearest *nearest, FILE *out, size_t max) {
    const size_t count = keywords_rule_count(nearest->keywords);
    size_t silent = 0;
    qsort(nearest->items, count, sizeof *nearest->items, compare_watched);
    for (size_t i = 0; i < count; i++) {
        if (!is_silent(nearest, &nearest->items[i]))
            continue;
        if (silent == 0)
            (void)fputs("\nmatched nothing:\n", out);
        if (silent++ < max)
            print_watched(nearest, out, &nearest->items[i]);
    }
    if (silent > max)
        (void)fprintf(out, "... and %zu more rules\n", silent - max);
}

void nearest_print_json(struct nearest *nearest, FILE *out) {
    for (size_t i = 0; i < keywords_rule_count(nearest->keywords); i++) {
        const struct watched *watched = &nearest->items[i];
        if (!is_silent(nearest, watched))
            continue;
        const struct keyword_rule written = keywords_rule(nearest->keywords, watched->rule);
        json_write_member(out, '{', "rule", written.text);
        json_write_member(out, ',', "rule_file", written.file);
        json_write_number(out, "rule_line", written.line);
        json_write_member(out, ',', "nearest", watched->title ? watched->title : "");
        (void)fputs(",\"lacks\":[", out);
        const char *separator = "";
        for (size_t j = 0;
             read_rule(nearest, watched->rule) && j < nearest->rule->requirement_count; j++) {
            const struct rule_requirement *requirement = &nearest->rule->requirements[j];
            char *text = strndup(requirement->text, requirement->size);
            if (text && !holds(nearest->rule, watched->found, j)) {
                (void)fputs(separator, out);
                json_write_string(out, text);
                separator = ",";
            }
            free(text);
        }
        (void)fputs("]}\n", out);
    }
}
