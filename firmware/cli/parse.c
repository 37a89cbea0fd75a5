// SPDX-License-Identifier: MIT
//
// wirebell parse: the stories of feeds, one JSON object a line.

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/options.h"
#include "cli/sources.h"

static void print_story(const struct story *story) {
    char published[CLI_TIME_SIZE];
    bool has_date = cli_format_time(story->published_s, published) == 0;
    json_write_member(stdout, '{', "id", story->id);
    json_write_member(stdout, ',', "title", story->title);
    json_write_member(stdout, ',', "link", story->link);
    json_write_member(stdout, ',', "published", has_date ? published : "");
    json_write_member(stdout, ',', "text", story->text);
    fputs("}\n", stdout);
}

static void on_reading(const char *source, const struct reading *reading, void *userdata) {
    (void)source, (void)userdata;
    for (size_t i = 0; i < reading->story_count; i++)
        print_story(&reading->stories[i]);
}

static int run(const struct options *options) {
    if (options->argument_count == 0)
        return cli_misuse("parse", "which feed? Give a file, an address, or - for standard input");
    const struct sources sources = {
        .names = (const char *const *)options->arguments,
        .count = (size_t)options->argument_count,
    };
    bool has_failed;
    int r = sources_read(&sources, on_reading, NULL, &has_failed);
    if (r < 0)
        cli_error("the feeds cannot be read: %s", strerrordesc_np(-r));
    return r < 0 || has_failed ? CLI_NO : CLI_OK;
}

const struct cli_command COMMAND_PARSE = {
    .name = "parse",
    .summary = "print the stories of a feed as JSON lines",
    .arguments = "FILE|URL|-...",
    .what = "Print the stories of feeds as JSON lines: id, title, link, published (UTC), text.\n"
            "What a feed does not give is null. - is standard input.\n",
    .exits = "0 all was read; 1 something could not be read",
    .run = run,
};
