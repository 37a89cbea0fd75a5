// SPDX-License-Identifier: MIT
//
// fetch_curl.h - many fetches at once over HTTP, on one sd-event loop; the only user of libcurl.
//
// Polite and wary: http and https only, certificates always verified, gzip only, no cookies, no
// Referer, every size and time capped (limits.h), the cap on the body counting decoded bytes.
// Redirects are followed here and not by libcurl, so that each step can be refused: from https
// back to http, to another scheme, in a loop, one too many, or from outside to an address of this
// machine or its network, by whatever name. (Behind a proxy it is the proxy that connects; it must
// refuse that itself.) It reads no feed: bytes come out.

#ifndef PORT_FETCH_CURL_H
#define PORT_FETCH_CURL_H

#include <stddef.h>
#include <systemd/sd-event.h>

#include "wirebell/reading.h"

struct fetch_curl;
struct fetch_curl_call;

/**
 * struct fetched - how a fetch ended; borrowed, valid during the callback only
 * @reading:      outcome, detail, and what HTTP says (status, validators, hints, moved_to,
 *                body_bytes). OK: the body is whole. PARTIAL: it was cut short, no validators.
 *                UNCHANGED: validators the 304 did not renew are the ones that were sent
 * @body:         decoded bytes, when OK or PARTIAL
 * @body_size:    > 0 when OK or PARTIAL
 * @content_type: Content-Type with its parameters; "" = none
 * @url:          where the document was found at last
 */
struct fetched {
    struct reading reading;
    const char *body;
    size_t body_size;
    const char *content_type;
    const char *url;
};

/**
 * fetch_curl_done_fn - a fetch has ended; called exactly once for each that was not cancelled
 * @fetched:  see above
 * @userdata: as given
 */
typedef void (*fetch_curl_done_fn)(const struct fetched *fetched, void *userdata);

/**
 * fetch_curl_new() - the fetcher
 * @event: loop it lives on; a reference is taken
 * @ret:   owned; written only on success
 *
 * Certificate authorities are those of fetch_trust.h. curl_global_init() must have been called.
 *
 * Return: 0, -ENOMEM, or another -errno of sd-event.
 */
int fetch_curl_new(sd_event *event, struct fetch_curl **ret);

// Cancels what is under way. NULL is fine. Returns NULL. Not from inside a callback of its own.
struct fetch_curl *fetch_curl_free(struct fetch_curl *fetcher);

/**
 * fetch_curl_start() - fetch one URL
 * @request: borrowed until @done is called or the fetch is dropped
 * @done:    called from the event loop, never from inside this function; may start other fetches
 * @ret:     for fetch_curl_cancel(), valid until @done is called; written only on success
 *
 * Return: 0 or -ENOMEM. Whatever is wrong with the request is told as an outcome.
 */
int fetch_curl_start(struct fetch_curl *fetcher, const struct reading_request *request,
                     fetch_curl_done_fn done, void *userdata, struct fetch_curl_call **ret);

// Drops a fetch without calling back. NULL is fine. Returns NULL.
struct fetch_curl_call *fetch_curl_cancel(struct fetch_curl_call *call);

#endif
