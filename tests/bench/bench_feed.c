// SPDX-License-Identifier: MIT
//
// bench_feed FILE full|news|unchanged [KEYWORDS]: one look at a document, for callgrind, massif and
// a stop-watch; see the script "reading". "full": nothing is known. "news": all items are known but
// the first two, as when two were published. "unchanged": the document is the one read before.
//
// look_and_match() is what is measured: from the bytes as they were fetched to the rules they meet.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/feed/feed.h"
#include "core/feed/identity.h"
#include "core/matcher/matcher.h"
#include "reader/look.h"
#include "wirebell/limits.h"

enum { NEWS = 2 };

struct desk {
    struct fetched fetched;
    struct reading_request request;
    struct keywords *keywords;
    struct matcher *matcher; // NULL = no rules: reading alone
    uint64_t keys;           // of all stories, so that they are made
    size_t stories;
    size_t rings;
};

static char *read_file(const char *path, size_t *ret_size) {
    FILE *file = fopen(path, "rb");
    char *bytes = file ? malloc(LIMIT_BODY_MAX) : NULL;
    if (!bytes) {
        perror(path);
        exit(2);
    }
    *ret_size = fread(bytes, 1, LIMIT_BODY_MAX, file);
    fclose(file);
    return bytes;
}

// A line of /proc/self/status, in KB.
static long status_kb(const char *name) {
    char line[128];
    long kb = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            kb = strtol(line + strlen(name), NULL, 10);
    if (file)
        fclose(file);
    return kb;
}

static void read_rules(struct desk *desk, const char *path) {
    struct diag_list diags = DIAG_LIST_NULL;
    size_t size = 0;
    char *text = read_file(path, &size);
    if (keywords_new(&desk->keywords) < 0 ||
        keywords_add_file(desk->keywords, path, text, size, &diags) < 0 || diags.error_count > 0 ||
        matcher_new(desk->keywords, &desk->matcher) < 0)
        abort();
    diag_list_done(&diags);
    free(text);
}

__attribute__((noinline)) static void look_and_match(struct desk *desk, struct arena *arena,
                                                     struct reading *ret) {
    look_read(&desk->fetched, &desk->request, arena, ret);
    for (size_t i = 0; i < ret->story_count; i++) {
        struct match match;
        struct matches matches = {.items = &match, .max = 1};
        desk->keys ^= story_key(&ret->stories[i]);
        if (desk->matcher && matcher_scan(desk->matcher, &ret->stories[i], 0, &matches) < 0)
            abort();
        desk->rings += desk->matcher && matches.count > 0;
    }
    desk->stories += ret->story_count;
}

// What the first look leaves to be known by the next, by hand: the hashes of the first items are
// left out, and look_read() does not say which those are.
static void know(struct desk *desk, struct arena *arena, bool is_unchanged) {
    struct reading first;
    look_read(&desk->fetched, &desk->request, arena, &first);
    if (is_unchanged) {
        desk->request.body_hash = first.body_hash;
        return;
    }
    const struct feed_source source = {desk->fetched.body, desk->fetched.body_size, "", ""};
    const struct feed_known nothing = {NULL, 0};
    struct feed_items items;
    struct reading reading = READING_NULL;
    if (feed_read_news(&source, &nothing, arena, &reading, &items) < 0 || items.count <= NEWS)
        abort();
    uint64_t *known = arena_alloc(arena, first.items.count * sizeof *known);
    size_t count = 0;
    for (size_t i = 0; known && i < first.items.count; i++) {
        uint64_t hash = first.items.hashes[i];
        if (hash != items.hashes[0] && hash != items.hashes[1])
            known[count++] = hash;
    }
    desk->request.items = (struct reading_items){known, count};
}

int main(int argc, char **argv) {
    struct desk desk = {.fetched = {.reading = READING_NULL, .content_type = "", .url = ""},
                        .request = {.url = "", .etag = "", .last_modified = "", .user_agent = ""}};
    if (argc < 3) {
        fprintf(stderr, "usage: bench_feed FILE full|news|unchanged [KEYWORDS]\n");
        return 2;
    }
    desk.fetched.body = read_file(argv[1], &desk.fetched.body_size);
    if (argc > 3)
        read_rules(&desk, argv[3]);
    struct arena *before = NULL, *arena = NULL;
    struct reading reading;
    if (arena_new(2 * LIMIT_REPLY_MAX, &before) < 0 || arena_new(LIMIT_REPLY_MAX, &arena) < 0)
        abort();
    if (strcmp(argv[2], "full") != 0)
        know(&desk, before, strcmp(argv[2], "unchanged") == 0);
    long start_kb = status_kb("VmRSS:");
    clock_t start = clock();
    look_and_match(&desk, arena, &reading);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    double grown_mb = (double)(status_kb("VmHWM:") - start_kb) / 1024;
    printf("%s: %zu bytes, %zu items known, %zu stories read, %zu ring, %.3f s, %.1f MB, key "
           "%016llx\n",
           reading_outcome_name(reading.outcome), desk.fetched.body_size, desk.request.items.count,
           desk.stories, desk.rings, seconds, grown_mb, (unsigned long long)desk.keys);
    arena_free(arena);
    arena_free(before);
    matcher_free(desk.matcher);
    keywords_free(desk.keywords);
    free((void *)desk.fetched.body);
    return 0;
}
