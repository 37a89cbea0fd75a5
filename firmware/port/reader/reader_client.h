// SPDX-License-Identifier: MIT
//
// reader_client.h - the caller's end of wirebell-reader.
//
// Calls go over sd-bus, peer to peer, either on a socket pair to a reader spawned here (terminal,
// demo, tests) or on the socket of the socket-activated unit. The reader leaves when idle and is
// started again by the next call. When it dies with calls under way, each of them is asked again
// alone, once; one that kills it alone ends as READING_READER_DIED. So a document that crashes
// the reader costs its own feed and nobody else's. A reader that hangs is given up after
// LIMIT_FETCH_S + LIMIT_READ_CPU_S, and killed where it was spawned here.

#ifndef PORT_READER_CLIENT_H
#define PORT_READER_CLIENT_H

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "wirebell/reading.h"

struct reader_client;

/**
 * struct reader_client_options - where the reader is; borrowed during reader_client_new only
 * @socket_path:  connect there; NULL = spawn
 * @program_path: program to spawn; NULL = look beside our own program:
 * ../libexec/wirebell/wirebell-reader, then where it would be installed
 * @answer_ms:    a call not answered for so long has hung; 0 = LIMIT_FETCH_S + LIMIT_READ_CPU_S
 */
struct reader_client_options {
    const char *socket_path;
    const char *program_path;
    uint64_t answer_ms;
};

/**
 * reader_client_done_fn - a look has ended; called exactly once for each, from the event loop
 * @asked:    the request, all NULL and 0 for a document; borrowed, valid during the call only
 * @reading:  the same
 * @userdata: as given
 */
typedef void (*reader_client_done_fn)(const struct reading_request *asked,
                                      const struct reading *reading, void *userdata);

/**
 * reader_client_new() - nothing is started or connected before the first call
 * @event:   loop the client lives on; a reference is taken
 * @options: see above
 * @ret:     owned; written only on success
 *
 * Return: 0, -ENOMEM, or another -errno of sd-event.
 */
int reader_client_new(sd_event *event, const struct reader_client_options *options,
                      struct reader_client **ret);

// Drops all calls under way without calling back, ends a spawned reader. NULL is fine. Returns
// NULL. Not to be called from inside a done callback.
struct reader_client *reader_client_free(struct reader_client *client);

/**
 * reader_client_read() - ask for a look at a URL
 * @request: copied
 *
 * Calls beyond LIMIT_CALLS_IN_FLIGHT wait their turn here.
 *
 * Return: 0 (then @done will be called, never from inside this function), or -ENOMEM.
 */
int reader_client_read(struct reader_client *client, const struct reading_request *request,
                       reader_client_done_fn done, void *userdata);

/**
 * enum reader_client_kind - what a document is to be read as
 * @READER_CLIENT_FEED: a feed
 * @READER_CLIENT_OPML: a list of feeds (OPML): each "story" of the reading is a feed, its @link the
 *                      address as the list has it, @title the title, @category folders and
 * categories
 */
enum reader_client_kind { READER_CLIENT_FEED, READER_CLIENT_OPML };

/**
 * reader_client_read_fd() - have a document read that was opened here (a file, standard input)
 * @fd:   readable; duplicated, stays the caller's
 * @kind: what it is
 *
 * The reader itself opens no file: it can be locked out of the file system. A file is read from
 * where its offset stands, and can be asked about again when the reader dies; a pipe cannot.
 *
 * Return: as reader_client_read().
 */
int reader_client_read_fd(struct reader_client *client, int fd, enum reader_client_kind kind,
                          reader_client_done_fn done, void *userdata);

// Calls asked for and not yet called back.
size_t reader_client_pending(const struct reader_client *client);

// The connection as it is now, NULL = none: for other calls than these (reader_network.h).
// Borrowed.
sd_bus *reader_client_bus(const struct reader_client *client);

#endif
