// SPDX-License-Identifier: MIT
//
// fetch_url.h - which addresses are asked, and where a redirect may lead. Pure functions.

#ifndef PORT_FETCH_URL_H
#define PORT_FETCH_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/text/arena.h"

/**
 * fetch_url_check() - is it an address we ask at all?
 * @url:        anything; never guessed at: the scheme must be there
 * @size:       of @ret_detail, bytes
 * @ret_detail: when it is not: a sentence that says why; always terminated then
 */
bool fetch_url_check(const char *url, size_t size, char *ret_detail);

/**
 * fetch_url_host() - the host, with the port where one is written: "example.org:8080"
 * @url:   anything; it is not checked, for this is what people are told
 * @arena: owns what is returned
 *
 * Return: never NULL; "that address" where no host stands, or without memory.
 */
const char *fetch_url_host(const char *url, struct arena *arena);

// Whether a redirect is followed.
enum fetch_url_step {
    FETCH_URL_GOOD,
    FETCH_URL_NO_ADDRESS,   // the target cannot be understood, or memory has run out
    FETCH_URL_OTHER_SCHEME, // neither http nor https
    FETCH_URL_DOWNGRADE,    // from https back to http
    FETCH_URL_TOO_LONG,     // over LIMIT_URL_MAX
    FETCH_URL_LOOP,         // leads where we have been (said by the caller)
    FETCH_URL_TOO_MANY,     // over LIMIT_REDIRECTS_MAX (said by the caller)
    FETCH_URL_INWARD,       // to this machine or its network, from outside (said by the caller)
};

/**
 * fetch_url_follow() - one step of a redirect
 * @from:   absolute address that was asked
 * @target: where it redirects to, as Location has it: an address, or one relative to @from
 * @arena:  owns @ret_url
 * @ret_url: address to ask; written only when FETCH_URL_GOOD. Name and password of @from go along
 * when scheme, host and port stay the same, and nowhere else
 */
enum fetch_url_step fetch_url_follow(const char *from, const char *target, struct arena *arena,
                                     const char **ret_url);

// "redirects from https to http, ..." - the rest of a sentence that begins with the host.
const char *fetch_url_refusal(enum fetch_url_step step);

#endif
