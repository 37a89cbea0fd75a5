// SPDX-License-Identifier: MIT
//
// ack - the button, from a keyboard.

#include <inttypes.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/remote.h"

static void print_help(void) {
    printf("Usage: wirebell ack [N] [OPTION...]\n"
           "Say that all alerts were seen: the lamps go dark, the bell falls silent. With the\n"
           "number of an alert, as 'wirebell status' shows it, only that one.\n"
           "\n" REMOTE_HELP_USER "  -h, --help    print this help\n"
           "\n"
           "Exit codes: 0 done; 1 there is no such alert, or the wirebell that runs could not be\n"
           "asked; 2 wrong use.\n");
}

int cmd_ack(int argc, char **argv) {
    struct options options;
    int64_t id = 0;
    int r = options_parse(OPTION_USER, argc, argv, &options);
    if (r != 0)
        return options_end(r, print_help);
    if (options.argument_count > 1)
        return cli_misuse("ack", "one alert at a time, or all of them");
    if (options.argument_count == 1 && remote_parse_id(options.arguments[0], &id) < 0)
        return cli_misuse("ack", "'%s' is no number of an alert; 'wirebell status' lists them",
                          options.arguments[0]);
    uint32_t count = 0;
    struct bus_client *client = remote_open(&options);
    r = client ? bus_client_acknowledge(client, id, &count) : 0;
    if (client && r >= 0)
        printf(count == 0   ? "nothing was unacknowledged\n"
               : count == 1 ? "1 alert acknowledged\n"
                            : "%" PRIu32 " alerts acknowledged\n",
               count);
    return remote_end(client, r);
}
