// SPDX-License-Identifier: MIT
//
// The names of outcomes: one word each, for logs, JSON and the status command.

#include "wirebell/reading.h"

const struct reading READING_NULL = {
    .detail = "",
    .etag = "",
    .last_modified = "",
    .moved_to = "",
    .feed_title = "",
};

static const char *const NAMES[READING_OUTCOME_COUNT] = {
    [READING_OK] = "ok",
    [READING_PARTIAL] = "partial",
    [READING_UNCHANGED] = "unchanged",
    [READING_EMPTY] = "empty",
    [READING_NOT_A_FEED] = "not-a-feed",
    [READING_TOO_BIG] = "too-big",
    [READING_HTTP_ERROR] = "http-error",
    [READING_UNREACHABLE] = "unreachable",
    [READING_TIMED_OUT] = "timed-out",
    [READING_TLS_REFUSED] = "tls-refused",
    [READING_REDIRECT_REFUSED] = "redirect-refused",
    [READING_BAD_URL] = "bad-url",
    [READING_READER_DIED] = "reader-died",
    [READING_FAILED] = "failed",
};

const char *reading_outcome_name(enum reading_outcome outcome) {
    // The cast catches a negative value too.
    if ((unsigned)outcome >= READING_OUTCOME_COUNT)
        return "unknown";
    return NAMES[outcome];
}

bool reading_is_success(enum reading_outcome outcome) {
    return outcome == READING_OK || outcome == READING_PARTIAL || outcome == READING_UNCHANGED;
}
