// SPDX-License-Identifier: MIT
//
// why - the full reason of one ring, or of one silence.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/highlight.h"
#include "cli/remote.h"
#include "cli/when.h"
#include "port/system/clock.h"
#include "wirebell/match.h"

// The words found, each where it stands first: they are kept as they stand in the story.
static void find_words(const char *text, const char *words, struct match *ret) {
    ret->span_count = 0;
    while (*words && ret->span_count < LIMIT_MATCH_SPANS) {
        const char *end = strstr(words, " + ");
        const size_t size = end ? (size_t)(end - words) : strlen(words);
        const char *at = size > 0 ? memmem(text, strlen(text), words, size) : NULL;
        if (at)
            ret->spans[ret->span_count++] =
                (struct match_span){MATCH_TITLE, (uint32_t)(at - text), (uint32_t)size};
        words += end ? size + strlen(" + ") : size;
    }
}

static void print_text(const char *text, const char *words) {
    struct match match = {.rule = 0};
    if (!text[0])
        return;
    find_words(text, words, &match);
    fputs("  ", stdout);
    highlight_print(text, &match, MATCH_TITLE, highlight_has_colour());
    putchar('\n');
}

// The fields in which words were found, of spans "title:10:6 text:204:11".
static void print_fields(const char *spans) {
    bool is_named[MATCH_FIELD_COUNT] = {false};
    const char *separator = " in its ";
    for (const char *at = spans; *at; at += strcspn(at, " "), at += *at == ' ') {
        for (unsigned field = 0; field < MATCH_FIELD_COUNT; field++) {
            const char *name = match_field_name((enum match_field)field);
            const size_t size = strlen(name);
            if (is_named[field] || strncmp(at, name, size) != 0 || at[size] != ':')
                continue;
            is_named[field] = true;
            printf("%s%s", separator, name);
            separator = " and ";
        }
    }
}

static void print_line(const char *label, const char *text) {
    if (text[0])
        printf("%-10s %s\n", label, text);
}

static void print_rule(const struct bus_record *alert) {
    const char *section = bus_record_text(alert, "section");
    print_line("rule", bus_record_text(alert, "rule"));
    if (bus_record_text(alert, "rule_file")[0])
        printf("%-10s %s:%" PRId64 "%s%s\n", "", bus_record_text(alert, "rule_file"),
               bus_record_number(alert, "rule_line"), section[0] ? ", section " : "", section);
}

static void print_alert(const struct bus_record *alert, void *userdata) {
    const int64_t *now_s = userdata;
    const int64_t published_s = bus_record_number(alert, "published_at");
    const char *words = bus_record_text(alert, "words");
    char level[DESCRIBE_SIZE], end[DESCRIBE_SIZE], when[WHEN_SIZE];
    describe_level(alert, level);
    describe_end(alert, *now_s, end);
    when_format(bus_record_number(alert, "raised_at"), *now_s, when);
    printf("%s, %s, alert %" PRId64 "\n", level, when, bus_record_number(alert, "id"));
    print_text(bus_record_text(alert, "title"), words);
    if (strcmp(bus_record_text(alert, "excerpt"), bus_record_text(alert, "title")) != 0)
        print_text(bus_record_text(alert, "excerpt"), words);
    putchar('\n');
    if (words[0]) {
        printf("%-10s %s", "found", words);
        print_fields(bus_record_text(alert, "spans"));
        putchar('\n');
    }
    print_rule(alert);
    print_line("feed", bus_record_text(alert, "feed"));
    print_line("link", bus_record_text(alert, "link"));
    if (published_s != 0) {
        when_format(published_s, *now_s, when);
        print_line("published", when);
    }
    if (bus_record_number(alert, "sources") > 1)
        printf("%-10s %" PRId64 " sites carry the story\n", "sources",
               bus_record_number(alert, "sources"));
    if (bus_record_number(alert, "stories") > 1)
        printf("%-10s %" PRId64 ", of which this is one\n", "stories",
               bus_record_number(alert, "stories"));
    print_line("since then", end);
}

static int run(const struct options *options) {
    int64_t id = 0, now_s = clock_wall_s();
    if (options->argument_count > 1)
        return cli_misuse("why", "one alert at a time");
    if (options->argument_count == 1 && remote_parse_id(options->arguments[0], &id) < 0)
        return cli_misuse("why", "'%s' is no number of an alert; 'wirebell history' lists them",
                          options->arguments[0]);
    struct bus_client *client = remote_open(options);
    if (!client)
        return CLI_NO;
    int r = bus_client_why(client, id, options->json ? remote_print_line : print_alert, &now_s);
    return remote_end(client, r);
}

const struct cli_command COMMAND_WHY = {
    .name = "why",
    .summary = "tell all about one ring: rule, words, feed",
    .arguments = "[N]",
    .what = "Tell all about one alert: the rule and where it stands, the words found, the feed,\n"
            "and what became of it. N is its number as 'wirebell history' shows it; without it,\n"
            "the last that rang.\n",
    .options = OPTION_USER | OPTION_JSON,
    .notes = "With --json an object, see wirebell-dbus(7) for the keys.\n",
    .exits = "0 told; 1 there is no such alert, or no wirebell could be asked",
    .run = run,
};
