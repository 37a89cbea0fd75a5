// SPDX-License-Identifier: MIT
//
// The client and a reader over a socket whose calls are interrupted, would block, and give or take
// a few bytes at a time: this program's own recvmsg(2) and its kin, which libsystemd then uses,
// too. By fixed seeds. What is asked comes back, once and whole; and when the line breaks in the
// middle of an answer it is asked again.

#include "port/reader_looks.h"

#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum { LOOKS = 6 };

// "DATA", "OK " and a number of 32 digits, "AGREE_UNIX_FD", with their line ends.
enum { GREETING_SIZE = 6 + 37 + 15 };

// --- a socket that is trouble ----------------------------------------------------------------

static struct {
    uint64_t seed;   // 0 = no trouble
    long left;       // bytes to come until the line breaks; below 0 = it never does
    uint64_t cookie; // of the socket used last
    size_t heard;    // from it
    size_t interrupted, shortened, broken;
} trouble = {.left = -1};

// What the C library has under that name.
static void *real(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    assert_non_null(function);
    return function;
}

static bool is_socket(int fd) {
    uint64_t cookie;
    socklen_t size = sizeof cookie;
    if (trouble.seed == 0 || getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) < 0)
        return false;
    if (cookie != trouble.cookie)
        trouble.heard = 0;
    trouble.cookie = cookie;
    return true;
}

// The greeting is left whole: in pieces, which no real socket makes of it, two sd-buses wait for
// each other once in some thousand times.
static bool is_troubled(int fd) {
    return is_socket(fd) && trouble.heard >= GREETING_SIZE;
}

static bool is_interrupted(void) {
    const uint64_t chance = random_next(&trouble.seed) % 6;
    if (chance > 1)
        return false;
    trouble.interrupted++;
    errno = chance == 0 ? EINTR : EAGAIN;
    return true;
}

// As much of the pieces as is to go now.
static size_t shorten(const struct iovec *pieces, size_t count, struct iovec *ret) {
    for (size_t i = 0; i < count; i++)
        if (pieces[i].iov_len > 0) {
            *ret = pieces[i];
            const size_t most = random_next(&trouble.seed) % 2 ? 4096 : 7;
            ret->iov_len = 1 + random_next(&trouble.seed) % most;
            if (ret->iov_len > pieces[i].iov_len)
                ret->iov_len = pieces[i].iov_len;
            trouble.shortened++;
            return 1;
        }
    return 0;
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags) {
    ssize_t (*call)(int, struct msghdr *, int);
    *(void **)&call = real("recvmsg");
    struct msghdr some = *message;
    struct iovec piece;
    if (!is_troubled(fd)) {
        const ssize_t got = call(fd, message, flags);
        if (got > 0)
            trouble.heard += (size_t)got;
        return got;
    }
    if (is_interrupted())
        return -1;
    some.msg_iovlen = shorten(message->msg_iov, message->msg_iovlen, &piece);
    some.msg_iov = &piece;
    if (trouble.left == 0) {
        trouble.broken++;
        errno = ECONNRESET;
        return -1;
    }
    if (trouble.left > 0 && piece.iov_len > (size_t)trouble.left)
        piece.iov_len = (size_t)trouble.left;
    const ssize_t got = call(fd, &some, flags);
    if (trouble.left > 0 && got > 0)
        trouble.left -= got;
    message->msg_controllen = some.msg_controllen;
    message->msg_flags = some.msg_flags;
    return got;
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    ssize_t (*call)(int, const struct msghdr *, int);
    *(void **)&call = real("sendmsg");
    struct msghdr some = *message;
    struct iovec piece;
    if (!is_troubled(fd))
        return call(fd, message, flags);
    if (is_interrupted())
        return -1;
    some.msg_iovlen = shorten(message->msg_iov, message->msg_iovlen, &piece);
    some.msg_iov = &piece;
    return call(fd, &some, flags);
}

ssize_t readv(int fd, const struct iovec *pieces, int count) {
    ssize_t (*call)(int, const struct iovec *, int);
    *(void **)&call = real("readv");
    struct iovec piece;
    if (!is_troubled(fd))
        return call(fd, pieces, count);
    return is_interrupted() ? -1 : call(fd, &piece, (int)shorten(pieces, (size_t)count, &piece));
}

ssize_t writev(int fd, const struct iovec *pieces, int count) {
    ssize_t (*call)(int, const struct iovec *, int);
    *(void **)&call = real("writev");
    struct iovec piece;
    if (!is_troubled(fd))
        return call(fd, pieces, count);
    return is_interrupted() ? -1 : call(fd, &piece, (int)shorten(pieces, (size_t)count, &piece));
}

// --- looks -----------------------------------------------------------------------------------

// One line breaks, the next one holds.
static void mend_line(void) {
    if (trouble.left == 0)
        trouble.left = -1;
}

// Asks a reader of its own, and waits until all have come back as they were asked.
static void look(uint64_t seed, long bytes) {
    void *state = NULL;
    char urls[LOOKS][24];
    assert_int_equal(set_up(&state), 0);
    struct fixture *fixture = state;
    use_fake(fixture, 0);
    trouble.seed = seed;
    trouble.left = bytes;
    for (size_t i = 0; i < LOOKS; i++) {
        (void)snprintf(urls[i], sizeof urls[i], "hello %zu", i);
        ask(fixture, i, urls[i]);
    }
    settle_with(fixture, LOOKS, mend_line);
    trouble.seed = 0;
    for (size_t i = 0; i < LOOKS; i++) {
        assert_int_equal(fixture->looks[i].outcome, READING_OK);
        assert_string_equal(fixture->looks[i].title, urls[i]);
    }
    assert_int_equal(tear_down(&state), 0);
}

static void interrupted_short_calls_lose_and_double_no_answer(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++)
        look(seed, -1);
    print_message("%zu calls interrupted, %zu shortened\n", trouble.interrupted, trouble.shortened);
    assert_true(trouble.interrupted > 100 && trouble.shortened > 1000);
}

static void an_answer_that_breaks_off_is_asked_for_again(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++)
        look(seed, (long)(seed * 61));
    print_message("%zu lines broken\n", trouble.broken);
    assert_true(trouble.broken > 3); // the others were over before
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interrupted_short_calls_lose_and_double_no_answer),
        cmocka_unit_test(an_answer_that_breaks_off_is_asked_for_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
