// SPDX-License-Identifier: MIT
//
// wirebell check: reads every file of the configuration as the daemon would, and says what is
// wrong with it. Nothing is changed, no pin is touched, no feed is asked.

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/options.h"
#include "core/keywords/keywords_check.h"
#include "port/files/board.h"
#include "port/files/board_files.h"
#include "port/files/config.h"
#include "port/files/keywords_file.h"

static const char *plural(size_t count) {
    return count == 1 ? "" : "s";
}

// "no mistakes", "2 mistakes, 1 warning"
static void print_verdict(const struct diag_list *diags) {
    if (diags->error_count == 0)
        printf("no mistakes");
    else
        printf("%zu mistake%s", diags->error_count, plural(diags->error_count));
    if (diags->warning_count > 0)
        printf(", %zu warning%s", diags->warning_count, plural(diags->warning_count));
    putchar('\n');
}

// Shows the complaints of one part, and forgets them. Return: were there errors?
static bool show(struct diag_list *diags, bool is_json) {
    for (size_t i = 0; i < diags->count; i++) {
        if (is_json) {
            json_write_diag(stdout, &diags->items[i]);
            continue;
        }
        char text[2048];
        diag_format(&diags->items[i], sizeof text, text);
        puts(text);
    }
    const size_t found = diags->error_count + diags->warning_count;
    if (found > diags->count && !is_json)
        printf("... and %zu more\n", found - diags->count);
    const bool has_errors = diags->error_count > 0;
    diag_list_done(diags);
    return has_errors;
}

// What only check asks: is a rule risky or idle, and do the file's own tests hold?
static int ask(const struct keywords *keywords, struct diag_list *diags) {
    struct matcher *matcher = NULL;
    int r = matcher_new(keywords, &matcher);
    if (r == 0)
        r = keywords_run_selftests(keywords, matcher, DIAG_ERROR, diags);
    if (r == 0)
        r = keywords_check(keywords, matcher, diags);
    matcher_free(matcher);
    return r;
}

static int check_keywords(const struct options *options, bool *ret_is_wrong) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords = NULL;
    int r = keywords_file_load(options->keywords, &diags, &keywords);
    if (r != 0 && r != -ENOMEM)
        r = keywords_new(&keywords); // it has been complained of, and counts as empty
    if (r != 0) {
        diag_list_done(&diags);
        return r;
    }
    r = ask(keywords, &diags);
    if (r != 0) {
        keywords_free(keywords);
        diag_list_done(&diags);
        return r;
    }
    const size_t feeds = keywords_feed_count(keywords), rules = keywords_rule_count(keywords);
    const struct diag_list counts = {.error_count = diags.error_count,
                                     .warning_count = diags.warning_count};
    *ret_is_wrong |= show(&diags, options->json);
    if (options->json) {
        printf("{\"part\":\"keywords\",\"feeds\":%zu,\"rules\":%zu,\"errors\":%zu,"
               "\"warnings\":%zu}\n",
               feeds, rules, counts.error_count, counts.warning_count);
    } else {
        printf("keywords: %zu feed%s, %zu rule%s, ", feeds, plural(feeds), rules, plural(rules));
        print_verdict(&counts);
    }
    keywords_free(keywords);
    return 0;
}

// The device's file, and the board it or --board names.
static int check_device(const struct options *options, bool *ret_is_wrong) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    int r = config_load(options->config, options->is_config_given, options->board, &diags, &config);
    if (r != 0 && r != -EINVAL) {
        diag_list_done(&diags);
        return r;
    }
    const struct diag_list counts = {.error_count = diags.error_count,
                                     .warning_count = diags.warning_count};
    *ret_is_wrong |= show(&diags, options->json);
    const struct board *board = &config.board;
    if (options->json) {
        json_write_member(stdout, '{', "part", "board");
        json_write_member(stdout, ',', "board", config.has_board ? board->name : "");
        printf(",\"errors\":%zu,\"warnings\":%zu}\n", counts.error_count, counts.warning_count);
        return 0;
    }
    if (config.has_board)
        printf("board: %s, %zu line%s, ", board->name, board->line_count,
               plural(board->line_count));
    else
        printf("board: none, ");
    print_verdict(&counts);
    return 0;
}

// All board files, also those that nothing names yet: somebody may be writing one.
static int check_boards(const struct options *options, bool *ret_is_wrong) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct board_files files;
    int r = board_files_list(&files);
    if (r != 0)
        return r;
    for (size_t i = 0; r == 0 && i < files.count; i++) {
        struct board board;
        r = board_load(files.items[i].path, &diags, &board);
        if (r == -EINVAL)
            r = 0; // it has been complained of
    }
    const struct diag_list counts = {.error_count = diags.error_count,
                                     .warning_count = diags.warning_count};
    *ret_is_wrong |= show(&diags, options->json);
    if (options->json) {
        printf("{\"part\":\"boards\",\"files\":%zu,\"errors\":%zu,\"warnings\":%zu}\n", files.count,
               counts.error_count, counts.warning_count);
    } else {
        printf("boards: %zu file%s, ", files.count, plural(files.count));
        print_verdict(&counts);
    }
    board_files_done(&files);
    return r;
}

// A state folder that is not there yet is no mistake: the daemon's first start makes it.
static void check_state_dir(const struct options *options, bool *ret_is_wrong) {
    const char *path = options->state_dir;
    struct stat status;
    const int error = stat(path, &status) == 0 ? 0 : errno;
    if (error == ENOENT || (error == 0 && S_ISDIR(status.st_mode)))
        return;
    struct diag_list diags = DIAG_LIST_NULL;
    diag_add(&diags, DIAG_ERROR, &(struct diag_place){.file = path}, NULL,
             "the state cannot be kept here: %s", strerrordesc_np(error != 0 ? error : ENOTDIR));
    (void)show(&diags, options->json);
    *ret_is_wrong = true;
}

static int run(const struct options *options) {
    if (options->argument_count > 0)
        return cli_misuse("check", "'%s' is not an option; a file is given by --keywords FILE",
                          options->arguments[0]);
    bool is_wrong = false;
    int r = check_keywords(options, &is_wrong);
    if (r == 0)
        r = check_device(options, &is_wrong);
    if (r == 0)
        r = check_boards(options, &is_wrong);
    if (r != 0) {
        cli_error("the files cannot be checked: %s", strerrordesc_np(-r));
        return CLI_NO;
    }
    check_state_dir(options, &is_wrong);
    return is_wrong ? CLI_NO : CLI_OK;
}

const struct cli_command COMMAND_CHECK = {
    .name = "check",
    .summary = "say what is wrong with the files of the configuration",
    .what = "Read the files of the configuration and say what is wrong with them.\n",
    .options = OPTIONS_FILES | OPTION_JSON,
    .notes =
        "With --json for each complaint severity, file, line, column, width, message, mend and\n"
        "source; then for each part part, errors, warnings, and of the keywords feeds and rules.\n",
    .exits = "0 no mistakes (there may be warnings); 1 mistakes",
    .run = run,
};
