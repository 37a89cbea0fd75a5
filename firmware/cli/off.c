// SPDX-License-Identifier: MIT
//
// off - every output off, whatever left it on. systemd runs this when the daemon has ended in any
// way: Raspberry Pi OS kernels keep the level of an output whose program died.

#include <stdio.h>

#include "cli/cli.h"
#include "cli/outputs.h"

static void print_help(void) {
    printf("Usage: wirebell off [OPTION...]\n"
           "Switch every lamp and buzzer of the board off, also those a crash left on.\n"
           "\n"
           "  --board NAME|FILE  this board (default: what --config says, else \"pi\")\n"
           "  --config FILE      the device (default " OPTIONS_DEFAULT_CONFIG ")\n"
           "  -h, --help         print this help\n"
           "\n"
           "A line that is held by another program, a running wirebell too, is named and left.\n"
           "Exit codes: 0 all are off; 1 some could not be switched; 2 wrong use.\n");
}

int cmd_off(int argc, char **argv) {
    struct options options;
    int r = options_parse(OPTION_BOARD | OPTION_CONFIG, argc, argv, &options);
    if (r != 0)
        return options_end(r, print_help);
    if (options.argument_count > 0)
        return cli_misuse("off", "it takes no argument such as '%s'", options.arguments[0]);
    struct outputs outputs;
    if (outputs_open(&options, -1, &outputs) != 0)
        return CLI_NO;
    // To open an output is to switch it off, a tone that was left sounding too; to close it, again.
    outputs_close(&outputs);
    return outputs.problems.count == 0 ? CLI_OK : CLI_NO;
}
