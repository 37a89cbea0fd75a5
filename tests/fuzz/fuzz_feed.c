// SPDX-License-Identifier: MIT
//
// libFuzzer door to the whole reader, bytes to stories: the one the reader process uses. The last
// byte chooses what HTTP said, so that every charset and base is reached, and a plain feed is a
// seed. What is asserted beside "no crash" is what story.h promises of every string.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/feed/feed.h"
#include "soundness.h"
#include "wirebell/limits.h"

static const char *const CONTENT_TYPES[] = {
    "",
    "text/xml",
    "application/rss+xml; charset=utf-8",
    "text/xml; charset=\"iso-8859-1\"",
    "text/xml; charset=shift_jis",
    "text/xml; charset=utf-16",
    "application/feed+json",
    "text/xml; charset=gb18030",
    "text/xml; charset=iso-2022-jp",
    "text/xml; charset=no-such-charset//TRANSLIT",
};

enum { CONTENT_TYPE_COUNT = sizeof CONTENT_TYPES / sizeof *CONTENT_TYPES };

static void check_story(const struct story *story) {
    check_text(story->id, LIMIT_ID_MAX, "");
    check_text(story->title, LIMIT_TITLE_MAX, MARKS);
    check_text(story->link, LIMIT_URL_MAX, "");
    check_text(story->author, LIMIT_TITLE_MAX, MARKS);
    check_text(story->category, LIMIT_TITLE_MAX, MARKS "\n");
    check_text(story->text, LIMIT_TEXT_MAX, MARKS);
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// With all items known that have a hash, the others and only they are read again.
static void check_short_road(const struct feed_source *source, const struct feed_items *items) {
    uint64_t *hashes = calloc(items->count + 1, sizeof *hashes);
    struct feed_known known = {hashes, 0};
    struct reading reading = READING_NULL;
    struct feed_items again;
    struct arena *arena = NULL;
    check(hashes && arena_new(LIMIT_REPLY_MAX, &arena) == 0);
    for (size_t i = 0; i < items->count; i++)
        if (items->hashes[i] != 0)
            hashes[known.count++] = items->hashes[i];
    qsort(hashes, known.count, sizeof *hashes, by_value);
    if (feed_read_news(source, &known, arena, &reading, &again) == 0)
        check(again.count == items->count && reading.story_count == items->count - known.count);
    arena_free(arena);
    free(hashes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0)
        return 0;
    const uint8_t choice = data[size - 1];
    struct arena *arena = NULL;
    struct reading reading = READING_NULL;
    struct feed_source source = {
        .bytes = (const char *)data,
        .size = size - 1,
        .content_type = CONTENT_TYPES[choice % CONTENT_TYPE_COUNT],
        .base_url = choice & 0x80 ? "https://example.org/a/b?c#d" : "",
    };
    if (arena_new(choice & 0x40 ? 2000 : LIMIT_REPLY_MAX, &arena) < 0)
        return 0;
    const struct feed_known nothing = {NULL, 0};
    struct feed_items items;
    if (feed_read_news(&source, &nothing, arena, &reading, &items) == 0) {
        check_text(reading.detail, 4096, "");
        check_text(reading.feed_title, LIMIT_TITLE_MAX, MARKS);
        for (size_t i = 0; i < reading.story_count; i++)
            check_story(&reading.stories[i]);
        bool is_complete = (choice & 0x40) == 0 && items.count == reading.story_count;
        if (is_complete)
            check_short_road(&source, &items);
    }
    arena_free(arena);
    return 0;
}
