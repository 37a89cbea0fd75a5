// SPDX-License-Identifier: MIT

#include "cli/try.h"

#include <stdio.h>

#include "cli/describe.h"
#include "cli/highlight.h"
#include "cli/json.h"

static void print_ring(const struct try *try, const struct try_ring *ring) {
    fputs("  ", stdout);
    highlight_print(ring->title, &ring->match, MATCH_TITLE, try->has_colour);
    if (ring->text[0]) {
        fputs("\n    ", stdout);
        highlight_print(ring->text, &ring->match, MATCH_TEXT, try->has_colour);
    }
    if (ring->link[0]) {
        fputs("\n    ", stdout);
        highlight_print(ring->link, &ring->match, MATCH_LINK, try->has_colour);
    }
    printf("\n    %s:%u: %s\n", ring->rule.file, ring->rule.line, ring->rule.text);
    if (ring->disposition != DISPOSITION_RANG)
        printf("    %s: %s\n", disposition_name(ring->disposition),
               describe_silence(ring->disposition));
}

// How often a day that would be, where the dates of the stories span long enough to tell.
static void print_rate(const struct try *try, size_t rings) {
    const int64_t day_s = 86400;
    if (rings == 0 || try->oldest_s > try->newest_s || try->newest_s - try->oldest_s < day_s)
        return;
    const double days = (double)(try->newest_s - try->oldest_s) / (double)day_s;
    printf("about %.1f a day, by the dates of these stories (%.0f days)\n", (double)rings / days,
           days);
}

static void print_held_back(const struct try *try) {
    size_t count = 0;
    for (size_t i = 0; i < DISPOSITION_COUNT; i++)
        count += try->held_back[i];
    if (count == 0)
        return;
    printf("%zu more met a rule and would not have rung", count);
    const char *separator = ": ";
    for (size_t i = 0; i < DISPOSITION_COUNT; i++) {
        if (try->held_back[i] == 0)
            continue;
        printf("%s%zu %s", separator, try->held_back[i], disposition_name((enum disposition)i));
        separator = ", ";
    }
    putchar('\n');
}

static void print_summary(const struct try *try, size_t rings) {
    if (try->story_count == 0)
        return;
    printf("%zu of %zu stor%s would ring", rings, try->story_count,
           try->story_count == 1 ? "y" : "ies");
    const char *separator = ": ";
    for (unsigned level = LEVEL_COUNT; level-- > 0;) {
        if (try->ring_count[level] == 0)
            continue;
        printf("%s%zu %s", separator, try->ring_count[level], level_name(level));
        separator = ", ";
    }
    putchar('\n');
    print_rate(try, rings);
    print_held_back(try);
    if (try->silenced_count > 0)
        printf("%zu kept silent by [never]\n", try->silenced_count);
    if (try->left_out_count > 0)
        printf("%zu of them are not shown\n", try->left_out_count);
}

static void print_ring_json(const struct try *try, const struct try_ring *ring) {
    json_write_member(stdout, '{', "level", level_name(ring->rule.level));
    json_write_member(stdout, ',', "rule", ring->rule.text);
    json_write_member(stdout, ',', "rule_file", ring->rule.file);
    json_write_number(stdout, "rule_line", ring->rule.line);
    json_write_member(stdout, ',', "feed", ring->source);
    json_write_member(stdout, ',', "title", ring->title);
    json_write_member(stdout, ',', "link", ring->link);
    if (try->triage)
        json_write_member(stdout, ',', "disposition", disposition_name(ring->disposition));
    printf(",%s}\n", ring->found);
}

size_t try_print_json(const struct try *try) {
    size_t rings = 0;
    for (unsigned level = LEVEL_COUNT; level-- > 0;) {
        for (const struct try_ring *ring = try->first[level]; ring; ring = ring->next)
            print_ring_json(try, ring);
        rings += try->ring_count[level];
    }
    nearest_print_json(try->nearest);
    printf("{\"stories\":%zu,\"rings\":%zu,\"silenced\":%zu}\n", try->story_count, rings,
           try->silenced_count);
    return rings;
}

size_t try_print(const struct try *try) {
    size_t rings = 0;
    for (unsigned level = LEVEL_COUNT; level-- > 0;) {
        if (!try->first[level])
            continue;
        puts(level_name(level));
        for (const struct try_ring *ring = try->first[level]; ring; ring = ring->next)
            print_ring(try, ring);
        putchar('\n');
        rings += try->ring_count[level];
    }
    print_summary(try, rings);
    if (try->story_count > 0)
        nearest_print(try->nearest);
    return rings;
}
