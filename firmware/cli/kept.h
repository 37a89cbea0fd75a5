// SPDX-License-Identifier: MIT
//
// kept.h - the stories of the last days that a wirebell keeps in its state, read beside it.
//
// The state is copied into memory and nothing of it is locked for longer than that takes: a daemon
// that runs is not disturbed, and one that is stopped is not needed.

#ifndef CLI_KEPT_H
#define CLI_KEPT_H

#include <stdint.h>

#include "port/store/store_stories.h"

/**
 * kept_read() - call @each for every story kept, the oldest first
 * @state_dir: folder of the state
 * @last_s:    none older than so many seconds
 *
 * Return: 0; -errno after a complaint, also when there is no state.
 */
int kept_read(const char *state_dir, int64_t last_s, store_story_fn each, void *userdata);

#endif
