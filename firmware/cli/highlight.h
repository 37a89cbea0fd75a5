// SPDX-License-Identifier: MIT
//
// highlight.h - text of a story for a person to read, with the words found standing out.

#ifndef CLI_HIGHLIGHT_H
#define CLI_HIGHLIGHT_H

#include <stdbool.h>
#include <stddef.h>

#include "wirebell/match.h"

/**
 * highlight_has_colour() - may colour be used on standard output?
 *
 * Only on a terminal, and not when the environment has NO_COLOR (https://no-color.org) or a TERM
 * that is dumb.
 */
bool highlight_has_colour(void);

// Prints a text, a blank for whatever a terminal would obey and for bytes that are no text.
void highlight_print_clean(const char *text, size_t size);

/**
 * highlight_print() - print a field of a story on standard output
 * @text:       the whole field, UTF-8
 * @match:      its spans in @field stand out: bold with @has_colour, else [in brackets]
 * @field:      which field @text is
 * @has_colour: see highlight_has_colour()
 *
 * A long text is cut to what is around the first span, at blanks, with "…" where something is
 * left out. Controls, which could move the cursor, are printed as blanks.
 */
void highlight_print(const char *text, const struct match *match, enum match_field field,
                     bool has_colour);

#endif
