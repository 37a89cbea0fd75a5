// SPDX-License-Identifier: MIT
//
// identity.h - by what a story of a feed is known again: 8 bytes.

#ifndef CORE_IDENTITY_H
#define CORE_IDENTITY_H

#include <stdint.h>

#include "wirebell/story.h"

/**
 * story_key() - the key of a story within its feed
 * @story: the story
 *
 * Made of the id, else of the link, else of title and text, so that an edited story with an id
 * stays the same story. Two stories of one feed share a key by chance once in some thousand
 * million; the store keeps 8 bytes a story, not the strings.
 *
 * Return: the key; any 64-bit value.
 */
uint64_t story_key(const struct story *story);

#endif
