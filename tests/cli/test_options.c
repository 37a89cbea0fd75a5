// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

// Parses a line of words parted by blanks, the first of which is the sub-command.
static int parse(unsigned accepted, const char *line, char *copy, struct options *ret) {
    static char *argv[16];
    int argc = 0;
    char *rest = copy;
    (void)snprintf(copy, 256, "%s", line);
    for (char *word; (word = strsep(&rest, " ")) && argc < 15;)
        argv[argc++] = word;
    argv[argc] = NULL;
    return options_parse(accepted, argc, argv, ret);
}

static int forget_environment(void **state) {
    (void)state;
    return unsetenv("STATE_DIRECTORY") + unsetenv("WIREBELL_READER_SOCKET");
}

static void without_options_the_defaults_hold(void **state) {
    (void)state;
    char copy[256] = "";
    struct options options;
    assert_int_equal(parse(OPTIONS_FILES, "check", copy, &options), 0);
    assert_string_equal(options.keywords, OPTIONS_DEFAULT_KEYWORDS);
    assert_string_equal(options.config, OPTIONS_DEFAULT_CONFIG);
    assert_string_equal(options.state_dir, OPTIONS_DEFAULT_STATE_DIR);
    assert_null(options.board);
    assert_null(options.trace);
    assert_null(options.reader_socket);
    assert_false(options.is_keywords_given || options.is_config_given || options.json);
    assert_int_equal(options.argument_count, 0);
}

static void the_environment_stands_between_defaults_and_options(void **state) {
    (void)state;
    char copy[256] = "";
    struct options options;
    assert_int_equal(setenv("STATE_DIRECTORY", "/tmp/s", 1), 0);
    assert_int_equal(parse(OPTIONS_FILES, "check", copy, &options), 0);
    assert_string_equal(options.state_dir, "/tmp/s");
    assert_int_equal(parse(OPTIONS_FILES, "check --state-dir /tmp/t", copy, &options), 0);
    assert_string_equal(options.state_dir, "/tmp/t");
    assert_int_equal(setenv("STATE_DIRECTORY", "", 1), 0);
    assert_int_equal(parse(OPTIONS_FILES, "check", copy, &options), 0);
    assert_string_equal(options.state_dir, OPTIONS_DEFAULT_STATE_DIR);
}

static void options_and_arguments_may_be_mixed(void **state) {
    (void)state;
    char copy[256] = "";
    struct options options;
    assert_int_equal(parse(OPTIONS_FILES | OPTION_JSON,
                           "try war --json --keywords=k --board sim feed.xml", copy, &options),
                     0);
    assert_true(options.json && options.is_keywords_given);
    assert_string_equal(options.keywords, "k");
    assert_string_equal(options.board, "sim");
    assert_int_equal(options.argument_count, 2);
    assert_string_equal(options.arguments[0], "war");
    assert_string_equal(options.arguments[1], "feed.xml");
}

static void behind_two_hyphens_nothing_is_an_option(void **state) {
    (void)state;
    char copy[256] = "";
    struct options options;
    assert_int_equal(parse(OPTIONS_FILES | OPTION_JSON, "try -- --json", copy, &options), 0);
    assert_false(options.json);
    assert_string_equal(options.arguments[0], "--json");
}

static void help_is_an_answer_of_its_own(void **state) {
    (void)state;
    char copy[256] = "";
    struct options options = {.board = "untouched"};
    assert_int_equal(parse(OPTIONS_FILES, "check --help", copy, &options), OPTIONS_HELP);
    assert_int_equal(parse(OPTIONS_FILES, "check --board x -h", copy, &options), OPTIONS_HELP);
    assert_string_equal(options.board, "untouched");
}

static void what_a_command_does_not_take_is_refused(void **state) {
    (void)state;
    static const char *const LINES[] = {"check --once",  "check --json", "check --boart x",
                                        "check --board", "check -x",     "check --reader-socket s"};
    for (size_t i = 0; i < ARRAY_SIZE(LINES); i++) {
        char copy[256] = "";
        struct options options = {.board = "untouched"};
        assert_int_equal(parse(OPTIONS_FILES, LINES[i], copy, &options), OPTIONS_WRONG);
        assert_string_equal(options.board, "untouched");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(without_options_the_defaults_hold, forget_environment),
        cmocka_unit_test_setup(the_environment_stands_between_defaults_and_options,
                               forget_environment),
        cmocka_unit_test_setup(options_and_arguments_may_be_mixed, forget_environment),
        cmocka_unit_test_setup(behind_two_hyphens_nothing_is_an_option, forget_environment),
        cmocka_unit_test_setup(help_is_an_answer_of_its_own, forget_environment),
        cmocka_unit_test_setup(what_a_command_does_not_take_is_refused, forget_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
