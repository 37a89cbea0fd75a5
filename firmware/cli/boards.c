// SPDX-License-Identifier: MIT
//
// wirebell boards: the boards there are; one of them on the header, with what goes where, how it is
// wired, and what the kernel of this machine has taken. Requests no line and changes nothing.

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/header.h"
#include "cli/highlight.h"
#include "cli/json.h"
#include "cli/options.h"
#include "port/files/board.h"
#include "port/files/board_files.h"
#include "port/gpio/gpio_kernel.h"

// --- the list --------------------------------------------------------------------------------

static void count_roles(const struct board *board, size_t ret_counts[ROLE_COUNT]) {
    memset(ret_counts, 0, ROLE_COUNT * sizeof ret_counts[0]);
    for (size_t i = 0; i < board->line_count; i++)
        ret_counts[board->lines[i].role]++;
}

// "red, amber, 2 green, buzzer, button"
static void sum_up(const struct board *board, size_t size, char *ret) {
    size_t counts[ROLE_COUNT], used = 0;
    count_roles(board, counts);
    ret[0] = '\0';
    for (enum board_role role = 0; role < ROLE_COUNT && used < size; role++) {
        char number[24] = "";
        if (counts[role] > 1)
            (void)snprintf(number, sizeof number, "%zu ", counts[role]);
        if (counts[role] > 0)
            used += (size_t)snprintf(ret + used, size - used, "%s%s%s%s", used ? ", " : "", number,
                                     board_role_name(role),
                                     counts[role] > 1 && role >= ROLE_BUZZER ? "s" : "");
    }
}

static void print_entry(const struct board_file *file, const struct board *board, bool is_json) {
    if (!is_json) {
        char what[80];
        sum_up(board, sizeof what, what);
        printf("%-16s %-43s %s\n", file->name, what, board->description);
        return;
    }
    size_t counts[ROLE_COUNT];
    count_roles(board, counts);
    json_write_member(stdout, '{', "board", file->name);
    json_write_member(stdout, ',', "description", board->description);
    json_write_member(stdout, ',', "path", file->path);
    for (enum board_role role = 0; role < ROLE_COUNT; role++)
        printf(",\"%s\":%zu", board_role_name(role), counts[role]);
    fputs("}\n", stdout);
}

static int list(bool is_json) {
    struct board_files files;
    int r = board_files_list(&files);
    if (r < 0) {
        cli_error("the boards cannot be listed: %s", strerrordesc_np(-r));
        return CLI_NO;
    }
    int code = CLI_OK;
    for (size_t i = 0; i < files.count; i++) {
        struct diag_list diags = DIAG_LIST_NULL;
        struct board board;
        if (board_load(files.items[i].path, &diags, &board) == 0) {
            print_entry(&files.items[i], &board, is_json);
        } else {
            cli_error("%s is wrong: 'wirebell check' says where", files.items[i].path);
            code = CLI_NO;
        }
        diag_list_done(&diags);
    }
    board_files_done(&files);
    return code;
}

// --- one board -------------------------------------------------------------------------------

static const char *holder_of(const struct header_state *state, size_t line) {
    return strcmp(state->others[line], GPIO_CONSUMER) == 0 ? "wirebell" : state->others[line];
}

// Where a line is, as far as that is known: add-on boards fit chips of several labels.
static const char *chip_of(const struct board *board, const struct header_state *state,
                           const struct board_line *line) {
    if (line->chip_label[0])
        return line->chip_label;
    return board->chip_label_count == 1 ? board->chip_labels[0] : state->chip;
}

// "GPIO17, pin 11", or the chip and its line.
static void print_place(const struct board *board, const struct header_state *state,
                        const struct board_line *line) {
    const bool is_header = !line->chip_label[0] && header_is_of(board);
    const unsigned pin = is_header ? pi_pin_of(line->offset) : 0;
    if (pin > 0)
        printf("GPIO%u, pin %u", line->offset, pin);
    else
        printf("line %u of %s", line->offset, chip_of(board, state, line));
}

static void print_line(const struct board *board, const struct header_state *state, size_t index) {
    static const char *const PULLS[] = {[BIAS_AS_IS] = "",
                                        [BIAS_DISABLED] = ", no pull",
                                        [BIAS_PULL_UP] = ", pull up",
                                        [BIAS_PULL_DOWN] = ", pull down"};
    const struct board_line *line = &board->lines[index];
    printf("%-15s %-6s  ", line->name, board_role_name(line->role));
    if (board->driver == DRIVER_SIM) {
        puts("drawn in the terminal");
        return;
    }
    print_place(board, state, line);
    printf("%s%s", line->is_active_low ? ", active low" : "", PULLS[line->bias]);
    if (line->pwm_device[0])
        printf(", %u Hz by channel %u of the PWM on %s", line->tone_hz, line->pwm_channel,
               line->pwm_device);
    const char *holder = holder_of(state, index);
    if (holder[0])
        printf(", held by %s", holder);
    putchar('\n');
}

// Each thing config.txt must say, once.
static void print_needs(const struct board *board) {
    const char *head = "Needs in /boot/firmware/config.txt:\n";
    for (size_t i = 0; i < board->line_count; i++) {
        bool is_told = !board->lines[i].needs[0];
        for (size_t j = 0; j < i && !is_told; j++)
            is_told = strcmp(board->lines[i].needs, board->lines[j].needs) == 0;
        if (is_told)
            continue;
        printf("%s  %s\n", head, board->lines[i].needs);
        head = "";
    }
    if (!head[0])
        putchar('\n');
}

static void print_machine(const struct header_state *state) {
    if (state->chip[0] && state->pi.model[0])
        printf("This is a %s; what is in brackets is held by its kernel or a program.\n",
               state->pi.model);
    else if (state->chip[0])
        puts("The board's chip is here; what is in brackets is held by the kernel or a program.");
    else
        puts("The board's chip is not on this machine.");
}

static void print_board(const struct board *board, const struct header_state *state) {
    printf("%s: %s\n\n", board->name, board->description);
    if (header_is_of(board)) {
        header_print(stdout, board, state, highlight_has_colour());
        putchar('\n');
    }
    for (size_t i = 0; i < board->line_count; i++)
        print_line(board, state, i);
    putchar('\n');
    print_needs(board);
    if (!board->host[0] && board->driver == DRIVER_GPIOD) {
        header_print_wiring(stdout, board);
        putchar('\n');
    }
    if (board->notes[0])
        printf("%s\n", board->notes);
    if (board->source[0])
        printf("Source: %s\n", board->source);
    if (board->driver == DRIVER_GPIOD)
        print_machine(state);
}

static void print_json_line(const struct board *board, const struct header_state *state,
                            size_t index) {
    const struct board_line *line = &board->lines[index];
    const bool is_header = !line->chip_label[0] && header_is_of(board);
    const unsigned pin = is_header ? pi_pin_of(line->offset) : 0;
    json_write_member(stdout, '{', "board", board->name);
    json_write_member(stdout, ',', "line", line->name);
    json_write_member(stdout, ',', "role", board_role_name(line->role));
    json_write_member(stdout, ',', "chip", chip_of(board, state, line));
    if (board->driver == DRIVER_SIM)
        fputs(",\"gpio\":null", stdout);
    else
        printf(",\"gpio\":%u", line->offset);
    json_write_number(stdout, "pin", pin);
    printf(",\"active_low\":%s", line->is_active_low ? "true" : "false");
    json_write_member(stdout, ',', "pwm", line->pwm_device);
    json_write_member(stdout, ',', "needs", line->needs);
    json_write_member(stdout, ',', "holder", holder_of(state, index));
    fputs("}\n", stdout);
}

static int show(const char *name, bool is_json) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    struct header_state state;
    int r = board_load(name, &diags, &board);
    cli_complain(&diags);
    if (r == 0)
        r = header_look(&board, &state);
    if (r == -ENOMEM)
        cli_error("%s", strerrordesc_np(ENOMEM));
    if (r != 0)
        return CLI_NO;
    if (!is_json)
        print_board(&board, &state);
    for (size_t i = 0; is_json && i < board.line_count; i++)
        print_json_line(&board, &state, i);
    return CLI_OK;
}

static int run(const struct options *options) {
    if (options->argument_count > 1)
        return cli_misuse("boards", "one board at a time");
    return options->argument_count == 1 ? show(options->arguments[0], options->json)
                                        : list(options->json);
}

const struct cli_command COMMAND_BOARDS = {
    .name = "boards",
    .summary = "list the boards; draw one on the header, with how to wire it",
    .arguments = "[NAME|FILE]",
    .what = "List the boards, or draw one: the header with what goes where, and how to wire it.\n",
    .options = OPTION_JSON,
    .notes = "With --json an object for each: board, description, path and a count of each role; "
             "of one\n"
             "board, for each of its lines.\n",
    .exits = "0 fine; 1 a board's file is wrong or not there",
    .run = run,
};
