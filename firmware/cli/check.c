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

// Shows the complaints of one part.
static void show(const struct diag_list *diags, bool is_json) {
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
}

// Ends the line about one part: "no mistakes", "2 mistakes, 1 warning", or the members of an
// object.
static void end_part(struct diag_list *diags, bool is_json, bool *ret_is_wrong) {
    const size_t errors = diags->error_count, warnings = diags->warning_count;
    *ret_is_wrong |= errors > 0;
    diag_list_done(diags);
    if (is_json) {
        printf(",\"errors\":%zu,\"warnings\":%zu}\n", errors, warnings);
        return;
    }
    if (errors == 0)
        printf("no mistakes");
    else
        printf("%zu mistake%s", errors, plural(errors));
    if (warnings > 0)
        printf(", %zu warning%s", warnings, plural(warnings));
    putchar('\n');
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
    show(&diags, options->json);
    if (options->json)
        printf("{\"part\":\"keywords\",\"feeds\":%zu,\"rules\":%zu", feeds, rules);
    else
        printf("keywords: %zu feed%s, %zu rule%s, ", feeds, plural(feeds), rules, plural(rules));
    end_part(&diags, options->json, ret_is_wrong);
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
    show(&diags, options->json);
    const struct board *board = &config.board;
    if (options->json) {
        json_write_member(stdout, '{', "part", "board");
        json_write_member(stdout, ',', "board", config.has_board ? board->name : "");
    } else if (config.has_board) {
        printf("board: %s, %zu line%s, ", board->name, board->line_count,
               plural(board->line_count));
    } else {
        printf("board: none, ");
    }
    end_part(&diags, options->json, ret_is_wrong);
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
    show(&diags, options->json);
    if (options->json)
        printf("{\"part\":\"boards\",\"files\":%zu", files.count);
    else
        printf("boards: %zu file%s, ", files.count, plural(files.count));
    end_part(&diags, options->json, ret_is_wrong);
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
    show(&diags, options->json);
    diag_list_done(&diags);
    *ret_is_wrong = true;
}

static int run(const struct options *options) {
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
