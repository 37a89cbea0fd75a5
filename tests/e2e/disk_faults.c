// SPDX-License-Identifier: MIT
//
// A disk that fails when it is told to; loaded before the C library (LD_PRELOAD) of the real
// daemon.
//
//   DISK_FAULT_PATH  files whose path contains this
//   DISK_FAULT_AT    the how manieth change of such a file fails, from 1; 0 = none
//   DISK_FAULT       what happens then: "kill" (SIGKILL before it), "torn" (half of it, then
//   SIGKILL),
//                    or an error that lasts from then on: "ENOSPC", "EIO", "EROFS"
//   DISK_FAULT_WHILE changes count and fail only while this file is there; not set = always
//
// Changes are write, pwrite, ftruncate, fsync, fdatasync and unlink. What is mapped is not seen.

// Both names of a call are defined here, pwrite and pwrite64: neither may stand for the other.
#undef _FILE_OFFSET_BITS
#undef _TIME_BITS

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_meant_path(const char *path) {
    const char *part = getenv("DISK_FAULT_PATH");
    return part && strstr(path, part);
}

static bool is_meant(int fd) {
    char link[64], path[4096];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0)
        return false;
    path[size] = '\0';
    return is_meant_path(path);
}

static int error_of(const char *fault) {
    static const struct {
        const char *name;
        int error;
    } errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EROFS", EROFS}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(fault, errors[i].name) == 0)
            return errors[i].error;
    return 0;
}

static bool is_time(void) {
    const char *file = getenv("DISK_FAULT_WHILE");
    return !file || access(file, F_OK) == 0;
}

// What is to become of this change: 0 = nothing unusual, > 0 an errno, < 0 death.
static int fate(void) {
    static long count;
    const char *at = getenv("DISK_FAULT_AT"), *fault = getenv("DISK_FAULT");
    long wanted = at ? strtol(at, NULL, 10) : 0;
    if (wanted == 0 || !fault || !is_time() || ++count < wanted)
        return 0;
    int error = error_of(fault);
    if (error > 0)
        return error;
    return count == wanted ? -1 : 0;
}

static void die(void) {
    (void)kill(getpid(), SIGKILL);
    for (;;)
        (void)pause();
}

static bool is_torn(void) {
    const char *fault = getenv("DISK_FAULT");
    return fault && strcmp(fault, "torn") == 0;
}

// The next definition of a function, the C library's.
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static ssize_t write_or_fail(int fd, const void *bytes, size_t size, off64_t at) {
    int fails = is_meant(fd) ? fate() : 0;
    if (fails > 0) {
        errno = fails;
        return -1;
    }
    if (fails < 0) {
        if (is_torn())
            (void)!(at < 0 ? NEXT(write)(fd, bytes, size / 2)
                           : NEXT(pwrite64)(fd, bytes, size / 2, at));
        die();
    }
    return at < 0 ? NEXT(write)(fd, bytes, size) : NEXT(pwrite64)(fd, bytes, size, at);
}

ssize_t write(int fd, const void *bytes, size_t size) {
    return write_or_fail(fd, bytes, size, -1);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    return write_or_fail(fd, bytes, size, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    return write_or_fail(fd, bytes, size, at);
}

// Returns true when the call is to go on.
static bool pass(int fails) {
    if (fails < 0)
        die();
    errno = fails;
    return fails == 0;
}

int ftruncate64(int fd, off64_t size) {
    return pass(is_meant(fd) ? fate() : 0) ? NEXT(ftruncate64)(fd, size) : -1;
}

int ftruncate(int fd, off_t size) {
    return pass(is_meant(fd) ? fate() : 0) ? NEXT(ftruncate)(fd, size) : -1;
}

int fsync(int fd) {
    return pass(is_meant(fd) ? fate() : 0) ? NEXT(fsync)(fd) : -1;
}

int fdatasync(int fd) {
    return pass(is_meant(fd) ? fate() : 0) ? NEXT(fdatasync)(fd) : -1;
}

int unlink(const char *path) {
    return pass(is_meant_path(path) ? fate() : 0) ? NEXT(unlink)(path) : -1;
}
