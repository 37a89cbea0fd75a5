// SPDX-License-Identifier: MIT
//
// matcher.h - which rules does a story meet?
//
// Cost per byte must not grow with the number of rules: each word of the story is folded and
// hashed once, and looked up; phrases and prefixes hang on their first word.

#ifndef CORE_MATCHER_H
#define CORE_MATCHER_H

#include <stddef.h>
#include <stdint.h>

#include "core/keywords.h"
#include "wirebell/match.h"
#include "wirebell/story.h"

struct matcher;

/**
 * matcher_new() - make a matcher ready for all rules of @keywords
 * @keywords: borrowed; must outlive the matcher
 * @ret:      owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int matcher_new(const struct keywords *keywords, struct matcher **ret);

// NULL is fine. Returns NULL.
struct matcher *matcher_free(struct matcher *matcher);

/**
 * matcher_scan() - find the rules a story meets
 * @matcher:   not const: it keeps working memory between calls, so one thread at a time
 * @story:     the story
 * @feed_tags: tags of the feed it is from
 * @max:       size of @ret
 * @ret:       matches, highest level first, then in the order of the file
 * @ret_count: how many were written, at most @max
 *
 * Return: 0 or -ENOMEM.
 */
int matcher_scan(struct matcher *matcher, const struct story *story, uint64_t feed_tags, size_t max,
                 struct match *ret, size_t *ret_count);

#endif
