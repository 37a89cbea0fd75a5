// SPDX-License-Identifier: MIT

#include "port/reader/reader_reach.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHILD_FD = 3 };
#define CHILD_FD_TEXT "3"

void reader_reach_find(size_t size, char *ret) {
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    own[length > 0 ? length : 0] = '\0';
    for (int level = 0; level < 2; level++) { // off with the name, then with bin/
        char *slash = strrchr(own, '/');
        if (slash)
            *slash = '\0';
    }
    int used = snprintf(ret, size, "%s/libexec/wirebell/wirebell-reader", own);
    if (length <= 0 || used < 0 || (size_t)used >= size || access(ret, X_OK) != 0)
        (void)snprintf(ret, size, "%s", WIREBELL_READER_PATH);
}

static int set_actions(posix_spawn_file_actions_t *actions, int child_fd) {
    int error = posix_spawn_file_actions_adddup2(actions, child_fd, CHILD_FD);
    if (!error)
        error = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(actions, CHILD_FD + 1);
    return error;
}

static int set_attributes(posix_spawnattr_t *attributes) {
    sigset_t none, all;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int error = posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    if (!error)
        error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error)
        error = posix_spawnattr_setsigdefault(attributes, &all);
    if (!error)
        error = posix_spawnattr_setpgroup(attributes, 0);
    return error;
}

static int start(const char *program, int child_fd, pid_t *ret_pid) {
    char name[] = "wirebell-reader", option[] = "--fd", number[] = CHILD_FD_TEXT;
    char *const argv[] = {name, option, number, NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return -error;
    posix_spawnattr_t attributes;
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        error = set_attributes(&attributes);
        if (!error)
            error = set_actions(&actions, child_fd);
        if (!error)
            error = posix_spawn(ret_pid, program, &actions, &attributes, argv, environ);
        (void)posix_spawnattr_destroy(&attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return -error;
}

int reader_reach_spawn(const char *program, int *ret_fd, pid_t *ret_pid) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
        return -errno;
    int r = start(program, pair[1], ret_pid);
    (void)close(pair[1]);
    if (r < 0) {
        (void)close(pair[0]);
        return r;
    }
    *ret_fd = pair[0];
    return 0;
}

int reader_reach_socket(const char *path, int *ret_fd) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        (void)close(fd);
        return -error;
    }
    *ret_fd = fd;
    return 0;
}

static void describe(int status, size_t size, char *ret) {
    if (WIFSIGNALED(status))
        (void)snprintf(ret, size, "was killed by signal %d (%s)", WTERMSIG(status),
                       strsignal(WTERMSIG(status)));
    else
        (void)snprintf(ret, size, "ended with exit code %d", WEXITSTATUS(status));
}

void reader_reach_end(pid_t pid, int grace_ms, size_t size, char *ret) {
    int pidfd = pidfd_open(pid, 0);
    if (pidfd >= 0 && grace_ms > 0)
        (void)TEMP_FAILURE_RETRY(
            poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, grace_ms));
    if (pidfd >= 0)
        (void)close(pidfd);
    // One that has begun to die keeps the end it was dying of.
    (void)kill(pid, SIGKILL);
    int status = 0;
    pid_t buried;
    do
        buried = waitpid(pid, &status, 0);
    while (buried < 0 && errno == EINTR);
    if (buried == pid)
        describe(status, size, ret);
    else
        (void)snprintf(ret, size, "is gone");
}
