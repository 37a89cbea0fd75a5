// SPDX-License-Identifier: MIT

#include "core/feed/collect.h"

#include <errno.h>
#include <string.h>

#include "core/feed/url.h"

enum { FIRST_ROOM = 32 };

void collect_init(struct collect *collect, struct arena *arena, struct reading *reading,
                  const char *base_url) {
    *collect = (struct collect){.arena = arena, .reading = reading};
    entry_init(&collect->entry);
    collect_enter_base(collect, base_url);
}

void collect_done(struct collect *collect) {
    entry_done(&collect->entry);
}

void collect_enter_base(struct collect *collect, const char *reference) {
    char resolved[LIMIT_URL_MAX];
    size_t size = url_resolve(collect->base, reference, sizeof resolved, resolved);
    if (size == 0)
        return;
    memcpy(collect->base, resolved, size + 1);
    collect->has_base = true;
}

void collect_begin(struct collect *collect, const char *base) {
    char resolved[LIMIT_URL_MAX];
    bool is_own = base && url_resolve(collect->base, base, sizeof resolved, resolved) > 0;
    entry_begin(&collect->entry, is_own ? resolved : collect->base);
}

// The arrays grow inside the arena: what the old ones took stays taken (less than the last), but
// when the arena is full the stories are in their place already.
static int make_room(struct collect *collect) {
    if (collect->count < collect->room)
        return 0;
    size_t room = collect->room > 0 ? collect->room * 2 : FIRST_ROOM;
    struct story *stories = arena_alloc(collect->arena, room * sizeof *stories);
    if (!stories)
        return COLLECT_TOO_LONG;
    if (collect->count > 0)
        memcpy(stories, collect->stories, collect->count * sizeof *stories);
    collect->stories = stories;
    collect->room = room;
    return 0;
}

int collect_note_item(struct collect *collect, uint64_t hash) {
    if (collect->item_count == LIMIT_STORIES_MAX)
        return COLLECT_TOO_MANY;
    if (collect->item_count == collect->item_room) {
        size_t room = collect->item_room > 0 ? collect->item_room * 2 : FIRST_ROOM;
        uint64_t *hashes = arena_alloc(collect->arena, room * sizeof *hashes);
        if (!hashes)
            return COLLECT_TOO_LONG;
        if (collect->item_count > 0)
            memcpy(hashes, collect->hashes, collect->item_count * sizeof *hashes);
        collect->hashes = hashes;
        collect->item_room = room;
    }
    collect->hashes[collect->item_count++] = hash;
    return 0;
}

int collect_add_story(struct collect *collect, uint64_t hash) {
    if (collect->item_count == LIMIT_STORIES_MAX)
        return COLLECT_TOO_MANY;
    int r = make_room(collect);
    if (r != 0)
        return r;
    r = entry_finish(&collect->entry, collect->arena, &collect->stories[collect->count]);
    if (r == -ENOSPC)
        return COLLECT_TOO_LONG;
    if (r < 0)
        return r;
    // Only what is a story now may be passed over the next time.
    r = collect_note_item(collect, hash);
    if (r == 0)
        collect->count++;
    return r;
}

int collect_take_head(struct collect *collect) {
    struct story head;
    int r = entry_finish(&collect->entry, collect->arena, &head);
    if (r < 0)
        return r == -ENOSPC ? COLLECT_TOO_LONG : r;
    if (collect->reading->feed_title[0] == '\0')
        collect->reading->feed_title = head.title;
    // A file on disk has no address, but the site it is from is where its links lead.
    if (!collect->has_base && url_is_absolute(head.link))
        collect_enter_base(collect, head.link);
    return 0;
}

void collect_finish(struct collect *collect) {
    collect->reading->stories = collect->stories;
    collect->reading->story_count = collect->count;
}
