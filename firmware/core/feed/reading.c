// SPDX-License-Identifier: MIT
//
// What can be said of a reading without reading: the names of its outcomes, one word each, and
// whether its items keep what is promised of them.

#include "wirebell/reading.h"

#include "wirebell/limits.h"

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

bool reading_items_are_sound(struct reading_items items) {
    if (items.count > LIMIT_STORIES_MAX)
        return false;
    uint64_t last = 0;
    for (size_t i = 0; i < items.count; i++) {
        if (items.hashes[i] <= last)
            return false;
        last = items.hashes[i];
    }
    return true;
}
