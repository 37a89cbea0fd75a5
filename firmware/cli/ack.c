// SPDX-License-Identifier: MIT
//
// ack - the button, from a keyboard.

#include <inttypes.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/remote.h"

static int run(const struct options *options) {
    int64_t id = 0;
    if (options->argument_count > 1)
        return cli_misuse("ack", "one alert at a time, or all of them");
    if (options->argument_count == 1 && remote_parse_id(options->arguments[0], &id) < 0)
        return cli_misuse("ack", "'%s' is no number of an alert; 'wirebell status' lists them",
                          options->arguments[0]);
    uint32_t count = 0;
    struct bus_client *client = remote_open(options);
    if (!client)
        return CLI_NO;
    int r = bus_client_acknowledge(client, id, &count);
    if (r >= 0)
        printf(count == 0   ? "nothing was unacknowledged\n"
               : count == 1 ? "1 alert acknowledged\n"
                            : "%" PRIu32 " alerts acknowledged\n",
               count);
    return remote_end(client, r);
}

const struct cli_command COMMAND_ACK = {
    .name = "ack",
    .summary = "say that all alerts were seen: dark and silent",
    .arguments = "[N]",
    .what = "Say that all alerts were seen: the lamps go dark, the bell falls silent. With the\n"
            "number of an alert, as 'wirebell status' shows it, only that one.\n",
    .options = OPTION_USER,
    .exits = "0 done; 1 there is no such alert, or no wirebell could be asked",
    .run = run,
};
