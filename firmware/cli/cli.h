// SPDX-License-Identifier: MIT
//
// cli.h - what the sub-commands share.
//
// A sub-command is one file with one description of it, and one line in the table of main.c, which
// reads the options, shows the help, and refuses arguments where none are taken. Results
// go to standard output, complaints as sentences to standard error. Commands need not check their
// output for errors: main flushes standard output and tells when it could not be written.

#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdint.h>

enum cli_exit {
    CLI_OK = 0,    // fine, or yes
    CLI_NO = 1,    // no, or problems were found
    CLI_USAGE = 2, // asked for in the wrong way
};

struct options;

/**
 * struct cli_command - what main needs of a sub-command
 * @name:      as typed
 * @summary:   one line for `wirebell --help`, no full stop
 * @arguments: as its usage line has them, such as "[N]"; NULL = it takes none
 * @options:   those it takes: a set of enum options_accepted
 * @what:      for its --help, above the options: whole lines
 * @notes:     below them: whole lines; NULL = none
 * @exits:     what its exit codes 0 and 1 mean
 * @run:       does it; returns enum cli_exit
 */
struct cli_command {
    const char *name;
    const char *summary;
    const char *arguments;
    unsigned options;
    const char *what;
    const char *notes;
    const char *exits;
    int (*run)(const struct options *options);
};

// The sub-commands, one file each.
extern const struct cli_command COMMAND_ACK;
extern const struct cli_command COMMAND_BOARDS;
extern const struct cli_command COMMAND_CHECK;
extern const struct cli_command COMMAND_EXPORT;
extern const struct cli_command COMMAND_FEEDS;
extern const struct cli_command COMMAND_HISTORY;
extern const struct cli_command COMMAND_IMPORT;
extern const struct cli_command COMMAND_OFF;
extern const struct cli_command COMMAND_PARSE;
extern const struct cli_command COMMAND_POLL;
extern const struct cli_command COMMAND_RELOAD;
extern const struct cli_command COMMAND_RUN;
extern const struct cli_command COMMAND_SNOOZE;
extern const struct cli_command COMMAND_STATUS;
extern const struct cli_command COMMAND_TEST;
extern const struct cli_command COMMAND_TRY;
extern const struct cli_command COMMAND_WHY;

/**
 * cli_error() - one complaint on standard error: "wirebell: " and the sentence
 * @format: printf format: what happened, where, what to do; no line end
 */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

struct diag_list;

// Says each complaint of the list on standard error, and forgets them.
void cli_complain(struct diag_list *diags);

/**
 * cli_misuse() - complain that a sub-command was asked for in the wrong way
 * @command: name of the sub-command; NULL = none was reached
 * @format:  what is wrong; no line end. NULL when getopt has already said it
 *
 * Return: CLI_USAGE, to be returned.
 */
int cli_misuse(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

enum { CLI_TIME_SIZE = sizeof "2026-01-02T03:04:05Z" };

/**
 * cli_format_time() - seconds since 1970 as RFC 3339, UTC: "2026-01-02T03:04:05Z"
 * @time_s: any value
 * @ret:    written only on success
 *
 * Return: 0; -ERANGE for STORY_NO_DATE and for years RFC 3339 cannot write (before 0, after 9999).
 */
int cli_format_time(int64_t time_s, char ret[static CLI_TIME_SIZE]);

#endif
