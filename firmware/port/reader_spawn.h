// SPDX-License-Identifier: MIT
//
// reader_spawn.h - starting wirebell-reader as a child on a socket pair, and ending it.
//
// The child gets its end of the pair as descriptor 3, standard error, and nothing else: no other
// descriptor, no signal mask, no place in the terminal's process group (Ctrl-C is for us to
// handle).

#ifndef PORT_READER_SPAWN_H
#define PORT_READER_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

/**
 * reader_spawn_find() - where the reader is
 * @size: of @ret, bytes
 * @ret:  ../libexec/wirebell/wirebell-reader beside our own program, which serves a build tree and
 * an installed one alike; where that is not there, the place it is installed to
 */
void reader_spawn_find(size_t size, char *ret);

/**
 * reader_spawn() - start it
 * @program: path of the program
 * @ret_fd:  our end of the pair, non-blocking; owned
 * @ret_pid: to be given to reader_spawn_end()
 *
 * Return: 0 or -errno (-ENOENT: no such program).
 */
int reader_spawn(const char *program, int *ret_fd, pid_t *ret_pid);

// How long reader_spawn_end() waits before it kills.
enum { READER_SPAWN_NOW_MS = 0, READER_SPAWN_GRACE_MS = 500 };

/**
 * reader_spawn_end() - wait for it to leave, kill it if it does not, and bury it
 * @pid:      of reader_spawn()
 * @grace_ms: how long it may take to leave by itself, milliseconds
 * @size:     of @ret, bytes
 * @ret:      how it ended, as the end of a sentence: "was killed by signal 11 (Segmentation
 * fault)", "ended with exit code 1"
 */
void reader_spawn_end(pid_t pid, int grace_ms, size_t size, char *ret);

#endif
