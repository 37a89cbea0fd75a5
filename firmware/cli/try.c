// SPDX-License-Identifier: MIT
//
// wirebell try: which stories of these feeds would ring, and why. Each story is tried, however old
// it is: what the daemon knows of it (seen, silent, cooling down) is left aside. Only with --last,
// where each has its time, is it judged as the daemon would have judged it then. Touches no pin and
// no state.

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/highlight.h"
#include "cli/json.h"
#include "cli/kept.h"
#include "cli/nearest.h"
#include "cli/options.h"
#include "cli/sources.h"
#include "cli/try.h"
#include "core/text/arena.h"
#include "core/matcher/match.h"
#include "core/matcher/matcher.h"
#include "core/keywords/setting.h"
#include "core/alert/triage.h"
#include "port/files/config.h"
#include "port/files/keywords_file.h"

// Stories kept to be shown by level; the titles and excerpts of more would not be read.
enum { RINGS_MAX = 10000, ARENA_MAX = 256 << 20 };
// --- collecting ------------------------------------------------------------------------------

// The tags the keywords file gives this address; all of them for a file, and for a rule given.
static uint64_t tags_of(const struct try *try, const char *source) {
    if (try->keywords != try->file)
        return UINT64_MAX;
    for (size_t i = 0; i < keywords_feed_count(try->file); i++) {
        const struct keywords_feed *feed = keywords_feed(try->file, i);
        if (strcmp(feed->url, source) == 0)
            return feed->settings->tags;
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
                 const struct match *match, enum disposition disposition) {
    const struct keyword_rule rule = keywords_rule(try->keywords, match->rule);
    if (disposition != DISPOSITION_RANG && disposition != DISPOSITION_QUIET)
        try->held_back[disposition]++;
    else
        try->ring_count[rule.level]++;
    if (try->kept_count++ >= RINGS_MAX) {
        try->left_out_count++;
        return;
    }
    const char *text = has_span_in(match, MATCH_TEXT) ? story->text : "";
    const char *found = try->is_json ? copy_found(try, story, match) : "";
    struct try_ring *ring = arena_alloc(try->arena, sizeof *ring);
    if (!ring) {
        try->is_out_of_memory = true;
        return;
    }
    *ring = (struct try_ring){
        .source = arena_copy(try->arena, source, strlen(source)),
        .title = arena_copy(try->arena, story->title, strlen(story->title)),
        .text = arena_copy(try->arena, text, strlen(text)),
        .link = arena_copy(try->arena, story->link, strlen(story->link)),
        .rule = rule,
        .found = found,
        .match = *match,
        .disposition = disposition,
    };
    if (!ring->source || !ring->title || !ring->text || !ring->link || !found) {
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

// What the daemon would have made of a story that it saw at that time.
static enum disposition judge(struct try *try, const char *feed, const struct story *story,
                              const struct match *match, int64_t time_s) {
    const struct keyword_rule rule = keywords_rule(try->keywords, match->rule);
    const struct triage_item item = {.story = story, .feed = feed, .rule = &rule};
    struct moment then = {.boot_us = time_s * 1000000, .wall_s = time_s, .is_trusted = true};
    const time_t time = (time_t)time_s;
    struct tm local;
    if (localtime_r(&time, &local))
        then.utc_offset_s = (int32_t)local.tm_gmtoff;
    return triage_judge(try->triage, &item, &then).disposition;
}

// @time_s: when it was seen; STORY_NO_DATE = not known, it is not judged.
static void try_story(struct try *try, const char *source, const struct story *story, uint64_t tags,
                      int64_t time_s) {
    struct match match = {0};
    struct matches matches = {.items = &match, .max = 1};
    const int r = matcher_scan(try->matcher, story, tags, &matches);
    try->story_count++;
    note_date(try, story->published_s == STORY_NO_DATE ? time_s : story->published_s);
    if (r < 0)
        try->is_out_of_memory = true;
    else if (r == MATCHER_SILENCED)
        try->silenced_count++;
    else if (matches.count > 0)
        keep(try, source, story, &match,
             time_s == STORY_NO_DATE ? DISPOSITION_RANG
                                     : judge(try, source, story, &match, time_s));
    if (nearest_look(try->nearest, story, tags) != 0)
        try->is_out_of_memory = true;
}

static void on_reading(const char *source, const struct reading *reading, void *userdata) {
    struct try *try = userdata;
    const uint64_t tags = tags_of(try, source);
    for (size_t i = 0; i < reading->story_count; i++)
        try_story(try, source, &reading->stories[i], tags, STORY_NO_DATE);
}

// A story that was there when its feed was first read is judged as of its own date.
static void on_kept(const char *feed, const struct story *story, int64_t seen_s, void *userdata) {
    const bool is_older = story->published_s != STORY_NO_DATE && story->published_s < seen_s;
    try_story(userdata, feed, story, tags_of(userdata, feed),
              is_older ? story->published_s : seen_s);
}

// --- what to try -----------------------------------------------------------------------------

// Is the first argument a rule? Not when it is an address, or a file, or looks like one.
static bool is_rule(const char *argument) {
    if (strcmp(argument, "-") == 0 || strstr(argument, "://") || access(argument, F_OK) == 0)
        return false;
    const char *dot = strrchr(argument, '.');
    const bool has_ending = dot && dot > argument && dot[1] && !dot[1 + strcspn(dot + 1, " /")];
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

// The stories kept of that time, judged one after the other as they came.
static int try_kept(struct try *try, const struct options *options, int64_t last_s) {
    struct diag_list diags = DIAG_LIST_NULL;
    int r = config_load(options->config, options->is_config_given, options->board, &diags,
                        &try->config);
    diag_list_done(&diags); // `check` tells of mistakes there; here only its policy counts
    if (r != -ENOMEM)
        r = triage_new(&try->config.policy, &try->triage);
    if (r == 0)
        r = kept_read(options->state_dir, last_s, on_kept, try);
    complain_of_stopped(try);
    if (r == 0 && try->story_count == 0)
        cli_error("no stories are kept of that time in %s", options->state_dir);
    return r;
}

// A rule whose words were not put in quotes comes as one argument a word. Return: 0 or CLI_USAGE.
static int refuse_bare_rule(const struct options *options) {
    char *const *arguments = options->arguments;
    for (int i = 1; i < options->argument_count; i++) {
        if (is_rule(arguments[0]) && is_rule(arguments[i]))
            return cli_misuse("try",
                              "'%s' is no feed or file; put all of a rule in quotes: '%s %s'",
                              arguments[i], arguments[0], arguments[1]);
    }
    return 0;
}

static int look(struct try *try, const struct options *options, int64_t last_s) {
    int count = options->argument_count;
    char **arguments = options->arguments;
    const char *rule = NULL;
    if (count > 0 && (last_s > 0 || is_rule(arguments[0]))) {
        rule = arguments[0];
        count--;
        arguments++;
    }
    int r = arena_new(ARENA_MAX, &try->arena);
    if (r == 0)
        r = load(try, options->keywords, rule);
    if (r == 0 && keywords_rule_count(try->keywords) > 0)
        r = last_s > 0 ? try_kept(try, options, last_s)
                       : try_sources(try, options, count, arguments);
    const bool is_told = last_s > 0 && r != -ENOMEM; // by kept_read()
    if (r != 0 && !is_told)
        cli_error("the stories cannot be tried: %s", strerrordesc_np(-r));
    return r;
}

// Return: 0 (@ret_last_s is 0 where --last is not given), or CLI_USAGE after a complaint.
static int read_last(const struct options *options, int64_t *ret_last_s) {
    *ret_last_s = 0;
    if (!options->last)
        return 0;
    if (setting_duration(options->last, strlen(options->last), ret_last_s) != 0 ||
        *ret_last_s == 0 || *ret_last_s > STORE_STORIES_DAYS * INT64_C(86400))
        return cli_misuse("try", "--last takes a time such as 12h, 3d, and up to 7d, not '%s'",
                          options->last);
    if (options->argument_count > 1)
        return cli_misuse("try", "--last tries what was kept of all feeds: give it no feed");
    return 0;
}

static int run(const struct options *options) {
    int64_t last_s;
    if (refuse_bare_rule(options) != 0 || read_last(options, &last_s) != 0)
        return CLI_USAGE;
    struct try try = {
        .oldest_s = INT64_MAX,
        .newest_s = INT64_MIN,
        .has_colour = highlight_has_colour(),
        .is_json = options->json,
    };
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        try.last[i] = &try.first[i];
    const int r = look(&try, options, last_s);
    size_t rings = 0;
    if (r == 0)
        rings = try.is_json ? try_print_json(&try) : try_print(&try);
    triage_free(try.triage);
    nearest_free(try.nearest);
    matcher_free(try.matcher);
    if (try.keywords != try.file)
        keywords_free(try.keywords);
    keywords_free(try.file);
    arena_free(try.arena);
    return rings > 0 ? CLI_OK : CLI_NO;
}

const struct cli_command COMMAND_TRY = {
    .name = "try",
    .summary = "show which stories of some feeds would ring, and why",
    .arguments = "[RULE] [FEED|FILE|-...]",
    .what =
        "Show which stories would ring, at which level, with the words found.\n"
        "Without a feed, the feeds of the keywords file are asked. With a RULE, it is tried in\n"
        "place of the keywords file. Touches no pin and no state.\n",
    .options = OPTION_KEYWORDS | OPTION_CONFIG | OPTION_STATE_DIR | OPTION_READER_SOCKET |
               OPTION_JSON | OPTION_LAST,
    .notes = "Rules for tagged feeds (@tag) are tried on files too, whatever the tag.\n"
             "--last tries the stories wirebell kept of that time, up to 7d, by quiet hours and "
             "budget, and\n"
             "tells which of them would have rung; of a text the first 120 bytes are kept.\n"
             "With --json for each story that rings: level, rule, rule_file, rule_line, feed, "
             "title, link,\n"
             "words, found (a list of field and words), with --last disposition (rang, joined, "
             "flood...).\n"
             "For each rule that matched nothing: rule, rule_file, rule_line, nearest (a title), "
             "lacks.\n"
             "At the end: stories, rings, silenced.\n",
    .exits = "0 something rings; 1 nothing does",
    .run = run,
};
