// SPDX-License-Identifier: MIT
//
// progress.h - "37 of 200 feeds read", for a person who waits at a terminal; nothing anywhere else.

#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct progress - a line that comes and goes on standard error
 * @is_wanted: standard error is a terminal, and there is more than one feed
 * @is_shown:  the line stands there
 */
struct progress {
    bool is_wanted;
    bool is_shown;
};

// A line for @total feeds; nothing is shown yet.
struct progress progress_begin(size_t total);

// Shows it, in the place of what it said before.
void progress_show(struct progress *progress, size_t done, size_t total);

// Takes it away: to be called before anything else is printed, and at the end.
void progress_hide(struct progress *progress);

#endif
