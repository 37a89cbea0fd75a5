// SPDX-License-Identifier: MIT
//
// reader_reach.h - the two ways to a reader: a child on a socket pair, or a socket it listens on.
//
// A child gets its end of the pair as descriptor 3, standard error, and nothing else: no other
// descriptor, no signal mask, no place in the terminal's process group (Ctrl-C is for us to
// handle).

#ifndef PORT_READER_REACH_H
#define PORT_READER_REACH_H

#include <stddef.h>
#include <sys/types.h>

/**
 * reader_reach_find() - where the reader is
 * @size: of @ret, bytes
 * @ret:  ../libexec/wirebell/wirebell-reader beside our own program, which serves a build tree and
 * an installed one alike; where that is not there, the place it is installed to
 */
void reader_reach_find(size_t size, char *ret);

/**
 * reader_reach_spawn() - start it
 * @program: path of the program
 * @ret_fd:  our end of the pair, non-blocking; owned
 * @ret_pid: to be given to reader_reach_end()
 *
 * Return: 0 or -errno (-ENOENT: no such program).
 */
int reader_reach_spawn(const char *program, int *ret_fd, pid_t *ret_pid);

/**
 * reader_reach_socket() - connect to a reader that listens
 * @path:   of the socket
 * @ret_fd: non-blocking; owned
 *
 * Return: 0; -ENAMETOOLONG; another -errno of connect(2): -ENOENT nobody has made the socket,
 * -ECONNREFUSED nobody listens, -EAGAIN too many wait already.
 */
int reader_reach_socket(const char *path, int *ret_fd);

// How long reader_reach_end() waits before it kills.
enum { READER_REACH_NOW_MS = 0, READER_REACH_GRACE_MS = 500 };

/**
 * reader_reach_end() - wait for it to leave, kill it if it does not, and bury it
 * @pid:      of reader_reach_spawn()
 * @grace_ms: how long it may take to leave by itself, milliseconds
 * @size:     of @ret, bytes
 * @ret:      how it ended, as the end of a sentence: "was killed by signal 11 (Segmentation
 * fault)", "ended with exit code 1"
 */
void reader_reach_end(pid_t pid, int grace_ms, size_t size, char *ret);

#endif
