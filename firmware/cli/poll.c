// SPDX-License-Identifier: MIT
//
// poll - look at the feeds now, whatever is due.

#include <stdio.h>

#include "cli/cli.h"
#include "cli/remote.h"

static int run(const struct options *options) {
    if (options->argument_count > 1)
        return cli_misuse("poll", "one feed at a time, or all of them");
    const char *url = options->argument_count > 0 ? options->arguments[0] : "";
    struct bus_client *client = remote_open(options);
    if (!client)
        return CLI_NO;
    int r = bus_client_poll(client, url);
    if (r >= 0)
        printf("%s is being asked\n", url[0] ? url : "every feed");
    return remote_end(client, r);
}

const struct cli_command COMMAND_POLL = {
    .name = "poll",
    .summary = "have every feed asked now",
    .arguments = "[URL]",
    .what = "Have the wirebell that runs ask every feed now, or the one of that address as it\n"
            "stands in the keywords file. Returns at once; 'wirebell feeds' shows how it went.\n",
    .options = OPTION_USER,
    .exits = "0 it does; 1 it could not be asked",
    .run = run,
};
