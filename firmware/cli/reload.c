// SPDX-License-Identifier: MIT
//
// reload - have the keywords read again, and hear at once whether they are in force.

#include <stdio.h>

#include "cli/cli.h"
#include "cli/remote.h"

static int run(const struct options *options) {
    bool is_taken = true;
    const char *complaints = "";
    struct bus_client *client = remote_open(options);
    if (!client)
        return CLI_NO;
    int r = bus_client_reload(client, &is_taken, &complaints);
    if (r >= 0) {
        if (complaints[0])
            (void)fprintf(stderr, "%s\n", complaints);
        puts(is_taken ? "read again, and in force"
                      : "not taken: the rules there were stay in force");
    }
    const int code = remote_end(client, r);
    return is_taken ? code : CLI_NO;
}

const struct cli_command COMMAND_RELOAD = {
    .name = "reload",
    .summary = "have the keywords read again",
    .what = "Have the wirebell that runs read its keywords again. It does so by itself when the\n"
            "file is saved; a file with mistakes is refused, and the rules there were stay.\n",
    .options = OPTION_USER,
    .exits = "0 they are in force; 1 they are not, or it could not be asked",
    .run = run,
};
