// SPDX-License-Identifier: MIT
//
// document.h - reading a descriptor that a caller has opened (a file, a pipe) to its end.
//
// The descriptor shares its flags with the caller's own (a terminal, say), so it is never made
// non-blocking; it is read only when there is something to read.

#ifndef READER_DOCUMENT_H
#define READER_DOCUMENT_H

#include <systemd/sd-event.h>

#include "port/fetch/fetch_curl.h"

struct document;

/**
 * document_open() - begin to read
 * @event: loop
 * @fd:    duplicated
 * @done:  called once, from the event loop: OK with the bytes, or EMPTY, TOO_BIG (over
 *         LIMIT_BODY_MAX), TIMED_OUT (no end within LIMIT_FETCH_S) or FAILED. May close it
 * @ret:   to be closed with document_close(); written only on success
 *
 * Return: 0, -ENOMEM, or another -errno of dup(2) or sd-event.
 */
int document_open(sd_event *event, int fd, fetch_curl_done_fn done, void *userdata,
                  struct document **ret);

// Ends it without calling back. NULL is fine. Returns NULL.
struct document *document_close(struct document *document);

#endif
