// SPDX-License-Identifier: MIT
//
// Files read through a read(2) that is interrupted, gives little at a time, or fails: the linker
// puts the one below in its place.

#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wrapped_read.h"
#include "port/files/text_file.h"

static uint32_t seed;
static int failing_call, failing_error, calls;

static uint32_t chance(uint32_t of) {
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % of;
}

ssize_t __wrap_read(int fd, void *bytes, size_t size) {
    if (++calls == failing_call || chance(3) == 0) {
        errno = calls == failing_call ? failing_error : EINTR;
        return -1;
    }
    return __real_read(fd, bytes, 1 + chance((uint32_t)size));
}

static const char TEXT[] = "[feeds]\nhttps://feed.example/1\n[bulletin]\ncyber attack*\n";

static int set_up(void **state) {
    static char path[] = "/tmp/wirebell-text-XXXXXX";
    (void)snprintf(path, sizeof path, "/tmp/wirebell-text-XXXXXX");
    int fd = mkstemp(path);
    *state = path;
    calls = failing_call = 0;
    return fd < 0 || write(fd, TEXT, sizeof TEXT - 1) != sizeof TEXT - 1 || close(fd) < 0 ? -1 : 0;
}

static int tear_down(void **state) {
    return unlink(*state);
}

static void interrupted_and_short_reads_change_nothing(void **state) {
    for (uint32_t first = 1; first <= 200; first++) {
        char *text = NULL;
        size_t size = 0;
        seed = first;
        assert_int_equal(text_file_read(*state, 1000, &text, &size), 0);
        assert_int_equal(size, sizeof TEXT - 1);
        assert_string_equal(text, TEXT);
        free(text);
    }
}

static void a_read_that_fails_is_an_error_and_no_half_file(void **state) {
    for (uint32_t first = 1; first <= 50; first++) {
        char *text = NULL;
        size_t size = 4711;
        seed = first;
        calls = 0;
        failing_call = (int)(1 + first % 2);
        failing_error = EIO;
        assert_int_equal(text_file_read(*state, 1000, &text, &size), -EIO);
        assert_null(text);
        assert_int_equal(size, 4711);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(interrupted_and_short_reads_change_nothing),
        TEST(a_read_that_fails_is_an_error_and_no_half_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
