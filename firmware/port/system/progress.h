// SPDX-License-Identifier: MIT
//
// progress.h - "37 of 200 feeds read", for a person who waits at a terminal; nothing anywhere else.

#ifndef PORT_PROGRESS_H
#define PORT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct progress - a line that comes and goes on standard error
 * @is_wanted: standard error is a terminal
 * @is_shown:  the line stands there
 */
struct progress {
    bool is_wanted;
    bool is_shown;
};

// Nothing is shown yet.
struct progress progress_begin(void);

// Shows it, in the place of what it said before. One feed alone is not counted.
void progress_show(struct progress *progress, size_t done, size_t total);

// Takes it away: to be called before anything else is printed, and at the end.
void progress_hide(struct progress *progress);

#endif
