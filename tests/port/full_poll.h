// SPDX-License-Identifier: MIT
//
// full_poll.h - a poll that changes every table of the state: one new story, and the alert it
// raised. A test changes what it is about before it commits @poll.

#ifndef TESTS_PORT_FULL_POLL_H
#define TESTS_PORT_FULL_POLL_H

#include "nouns.h"
#include "port/store/store.h"

struct full_poll {
    struct store_poll poll;
    struct store_validators validators;
    uint64_t hashes[2];
    struct reading_items items;
    uint64_t key;
    struct story story;
    const struct story *stories[1];
    struct alert alert;
};

// @feed is borrowed by the poll, and so is @ret by itself.
static inline void full_poll_fill(struct store_feed *feed, int64_t now_s, struct full_poll *ret) {
    *ret = (struct full_poll){
        .validators = {"\"a\"", "Tue, 14 Nov 2023 22:13:20 GMT"},
        .hashes = {1, 2},
        .key = 7,
        .story = a_story("1", "Cyber attack"),
        .alert = an_alert(LEVEL_FLASH, "Cyber attack", now_s),
    };
    ret->story.published_s = ret->alert.published_s = now_s;
    ret->items = (struct reading_items){ret->hashes, 2};
    ret->stories[0] = &ret->story;
    ret->poll = (struct store_poll){.url = ret->alert.feed,
                                    .feed = feed,
                                    .validators = &ret->validators,
                                    .items = &ret->items,
                                    .new_keys = &ret->key,
                                    .new_key_count = 1,
                                    .stories = ret->stories,
                                    .story_count = 1,
                                    .now_s = now_s,
                                    .alerts = &ret->alert,
                                    .alert_count = 1};
}

#endif
