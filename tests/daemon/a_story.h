// SPDX-License-Identifier: MIT
//
// A story for tests, of which only id and title are said.

#ifndef TESTS_A_STORY_H
#define TESTS_A_STORY_H

#include "wirebell/story.h"

static inline struct story a_story(const char *id, const char *title) {
    return (struct story){.id = id,
                          .title = title,
                          .link = "",
                          .author = "",
                          .category = "",
                          .text = "",
                          .published_s = STORY_NO_DATE};
}

#endif
