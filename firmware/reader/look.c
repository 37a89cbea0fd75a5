// SPDX-License-Identifier: MIT

#include "reader/look.h"

#include <unistd.h>

#include "core/feed.h"
#include "wirebell/limits.h"

static void read_guarded(const struct fetched *fetched, struct arena *arena,
                         struct reading *reading) {
    const struct feed_source source = {
        .bytes = fetched->body,
        .size = fetched->body_size,
        .content_type = fetched->content_type,
        .base_url = fetched->url,
    };
    (void)alarm(LIMIT_READ_CPU_S);
    int r = feed_read(&source, arena, reading);
    (void)alarm(0);
    if (r < 0) {
        *reading = fetched->reading;
        reading->outcome = READING_FAILED;
        reading->detail = "there was no memory left to read the feed";
    }
}

void look_read(const struct fetched *fetched, struct arena *arena, struct reading *ret) {
    const struct reading *transfer = &fetched->reading;
    *ret = *transfer;
    bool is_cut = transfer->outcome == READING_PARTIAL;
    if (transfer->outcome == READING_OK || is_cut)
        read_guarded(fetched, arena, ret);

    // Of a body cut short on the way, what can be read is read; where nothing can, the cut is
    // to blame and not the feed.
    if (is_cut && ret->outcome != READING_FAILED) {
        bool has_stories = ret->story_count > 0;
        ret->outcome = has_stories ? READING_PARTIAL : READING_UNREACHABLE;
        ret->detail = transfer->detail;
    }
    if (ret->outcome != READING_OK && ret->outcome != READING_UNCHANGED)
        ret->etag = ret->last_modified = "";
}
