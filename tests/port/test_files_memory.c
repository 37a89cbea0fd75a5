// SPDX-License-Identifier: MIT
//
// Folders and the keywords while memory ends, in our code and in the C library's: a list that lacks
// an entry, or rules that lack a file, would be taken for all there are.

#include "scarce_memory.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/files/board_files.h"
#include "port/files/keywords_file.h"

static int list_boards(void *argument) {
    const size_t *expected = argument;
    struct board_files files = {.count = 4711};
    const int r = board_files_list(&files);
    assert_int_equal(files.count, r == 0 ? *expected : 4711);
    if (r == 0)
        board_files_done(&files);
    return r;
}

static void the_list_of_boards_is_whole_or_refused(void **state) {
    (void)state;
    struct board_files files;
    assert_int_equal(board_files_list(&files), 0);
    size_t count = files.count;
    assert_true(count > 10);
    board_files_done(&files);
    memory_try(
        &(struct memory_trial){.name = "board_files_list", .run = list_boards, .argument = &count});
}

// --- keywords and drop-ins -------------------------------------------------------------------

static char folder[] = "/tmp/wirebell-keywords-XXXXXX";
static char path[sizeof folder + 16], drop_ins[sizeof path + 4];

static void write_file(const char *base, const char *name, const char *text) {
    char file_path[sizeof drop_ins + 20];
    (void)snprintf(file_path, sizeof file_path, "%s/%s", base, name);
    unit_write_file(file_path, text, strlen(text));
}

static int set_up(void **state) {
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/wirebell-keywords-XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    (void)snprintf(path, sizeof path, "%s/keywords", folder);
    (void)snprintf(drop_ins, sizeof drop_ins, "%s.d", path);
    write_file(folder, "keywords", "[feeds]\nhttps://feed.example/1\n[flash]\nquake\n");
    return mkdir(drop_ins, 0700);
}

static int tear_down(void **state) {
    (void)state;
    static const char *const names[] = {"one.keywords", "two.keywords", "notes"};
    char file_path[sizeof drop_ins + 20];
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        (void)snprintf(file_path, sizeof file_path, "%s/%s", drop_ins, names[i]);
        (void)unlink(file_path);
    }
    (void)unlink(path);
    return remove(drop_ins) == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static int load_keywords(void *argument) {
    (void)argument;
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords = NULL;
    const int r = keywords_file_load(path, &diags, &keywords);
    memory_is_plenty();
    if (r == 0) {
        assert_int_equal(keywords_rule_count(keywords), 3);
        assert_int_equal(diags.error_count, 0);
    }
    keywords_free(keywords);
    diag_list_done(&diags);
    return r;
}

static void no_file_of_the_keywords_is_lost_without_a_word(void **state) {
    (void)state;
    write_file(drop_ins, "one.keywords", "[urgent]\nstorm\n");
    write_file(drop_ins, "two.keywords", "[urgent]\nflood\n");
    write_file(drop_ins, "notes", "no keywords");
    memory_try(&(struct memory_trial){.name = "keywords_file_load", .run = load_keywords});
}

static void a_folder_that_cannot_be_read_is_complained_of(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords = NULL;
    assert_int_equal(rmdir(drop_ins), 0);
    write_file(folder, "keywords.d", "a file where a folder should be");
    assert_int_equal(keywords_file_load(path, &diags, &keywords), 0);
    assert_int_equal(keywords_rule_count(keywords), 1);
    assert_int_equal(diags.error_count, 1);
    assert_string_equal(diags.items[0].message, "cannot be read: Not a directory");
    keywords_free(keywords);
    diag_list_done(&diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_list_of_boards_is_whole_or_refused),
        TEST(no_file_of_the_keywords_is_lost_without_a_word),
        TEST(a_folder_that_cannot_be_read_is_complained_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
