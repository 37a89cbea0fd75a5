// SPDX-License-Identifier: MIT
//
// manager.h - the daemon: owns everything, runs the loop.

#ifndef DAEMON_MANAGER_H
#define DAEMON_MANAGER_H

#include <stdbool.h>

/**
 * struct manager_options - where things are; all borrowed for the whole run
 * @keywords:      the keywords file; its drop-ins are in the folder of the same name with ".d"
 * @config:        wirebell.conf
 * @is_config_given: a missing @config is a mistake, not a default
 * @board:         name or file; NULL = what the configuration says
 * @state_dir:     folder of the state
 * @trace:         sim board: file for the transitions; NULL = none
 * @reader_socket: socket of wirebell-reader; NULL = start one
 * @is_user:       be on the session's bus, not on the machine's
 * @is_once:       poll every feed once, now, show what rings, leave; on no bus
 */
struct manager_options {
    const char *keywords;
    const char *config;
    bool is_config_given;
    const char *board;
    const char *state_dir;
    const char *trace;
    const char *reader_socket;
    bool is_user;
    bool is_once;
};

/**
 * manager_run() - be the daemon until a signal (SIGTERM, SIGINT) or, with @is_once, the round's end
 *
 * SIGHUP and saving the keywords file reload them; SIGUSR1 polls every feed now. What is missing
 * (keywords, board, a line, a writable state) is said and the rest works.
 *
 * Return: 0; 1 with @is_once when a feed could not be read; -errno when there could be no daemon
 * at all, which has been said.
 */
int manager_run(const struct manager_options *options);

#endif
