// SPDX-License-Identifier: MIT
//
// read_feed FILE [CONTENT-TYPE [BASE-URL]]: the stories of a feed, one JSON object a line, as
// feed_read() gives them without a process or a network around it. The outcome goes to standard
// error. For comparing readers and for profiling; the command people use is "wirebell parse".

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/feed/date.h"
#include "core/feed/feed.h"
#include "wirebell/limits.h"

static void put_string(const char *name, const char *text, const char *end) {
    printf("\"%s\": ", name);
    if (*text == '\0' && strcmp(name, "text") != 0) {
        printf("null%s", end);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    printf("\"%s", end);
}

static char *read_file(const char *path, size_t *ret_size) {
    FILE *file = fopen(path, "rb");
    char *bytes = file ? malloc(LIMIT_BODY_MAX + 1) : NULL;
    if (bytes)
        *ret_size = fread(bytes, 1, LIMIT_BODY_MAX + 1, file);
    if (file)
        fclose(file);
    return bytes;
}

int main(int argc, char **argv) {
    struct arena *arena = NULL;
    struct reading reading = READING_NULL;
    struct feed_source source = {.content_type = argc > 2 ? argv[2] : "",
                                 .base_url = argc > 3 ? argv[3] : ""};
    char *bytes = argc > 1 ? read_file(argv[1], &source.size) : NULL;
    if (!bytes || arena_new(LIMIT_REPLY_MAX, &arena) < 0) {
        fprintf(stderr, "usage: read_feed FILE [CONTENT-TYPE [BASE-URL]]\n");
        return 2;
    }
    source.bytes = bytes;
    int r = feed_read(&source, arena, &reading);
    for (size_t i = 0; r == 0 && i < reading.story_count; i++) {
        const struct story *story = &reading.stories[i];
        char date[21];
        date_format(story->published_s, date);
        putchar('{');
        put_string("id", story->id, ", ");
        put_string("title", story->title, ", ");
        put_string("link", story->link, ", ");
        put_string("published", date, ", ");
        put_string("text", story->text, "}\n");
    }
    fprintf(stderr, "%s: %s\n", r < 0 ? strerror(-r) : reading_outcome_name(reading.outcome),
            reading.detail);
    arena_free(arena);
    free(bytes);
    return 0;
}
