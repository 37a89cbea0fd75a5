// SPDX-License-Identifier: MIT
//
// bench_feed FILE full|news ROUNDS: reads a feed that often, for callgrind and for a stop-watch.
// "news" first reads it once, then with all of its items known but two. Under callgrind the cost of
// a round is the difference of two runs divided by the difference of their rounds, so that start-up
// and the reading of the file fall out.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/feed.h"
#include "wirebell/limits.h"

enum { NEWS = 2 };

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static char *read_file(const char *path, size_t *ret_size) {
    FILE *file = fopen(path, "rb");
    char *bytes = file ? malloc(LIMIT_BODY_MAX) : NULL;
    if (bytes)
        *ret_size = fread(bytes, 1, LIMIT_BODY_MAX, file);
    if (file)
        fclose(file);
    return bytes;
}

// One reading; the hashes of its items, if wanted, sorted and without the last NEWS ones.
static size_t read_once(const struct feed_source *source, const struct feed_known *known,
                        uint64_t *ret_hashes, size_t *ret_count) {
    struct arena *arena = NULL;
    struct reading reading = READING_NULL;
    struct feed_items items;
    if (arena_new(LIMIT_REPLY_MAX, &arena) < 0 ||
        feed_read_news(source, known, arena, &reading, &items) < 0)
        abort();
    if (ret_hashes && items.count > NEWS) {
        *ret_count = items.count - NEWS;
        memcpy(ret_hashes, items.hashes, *ret_count * sizeof *ret_hashes);
        qsort(ret_hashes, *ret_count, sizeof *ret_hashes, by_value);
    }
    size_t stories = reading.story_count;
    arena_free(arena);
    return stories;
}

int main(int argc, char **argv) {
    static uint64_t hashes[LIMIT_STORIES_MAX];
    struct feed_source source = {.content_type = "", .base_url = ""};
    struct feed_known known = {hashes, 0};
    char *bytes = argc == 4 ? read_file(argv[1], &source.size) : NULL;
    if (!bytes) {
        fprintf(stderr, "usage: bench_feed FILE full|news ROUNDS\n");
        return 2;
    }
    source.bytes = bytes;
    if (strcmp(argv[2], "news") == 0)
        (void)read_once(&source, &known, hashes, &known.count);
    size_t stories = 0;
    for (long round = strtol(argv[3], NULL, 10); round > 0; round--)
        stories += read_once(&source, &known, NULL, NULL);
    printf("%zu bytes, %zu items known, %zu stories read\n", source.size, known.count, stories);
    free(bytes);
    return 0;
}
