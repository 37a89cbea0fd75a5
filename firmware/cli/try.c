// SPDX-License-Identifier: MIT
//
// wirebell try: which stories of these feeds would ring, and why. Each story is tried, however old
// it is: what the daemon knows of it (seen, silent, cooling down) is left aside. Touches no pin and
// no state.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/highlight.h"
#include "cli/json.h"
#include "cli/nearest.h"
#include "cli/options.h"
#include "cli/sources.h"
#include "core/arena.h"
#include "core/match.h"
#include "core/matcher.h"
#include "port/keywords_file.h"

// Stories kept to be shown by level; the titles and excerpts of more would not be read.
enum { RINGS_MAX = 10000, ARENA_MAX = 256 << 20 };
// Rules that matched nothing, of which it is said what came nearest.
enum { SILENT_SHOWN = 10 };

// A story that rings; strings in try::arena.
struct ring {
    struct ring *next; // chains try::first, in the order read
    const char *source;
    const char *title;
    const char *text; // only when something was found in it
    const char *link;
    const char *found; // as JSON, only where that is asked for
    struct keyword_rule rule;
    struct match match;
};

struct try {
    struct keywords *file;     // the feeds
    struct keywords *keywords; // the rules: those of the file, or one given
    struct matcher *matcher;
    struct nearest *nearest;
    struct arena *arena;
    struct ring *first[LEVEL_COUNT];
    struct ring **last[LEVEL_COUNT];
    size_t ring_count[LEVEL_COUNT];
    size_t story_count;
    int64_t oldest_s; // by their dates; INT64_MAX when none has one
    int64_t newest_s;
    size_t silenced_count;
    size_t left_out_count;
    bool is_out_of_memory;
    bool has_colour;
    bool is_json;
};

static void print_help(void) {
    printf(
        "Usage: wirebell try [OPTION...] [RULE] [FEED|FILE|-...]\n"
        "Show which stories would ring, at which level, with the words found.\n"
        "Without a feed, the feeds of the keywords file are asked. With a RULE, it is tried in\n"
        "place of the keywords file. Touches no pin and no state.\n"
        "\n"
        "  --keywords FILE        the keywords file; more is in FILE.d/*.keywords\n"
        "                         (default " OPTIONS_DEFAULT_KEYWORDS ")\n"
        "  --reader-socket PATH   ask the reader that listens there\n"
        "  --json                 print JSON lines for programs. For each story that rings:\n"
        "                         level, rule, rule_file, rule_line, feed, title, link, words,\n"
        "                         found (a list of field and words). For each rule that matched\n"
        "                         nothing: rule, rule_file, rule_line, nearest (a title), lacks.\n"
        "                         At the end: stories, rings, silenced\n"
        "  -h, --help             print this help\n"
        "\n"
        "Rules for tagged feeds (@tag) are tried on files too, whatever the tag.\n"
        "Exit codes: 0 something rings, 1 nothing does, 2 wrong use.\n");
}

// --- collecting ------------------------------------------------------------------------------

// The tags the keywords file gives this address; all of them for a file, and for a rule given.
static uint64_t tags_of(const struct try *try, const char *source) {
    if (try->keywords != try->file)
        return UINT64_MAX;
    for (size_t i = 0; i < keywords_feed_count(try->file); i++) {
        const struct keywords_feed *feed = keywords_feed(try->file, i);
        if (strcmp(feed->url, source) == 0)
            return feed->tags;
    }
    return UINT64_MAX;
}

static bool has_span_in(const struct match *match, enum match_field field) {
    for (size_t i = 0; i < match->span_count; i++) {
        if (match->spans[i].field == field)
            return true;
    }
    return false;
}

// The words found, as members of a JSON object; NULL when out of memory.
static const char *copy_found(struct try *try, const struct story *story,
                              const struct match *match) {
    char *json = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&json, &size);
    if (!out)
        return NULL;
    char all[512];
    match_words(story, match, sizeof all, all);
    (void)fputs("\"words\":", out);
    json_write_string(out, all);
    (void)fputs(",\"found\":[", out);
    for (size_t i = 0; i < match->span_count; i++) {
        const struct match_span *span = &match->spans[i];
        char *words = strndup(match_field_text(story, span->field) + span->start, span->length);
        (void)fprintf(out, "%s{\"field\":\"%s\",\"words\":", i > 0 ? "," : "",
                      match_field_name(span->field));
        json_write_string(out, words ? words : "");
        (void)fputc('}', out);
        free(words);
    }
    (void)fputc(']', out);
    const bool is_written = fclose(out) == 0;
    const char *copy = is_written ? arena_copy(try->arena, json, size) : NULL;
    free(json);
    return copy;
}

static void keep(struct try *try, const char *source, const struct story *story,
                 const struct match *match) {
    const struct keyword_rule rule = keywords_rule(try->keywords, match->rule);
    if (try->ring_count[rule.level]++ >= RINGS_MAX) {
        try->left_out_count++;
        return;
    }
    const char *text = has_span_in(match, MATCH_TEXT) ? story->text : "";
    const char *found = try->is_json ? copy_found(try, story, match) : "";
    struct ring *ring = arena_alloc(try->arena, sizeof *ring);
    if (!ring) {
        try->is_out_of_memory = true;
        return;
    }
    *ring = (struct ring){
        .source = source,
        .title = arena_copy(try->arena, story->title, strlen(story->title)),
        .text = arena_copy(try->arena, text, strlen(text)),
        .link = arena_copy(try->arena, story->link, strlen(story->link)),
        .rule = rule,
        .found = found,
        .match = *match,
    };
    if (!ring->title || !ring->text || !ring->link || !found) {
        try->is_out_of_memory = true;
        return;
    }
    *try->last[rule.level] = ring;
    try->last[rule.level] = &ring->next;
}

static void note_date(struct try *try, int64_t published_s) {
    if (published_s == STORY_NO_DATE)
        return;
    if (published_s < try->oldest_s)
        try->oldest_s = published_s;
    if (published_s > try->newest_s)
        try->newest_s = published_s;
}

static void on_reading(const char *source, const struct reading *reading, void *userdata) {
    struct try *try = userdata;
    const uint64_t tags = tags_of(try, source);
    for (size_t i = 0; i < reading->story_count; i++) {
        struct match match = {0};
        struct matches matches = {.items = &match, .max = 1};
        const int r = matcher_scan(try->matcher, &reading->stories[i], tags, &matches);
        try->story_count++;
        note_date(try, reading->stories[i].published_s);
        if (r < 0)
            try->is_out_of_memory = true;
        else if (r == MATCHER_SILENCED)
            try->silenced_count++;
        else if (matches.count > 0)
            keep(try, source, &reading->stories[i], &match);
        if (nearest_look(try->nearest, &reading->stories[i], tags) != 0)
            try->is_out_of_memory = true;
    }
}

// --- showing ---------------------------------------------------------------------------------

static void print_ring(const struct try *try, const struct ring *ring) {
    fputs("  ", stdout);
    highlight_print(stdout, ring->title, &ring->match, MATCH_TITLE, try->has_colour);
    if (ring->text[0]) {
        fputs("\n    ", stdout);
        highlight_print(stdout, ring->text, &ring->match, MATCH_TEXT, try->has_colour);
    }
    if (ring->link[0]) {
        fputs("\n    ", stdout);
        highlight_print(stdout, ring->link, &ring->match, MATCH_LINK, try->has_colour);
    }
    printf("\n    %s:%u: %s\n", ring->rule.file, ring->rule.line, ring->rule.text);
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
    if (try->silenced_count > 0)
        printf("%zu kept silent by [never]\n", try->silenced_count);
    if (try->left_out_count > 0)
        printf("%zu of them are not shown\n", try->left_out_count);
}

static void print_ring_json(const struct ring *ring) {
    printf("{\"level\":\"%s\",\"rule\":", level_name(ring->rule.level));
    json_write_string(stdout, ring->rule.text);
    fputs(",\"rule_file\":", stdout);
    json_write_string(stdout, ring->rule.file);
    printf(",\"rule_line\":%u,\"feed\":", ring->rule.line);
    json_write_string(stdout, ring->source);
    fputs(",\"title\":", stdout);
    json_write_string_or_null(stdout, ring->title);
    fputs(",\"link\":", stdout);
    json_write_string_or_null(stdout, ring->link);
    printf(",%s}\n", ring->found);
}

// Return: how many stories ring.
static size_t print_json(const struct try *try) {
    size_t rings = 0;
    for (unsigned level = LEVEL_COUNT; level-- > 0;) {
        for (const struct ring *ring = try->first[level]; ring; ring = ring->next)
            print_ring_json(ring);
        rings += try->ring_count[level];
    }
    nearest_print_json(try->nearest, stdout);
    printf("{\"stories\":%zu,\"rings\":%zu,\"silenced\":%zu}\n", try->story_count, rings,
           try->silenced_count);
    return rings;
}

// Return: how many stories ring.
static size_t print_rings(const struct try *try) {
    size_t rings = 0;
    for (unsigned level = LEVEL_COUNT; level-- > 0;) {
        if (!try->first[level])
            continue;
        puts(level_name(level));
        for (const struct ring *ring = try->first[level]; ring; ring = ring->next)
            print_ring(try, ring);
        putchar('\n');
        rings += try->ring_count[level];
    }
    print_summary(try, rings);
    if (try->story_count > 0)
        nearest_print(try->nearest, stdout, SILENT_SHOWN);
    return rings;
}

// --- what to try -----------------------------------------------------------------------------

// Is the first argument a rule? Not when it is an address, or a file, or looks like one.
static bool is_rule(const char *argument) {
    if (strcmp(argument, "-") == 0 || strstr(argument, "://") || access(argument, F_OK) == 0)
        return false;
    const char *dot = strrchr(argument, '.');
    const bool has_ending = dot && dot > argument && dot[1] && !strpbrk(dot + 1, " /");
    return argument[0] == '/' ? argument[strlen(argument) - 1] == '/' && argument[1]
                              : !has_ending && strncmp(argument, "./", 2) != 0;
}

static void show(struct diag_list *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        char text[2048];
        diag_format(&diags->items[i], sizeof text, text);
        (void)fprintf(stderr, "%s\n", text);
    }
    diag_list_done(diags);
}

// Reads the keywords file, and in its rules' place the one given. Return: 0 or -ENOMEM; what is
// wrong with a file or rule has been shown.
static int load(struct try *try, const char *path, const char *rule) {
    struct diag_list diags = DIAG_LIST_NULL;
    int r = keywords_file_load(path, &diags, &try->file);
    if (r != 0 && r != -ENOMEM)
        r = keywords_new(&try->file); // it has been complained of, and counts as empty
    try->keywords = try->file;
    if (r == 0 && rule) {
        diag_list_done(&diags); // with a rule of one's own the file need not be right, or there
        r = keywords_new(&try->keywords);
        if (r == 0)
            r = keywords_add_file(try->keywords, "rule", rule, strlen(rule), &diags);
    }
    show(&diags);
    if (r == 0)
        r = matcher_new(try->keywords, &try->matcher);
    return r == 0 ? nearest_new(try->keywords, try->matcher, &try->nearest) : r;
}

// The sources asked for, or else the feeds of the file. Return: the list, to be freed, or NULL.
static const char **choose_sources(const struct try *try, int count, char **arguments,
                                   size_t *ret_count) {
    const size_t feeds = count > 0 ? 0 : keywords_feed_count(try->file);
    const char **names = calloc((size_t)count + feeds + 1, sizeof *names);
    if (!names)
        return NULL;
    for (int i = 0; i < count; i++)
        names[i] = arguments[i];
    for (size_t i = 0; i < feeds; i++)
        names[i] = keywords_feed(try->file, i)->url;
    *ret_count = (size_t)count + feeds;
    return names;
}

static void complain_of_stopped(const struct try *try) {
    struct diag_list diags = DIAG_LIST_NULL;
    for (size_t index; matcher_next_stopped(try->matcher, &index);) {
        const struct keyword_rule rule = keywords_rule(try->keywords, index);
        const struct diag_place place = {.file = rule.file,
                                         .line = rule.line,
                                         .source = rule.text,
                                         .source_size = strlen(rule.text),
                                         .start = SIZE_MAX};
        diag_add(&diags, DIAG_WARNING, &place, "make it simpler: no + or * inside (...)+ or (...)*",
                 "this expression takes too long on some stories, which then do not match");
    }
    show(&diags);
}

static int try_sources(struct try *try, const struct options *options, int count,
                       char **arguments) {
    struct sources sources = {.reader_socket = options->reader_socket};
    const char **names = choose_sources(try, count, arguments, &sources.count);
    if (!names)
        return -ENOMEM;
    sources.names = names;
    if (sources.count == 0)
        cli_error(
            "there is no feed to try: name a feed or a file, or put feeds below [feeds] in %s",
            options->keywords);
    bool has_failed;
    const int r = sources_read(&sources, on_reading, try, &has_failed);
    free(names);
    complain_of_stopped(try);
    return r != 0 ? r : try->is_out_of_memory ? -ENOMEM : 0;
}

static int run(struct try *try, const struct options *options) {
    int count = options->argument_count;
    char **arguments = options->arguments;
    const char *rule = NULL;
    if (count > 0 && is_rule(arguments[0])) {
        rule = arguments[0];
        count--;
        arguments++;
    }
    int r = arena_new(ARENA_MAX, &try->arena);
    if (r == 0)
        r = load(try, options->keywords, rule);
    if (r == 0 && keywords_rule_count(try->keywords) > 0)
        r = try_sources(try, options, count, arguments);
    if (r != 0)
        cli_error("the stories cannot be tried: %s", strerrordesc_np(-r));
    return r;
}

int cmd_try(int argc, char **argv) {
    struct options options;
    int r = options_parse(OPTIONS_FILES | OPTION_READER_SOCKET | OPTION_JSON, argc, argv, &options);
    if (r != 0)
        return options_end(r, print_help);
    struct try try = {
        .oldest_s = INT64_MAX,
        .newest_s = INT64_MIN,
        .has_colour = highlight_has_colour(stdout),
        .is_json = options.json,
    };
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        try.last[i] = &try.first[i];
    r = run(&try, &options);
    size_t rings = 0;
    if (r == 0)
        rings = try.is_json ? print_json(&try) : print_rings(&try);
    nearest_free(try.nearest);
    matcher_free(try.matcher);
    if (try.keywords != try.file)
        keywords_free(try.keywords);
    keywords_free(try.file);
    arena_free(try.arena);
    return rings > 0 ? CLI_OK : CLI_NO;
}
