// SPDX-License-Identifier: MIT
//
// wirebell.conf and the boards while memory ends: what comes back is -ENOMEM, or exactly what the
// files say. A configuration of which a part was lost without a word would be taken for what a
// person wrote.

#define SCARCE_MEMORY_OURS
#include "scarce_memory.h"

#include <stdio.h>
#include <unistd.h>

#include "port/files/board.h"
#include "port/files/config.h"

static const char GOOD[] = "board = pi\npoll = 30m\nquiet_hours = \"22:00-06:00\" # at night\n"
                           "flash {\n  repeat = \"30s\"\n  hold = acknowledged\n}\n"
                           "bulletin { quiet = dark }\nlamp red { gpio = 5 }\n";
static const char WRONG[] = "board = pi\npoll = often\nno_such_key = 1\nflash { rhythm = ever }\n"
                            "lamp red { gpio = x }\n}\n";

/**
 * struct sheet - a configuration file, and what it gives while memory is plenty
 * @errors: complaints of it
 */
struct sheet {
    char path[48];
    int result;
    struct config config;
    size_t errors;
};

static void write_sheet(const char *text, struct sheet *ret) {
    *ret = (struct sheet){.path = "/tmp/wirebell-config-XXXXXX"};
    const int fd = mkstemp(ret->path);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
    struct diag_list diags = DIAG_LIST_NULL;
    memset(&ret->config, 0, sizeof ret->config);
    ret->result = config_load(ret->path, true, NULL, &diags, &ret->config);
    ret->errors = diags.error_count;
    assert_true(ret->config.has_board);
    for (size_t i = 0; i < diags.count; i++)
        print_message("line %u: %s\n", diags.items[i].line, diags.items[i].message);
    diag_list_done(&diags);
}

static int load(void *argument) {
    const struct sheet *sheet = argument;
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    memset(&config, 0, sizeof config);
    const int r = config_load(sheet->path, true, NULL, &diags, &config);
    memory_is_plenty();
    if (r != -ENOMEM) {
        assert_int_equal(r, sheet->result);
        assert_int_equal(diags.error_count, sheet->errors);
        assert_memory_equal(&config, &sheet->config, sizeof config);
    }
    diag_list_done(&diags);
    return r == -EINVAL ? 0 : r;
}

static void a_configuration_is_read_whole_or_refused(void **state) {
    (void)state;
    struct sheet sheet;
    write_sheet(GOOD, &sheet);
    assert_int_equal(sheet.result, 0);
    assert_int_equal(sheet.config.poll_s, 1800);
    memory_try(&(struct memory_trial){.name = "config_load", .run = load, .argument = &sheet});
    assert_int_equal(unlink(sheet.path), 0);
}

static void every_mistake_is_found_or_nothing_is_said_of_the_file(void **state) {
    (void)state;
    struct sheet sheet;
    write_sheet(WRONG, &sheet);
    assert_int_equal(sheet.result, -EINVAL);
    memory_try(
        &(struct memory_trial){.name = "config_load, mistakes", .run = load, .argument = &sheet});
    assert_int_equal(unlink(sheet.path), 0);
}

static int load_board(void *argument) {
    const struct board *expected = argument;
    struct diag_list diags = DIAG_LIST_NULL;
    struct board board;
    memset(&board, 0, sizeof board);
    const int r = board_load(expected->name, &diags, &board);
    memory_is_plenty();
    if (r == 0)
        assert_memory_equal(&board, expected, sizeof board);
    diag_list_done(&diags);
    return r;
}

static void a_board_is_read_whole_or_refused(void **state) {
    (void)state;
    static const char *const names[] = {"pi", "traffic-hat"};
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct diag_list diags = DIAG_LIST_NULL;
        struct board board;
        memset(&board, 0, sizeof board);
        assert_int_equal(board_load(names[i], &diags, &board), 0);
        memory_try(&(struct memory_trial){.name = names[i], .run = load_board, .argument = &board});
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_configuration_is_read_whole_or_refused),
        cmocka_unit_test(every_mistake_is_found_or_nothing_is_said_of_the_file),
        cmocka_unit_test(a_board_is_read_whole_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
