// SPDX-License-Identifier: MIT

#include <stdio.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "daemon/manager.h"

static void print_help(void) {
    printf(
        "Usage: wirebell run [OPTION...]\n"
        "Poll the feeds of the keywords file and ring for stories that match, until stopped.\n"
        "\n"
        "  --board NAME|FILE     drive this board; \"sim\" draws the lamps in the terminal,\n"
        "                        Enter is its button (default: what --config says, else \"pi\")\n"
        "  --keywords FILE       feeds and words (default " OPTIONS_DEFAULT_KEYWORDS ";\n"
        "                        FILE.d/*.keywords are read too)\n"
        "  --config FILE         the device (default " OPTIONS_DEFAULT_CONFIG ")\n"
        "  --state-dir DIR       what was seen (default $STATE_DIRECTORY, else\n"
        "                        " OPTIONS_DEFAULT_STATE_DIR ")\n"
        "  --once                poll every feed once, now; show what rings; leave\n"
        "  --trace FILE          sim board: write each change of a line as a line of JSON\n"
        "  --reader-socket PATH  wirebell-reader listens there (default\n"
        "                        $WIREBELL_READER_SOCKET, else one is started)\n"
        "  --user                be on the session's bus, where status, ack... --user find it\n"
        "  -h, --help            print this help\n"
        "\n"
        "Saving the keywords file is enough, it is read again; so is SIGHUP. SIGUSR1 polls\n"
        "every feed now. SIGTERM and Ctrl-C stop, with every output off.\n"
        "Exit codes: 0 fine; 1 could not run, or with --once: a feed could not be read;\n"
        "2 wrong use.\n");
}

int cmd_run(int argc, char **argv) {
    struct options options;
    int r = options_parse(OPTIONS_FILES | OPTION_ONCE | OPTION_TRACE | OPTION_READER_SOCKET |
                              OPTION_USER,
                          argc, argv, &options);
    if (r != 0)
        return options_end(r, print_help);
    if (options.argument_count > 0)
        return cli_misuse("run", "it takes no argument such as '%s'", options.arguments[0]);
    const struct manager_options manager = {
        .keywords = options.keywords,
        .config = options.config,
        .is_config_given = options.is_config_given,
        .board = options.board,
        .state_dir = options.state_dir,
        .trace = options.trace,
        .reader_socket = options.reader_socket,
        .is_user = options.user,
        .is_once = options.once,
    };
    return manager_run(&manager) == 0 ? CLI_OK : CLI_NO;
}
