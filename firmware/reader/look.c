// SPDX-License-Identifier: MIT

#include "reader/look.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/feed/feed.h"
#include "core/text/hash64.h"
#include "wirebell/limits.h"

enum { HTTP_IM_USED = 226 }; // RFC 3229 10.4.1

// Of all that decides what is read: the bytes, what HTTP says of their charset, and who reads.
static uint64_t hash_document(const struct fetched *fetched) {
    static const char reader[] = WIREBELL_VERSION;
    uint64_t hash = hash64(reader, sizeof reader, 0);
    hash = hash64(fetched->content_type, strlen(fetched->content_type), hash);
    return hash64(fetched->body, fetched->body_size, hash);
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// Items as the feed has them, and others that stay known, to items as they are handed on: sorted,
// each once, without the zeros. When they do not fit there are none, and all is read the next time.
static struct reading_items sort_items(const struct feed_items *items,
                                       const struct reading_items *others, struct arena *arena) {
    struct reading_items none = {NULL, 0};
    size_t count = items->count + others->count;
    if (count == 0)
        return none;
    uint64_t *sorted = arena_alloc(arena, count * sizeof *sorted);
    if (!sorted)
        return none;
    if (items->count > 0)
        memcpy(sorted, items->hashes, items->count * sizeof *sorted);
    if (others->count > 0)
        memcpy(sorted + items->count, others->hashes, others->count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_value);
    size_t kept = 0;
    uint64_t last = 0;
    for (size_t i = 0; i < count; i++) {
        if (sorted[i] != last)
            sorted[kept++] = last = sorted[i];
    }
    return kept <= LIMIT_STORIES_MAX ? (struct reading_items){sorted, kept} : none;
}

static void read_guarded(const struct fetched *fetched, const struct reading_request *request,
                         struct arena *arena, struct reading *reading) {
    const struct feed_source source = {
        .bytes = fetched->body,
        .size = fetched->body_size,
        .content_type = fetched->content_type,
        .base_url = fetched->url,
    };
    const struct feed_known known = {request->items.hashes, request->items.count};
    struct feed_items items;
    (void)alarm(LIMIT_READ_CPU_S);
    int r = feed_read_news(&source, &known, arena, reading, &items);
    (void)alarm(0);
    if (r < 0) {
        *reading = fetched->reading;
        reading->outcome = READING_FAILED;
        reading->detail = "there was no memory left to read the feed";
        return;
    }
    // An answer of the new entries alone says nothing of the others: they are as known as before.
    const struct reading_items none = {NULL, 0};
    bool is_part = fetched->reading.http_status == HTTP_IM_USED;
    reading->items = sort_items(&items, is_part ? &request->items : &none, arena);
}

// Reads what came whole, unless it is what came the last time.
static void read_whole(const struct fetched *fetched, const struct reading_request *request,
                       struct arena *arena, struct reading *reading) {
    uint64_t hash = hash_document(fetched);
    if (hash == request->body_hash) {
        reading->outcome = READING_UNCHANGED;
        reading->detail = "the document is the one that was read before";
        return;
    }
    read_guarded(fetched, request, arena, reading);
    if (reading->outcome == READING_OK)
        reading->body_hash = hash;
}

void look_read(const struct fetched *fetched, const struct reading_request *request,
               struct arena *arena, struct reading *ret) {
    const struct reading *transfer = &fetched->reading;
    *ret = *transfer;
    bool is_cut = transfer->outcome == READING_PARTIAL;
    if (transfer->outcome == READING_OK)
        read_whole(fetched, request, arena, ret);
    else if (is_cut)
        read_guarded(fetched, request, arena, ret);

    // Of a body cut short on the way, what can be read is read; where nothing can, the cut is
    // to blame and not the feed.
    if (is_cut && ret->outcome != READING_FAILED) {
        bool has_items = ret->story_count > 0 || ret->items.count > 0;
        ret->outcome = has_items ? READING_PARTIAL : READING_UNREACHABLE;
        ret->detail = transfer->detail;
    }
    if (ret->outcome != READING_OK && ret->outcome != READING_UNCHANGED)
        ret->etag = ret->last_modified = "";
}

void look_read_opml(const struct fetched *fetched, struct arena *arena, struct reading *ret) {
    const struct feed_source source = {
        .bytes = fetched->body,
        .size = fetched->body_size,
        .content_type = "",
        .base_url = "",
    };
    *ret = fetched->reading;
    if (ret->outcome != READING_OK)
        return;
    (void)alarm(LIMIT_READ_CPU_S);
    int r = feed_read_opml(&source, arena, ret);
    (void)alarm(0);
    if (r >= 0)
        return;
    *ret = fetched->reading;
    ret->outcome = READING_FAILED;
    ret->detail = "there was no memory left to read the list";
}
