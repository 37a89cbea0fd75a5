// SPDX-License-Identifier: MIT
//
// fetch_outcome.h - how a transfer ended, in wirebell's words instead of libcurl's.
//
// Each ending gets an outcome (what the poller acts on) and a sentence (what a person reads): what
// happened, at which host, and what can be done where that can be said. Sentences name the host
// only, never the address: that may hold a password.

#ifndef PORT_FETCH_OUTCOME_H
#define PORT_FETCH_OUTCOME_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "wirebell/reading.h"

enum { FETCH_DETAIL_SIZE = 512 };

// Why our own callbacks ended a transfer, where they did.
enum fetch_stop {
    FETCH_STOP_NOT,     // they did not
    FETCH_STOP_BODY,    // body over LIMIT_BODY_MAX
    FETCH_STOP_HEADERS, // headers over LIMIT_HEADERS_MAX
    FETCH_STOP_CODING,  // a content coding we did not ask for
    FETCH_STOP_MEMORY,  // no memory for the body
    FETCH_STOP_NO_NEED, // the body of an error page: the status says enough
};

/**
 * struct fetch_ending - what is known of a transfer that is over; borrowed
 * @easy:       the transfer
 * @code:       libcurl's result, settled
 * @stop:       our own reason, goes before @code
 * @host:       name of the host asked last
 * @error:      libcurl's own words, "" = none
 * @body_size:  decoded bytes that came
 * @is_conditional: a validator was sent
 * @is_part_asked_for: so was A-IM (RFC 3229): 226 brings the new entries alone
 */
struct fetch_ending {
    CURL *easy;
    CURLcode code;
    enum fetch_stop stop;
    const char *host;
    const char *error;
    size_t body_size;
    bool is_conditional;
    bool is_part_asked_for;
};

/**
 * fetch_outcome_settle() - the result of a transfer, the same from every libcurl
 * @easy:          the transfer, over
 * @code:          libcurl's result
 * @is_head_whole: the empty line behind the last headers came
 *
 * A body without Content-Length and chunks ends with the connection (RFC 9112 6.3). Where TLS did
 * not announce that end (close_notify) RFC 9112 9.8 calls the body incomplete: so do newer libcurl
 * and OpenSSL, by CURLE_RECV_ERROR, while older ones say nothing. Servers that work leave the
 * announcement out, so the error is taken back, also that of a connection that was reset: what came
 * is read, and the document itself says whether it is whole. One that its last end tag or brace
 * does not close is PARTIAL and its validators are dropped, with and without TLS.
 *
 * Headers without their end are no answer, whatever they say (RFC 9112 8); libcurl takes them for
 * one when the connection is closed there.
 *
 * Return: @code, or what it should have been.
 */
CURLcode fetch_outcome_settle(CURL *easy, CURLcode code, bool is_head_whole);

/**
 * fetch_outcome_of() - judge a transfer that is over and is no redirect to be followed
 * @ending:     what is known of it
 * @ret_detail: the sentence; always terminated
 *
 * Return: READING_OK: the body is whole and to be read; READING_PARTIAL: it is cut short and to
 * be read for what it is worth; any other: there is nothing to read.
 */
enum reading_outcome fetch_outcome_of(const struct fetch_ending *ending,
                                      char ret_detail[static FETCH_DETAIL_SIZE]);

#endif
