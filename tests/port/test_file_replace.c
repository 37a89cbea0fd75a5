// SPDX-License-Identifier: MIT

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/files/file_replace.h"
#include "port/files/text_file.h"

struct place {
    char dir[40];
    char path[60];
    char fresh[70];
    char other[60];
};

static int set_up(void **state) {
    static struct place place;
    (void)snprintf(place.dir, sizeof place.dir, "/tmp/wirebell-replace-XXXXXX");
    if (!mkdtemp(place.dir))
        return -1;
    (void)snprintf(place.path, sizeof place.path, "%s/file", place.dir);
    (void)snprintf(place.fresh, sizeof place.fresh, "%s.new", place.path);
    (void)snprintf(place.other, sizeof place.other, "%s/other", place.dir);
    *state = &place;
    return 0;
}

static int tear_down(void **state) {
    const struct place *place = *state;
    (void)unlink(place->path);
    (void)unlink(place->fresh);
    (void)unlink(place->other);
    return rmdir(place->dir); // nothing else was left
}

static void assert_text(const char *path, const char *expected) {
    char *text = NULL;
    size_t size = 0;
    assert_int_equal(text_file_read(path, 1000, &text, &size), 0);
    assert_string_equal(text, expected);
    free(text);
}

static void a_file_is_made_and_replaced_with_its_mode_whatever_the_umask(void **state) {
    const struct place *place = *state;
    struct stat status;
    const mode_t before = umask(0077);
    assert_int_equal(file_replace(place->path, "one", 3, 0644), 0);
    assert_text(place->path, "one");
    assert_int_equal(file_replace(place->path, "", 0, 0644), 0);
    assert_text(place->path, "");
    (void)umask(before);
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0644);
    assert_int_equal(access(place->fresh, F_OK), -1);
}

static void who_has_the_old_file_open_reads_it_to_its_end(void **state) {
    const struct place *place = *state;
    char text[8] = "";
    assert_int_equal(file_replace(place->path, "old", 3, 0644), 0);
    FILE *reader = fopen(place->path, "r");
    assert_non_null(reader);
    assert_int_equal(file_replace(place->path, "brand-new", 9, 0644), 0);
    assert_non_null(fgets(text, sizeof text, reader));
    assert_string_equal(text, "old");
    assert_int_equal(fclose(reader), 0);
}

static void a_link_laid_under_the_fresh_name_is_not_followed(void **state) {
    const struct place *place = *state;
    assert_int_equal(file_replace(place->other, "mine", 4, 0600), 0);
    assert_int_equal(symlink(place->other, place->fresh), 0);
    assert_int_equal(file_replace(place->path, "text", 4, 0644), 0);
    assert_text(place->other, "mine");
    assert_text(place->path, "text");
}

static void what_fails_leaves_nothing_behind(void **state) {
    const struct place *place = *state;
    char nowhere[100], deep[5000];
    (void)snprintf(nowhere, sizeof nowhere, "%s/no/file", place->dir);
    assert_int_equal(file_replace(nowhere, "text", 4, 0644), -ENOENT);
    assert_int_equal(mkdir(place->path, 0700), 0);
    assert_int_equal(file_replace(place->path, "text", 4, 0644), -EISDIR);
    assert_int_equal(access(place->fresh, F_OK), -1);
    assert_int_equal(rmdir(place->path), 0);
    memset(deep, 'a', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    assert_int_equal(file_replace(deep, "text", 4, 0644), -ENAMETOOLONG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_made_and_replaced_with_its_mode_whatever_the_umask),
        TEST(who_has_the_old_file_open_reads_it_to_its_end),
        TEST(a_link_laid_under_the_fresh_name_is_not_followed),
        TEST(what_fails_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
