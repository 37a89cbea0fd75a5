// SPDX-License-Identifier: MIT
//
// matcher.h - which rules does a story meet?
//
// Cost per byte must not grow with the number of rules: each word of the story is folded and
// hashed once, and looked up; phrases and prefixes hang on their first word.

#ifndef CORE_MATCHER_H
#define CORE_MATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/keywords/keywords.h"
#include "wirebell/match.h"
#include "wirebell/story.h"

struct matcher;

// What matcher_scan() returns besides 0: a [never] rule is met.
enum matcher_result { MATCHER_SILENCED = 1 };

/**
 * matcher_new() - make a matcher ready for all rules of @keywords
 * @keywords: borrowed; must outlive the matcher, and nothing may be added to it any more
 * @ret:      owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int matcher_new(const struct keywords *keywords, struct matcher **ret);

// NULL is fine. Returns NULL.
struct matcher *matcher_free(struct matcher *matcher);

// Gives back what scans work with, 40 KB and more; the next scan makes it anew.
void matcher_rest(struct matcher *matcher);

/**
 * struct matches - where matcher_scan() puts what it finds
 * @items: room for @max; borrowed
 * @max:   how many are wanted
 * @count: written: how many there are, at most @max
 */
struct matches {
    struct match *items;
    size_t max;
    size_t count;
};

/**
 * matcher_scan() - find the rules a story meets
 * @matcher:   not const: it keeps working memory between calls, so one thread at a time
 * @story:     the story
 * @feed_tags: tags of the feed it is from
 * @matches:   filled: rules of [never] first, then the highest level first, then in the order of
 *             the files
 *
 * Return: 0; MATCHER_SILENCED when the first match is a rule of [never], so that the story must not
 * ring whatever else it meets (known also when none is wanted); or -ENOMEM.
 */
int matcher_scan(struct matcher *matcher, const struct story *story, uint64_t feed_tags,
                 struct matches *matches);

/**
 * matcher_found_fn - told of a rule of which something was found in a story
 * @rule:     its index
 * @found:    set of its requirements of which an alternative was found, bit i = the i-th. One with
 * a regular expression is only looked at when the others hold
 */
typedef void (*matcher_found_fn)(size_t rule, uint32_t found, void *userdata);

/**
 * matcher_look() - how far rules get with a story, whatever its feed's tags are
 * @found: called for each rule of which anything was found, in the order of the files
 *
 * Return: 0 or -ENOMEM.
 */
int matcher_look(struct matcher *matcher, const struct story *story, matcher_found_fn found,
                 void *userdata);

/**
 * matcher_next_stopped() - a rule whose regular expression reached a bound on some story
 * @ret_rule: its index; written only when there is one
 *
 * Each expression is told once. Return: whether there was one not told yet.
 */
bool matcher_next_stopped(struct matcher *matcher, size_t *ret_rule);

#endif
