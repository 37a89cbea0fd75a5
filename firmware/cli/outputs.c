// SPDX-License-Identifier: MIT

#include "cli/outputs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "port/files/config.h"
#include "port/gpio/gpio.h"

// Buttons are left alone: whoever holds them may keep them.
static void drop_inputs(struct board *board) {
    size_t count = 0;
    for (size_t i = 0; i < board->line_count; i++)
        if (board_role_is_output(board->lines[i].role))
            board->lines[count++] = board->lines[i];
    board->line_count = count;
}

static int load_device(const struct options *options, struct outputs *ret) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    int r = config_load(options->config, options->is_config_given, options->board, &diags, &config);
    cli_complain(&diags);
    // A mistake elsewhere in the files keeps no lamp from being tested, or switched off.
    if (!config.has_board)
        return r;
    ret->board = config.board;
    ret->policy = config.policy;
    drop_inputs(&ret->board);
    return 0;
}

// SIGPIPE too: a lamp must not stay lit because nobody reads what is printed.
static void ending_signals(sigset_t *ret) {
    static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    (void)sigemptyset(ret);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
        (void)sigaddset(ret, SIGNALS[i]);
}

int outputs_open(const struct options *options, int out_fd, struct outputs *ret) {
    int error = load_device(options, ret);
    if (error)
        return error;
    sigset_t signals;
    ending_signals(&signals);
    (void)sigprocmask(SIG_BLOCK, &signals, &ret->old_signals);
    ret->is_stopped = false;
    ret->driver = gpio_driver_of(&ret->board);
    const struct gpio_options gpio = {.trace_path = options->trace, .out_fd = out_fd, .in_fd = -1};
    error = ret->driver->open(&ret->board, &gpio, &ret->problems, &ret->gpio);
    if (error) {
        (void)sigprocmask(SIG_SETMASK, &ret->old_signals, NULL);
        cli_error("board %s%s%s cannot be opened: %s", ret->board.name,
                  options->trace ? " with its trace in " : "", options->trace ? options->trace : "",
                  strerrordesc_np(-error));
        return error;
    }
    size_t index = 0;
    char text[512];
    while (gpio_next_problem(&ret->board, &ret->problems, &index, sizeof text, text))
        cli_error("%s", text);
    return 0;
}

void outputs_close(struct outputs *outputs) {
    outputs->gpio = outputs->driver->close(outputs->gpio);
    (void)fflush(stdout); // a signal that waits ends the program with the next line
    (void)sigprocmask(SIG_SETMASK, &outputs->old_signals, NULL);
}

bool outputs_wait(struct outputs *outputs, int64_t time_us) {
    const struct timespec time = {.tv_sec = (time_t)(time_us / 1000000),
                                  .tv_nsec = (long)(time_us % 1000000) * 1000};
    sigset_t signals;
    ending_signals(&signals);
    int signal = outputs->is_stopped ? 0 : sigtimedwait(&signals, NULL, &time);
    if (signal > 0) {
        outputs->is_stopped = true;
        (void)raise(signal); // it waits, and ends the program once the outputs are off
    }
    return !outputs->is_stopped;
}

bool outputs_has(const struct outputs *outputs, size_t line) {
    for (size_t i = 0; i < outputs->problems.count; i++)
        if (outputs->problems.items[i].line == line)
            return false;
    return true;
}

bool outputs_set(struct outputs *outputs, size_t line, bool is_active) {
    int error = outputs->driver->set(outputs->gpio, line, is_active);
    if (!error)
        return true;
    cli_error("%s cannot be driven any more: %s", outputs->board.lines[line].name,
              strerrordesc_np(-error));
    return false;
}
