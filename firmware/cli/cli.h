// SPDX-License-Identifier: MIT
//
// cli.h - what the sub-commands share.
//
// A sub-command is one file with one function, and one line in the table of main.c. It gets its
// own arguments (argv[0] is its name; optind is reset) and returns one of three exit codes. Results
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

/**
 * struct cli_command - one line of the table
 * @name:    as typed
 * @summary: one line for `wirebell --help`, no full stop
 * @run:     does it; argv[0] is its name; returns enum cli_exit
 */
struct cli_command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

// The sub-commands, one file each.
int cmd_ack(int argc, char **argv);
int cmd_boards(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_feeds(int argc, char **argv);
int cmd_history(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_off(int argc, char **argv);
int cmd_parse(int argc, char **argv);
int cmd_poll(int argc, char **argv);
int cmd_reload(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_snooze(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_try(int argc, char **argv);
int cmd_why(int argc, char **argv);

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
