// SPDX-License-Identifier: MIT
//
// A test's own read(2), which the linker puts in the place of the real one (--wrap). Where glibc's
// headers check the room there is, the code calls it by another name: as clang does on Debian 13.

#ifndef TESTS_WRAPPED_READ_H
#define TESTS_WRAPPED_READ_H

#include <sys/types.h>

ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
ssize_t __wrap___read_chk(int fd, void *bytes, size_t size, size_t room);

ssize_t __wrap___read_chk(int fd, void *bytes, size_t size, size_t room) {
    (void)room;
    return __wrap_read(fd, bytes, size);
}

#endif
