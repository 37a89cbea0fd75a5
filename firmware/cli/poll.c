// SPDX-License-Identifier: MIT
//
// poll - look at the feeds now, whatever is due.

#include <stdio.h>

#include "cli/cli.h"
#include "cli/remote.h"

static void print_help(void) {
    printf("Usage: wirebell poll [URL] [OPTION...]\n"
           "Have the wirebell that runs ask every feed now, or the one of that address as it\n"
           "stands in the keywords file. Returns at once; 'wirebell feeds' shows how it went.\n"
           "\n" REMOTE_HELP_USER "  -h, --help    print this help\n"
           "\n"
           "Exit codes: 0 it does; 1 it could not be asked; 2 wrong use.\n");
}

int cmd_poll(int argc, char **argv) {
    struct options options;
    int r = options_parse(OPTION_USER, argc, argv, &options);
    if (r != 0)
        return options_end(r, print_help);
    if (options.argument_count > 1)
        return cli_misuse("poll", "one feed at a time, or all of them");
    const char *url = options.argument_count > 0 ? options.arguments[0] : "";
    struct bus_client *client = remote_open(&options);
    r = client ? bus_client_poll(client, url) : 0;
    if (client && r >= 0)
        printf("%s is being asked\n", url[0] ? url : "every feed");
    return remote_end(client, r);
}
