// SPDX-License-Identifier: MIT
//
// rules.h - for tests of keywords and matcher: rules from a string, made ready or the test fails.

#ifndef TESTS_CORE_RULES_H
#define TESTS_CORE_RULES_H

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/keywords/keywords.h"
#include "core/matcher/match.h"
#include "core/matcher/matcher.h"
#include "nouns.h"

struct rules {
    struct keywords *keywords;
    struct matcher *matcher;
    struct diag_list diags;
};

static inline void rules_open(struct rules *rules, const char *text) {
    *rules = (struct rules){.diags = DIAG_LIST_NULL};
    assert_int_equal(keywords_new(&rules->keywords), 0);
    assert_int_equal(
        keywords_add_file(rules->keywords, "keywords", text, strlen(text), &rules->diags), 0);
    assert_int_equal(matcher_new(rules->keywords, &rules->matcher), 0);
}

static inline void rules_close(struct rules *rules) {
    matcher_free(rules->matcher);
    keywords_free(rules->keywords);
    diag_list_done(&rules->diags);
}

// The complaints as they are shown, one after the other.
static inline void rules_complaints(const struct rules *rules, size_t size, char *ret) {
    size_t at = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < rules->diags.count && at < size; i++) {
        char text[1024];
        diag_format(&rules->diags.items[i], sizeof text, text);
        at += (size_t)snprintf(ret + at, size - at, "%s\n", text);
    }
}

static inline struct story rules_story(const char *title, const char *text) {
    struct story story = a_story("", title);
    story.text = text;
    return story;
}

// matcher_scan() with the room and the count as arguments.
static inline int rules_scan(const struct rules *rules, const struct story *story, uint64_t tags,
                             size_t max, struct match *ret, size_t *ret_count) {
    struct matches matches = {.items = ret, .max = max, .count = SIZE_MAX};
    const int r = matcher_scan(rules->matcher, story, tags, &matches);
    *ret_count = matches.count;
    return r;
}

#endif
