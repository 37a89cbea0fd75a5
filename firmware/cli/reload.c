// SPDX-License-Identifier: MIT
//
// reload - have the keywords read again, and hear at once whether they are in force.

#include <stdio.h>

#include "cli/cli.h"
#include "cli/remote.h"

static void print_help(void) {
    printf("Usage: wirebell reload [OPTION...]\n"
           "Have the wirebell that runs read its keywords again. It does so by itself when the\n"
           "file is saved; a file with mistakes is refused, and the rules there were stay.\n"
           "\n" REMOTE_HELP_USER "  -h, --help    print this help\n"
           "\n"
           "Exit codes: 0 they are in force; 1 they are not, or it could not be asked;\n"
           "2 wrong use.\n");
}

int cmd_reload(int argc, char **argv) {
    struct options options;
    int r = options_parse(OPTION_USER, argc, argv, &options);
    if (r != 0)
        return options_end(r, print_help);
    if (options.argument_count > 0)
        return cli_misuse("reload", "it takes no argument such as '%s'", options.arguments[0]);
    bool is_taken = true;
    const char *complaints = "";
    struct bus_client *client = remote_open(&options);
    r = client ? bus_client_reload(client, &is_taken, &complaints) : 0;
    if (client && r >= 0) {
        if (complaints[0])
            (void)fprintf(stderr, "%s\n", complaints);
        puts(is_taken ? "read again, and in force"
                      : "not taken: the rules there were stay in force");
    }
    const int code = remote_end(client, r);
    return is_taken ? code : CLI_NO;
}
