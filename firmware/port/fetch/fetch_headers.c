// SPDX-License-Identifier: MIT

#include "port/fetch/fetch_headers.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "port/fetch/fetch_hints.h"
#include "wirebell/limits.h"

bool fetch_headers_is_sendable(const char *value) {
    for (; *value; value++)
        if (((unsigned char)*value < 0x20 && *value != '\t') || *value == 0x7F)
            return false;
    return true;
}

bool fetch_headers_is_asked_for(const char *list, size_t size) {
    static const char *const known[] = {"gzip", "x-gzip", "identity"};
    static const char separators[] = " \t\r\n,";
    for (size_t at = 0; at < size;) {
        size_t length = 0;
        while (at + length < size && !memchr(separators, list[at + length], sizeof separators - 1))
            length++;
        bool is_known = length == 0;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            if (length == strlen(known[i]) && strncasecmp(list + at, known[i], length) == 0)
                is_known = true;
        if (!is_known)
            return false;
        at += length + 1;
    }
    return true;
}

const char *fetch_headers_get(CURL *easy, const char *name) {
    struct curl_header *header;
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return NULL;
    return header->value;
}

// A header sent several times is one list (RFC 9110 5.3). NULL when there is none, or no memory.
static const char *get_joined(CURL *easy, const char *name, struct arena *arena) {
    struct curl_header *header;
    const char *joined = NULL;
    size_t count = 1;
    for (size_t i = 0; i < count; i++) {
        if (curl_easy_header(easy, name, i, CURLH_HEADER, -1, &header) != CURLHE_OK)
            return joined;
        count = header->amount;
        size_t size = strlen(header->value) + (joined ? strlen(joined) : 0) + sizeof ", ";
        char *longer = arena_alloc(arena, size);
        if (!longer)
            return joined;
        (void)snprintf(longer, size, "%s%s%s", joined ? joined : "", joined ? ", " : "",
                       header->value);
        joined = longer;
    }
    return joined;
}

static const char *get_validator(CURL *easy, const char *name, const char *otherwise) {
    const char *value = fetch_headers_get(easy, name);
    if (!value)
        return otherwise;
    bool can_go_back = strlen(value) <= LIMIT_VALIDATOR_MAX && fetch_headers_is_sendable(value);
    return can_go_back ? value : "";
}

static void take_validators(CURL *easy, const struct reading_request *sent,
                            struct reading *reading) {
    bool is_unchanged = reading->outcome == READING_UNCHANGED;
    if (reading->outcome != READING_OK && !is_unchanged)
        return;
    reading->etag = get_validator(easy, "ETag", is_unchanged ? sent->etag : "");
    reading->last_modified =
        get_validator(easy, "Last-Modified", is_unchanged ? sent->last_modified : "");
}

void fetch_headers_take(CURL *easy, const struct reading_request *sent, struct arena *arena,
                        struct reading *reading) {
    int64_t now_s = (int64_t)time(NULL);
    const char *date = fetch_headers_get(easy, "Date");
    take_validators(easy, sent, reading);
    reading->server_date_s = fetch_hints_date(date);
    if (reading->http_status >= 300 && reading->outcome != READING_UNCHANGED)
        reading->retry_after_s =
            fetch_hints_retry_after(fetch_headers_get(easy, "Retry-After"), date, now_s);
    if (!reading_is_success(reading->outcome))
        return;
    const struct fetch_hints_freshness freshness = {
        .cache_control = get_joined(easy, "Cache-Control", arena),
        .expires = fetch_headers_get(easy, "Expires"),
        .date = date,
        .age = fetch_headers_get(easy, "Age"),
    };
    reading->max_age_s = fetch_hints_max_age(&freshness, now_s);
}
