// SPDX-License-Identifier: MIT
//
// Waits that take no time, preloaded into wirebell test and its kin (LD_PRELOAD): however long the
// machine lets the program wait, by its own clocks nothing is late.
//
// All clocks are one. It stands still but for sigtimedwait(2), which moves it by what was asked for
// and returns. With WIREBELL_WAITS_FOR_SIGNAL set there is no end to a wait but a signal. Each wait
// is written to the file that WIREBELL_WAITS names, in milliseconds, a line each.

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns = INT64_C(2000000000000000000);

int clock_gettime(clockid_t clock, struct timespec *ret) {
    (void)clock;
    ret->tv_sec = (time_t)(now_ns / 1000000000);
    ret->tv_nsec = (long)(now_ns % 1000000000);
    return 0;
}

static void note(int64_t ns) {
    const char *path = getenv("WIREBELL_WAITS");
    const int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (fd < 0 || dprintf(fd, "%lld\n", (long long)(ns / 1000000)) < 0 || close(fd) < 0)
        abort();
}

int sigtimedwait(const sigset_t *restrict set, siginfo_t *restrict info,
                 const struct timespec *restrict time) {
    static const struct timespec no_time = {0};
    int (*real)(const sigset_t *, siginfo_t *, const struct timespec *);
    *(void **)&real = dlsym(RTLD_NEXT, "sigtimedwait");
    const int64_t ns = time->tv_sec * INT64_C(1000000000) + time->tv_nsec;
    note(ns);
    const int signal = real(set, info, getenv("WIREBELL_WAITS_FOR_SIGNAL") ? NULL : &no_time);
    now_ns += signal < 0 ? ns : 0;
    return signal;
}
