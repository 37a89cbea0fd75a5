// SPDX-License-Identifier: MIT
//
// server.h - the reader's end of the calls: connections come in, looks are taken, readings go out.
//
// It keeps nothing from one call to the next. The loop is left (exit code 0) when nobody has asked
// for LIMIT_READER_IDLE_S, or, where there is one peer only, when that has gone.

#ifndef READER_SERVER_H
#define READER_SERVER_H

#include <systemd/sd-event.h>

struct server;

/**
 * server_new() - a server without connections
 * @event: loop; a reference is taken
 * @ret:   owned; written only on success
 *
 * Return: 0, -ENOMEM, or another -errno of sd-event.
 */
int server_new(sd_event *event, struct server **ret);

// Drops calls and connections. NULL is fine. Returns NULL.
struct server *server_free(struct server *server);

/**
 * server_serve() - serve one peer, and leave when it goes
 * @fd: a connected Unix stream socket; taken, also on failure
 *
 * Return: 0 or -errno.
 */
int server_serve(struct server *server, int fd);

/**
 * server_listen() - serve all who connect
 * @fd: a listening Unix stream socket; taken, also on failure
 *
 * Who may connect is for the socket's owner and mode to say.
 *
 * Return: 0 or -errno.
 */
int server_listen(struct server *server, int fd);

#endif
