// SPDX-License-Identifier: MIT
//
// ending.h - how a text ends: the kind of a file, of a key, of a path.

#ifndef CORE_ENDING_H
#define CORE_ENDING_H

#include <stdbool.h>

// Does the text end with @end, and has something before it?
bool ending_is(const char *text, const char *end);

#endif
