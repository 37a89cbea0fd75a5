// SPDX-License-Identifier: MIT
//
// off - every output off, whatever left it on. systemd runs this when the daemon has ended in any
// way: Raspberry Pi OS kernels keep the level of an output whose program died.

#include <stdio.h>

#include "cli/cli.h"
#include "cli/outputs.h"

static int run(const struct options *options) {
    struct outputs outputs;
    if (outputs_open(options, -1, &outputs) != 0)
        return CLI_NO;
    // To open an output is to switch it off, a tone that was left sounding too; to close it, again.
    outputs_close(&outputs);
    return outputs.problems.count == 0 ? CLI_OK : CLI_NO;
}

const struct cli_command COMMAND_OFF = {
    .name = "off",
    .summary = "switch every output off, also what a crash left on",
    .what = "Switch every lamp and buzzer of the board off, also those a crash left on.\n",
    .options = OPTION_BOARD | OPTION_CONFIG,
    .notes = "A line that is held by another program, a running wirebell too, is named and left.\n",
    .exits = "0 all are off; 1 some could not be switched",
    .run = run,
};
