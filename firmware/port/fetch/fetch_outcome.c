// SPDX-License-Identifier: MIT

#include "port/fetch/fetch_outcome.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "port/fetch/fetch_headers.h"
#include "wirebell/limits.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { MIB = 1 << 20, KIB = 1 << 10 };

// What libcurl calls it when a header line is over its own cap; before 8.6, a lack of memory.
enum { TOO_LARGE = 100, TOO_LARGE_SINCE = 0x080600 };

// OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
enum { VERIFY_NOT_YET_VALID = 9, VERIFY_HAS_EXPIRED = 10 };

static enum reading_outcome say(enum reading_outcome outcome, char detail[FETCH_DETAIL_SIZE],
                                const char *format, ...) __attribute__((format(printf, 3, 4)));

static enum reading_outcome say(enum reading_outcome outcome, char detail[FETCH_DETAIL_SIZE],
                                const char *format, ...) {
    va_list args;
    va_start(args, format);
    (void)vsnprintf(detail, FETCH_DETAIL_SIZE, format, args);
    va_end(args);
    return outcome;
}

// --- our own reasons -------------------------------------------------------------------------

static enum reading_outcome of_stop(const struct fetch_ending *ending, char *detail) {
    switch (ending->stop) {
    case FETCH_STOP_BODY:
        return say(READING_TOO_BIG, detail,
                   "%s sent more than %u MB, which is no feed to poll: nothing was read",
                   ending->host, LIMIT_BODY_MAX / MIB);
    case FETCH_STOP_HEADERS:
        return say(READING_TOO_BIG, detail, "%s sent more than %u KB of headers: nothing was read",
                   ending->host, LIMIT_HEADERS_MAX / KIB);
    case FETCH_STOP_CODING:
        return say(READING_HTTP_ERROR, detail,
                   "%s sent a content coding that was not asked for; only gzip is understood",
                   ending->host);
    case FETCH_STOP_MEMORY:
        return say(READING_FAILED, detail, "there was no memory left for the feed of %s",
                   ending->host);
    case FETCH_STOP_NO_NEED:
    case FETCH_STOP_NOT:
        break;
    }
    return READING_OUTCOME_COUNT;
}

// --- what HTTP says --------------------------------------------------------------------------

static const struct {
    int first;
    int last;
    const char *meaning;
} statuses[] = {
    {200, 299, "a part of the feed that nobody asked for"},
    {300, 399, "a redirect without an address to follow"},
    {401, 401, "it wants a name and a password: write https://NAME:PASSWORD@ in the address"},
    {402, 402, "it wants to be paid"},
    {403, 403, "it refuses to show the feed: the site may block programs, or the address is wrong"},
    {404, 404, "there is no such page: look up the feed's present address on the site"},
    {406, 406, "it has the feed in no form we can read"},
    {407, 407, "the proxy wants a name and a password"},
    {410, 410, "the feed is gone for good: take it out, or look up its new address on the site"},
    {429, 429, "it is asked too often: it will be asked less often"},
    {451, 451, "it may not show the feed for legal reasons"},
    {400, 499, "it does not accept the request: check the address"},
    {503, 503, "it is not available at present; it will be asked again later"},
    {500, 599, "it has a fault of its own; it will be asked again later"},
};

static enum reading_outcome of_status(const struct fetch_ending *ending, long status,
                                      char *detail) {
    if (status == 304 && ending->is_conditional)
        return say(READING_UNCHANGED, detail, "%s has nothing new", ending->host);
    if (status == 304)
        return say(READING_HTTP_ERROR, detail,
                   "%s answered 304 (unchanged) though it was asked for the whole feed",
                   ending->host);
    bool is_part = status == 206 || (status == 226 && !ending->is_part_asked_for);
    if (status >= 200 && status <= 299 && !is_part) {
        if (ending->body_size > 0)
            return say(READING_OK, detail, "%s sent a document", ending->host);
        return say(READING_EMPTY, detail, "%s answered %ld with an empty body", ending->host,
                   status);
    }
    for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
        if (status >= statuses[i].first && status <= statuses[i].last)
            return say(READING_HTTP_ERROR, detail, "%s answered %ld: %s", ending->host, status,
                       statuses[i].meaning);
    return say(READING_HTTP_ERROR, detail, "%s answered with the unknown status %ld", ending->host,
               status);
}

// --- what went wrong below HTTP --------------------------------------------------------------

static enum reading_outcome of_timeout(const struct fetch_ending *ending, char *detail) {
    curl_off_t sent_us = 0, total_us = 0;
    (void)curl_easy_getinfo(ending->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_us);
    (void)curl_easy_getinfo(ending->easy, CURLINFO_TOTAL_TIME_T, &total_us);
    if (sent_us == 0)
        return say(READING_TIMED_OUT, detail,
                   "%s could not be connected to in time (%d s): it is down, or this machine's "
                   "network is",
                   ending->host, LIMIT_CONNECT_S);
    if (ending->body_size == 0)
        return say(READING_TIMED_OUT, detail, "%s accepted the request but did not answer it",
                   ending->host);
    return say(READING_TIMED_OUT, detail,
               "%s sends too slowly: %zu bytes in %lld s (at least %d a second, and all within %d "
               "s)",
               ending->host, ending->body_size, (long long)(total_us / 1000000),
               LIMIT_SLOW_BYTES_PER_S, LIMIT_FETCH_S);
}

static enum reading_outcome of_certificate(const struct fetch_ending *ending, char *detail) {
    long verified = 0;
    (void)curl_easy_getinfo(ending->easy, CURLINFO_SSL_VERIFYRESULT, &verified);
    const char *advice = "";
    if (verified == VERIFY_NOT_YET_VALID || verified == VERIFY_HAS_EXPIRED)
        advice = "; if the site is fine elsewhere, this machine's clock is wrong";
    return say(READING_TLS_REFUSED, detail, "the certificate of %s is not to be trusted: %s%s",
               ending->host, ending->error, advice);
}

static enum reading_outcome of_refused_connection(const struct fetch_ending *ending, char *detail) {
    long error = 0;
    (void)curl_easy_getinfo(ending->easy, CURLINFO_OS_ERRNO, &error);
    return say(READING_UNREACHABLE, detail, "%s cannot be connected to: %s", ending->host,
               error ? strerror((int)error) : ending->error);
}

static bool is_line_too_long(const struct fetch_ending *ending) {
    curl_off_t first_byte_us = 0;
    (void)curl_easy_getinfo(ending->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_byte_us);
    bool is_old = curl_version_info(CURLVERSION_NOW)->version_num < TOO_LARGE_SINCE;
    return (int)ending->code == TOO_LARGE || (is_old && first_byte_us > 0);
}

static enum reading_outcome of_no_memory(const struct fetch_ending *ending, char *detail) {
    if (is_line_too_long(ending))
        return say(READING_TOO_BIG, detail,
                   "%s sent more than can be a line of a header: nothing was read", ending->host);
    return say(READING_FAILED, detail, "there was no memory left for the feed of %s", ending->host);
}

static enum reading_outcome of_broken_transfer(const struct fetch_ending *ending, char *detail) {
    long status = 0;
    (void)curl_easy_getinfo(ending->easy, CURLINFO_RESPONSE_CODE, &status);
    if (ending->body_size > 0)
        return say(READING_PARTIAL, detail, "%s cut the feed short after %zu bytes", ending->host,
                   ending->body_size);
    if (status > 0)
        return say(READING_UNREACHABLE, detail, "%s broke off before it had sent the feed",
                   ending->host);
    return say(READING_UNREACHABLE, detail, "%s broke off without an answer: %s", ending->host,
               ending->error);
}

// Endings that need no more than a sentence; %s is the host.
static const struct {
    CURLcode code;
    enum reading_outcome outcome;
    const char *sentence;
} errors[] = {
    {CURLE_URL_MALFORMAT, READING_BAD_URL, "the address is not one that can be understood"},
    {CURLE_COULDNT_RESOLVE_HOST, READING_UNREACHABLE,
     "no host is known by this name: check its spelling, and this machine's network"},
    {CURLE_COULDNT_RESOLVE_PROXY, READING_UNREACHABLE,
     "the proxy's name is not known: check http_proxy and https_proxy"},
    {CURLE_FILESIZE_EXCEEDED, READING_TOO_BIG,
     "it offers more than 16 MB, which is no feed to poll: nothing was read"},
    {CURLE_BAD_CONTENT_ENCODING, READING_NOT_A_FEED,
     "what it sent is said to be gzip and is not, or is damaged"},
    {CURLE_UNSUPPORTED_PROTOCOL, READING_HTTP_ERROR, "what answered there is no web server"},
    {CURLE_WEIRD_SERVER_REPLY, READING_HTTP_ERROR, "what answered there is no web server"},
    {CURLE_SSL_CACERT_BADFILE, READING_FAILED,
     "this machine's own list of certificate authorities cannot be read: install the package "
     "ca-certificates, or check SSL_CERT_FILE and CURL_CA_BUNDLE"},
};
static_assert(LIMIT_BODY_MAX == 16 * MIB, "the sentence above says 16 MB");

static enum reading_outcome of_error(const struct fetch_ending *ending, char *detail) {
    switch ((int)ending->code) {
    case CURLE_OPERATION_TIMEDOUT:
        return of_timeout(ending, detail);
    case CURLE_COULDNT_CONNECT:
        return of_refused_connection(ending, detail);
    case CURLE_OUT_OF_MEMORY:
    case TOO_LARGE:
        return of_no_memory(ending, detail);
    case CURLE_PEER_FAILED_VERIFICATION:
        return of_certificate(ending, detail);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return say(READING_TLS_REFUSED, detail, "no encrypted connection to %s could be made: %s",
                   ending->host, ending->error);
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return of_broken_transfer(ending, detail);
    default:
        break;
    }
    for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
        if (errors[i].code == ending->code)
            return say(errors[i].outcome, detail, "%s: %s", ending->host, errors[i].sentence);
    return say(READING_FAILED, detail, "%s could not be asked: %s", ending->host, ending->error);
}

// --- where libcurl's versions differ ---------------------------------------------------------

// Does nothing but the connection's end tell where the body ends?
static bool is_ended_by_closing(CURL *easy) {
    long version = CURL_HTTP_VERSION_NONE;
    (void)curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    return (version == CURL_HTTP_VERSION_1_0 || version == CURL_HTTP_VERSION_1_1) &&
           !fetch_headers_get(easy, "Content-Length") &&
           !fetch_headers_get(easy, "Transfer-Encoding");
}

CURLcode fetch_outcome_settle(CURL *easy, CURLcode code, bool is_head_whole) {
    if (code == CURLE_OK && !is_head_whole)
        return CURLE_PARTIAL_FILE;
    if (code == CURLE_RECV_ERROR && is_head_whole && is_ended_by_closing(easy))
        return CURLE_OK;
    return code;
}

enum reading_outcome fetch_outcome_of(const struct fetch_ending *ending,
                                      char ret_detail[static FETCH_DETAIL_SIZE]) {
    enum reading_outcome outcome = of_stop(ending, ret_detail);
    if (outcome != READING_OUTCOME_COUNT)
        return outcome;
    long status = 0;
    (void)curl_easy_getinfo(ending->easy, CURLINFO_RESPONSE_CODE, &status);
    // A status that brings no feed says more than a body that then broke off.
    bool is_answered = ending->code == CURLE_OK || ending->stop == FETCH_STOP_NO_NEED ||
                       (status >= 400 && ending->code != CURLE_OPERATION_TIMEDOUT);
    return is_answered ? of_status(ending, status, ret_detail) : of_error(ending, ret_detail);
}
