// SPDX-License-Identifier: MIT
//
// store_stories.h - the stories of the last days, whether they rang or not: for `wirebell try`.
//
// They come in with the poll that found them (port/store/store.h). What is kept is bounded three
// ways: by age, by count, and by what a story may take, which keeps a poll of fifty new ones below
// 80 KB of writing (PERFORMANCE.md, goal 10). All of it together is at most 16 MB, and half of that
// as a rule. The oldest go once a day, and when there are too many: going through them at each poll
// would cost more than it saves.

#ifndef PORT_STORE_STORIES_H
#define PORT_STORE_STORIES_H

#include <stdint.h>

#include "wirebell/story.h"

struct store;

// What is kept, and how much more there may be before the oldest go.
enum {
    STORE_STORIES_DAYS = 7,
    STORE_STORIES_DAYS_MORE = 1,
    STORE_STORIES_KEPT = 20000,
    STORE_STORIES_MORE = 1000,
};

// Bytes kept of a story's fields; its id is not.
enum {
    STORE_STORY_TITLE = 200,
    STORE_STORY_LINK = 200,
    STORE_STORY_AUTHOR = 40,
    STORE_STORY_CATEGORY = 80,
    STORE_STORY_TEXT = 120,
};

/**
 * store_story_fn - one story as it is kept; strings live during the call only
 * @feed:   the feed's address
 * @story:  @id is ""; @published_s is its own date, or STORY_NO_DATE
 * @seen_s: wall clock when it was first seen
 */
typedef void (*store_story_fn)(const char *feed, const struct story *story, int64_t seen_s,
                               void *userdata);

/**
 * store_each_story() - call @each for every story kept, by its own date, or when it was seen where
 * it has none, the oldest first
 * @since_s: none older than this
 *
 * Return: 0 or -errno.
 */
int store_each_story(struct store *store, int64_t since_s, store_story_fn each, void *userdata);

#endif
