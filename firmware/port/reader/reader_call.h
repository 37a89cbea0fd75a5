// SPDX-License-Identifier: MIT
//
// reader_call.h - a call of the reader client, and the lists in which calls wait. Of the client's
// own parts, and for nobody else: reader_client.h is the way in.

#ifndef PORT_READER_CALL_H
#define PORT_READER_CALL_H

#include <stdbool.h>
#include <sys/types.h>

#include "port/reader/reader_client.h"
#include "port/reader/reader_request.h"

/**
 * struct reader_call - one look, from the question to its end
 * @client:     whose call it is; borrowed
 * @next:       chains reader_call_list::first
 * @done:       told of its end
 * @userdata:   handed to @done
 * @arena:      owned; owns what @request points to
 * @request:    of a URL; empty for a document
 * @kind:       of a document
 * @fd:         of a document; owned; -1 = a URL is asked for
 * @start:      where the document begins; -1 = it cannot be read twice
 * @slot:       owned; while it is under way
 * @due_us:     not answered then, it has hung; monotonic
 * @is_suspect: asked a second time
 */
struct reader_call {
    struct reader_client *client;
    struct reader_call *next;
    reader_client_done_fn done;
    void *userdata;
    struct arena *arena;
    struct reading_request request;
    enum reader_client_kind kind;
    int fd;
    off_t start;
    sd_bus_slot *slot;
    uint64_t due_us;
    bool is_suspect;
};

// A queue; @count: of its calls.
struct reader_call_list {
    struct reader_call *first; // chains reader_call::next
    struct reader_call **end;
    size_t count;
};

/**
 * reader_call_new() - a call for a URL, empty yet
 * @ret: owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int reader_call_new(struct reader_client *client, reader_client_done_fn done, void *userdata,
                    struct reader_call **ret);

// A call that is in no list. Nobody is called back.
void reader_call_free(struct reader_call *call);

// An empty list.
void reader_call_list_init(struct reader_call_list *list);

// Puts a call that is in no list at the end.
void reader_call_list_push(struct reader_call_list *list, struct reader_call *call);

// Takes a call out. One that is not in is fine.
void reader_call_list_remove(struct reader_call_list *list, struct reader_call *call);

// Takes the first out. Return: NULL when there is none.
struct reader_call *reader_call_list_pop(struct reader_call_list *list);

#endif
