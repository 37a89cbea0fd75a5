// SPDX-License-Identifier: MIT
//
// options.h - the options that several sub-commands share, read in one place.
//
// Each sub-command names the ones it takes; any other is wrong use, so nobody believes that an
// option was heeded which was not.

#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>

#define OPTIONS_DEFAULT_KEYWORDS  "/etc/wirebell/keywords"
#define OPTIONS_DEFAULT_CONFIG    "/etc/wirebell/wirebell.conf"
#define OPTIONS_DEFAULT_STATE_DIR "/var/lib/wirebell"

// Which of them a sub-command takes; a set.
enum options_accepted {
    OPTION_BOARD = 1 << 0,
    OPTION_KEYWORDS = 1 << 1,
    OPTION_CONFIG = 1 << 2,
    OPTION_STATE_DIR = 1 << 3,
    OPTION_TRACE = 1 << 4,
    OPTION_ONCE = 1 << 5,
    OPTION_READER_SOCKET = 1 << 6,
    OPTION_JSON = 1 << 7,
    OPTION_USER = 1 << 8,
    OPTION_ALL = 1 << 9,
    OPTION_SINCE = 1 << 10,
    OPTION_LAST = 1 << 12,
    // What run and check have in common.
    OPTIONS_FILES = OPTION_BOARD | OPTION_KEYWORDS | OPTION_CONFIG | OPTION_STATE_DIR
};

// What options_parse() returns besides 0.
enum options_result { OPTIONS_HELP = 1, OPTIONS_WRONG = 2 };

/**
 * struct options - what was asked for; strings borrowed from argv, the environment or static
 * @board:             --board NAME|FILE; NULL = not given: the configuration says
 * @keywords:          --keywords FILE, or OPTIONS_DEFAULT_KEYWORDS; drop-ins are in FILE.d
 * @config:            --config FILE, or OPTIONS_DEFAULT_CONFIG
 * @state_dir:         --state-dir DIR, or $STATE_DIRECTORY, or OPTIONS_DEFAULT_STATE_DIR
 * @trace:             --trace FILE; NULL = none
 * @reader_socket:     --reader-socket PATH, or $WIREBELL_READER_SOCKET; NULL = spawn a reader
 * @once:              --once
 * @json:              --json: JSON lines for programs in place of text for people
 * @user:              --user: the session's bus, not the machine's
 * @all:               --all
 * @since:             --since TIME; NULL = not given
 * @last:              --last TIME; NULL = not given
 * @is_keywords_given: --keywords was given: a missing file is then a mistake, not a first start
 * @is_config_given:   --config was given
 * @argument_count:    arguments that are no options
 * @arguments:         the arguments, in the order given, in argv
 */
struct options {
    const char *board;
    const char *keywords;
    const char *config;
    const char *state_dir;
    const char *trace;
    const char *reader_socket;
    bool once;
    bool json;
    bool user;
    bool all;
    const char *since;
    const char *last;
    bool is_keywords_given;
    bool is_config_given;
    int argument_count;
    char **arguments;
};

/**
 * options_parse() - read a sub-command's options
 * @accepted: set of enum options_accepted
 * @argc:     at least 1
 * @argv:     argv[0] is the sub-command's name; getopt moves the arguments behind the options
 * @ret:      written only on success
 *
 * Return: 0; OPTIONS_HELP when --help was given (nothing was printed); OPTIONS_WRONG when
 * something is wrong: it has then been said on standard error.
 */
int options_parse(unsigned accepted, int argc, char **argv, struct options *ret);

// Prints what --help says of the options of a set, a line or more each; of --help itself, too.
void options_print(unsigned accepted);

#endif
