// SPDX-License-Identifier: MIT
//
// text_path.h - fuzzed bytes as a file with a path, for what is read by path. It lives in memory.

#ifndef TESTS_FUZZ_TEXT_PATH_H
#define TESTS_FUZZ_TEXT_PATH_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct text_path {
    int fd;
    char path[64];
};

static inline struct text_path text_path_open(const uint8_t *data, size_t size) {
    struct text_path text = {.fd = memfd_create("fuzz", MFD_CLOEXEC)};
    if (text.fd < 0 || write(text.fd, data, size) != (ssize_t)size)
        abort();
    (void)snprintf(text.path, sizeof text.path, "/proc/self/fd/%d", text.fd);
    return text;
}

static inline void text_path_close(const struct text_path *text) {
    (void)close(text->fd);
}

#endif
