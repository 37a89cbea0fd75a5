// SPDX-License-Identifier: MIT
//
// The program wirebell: a table of sub-commands. Everything a sub-command does is in its own file.

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "core/text/spelling.h"
#include "port/gpio/gpio.h"

// In the order a person meets them; `wirebell --help` shows them so.
static const struct cli_command commands[] = {
    {"run", "poll the feeds, ring for stories that match", cmd_run},
    {"check", "say what is wrong with the files of the configuration", cmd_check},
    {"try", "show which stories of some feeds would ring, and why", cmd_try},
    {"parse", "print the stories of a feed as JSON lines", cmd_parse},
    {"import", "print the feeds of OPML files as lines of the keywords file", cmd_import},
    {"export", "print the feeds of the keywords file as OPML", cmd_export},
    {"boards", "list the boards; draw one on the header, with how to wire it", cmd_boards},
    {"status", "show what is lit, what ails the bell, how the feeds are", cmd_status},
    {"feeds", "show each feed: how it is, when it is asked next, why then", cmd_feeds},
    {"history", "list what rang, and what did not and why", cmd_history},
    {"why", "tell all about one ring: rule, words, feed", cmd_why},
    {"ack", "say that all alerts were seen: dark and silent", cmd_ack},
    {"snooze", "be silent for a while, of everything or of one rule", cmd_snooze},
    {"poll", "have every feed asked now", cmd_poll},
    {"reload", "have the keywords read again", cmd_reload},
    {"test", "show that the lamps and the buzzer work, or how a level rings", cmd_test},
    {"off", "switch every output off, also what a crash left on", cmd_off},
    {0},
};

static void print_help(void) {
    printf("Usage: wirebell COMMAND [ARGUMENT...]\n"
           "The news-wire bell: rings when a feed brings a story you watch for.\n"
           "\n"
           "Commands:\n");
    for (const struct cli_command *command = commands; command->name; command++)
        printf("  %-10s %s\n", command->name, command->summary);
    printf("\n"
           "Options:\n"
           "  -h, --help      print this help\n"
           "  -V, --version   print the version\n"
           "\n"
           "Each command has its own help: wirebell COMMAND --help\n"
           "Exit codes: 0 fine or yes, 1 no or problems found, 2 wrong use.\n");
}

static void print_version(void) {
    printf("wirebell %s, %s\n", WIREBELL_VERSION, gpio_gpiod.name);
}

static const struct cli_command *find(const char *name) {
    for (const struct cli_command *command = commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

static int refuse_unknown(const char *typed) {
    static const char *const OPTIONS[] = {"--help", "--version"};
    const char *nearest = NULL;
    size_t least = SPELLING_FAR;
    for (const struct cli_command *command = commands; command->name; command++)
        if (spelling_is_nearer(typed, command->name, &least))
            nearest = command->name;
    for (size_t i = 0; i < sizeof OPTIONS / sizeof OPTIONS[0]; i++)
        if (spelling_is_nearer(typed, OPTIONS[i], &least))
            nearest = OPTIONS[i];
    if (nearest)
        return cli_misuse(NULL, "there is no command '%s'; did you mean '%s'?", typed, nearest);
    return cli_misuse(NULL, "there is no command '%s'", typed);
}

// What was printed must have arrived, or a full disk would look like a feed without stories.
static int finish(int code) {
    bool is_written = !ferror(stdout);
    if (fflush(stdout) != 0)
        is_written = false;
    if (is_written || errno == EPIPE)
        return code;
    cli_error("cannot write to standard output: %s", strerror(errno));
    return code == CLI_OK ? CLI_NO : code;
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {0},
    };
    for (int option; (option = getopt_long(argc, argv, "+hV", options, NULL)) != -1;) {
        switch (option) {
        case 'h':
            print_help();
            return finish(CLI_OK);
        case 'V':
            print_version();
            return finish(CLI_OK);
        default:
            return cli_misuse(NULL, NULL);
        }
    }
    if (optind >= argc)
        return cli_misuse(NULL, "which command?");
    const struct cli_command *command = find(argv[optind]);
    if (!command)
        return refuse_unknown(argv[optind]);
    argc -= optind;
    argv += optind;
    optind = 0; // glibc: start anew, with the sub-command's own arguments
    return finish(command->run(argc, argv));
}
