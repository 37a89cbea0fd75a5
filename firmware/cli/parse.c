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

static void print_help(void) {
    printf("Usage: wirebell parse FILE|URL|-...\n"
           "Print the stories of feeds as JSON lines: id, title, link, published (UTC), text.\n"
           "What a feed does not give is null. - is standard input.\n"
           "\n"
           "  -h, --help   print this help\n"
           "\n"
           "Exit codes: 0 all was read, 1 something could not be read, 2 wrong use.\n");
}

static void print_story(const struct story *story) {
    char published[CLI_TIME_SIZE];
    bool has_date = cli_format_time(story->published_s, published) == 0;
    fputs("{\"id\":", stdout);
    json_write_string_or_null(stdout, story->id);
    fputs(",\"title\":", stdout);
    json_write_string_or_null(stdout, story->title);
    fputs(",\"link\":", stdout);
    json_write_string_or_null(stdout, story->link);
    fputs(",\"published\":", stdout);
    json_write_string_or_null(stdout, has_date ? published : "");
    fputs(",\"text\":", stdout);
    json_write_string_or_null(stdout, story->text);
    fputs("}\n", stdout);
}

static void on_reading(const char *source, const struct reading *reading, void *userdata) {
    (void)source, (void)userdata;
    for (size_t i = 0; i < reading->story_count; i++)
        print_story(&reading->stories[i]);
}

int cmd_parse(int argc, char **argv) {
    struct options options;
    int r = options_parse(0, argc, argv, &options);
    if (r != 0)
        return options_end(r, print_help);
    if (options.argument_count == 0)
        return cli_misuse(argv[0], "which feed? Give a file, an address, or - for standard input");
    const struct sources sources = {
        .names = (const char *const *)options.arguments,
        .count = (size_t)options.argument_count,
    };
    bool has_failed;
    r = sources_read(&sources, on_reading, NULL, &has_failed);
    if (r < 0)
        cli_error("the feeds cannot be read: %s", strerrordesc_np(-r));
    return r < 0 || has_failed ? CLI_NO : CLI_OK;
}
