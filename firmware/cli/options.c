// SPDX-License-Identifier: MIT

#include "cli/options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "core/text/spelling.h"

static const struct option LONG_OPTIONS[] = {
    {"all", no_argument, NULL, OPTION_ALL},
    {"board", required_argument, NULL, OPTION_BOARD},
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"help", no_argument, NULL, 'h'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"keywords", required_argument, NULL, OPTION_KEYWORDS},
    {"last", required_argument, NULL, OPTION_LAST},
    {"once", no_argument, NULL, OPTION_ONCE},
    {"reader-socket", required_argument, NULL, OPTION_READER_SOCKET},
    {"since", required_argument, NULL, OPTION_SINCE},
    {"state-dir", required_argument, NULL, OPTION_STATE_DIR},
    {"trace", required_argument, NULL, OPTION_TRACE},
    {"user", no_argument, NULL, OPTION_USER},
    {NULL, 0, NULL, 0},
};

static const char *environment_or(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value && value[0] ? value : otherwise;
}

// Stores one option. False when the sub-command does not take it.
static bool store(struct options *options, unsigned accepted, int option) {
    if (!(accepted & (unsigned)option))
        return false;
    switch ((enum options_accepted)option) {
    case OPTION_BOARD:
        options->board = optarg;
        break;
    case OPTION_KEYWORDS:
        options->keywords = optarg;
        options->is_keywords_given = true;
        break;
    case OPTION_CONFIG:
        options->config = optarg;
        options->is_config_given = true;
        break;
    case OPTION_STATE_DIR:
        options->state_dir = optarg;
        break;
    case OPTION_TRACE:
        options->trace = optarg;
        break;
    case OPTION_ONCE:
        options->once = true;
        break;
    case OPTION_JSON:
        options->json = true;
        break;
    case OPTION_USER:
        options->user = true;
        break;
    case OPTION_ALL:
        options->all = true;
        break;
    case OPTION_LAST:
        options->last = optarg;
        break;
    case OPTION_SINCE:
        options->since = optarg;
        break;
    case OPTION_READER_SOCKET:
        options->reader_socket = optarg;
        break;
    case OPTIONS_FILES:
        break;
    }
    return true;
}

// "there is no option '--jsn'; did you mean '--json'?", of those the sub-command takes.
static int refuse_unknown(unsigned accepted, const char *command, const char *typed) {
    const char *nearest = NULL;
    size_t least = SPELLING_FAR;
    for (const struct option *option = LONG_OPTIONS; option->name; option++)
        if ((option->val == 'h' || (accepted & (unsigned)option->val)) &&
            strncmp(typed, "--", 2) == 0 && spelling_is_nearer(typed + 2, option->name, &least))
            nearest = option->name;
    if (nearest)
        return cli_misuse(command, "there is no option '%s'; did you mean '--%s'?", typed, nearest);
    return cli_misuse(command, "there is no option '%s'", typed);
}

int options_parse(unsigned accepted, int argc, char **argv, struct options *ret) {
    struct options options = {
        .keywords = OPTIONS_DEFAULT_KEYWORDS,
        .config = OPTIONS_DEFAULT_CONFIG,
        .state_dir = environment_or("STATE_DIRECTORY", OPTIONS_DEFAULT_STATE_DIR),
        .reader_socket = environment_or("WIREBELL_READER_SOCKET", NULL),
    };
    optind = 0; // GNU: start afresh, for the caller may have parsed something before
    for (;;) {
        int index = -1;
        const int option = getopt_long(argc, argv, ":h", LONG_OPTIONS, &index);
        if (option == -1)
            break;
        if (option == 'h')
            return OPTIONS_HELP;
        if (option == ':')
            return cli_misuse(argv[0], "%s needs a value behind it", argv[optind - 1]);
        if (option == '?')
            return refuse_unknown(accepted, argv[0], argv[optind - 1]);
        if (!store(&options, accepted, option))
            return cli_misuse(argv[0], "--%s means nothing to this command",
                              LONG_OPTIONS[index].name);
    }
    options.arguments = argv + optind;
    options.argument_count = argc - optind;
    *ret = options;
    return 0;
}

int options_end(int result, void (*print_help)(void)) {
    if (result != OPTIONS_HELP)
        return CLI_USAGE;
    print_help();
    return CLI_OK;
}
