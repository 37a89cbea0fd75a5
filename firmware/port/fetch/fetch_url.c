// SPDX-License-Identifier: MIT

#include "port/fetch/fetch_url.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "wirebell/limits.h"

static void done_url(CURLU **url) {
    curl_url_cleanup(*url);
}

static void done_part(char **part) {
    curl_free(*part);
}

#define AUTO_URL  __attribute__((cleanup(done_url))) CURLU *
#define AUTO_PART __attribute__((cleanup(done_part))) char *

// Takes @url over. Other schemes are parsed too, so that they can be named.
static CURLU *parse_into(CURLU *url, const char *text, CURLUcode *ret_code) {
    if (!url)
        return NULL;
    *ret_code = curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME);
    if (*ret_code == CURLUE_OK)
        return url;
    curl_url_cleanup(url);
    return NULL;
}

static CURLU *parse(const char *text, CURLUcode *ret_code) {
    return parse_into(curl_url(), text, ret_code);
}

// The part, to be given to curl_free(); NULL when there is none.
static char *part_of(CURLU *url, CURLUPart which, unsigned flags) {
    char *part = NULL;
    return curl_url_get(url, which, &part, flags) == CURLUE_OK ? part : NULL;
}

static bool is_web(const char *scheme) {
    return scheme && (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
}

bool fetch_url_check(const char *url, size_t size, char *ret_detail) {
    CURLUcode code = CURLUE_OUT_OF_MEMORY;
    AUTO_URL parsed = parse(url, &code);
    if (!parsed) {
        (void)snprintf(ret_detail, size,
                       "the address cannot be understood (%s): it must look like "
                       "https://example.org/feed.xml",
                       curl_url_strerror(code));
        return false;
    }
    AUTO_PART scheme = part_of(parsed, CURLUPART_SCHEME, 0);
    if (is_web(scheme))
        return true;
    (void)snprintf(ret_detail, size,
                   "the address begins with %.40s: and only http: and https: can be asked",
                   scheme ? scheme : "?");
    return false;
}

const char *fetch_url_host(const char *url, struct arena *arena) {
    const char *scheme_end = strstr(url, "://");
    if (!scheme_end)
        return "that address";
    const char *host = scheme_end + strlen("://");
    const char *end = host + strcspn(host, "/?#");
    const char *login_end = memrchr(host, '@', (size_t)(end - host));
    if (login_end)
        host = login_end + 1;
    const char *copy = arena_copy(arena, host, (size_t)(end - host));
    return copy && copy[0] ? copy : "that address";
}

static bool is_same_part(CURLU *a, CURLU *b, CURLUPart which) {
    AUTO_PART left = part_of(a, which, CURLU_DEFAULT_PORT);
    AUTO_PART right = part_of(b, which, CURLU_DEFAULT_PORT);
    return left && right && strcasecmp(left, right) == 0;
}

// Name and password go along to the same origin and are taken off on the way to any other, unless
// the target brings its own.
static bool carry_credentials(CURLU *from, CURLU *to) {
    bool is_same_origin = is_same_part(from, to, CURLUPART_SCHEME) &&
                          is_same_part(from, to, CURLUPART_HOST) &&
                          is_same_part(from, to, CURLUPART_PORT);
    AUTO_PART own = part_of(to, CURLUPART_USER, 0);
    if (!is_same_origin || own)
        return true;
    AUTO_PART user = part_of(from, CURLUPART_USER, 0);
    AUTO_PART password = part_of(from, CURLUPART_PASSWORD, 0);
    return (!user || curl_url_set(to, CURLUPART_USER, user, 0) == CURLUE_OK) &&
           (!password || curl_url_set(to, CURLUPART_PASSWORD, password, 0) == CURLUE_OK);
}

enum fetch_url_step fetch_url_follow(const char *from, const char *target, struct arena *arena,
                                     const char **ret_url) {
    CURLUcode code;
    AUTO_URL source = parse(from, &code);
    AUTO_URL parsed = source ? parse_into(curl_url_dup(source), target, &code) : NULL;
    if (!parsed)
        return FETCH_URL_NO_ADDRESS;
    AUTO_PART source_scheme = part_of(source, CURLUPART_SCHEME, 0);
    AUTO_PART scheme = part_of(parsed, CURLUPART_SCHEME, 0);
    if (!is_web(scheme) || !source_scheme)
        return FETCH_URL_OTHER_SCHEME;
    if (strcasecmp(source_scheme, "https") == 0 && strcasecmp(scheme, "https") != 0)
        return FETCH_URL_DOWNGRADE;
    if (!carry_credentials(source, parsed))
        return FETCH_URL_NO_ADDRESS;
    (void)curl_url_set(parsed, CURLUPART_FRAGMENT, NULL, 0);
    AUTO_PART url = part_of(parsed, CURLUPART_URL, 0);
    if (!url)
        return FETCH_URL_NO_ADDRESS;
    if (strlen(url) > LIMIT_URL_MAX)
        return FETCH_URL_TOO_LONG;
    const char *copy = arena_copy(arena, url, strlen(url));
    if (!copy)
        return FETCH_URL_NO_ADDRESS;
    *ret_url = copy;
    return FETCH_URL_GOOD;
}

static_assert(LIMIT_REDIRECTS_MAX == 5, "the last sentence below says 5");

const char *fetch_url_refusal(enum fetch_url_step step) {
    switch (step) {
    case FETCH_URL_GOOD:
        break;
    case FETCH_URL_NO_ADDRESS:
        return "redirects to an address that cannot be understood";
    case FETCH_URL_OTHER_SCHEME:
        return "redirects to something other than http or https: not followed";
    case FETCH_URL_DOWNGRADE:
        return "redirects from https to http, where anybody could change the feed: not followed";
    case FETCH_URL_TOO_LONG:
        return "redirects to an address that is too long";
    case FETCH_URL_LOOP:
        return "redirects in a circle";
    case FETCH_URL_TOO_MANY:
        return "redirects more than 5 times";
    case FETCH_URL_INWARD:
        return "redirects to an address of this machine or of its own network, where a site from "
               "outside has no business: not followed";
    }
    return "redirects";
}
