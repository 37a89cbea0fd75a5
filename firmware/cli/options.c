// SPDX-License-Identifier: MIT

#include "cli/options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "core/text/spelling.h"

// In the order in which --help shows them. @offset is that of the member of struct options: a
// string where there is a value, else a bool. @text is whole lines of at most 56 columns.
static const struct description {
    const char *name;
    int has_value; // as getopt says it
    enum options_accepted option;
    size_t offset;
    const char *value;
    const char *text;
} DESCRIPTIONS[] = {
    {"board", required_argument, OPTION_BOARD, offsetof(struct options, board), "NAME|FILE",
     "the board; \"sim\" draws one in the terminal, Enter is\n"
     "its button (default: what --config says, else \"pi\")\n"},
    {"keywords", required_argument, OPTION_KEYWORDS, offsetof(struct options, keywords), "FILE",
     "feeds and words; more is in FILE.d/*.keywords\n"
     "(default " OPTIONS_DEFAULT_KEYWORDS ")\n"},
    {"config", required_argument, OPTION_CONFIG, offsetof(struct options, config), "FILE",
     "the device (default " OPTIONS_DEFAULT_CONFIG ")\n"},
    {"state-dir", required_argument, OPTION_STATE_DIR, offsetof(struct options, state_dir), "DIR",
     "where the state is kept (default $STATE_DIRECTORY,\n"
     "else " OPTIONS_DEFAULT_STATE_DIR ")\n"},
    {"once", no_argument, OPTION_ONCE, offsetof(struct options, once), NULL,
     "poll every feed once, now; show what rings; leave\n"},
    {"last", required_argument, OPTION_LAST, offsetof(struct options, last), "TIME",
     "not what feeds show now, but what was kept\n"},
    {"since", required_argument, OPTION_SINCE, offsetof(struct options, since), "WHEN",
     "all since 2h, 7d, 2026-11-20, \"2026-11-20 14:30\"\n"},
    {"all", no_argument, OPTION_ALL, offsetof(struct options, all), NULL,
     "those that matched and did not ring, too, and why not\n"},
    {"trace", required_argument, OPTION_TRACE, offsetof(struct options, trace), "FILE",
     "sim board: write each change of a line as a line of JSON\n"},
    {"reader-socket", required_argument, OPTION_READER_SOCKET,
     offsetof(struct options, reader_socket), "PATH",
     "ask the reader that listens there (default\n"
     "$WIREBELL_READER_SOCKET, else one is started)\n"},
    {"json", no_argument, OPTION_JSON, offsetof(struct options, json), NULL,
     "print JSON lines for programs\n"},
    {"user", no_argument, OPTION_USER, offsetof(struct options, user), NULL,
     "your session's bus, not the machine's: 'status --user'\n"
     "asks 'run --user'\n"},
};

enum { COUNT = sizeof DESCRIPTIONS / sizeof DESCRIPTIONS[0] };

static const char *environment_or(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value && value[0] ? value : otherwise;
}

static void store(const struct description *option, struct options *options) {
    void *member = (char *)options + option->offset;
    if (option->has_value)
        *(const char **)member = optarg;
    else
        *(bool *)member = true;
}

// "there is no option '--jsn'; did you mean '--json'?", of those the sub-command takes.
static int refuse_unknown(unsigned accepted, const char *command, const char *typed) {
    const char *nearest = NULL;
    size_t least = SPELLING_FAR;
    const bool is_long = strncmp(typed, "--", 2) == 0;
    if (is_long && spelling_is_nearer(typed + 2, "help", &least))
        nearest = "help";
    for (size_t i = 0; is_long && i < COUNT; i++)
        if ((accepted & DESCRIPTIONS[i].option) &&
            spelling_is_nearer(typed + 2, DESCRIPTIONS[i].name, &least))
            nearest = DESCRIPTIONS[i].name;
    if (nearest)
        return cli_misuse(command, "there is no option '%s'; did you mean '--%s'?", typed, nearest);
    return cli_misuse(command, "there is no option '%s'", typed);
}

int options_parse(unsigned accepted, int argc, char **argv, struct options *ret) {
    struct options options = {
        .state_dir = environment_or("STATE_DIRECTORY", OPTIONS_DEFAULT_STATE_DIR),
        .reader_socket = environment_or("WIREBELL_READER_SOCKET", NULL),
    };
    struct option names[COUNT + 2] = {[COUNT] = {"help", no_argument, NULL, 'h'}};
    for (size_t i = 0; i < COUNT; i++)
        names[i] =
            (struct option){.name = DESCRIPTIONS[i].name, .has_arg = DESCRIPTIONS[i].has_value};
    optind = 0; // GNU: start afresh, for the caller may have parsed something before
    for (;;) {
        int index = -1;
        const int found = getopt_long(argc, argv, ":h", names, &index);
        if (found == -1)
            break;
        if (found == 'h')
            return OPTIONS_HELP;
        if (found == ':')
            return cli_misuse(argv[0], "%s needs a value behind it", argv[optind - 1]);
        if (found == '?')
            return refuse_unknown(accepted, argv[0], argv[optind - 1]);
        if (!(accepted & DESCRIPTIONS[index].option))
            return cli_misuse(argv[0], "--%s means nothing to this command", names[index].name);
        store(&DESCRIPTIONS[index], &options);
    }
    options.is_keywords_given = options.keywords;
    if (!options.is_keywords_given)
        options.keywords = OPTIONS_DEFAULT_KEYWORDS;
    options.is_config_given = options.config;
    if (!options.is_config_given)
        options.config = OPTIONS_DEFAULT_CONFIG;
    options.arguments = argv + optind;
    options.argument_count = argc - optind;
    *ret = options;
    return 0;
}

void options_print(unsigned accepted) {
    for (size_t i = 0; i < COUNT; i++) {
        const struct description *option = &DESCRIPTIONS[i];
        if (!(accepted & option->option))
            continue;
        char form[32];
        (void)snprintf(form, sizeof form, "--%s %s", option->name,
                       option->value ? option->value : "");
        for (const char *line = option->text; *line; form[0] = '\0') {
            const int size = (int)strcspn(line, "\n") + 1;
            printf("  %-20s  %.*s", form, size, line);
            line += size;
        }
    }
    printf("  %-20s  print this help\n", "-h, --help");
}
