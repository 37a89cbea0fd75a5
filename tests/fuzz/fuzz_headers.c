// SPDX-License-Identifier: MIT
//
// libFuzzer door to what a server says beside the document: each line of the input is one header's
// value, the last two an address and where it redirects to. Asserted beside "no crash": hints are
// within the bounds port/fetch/fetch_hints.h gives them; a redirect that is followed leads to http
// or https, never down from https, and can be followed to itself again.

#include <stdint.h>
#include <strings.h>

#include "port/fetch/fetch_headers.h"
#include "port/fetch/fetch_hints.h"
#include "port/fetch/fetch_url.h"
#include "soundness.h"
#include "wirebell/limits.h"

enum { RETRY_AFTER, DATE, CACHE_CONTROL, EXPIRES, AGE, CODING, FROM, TARGET, VALUE_COUNT };

static const int64_t NOW_S = 1700000000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_hints(char *const *values) {
    const struct fetch_hints_freshness freshness = {
        .cache_control = values[CACHE_CONTROL],
        .expires = values[EXPIRES],
        .date = values[DATE],
        .age = values[AGE],
    };
    const int64_t max_age_s = fetch_hints_max_age(&freshness, NOW_S);
    const int64_t wait_s = fetch_hints_retry_after(values[RETRY_AFTER], values[DATE], NOW_S);
    check(max_age_s >= 0 && max_age_s <= INT32_MAX);
    check(wait_s >= 0 && wait_s <= INT32_MAX);
    check(fetch_hints_date(values[DATE]) >= 0);
    (void)fetch_headers_is_sendable(values[CODING]);
    (void)fetch_headers_is_asked_for(values[CODING], strlen(values[CODING]));
}

static bool is_scheme(const char *url, const char *scheme) {
    return strncasecmp(url, scheme, strlen(scheme)) == 0;
}

static void check_redirect(const char *from, const char *target, struct arena *arena) {
    const char *url = NULL, *again = NULL;
    char detail[200];
    if (!fetch_url_check(from, sizeof detail, detail)) {
        check(memchr(detail, '\0', sizeof detail) && detail[0]);
        return;
    }
    check(fetch_url_host(from, arena)[0]);
    const enum fetch_url_step step = fetch_url_follow(from, target, arena, &url);
    if (step != FETCH_URL_GOOD) {
        check(fetch_url_refusal(step)[0]);
        return;
    }
    check(strlen(url) <= LIMIT_URL_MAX);
    check(is_scheme(url, "https://") || (is_scheme(url, "http://") && !is_scheme(from, "https:")));
    check(fetch_url_check(url, sizeof detail, detail));
    check(fetch_url_follow(url, url, arena, &again) == FETCH_URL_GOOD && strcmp(url, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1), *values[VALUE_COUNT];
    struct arena *arena = NULL;
    check(text && arena_new(1 << 20, &arena) == 0);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    char *at = text;
    for (int i = 0; i < VALUE_COUNT; i++) {
        values[i] = at;
        at += strcspn(at, "\n");
        if (*at && i + 1 < VALUE_COUNT)
            *at++ = '\0';
    }
    check_hints(values);
    check_redirect(values[FROM], values[TARGET], arena);
    arena_free(arena);
    free(text);
    return 0;
}
