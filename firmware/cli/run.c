// SPDX-License-Identifier: MIT

#include <stdio.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "daemon/manager.h"

static int run(const struct options *options) {
    const struct manager_options manager = {
        .keywords = options->keywords,
        .config = options->config,
        .is_config_given = options->is_config_given,
        .board = options->board,
        .state_dir = options->state_dir,
        .trace = options->trace,
        .reader_socket = options->reader_socket,
        .is_user = options->user,
        .is_once = options->once,
    };
    return manager_run(&manager) == 0 ? CLI_OK : CLI_NO;
}

const struct cli_command COMMAND_RUN = {
    .name = "run",
    .summary = "poll the feeds, ring for stories that match",
    .what = "Poll the feeds of the keywords file and ring for stories that match, until stopped.\n",
    .options = OPTIONS_FILES | OPTION_ONCE | OPTION_TRACE | OPTION_READER_SOCKET | OPTION_USER,
    .notes = "Saving the keywords file is enough, it is read again; so is SIGHUP. SIGUSR1 polls\n"
             "every feed now. SIGTERM and Ctrl-C stop, with every output off.\n",
    .exits = "0 fine; 1 could not run, or with --once: a feed could not be read",
    .run = run,
};
