// SPDX-License-Identifier: MIT
//
// fetch_multi.h - libcurl's multi socket interface on an sd-event loop. Knows nothing of feeds.

#ifndef PORT_FETCH_MULTI_H
#define PORT_FETCH_MULTI_H

#include <curl/curl.h>
#include <systemd/sd-event.h>

struct fetch_multi;

/**
 * fetch_multi_done_fn - a transfer is over; from the event loop, never from inside libcurl
 * @call: the transfer's CURLOPT_PRIVATE
 * @code: how it ended
 *
 * May add and remove transfers, also this one.
 */
typedef void (*fetch_multi_done_fn)(void *call, CURLcode code);

/**
 * fetch_multi_new() - a loop's transfers
 * @event: a reference is taken
 * @done:  called once for each transfer that ends
 * @ret:   owned; written only on success
 *
 * Return: 0, -ENOMEM, or another -errno of sd-event.
 */
int fetch_multi_new(sd_event *event, fetch_multi_done_fn done, struct fetch_multi **ret);

// All transfers must have been removed. NULL is fine. Returns NULL.
struct fetch_multi *fetch_multi_free(struct fetch_multi *multi);

/**
 * fetch_multi_add() - begin a transfer
 * @easy: borrowed until it is removed
 *
 * Return: 0 or -ENOMEM.
 */
int fetch_multi_add(struct fetch_multi *multi, CURL *easy);

// Takes a transfer out, over or not. One that is not in is fine.
void fetch_multi_remove(struct fetch_multi *multi, CURL *easy);

#endif
