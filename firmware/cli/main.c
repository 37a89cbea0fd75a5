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
#include "cli/options.h"
#include "core/text/spelling.h"
#include "port/gpio/gpio.h"

// In the order a person meets them; `wirebell --help` shows them so.
static const struct cli_command *const COMMANDS[] = {
    &COMMAND_RUN,    &COMMAND_CHECK,  &COMMAND_TRY,    &COMMAND_PARSE, &COMMAND_IMPORT,
    &COMMAND_EXPORT, &COMMAND_BOARDS, &COMMAND_STATUS, &COMMAND_FEEDS, &COMMAND_HISTORY,
    &COMMAND_WHY,    &COMMAND_ACK,    &COMMAND_SNOOZE, &COMMAND_POLL,  &COMMAND_RELOAD,
    &COMMAND_TEST,   &COMMAND_OFF,
};

enum { COUNT = sizeof COMMANDS / sizeof COMMANDS[0] };

static void print_help(void) {
    printf("Usage: wirebell COMMAND [ARGUMENT...]\n"
           "The news-wire bell: rings when a feed brings a story you watch for.\n"
           "\n"
           "Commands:\n");
    for (size_t i = 0; i < COUNT; i++)
        printf("  %-10s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
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
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(COMMANDS[i]->name, name) == 0)
            return COMMANDS[i];
    return NULL;
}

static int refuse_unknown(const char *typed) {
    static const char *const OPTIONS[] = {"--help", "--version"};
    const char *nearest = NULL;
    size_t least = SPELLING_FAR;
    for (size_t i = 0; i < COUNT; i++)
        if (spelling_is_nearer(typed, COMMANDS[i]->name, &least))
            nearest = COMMANDS[i]->name;
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

static void print_help_of(const struct cli_command *command) {
    printf("Usage: wirebell %s %s%s[OPTION...]\n%s\n", command->name,
           command->arguments ? command->arguments : "", command->arguments ? " " : "",
           command->what);
    options_print(command->options);
    printf("\n%sExit codes: %s; 2 wrong use.\n", command->notes ? command->notes : "",
           command->exits);
}

static int run(const struct cli_command *command, int argc, char **argv) {
    struct options options;
    const int r = options_parse(command->options, argc, argv, &options);
    if (r == OPTIONS_HELP) {
        print_help_of(command);
        return CLI_OK;
    }
    if (r != 0)
        return CLI_USAGE;
    if (!command->arguments && options.argument_count > 0)
        return cli_misuse(
            command->name, "it takes no argument such as '%s'%s", options.arguments[0],
            command->options & OPTION_KEYWORDS ? "; a file is given by --keywords FILE" : "");
    return command->run(&options);
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
    return finish(run(command, argc - optind, argv + optind));
}
