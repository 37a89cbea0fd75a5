// SPDX-License-Identifier: MIT
//
// nouns.h - a request, a story, an alert for tests: nothing more is known of them than is said.

#ifndef TESTS_NOUNS_H
#define TESTS_NOUNS_H

#include "wirebell/alert.h"
#include "wirebell/reading.h"
#include "wirebell/story.h"

static inline struct reading_request a_request(const char *url) {
    return (struct reading_request){.url = url, .etag = "", .last_modified = "", .user_agent = ""};
}

static inline struct story a_story(const char *id, const char *title) {
    return (struct story){.id = id,
                          .title = title,
                          .link = "",
                          .author = "",
                          .category = "",
                          .text = "",
                          .published_s = STORY_NO_DATE};
}

// Raised, by a rule on line 7.
static inline struct alert an_alert(enum level level, const char *title, int64_t raised_s) {
    return (struct alert){.level = level,
                          .state = ALERT_RAISED,
                          .lamp = ROLE_COUNT,
                          .sources = 1,
                          .stories = 1,
                          .raised_s = raised_s,
                          .published_s = STORY_NO_DATE,
                          .feed = "https://example.org/feed",
                          .title = title,
                          .link = "",
                          .rule = "cyber attack*",
                          .rule_file = "/etc/wirebell/keywords",
                          .rule_line = 7,
                          .section = "",
                          .words = "",
                          .spans = "",
                          .excerpt = ""};
}

#endif
