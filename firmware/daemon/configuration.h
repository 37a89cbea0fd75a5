// SPDX-License-Identifier: MIT
//
// configuration.h - what the files say, and which of it is in force.
//
// A new set is built whole beside the old one and taken only when all of it is good: a wrong edit
// never silences the bell. At the first start, with nothing to keep, the good lines of a file
// with mistakes count.

#ifndef DAEMON_CONFIGURATION_H
#define DAEMON_CONFIGURATION_H

#include "daemon/log.h"
#include "daemon/manager.h"
#include "daemon/monitor.h"
#include "daemon/rules.h"
#include "port/files/config.h"
#include "wirebell/board.h"

/**
 * struct configuration - all of it; owned by the manager
 * @options: which files; borrowed
 * @log:     where complaints go; borrowed
 * @monitor: told of refused edits and of self-tests that fail; borrowed
 * @config:  wirebell.conf, and the board; owned, see config_keep()
 * @rules:   keywords and matcher in force
 * @config_mistake: the first mistake of wirebell.conf, with its place; owned, NULL = none
 * @is_refused: what was read last is not in force
 * @complaints: what was wrong with what was read last; owned, NULL = nothing
 */
struct configuration {
    const struct manager_options *options;
    struct log *log;
    struct monitor *monitor;
    struct config *config;
    struct rules rules;
    char *config_mistake;
    bool is_refused;
    char *complaints;
};

// Reads wirebell.conf and the board; the default is in force for each value that cannot be taken.
// Return: 0 or -ENOMEM.
int configuration_load_config(struct configuration *c);

// The board; NULL when it cannot be had, which was said, or nothing was read yet.
const struct board *configuration_board(const struct configuration *c);

/**
 * configuration_take_fn - make fresh rules the ones in force
 * Return: 0; -errno when that cannot be, and then the old ones stay.
 */
typedef int (*configuration_take_fn)(const struct rules *fresh, void *userdata);

/**
 * configuration_load() - read the keywords and have them taken; at a reload wirebell.conf, too
 * @take: called when the keywords are good enough; the old rules live until it has returned
 *
 * Each of the two is taken or refused by itself. Another board, or other lines, are said to need a
 * restart: the kernel is asked for lines once.
 *
 * Return: whether all that was read is in force.
 */
bool configuration_load(struct configuration *c, configuration_take_fn take, void *userdata);

// What was wrong with the files read last, each complaint as diag_format() says it; "" =
// nothing.
const char *configuration_complaints(const struct configuration *c);

// Frees what was loaded.
void configuration_done(struct configuration *c);

#endif
