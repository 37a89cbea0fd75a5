// SPDX-License-Identifier: MIT
//
// ack - the button, from a keyboard.

#include <stdio.h>

#include "cli/cli.h"
#include "cli/remote.h"

static void print_help(void) {
    printf("Usage: wirebell ack [OPTION...]\n"
           "Say that all alerts were seen: the lamps go dark, the bell falls silent.\n"
           "\n" REMOTE_HELP_USER "  -h, --help    print this help\n"
           "\n"
           "Exit codes: 0 nothing is unacknowledged now; 1 the wirebell that runs could not be\n"
           "asked; 2 wrong use.\n");
}

int cmd_ack(int argc, char **argv) {
    struct options options;
    int r = options_parse(OPTION_USER, argc, argv, &options);
    if (r != 0)
        return options_end(r, print_help);
    if (options.argument_count > 0)
        return cli_misuse("ack", "it takes no argument such as '%s'", options.arguments[0]);
    uint32_t count = 0;
    struct bus_client *client = remote_open(&options);
    r = client ? bus_client_acknowledge(client, &count) : 0;
    if (client && r >= 0)
        printf(count == 0   ? "nothing was unacknowledged\n"
               : count == 1 ? "1 alert acknowledged\n"
                            : "%u alerts acknowledged\n",
               count);
    return remote_end(client, r);
}
