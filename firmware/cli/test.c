// SPDX-License-Identifier: MIT
//
// test - lamp test and drill. Where a wirebell runs it is asked, for it holds the lines: its drill
// is an alert marked as one everywhere. Else this program drives the lines alone, and the state
// knows nothing of it.

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/outputs.h"
#include "cli/remote.h"
#include "core/alert/annunciator.h"
#include "port/files/board.h"
#include "port/system/clock.h"

// One line on standard output, beside the sim board's picture.
static void say(struct outputs *outputs, const char *before, const char *what) {
    outputs->driver->picture(outputs->gpio, false);
    printf("%s%s\n", before, what);
    (void)fflush(stdout);
    outputs->driver->picture(outputs->gpio, true);
}

static bool show_line(struct outputs *outputs, size_t line) {
    if (!outputs_has(outputs, line))
        return false;
    bool is_buzzer = outputs->board.lines[line].role == ROLE_BUZZER;
    say(outputs, "test: ", outputs->board.lines[line].name);
    bool is_driven = outputs_set(outputs, line, true);
    (void)outputs_wait(outputs, is_buzzer ? ANNUNCIATOR_ONE_BUZZER_US : ANNUNCIATOR_ONE_LAMP_US);
    return outputs_set(outputs, line, false) && is_driven;
}

static bool show_each_line(struct outputs *outputs) {
    bool is_driven = true;
    for (size_t i = 0; i < outputs->board.line_count && !outputs->is_stopped; i++)
        is_driven = show_line(outputs, i) && is_driven;
    return is_driven;
}

static bool drive_roles(struct outputs *outputs, const bool is_lit[ROLE_COUNT]) {
    bool is_driven = true;
    for (size_t i = 0; i < outputs->board.line_count; i++)
        is_driven = outputs_set(outputs, i, is_lit[outputs->board.lines[i].role]) && is_driven;
    return is_driven;
}

// The level as the daemon shows it, by the same code, until it has cleared itself.
static bool show_level(struct outputs *outputs, enum level level) {
    const struct annunciator_alert drill = {
        .id = 1, .level = level, .lamp = ROLE_COUNT, .is_drill = true};
    struct annunciator *annunciator;
    if (annunciator_new(&outputs->policy, true, &annunciator) != 0) {
        cli_error("%s", strerrordesc_np(ENOMEM));
        return false;
    }
    say(outputs, "drill: ", level_name(level));
    const struct trust trust = {.is_contradicted = true}; // quiet hours do not count here
    struct moment now = clock_now(&trust);
    annunciator_raise(annunciator, &drill, now.boot_us);
    bool is_driven = true, goes_on = true;
    while (goes_on) {
        struct annunciation show;
        annunciator_step(annunciator, &now, &show);
        is_driven = drive_roles(outputs, show.is_lit) && is_driven;
        goes_on = is_driven && annunciator_count(annunciator) > 0 &&
                  outputs_wait(outputs, show.next_us - now.boot_us);
        now = clock_now(&trust);
    }
    (void)annunciator_free(annunciator);
    return is_driven;
}

static bool has_any(const struct outputs *outputs) {
    return outputs->problems.count < outputs->board.line_count;
}

static int refuse(const struct board *board, const char *what) {
    char names[LIMIT_BOARD_LINES * (sizeof board->lines[0].name + 2)] = "";
    size_t used = 0;
    for (size_t i = 0; i < board->line_count; i++)
        used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                                 board->lines[i].name);
    return cli_misuse("test",
                      "'%s' is neither a level (flash, bulletin, urgent, routine) nor an "
                      "output of board %s (%s)",
                      what, board->name, names);
}

static int show(struct outputs *outputs, const char *what) {
    size_t line = what ? board_find_line(&outputs->board, what) : 0;
    enum level level;
    bool is_driven;
    if (!what)
        is_driven = show_each_line(outputs);
    else if (line < outputs->board.line_count)
        is_driven = show_line(outputs, line);
    else if (level_parse(what, &level) == 0)
        is_driven = has_any(outputs) && show_level(outputs, level);
    else
        return refuse(&outputs->board, what);
    return is_driven && outputs->problems.count == 0 ? CLI_OK : CLI_NO;
}

// Has the wirebell that runs do it. Return: false when none does.
static bool ask_daemon(const struct options *options, const char *what, int *ret_code) {
    bool is_absent = true;
    struct bus_client *client = remote_open(options);
    if (!client)
        return false;
    int r = bus_client_test(client, what, &is_absent);
    if (is_absent && !options->user) {
        bus_client_free(client);
        return false;
    }
    enum level level;
    bool is_drill = level_parse(what, &level) == 0;
    if (r >= 0)
        printf("%s: %s\n", is_drill ? "drill" : "test", what[0] ? what : "all lamps");
    *ret_code = remote_end(client, r);
    return true;
}

static int run(const struct options *options) {
    if (options->argument_count > 1)
        return cli_misuse("test", "one level or lamp at a time");
    const char *what = options->argument_count ? options->arguments[0] : NULL;
    const bool is_by_hand = options->board || options->is_config_given || options->trace;
    int code;
    if (!is_by_hand && ask_daemon(options, what ? what : "", &code))
        return code;
    // Where there is no terminal what is said here is enough.
    struct outputs outputs;
    int out_fd = isatty(STDOUT_FILENO) ? STDOUT_FILENO : -1;
    if (outputs_open(options, out_fd, &outputs) != 0)
        return CLI_NO;
    code = show(&outputs, what);
    outputs_close(&outputs);
    return code;
}

const struct cli_command COMMAND_TEST = {
    .name = "test",
    .summary = "show that the lamps and the buzzer work, or how a level rings",
    .arguments = "[LEVEL|LAMP]",
    .what = "Light lamps and sound the buzzer, to see and hear that they work.\n"
            "\n"
            "  wirebell test          each lamp and buzzer of the board in turn\n"
            "  wirebell test red      one of them, by its name in the board file\n"
            "  wirebell test flash    a drill: all lamps for a second, then as a story of that\n"
            "                         level would ring (flash, bulletin, urgent, routine)\n",
    .options = OPTION_BOARD | OPTION_CONFIG | OPTION_TRACE | OPTION_USER,
    .notes =
        "A wirebell that runs is asked to do it: all lamps at once, one output, or a drill, which\n"
        "is recorded as one. With --board, --config or --trace the lines are driven here, for\n"
        "which it must be stopped. Ctrl-C ends, with every output off.\n",
    .exits = "0 shown; 1 some lines could not be driven",
    .run = run,
};
