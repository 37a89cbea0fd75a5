// SPDX-License-Identifier: MIT
//
// fetch_headers.h - what the headers of the last answer are worth to us.
//
// libcurl keeps them by answer, so those of an answer on the way (a redirect, 100 Continue) and
// trailers do not count.

#ifndef PORT_FETCH_HEADERS_H
#define PORT_FETCH_HEADERS_H

#include <curl/curl.h>
#include <stdbool.h>

#include "core/text/arena.h"
#include "wirebell/reading.h"

// May it be sent as one header? No control characters: a line end would begin another header.
bool fetch_headers_is_sendable(const char *value);

/**
 * fetch_headers_is_asked_for() - are these content codings among those we ask for?
 * @list: value of Content-Encoding; not terminated
 * @size: its length
 *
 * libcurl undoes every coding it was built with, asked for or not.
 */
bool fetch_headers_is_asked_for(const char *list, size_t size);

/**
 * fetch_headers_get() - a header of the last answer, the first if it came several times
 * Return: borrowed until the transfer is used again; NULL = none.
 */
const char *fetch_headers_get(CURL *easy, const char *name);

/**
 * fetch_headers_take() - validators and hints of the last answer
 * @easy:    transfer that is over
 * @sent:    validators that a 304 does not renew stay as they were sent (RFC 9111 4.3.4)
 * @arena:   owns what is put together from several headers
 * @reading: outcome and http_status must be set. etag and last_modified are set when OK or
 *           UNCHANGED, whole and byte for byte or not at all; retry_after_s when the answer was no
 *           success; max_age_s when it was; server_date_s always. Borrows from @easy, @sent and
 * @arena
 */
void fetch_headers_take(CURL *easy, const struct reading_request *sent, struct arena *arena,
                        struct reading *reading);

#endif
