// SPDX-License-Identifier: MIT
//
// libFuzzer door to lists of feeds (OPML), bytes to feeds: the one the reader process uses. What is
// asserted beside "no crash" is what story.h promises of the strings, and that a list says nothing
// but title, address and categories.

#include <stdint.h>

#include "core/feed/feed.h"
#include "soundness.h"
#include "wirebell/limits.h"

static void check_feed(const struct story *feed) {
    check_text(feed->title, LIMIT_TITLE_MAX, MARKS);
    check_text(feed->link, LIMIT_URL_MAX, "");
    check_text(feed->category, LIMIT_TITLE_MAX, MARKS "\n");
    check(!*feed->id && !*feed->author && !*feed->text && feed->published_s == STORY_NO_DATE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = NULL;
    struct reading reading = READING_NULL;
    const struct feed_source source = {(const char *)data, size, "", ""};
    if (arena_new(LIMIT_REPLY_MAX, &arena) < 0)
        return 0;
    if (feed_read_opml(&source, arena, &reading) == 0) {
        check_text(reading.detail, 4096, "");
        for (size_t i = 0; i < reading.story_count; i++)
            check_feed(&reading.stories[i]);
    }
    arena_free(arena);
    return 0;
}
