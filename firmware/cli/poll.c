// SPDX-License-Identifier: MIT
//
// poll - look at the feeds now, whatever is due.

#include <stdio.h>

#include "cli/cli.h"
#include "cli/remote.h"

static void print_help(void) {
    printf("Usage: wirebell poll [OPTION...]\n"
           "Have the wirebell that runs ask every feed now. Returns at once; 'wirebell feeds'\n"
           "shows how it went.\n"
           "\n" REMOTE_HELP_USER "  -h, --help    print this help\n"
           "\n"
           "Exit codes: 0 it does; 1 it could not be asked; 2 wrong use.\n");
}

int cmd_poll(int argc, char **argv) {
    struct options options;
    int r = options_parse(OPTION_USER, argc, argv, &options);
    if (r != 0)
        return options_end(r, print_help);
    if (options.argument_count > 0)
        return cli_misuse("poll", "it takes no argument such as '%s'", options.arguments[0]);
    struct bus_client *client = remote_open(&options);
    r = client ? bus_client_poll(client) : 0;
    if (client && r >= 0)
        puts("every feed is being asked");
    return remote_end(client, r);
}
