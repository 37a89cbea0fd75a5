// SPDX-License-Identifier: MIT
//
// nearest.h - of the rules that matched nothing: what came nearest, and what it lacked.
//
// A rule that stays silent is the hardest to mend, for there is nothing to look at. So each rule is
// watched, story by story, for the one that met most of its requirements.

#ifndef CLI_NEAREST_H
#define CLI_NEAREST_H

#include <stdint.h>

#include "core/keywords/keywords.h"
#include "core/matcher/matcher.h"

struct nearest;

/**
 * nearest_new() - start watching
 * @keywords: borrowed, as is @matcher, which was made of them
 * @ret:      owned; written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int nearest_new(const struct keywords *keywords, struct matcher *matcher, struct nearest **ret);

// NULL is fine. Returns NULL.
struct nearest *nearest_free(struct nearest *nearest);

// Looks how far each rule gets with a story of a feed with these tags. Return: 0 or -ENOMEM.
int nearest_look(struct nearest *nearest, const struct story *story, uint64_t feed_tags);

// Prints a line or two for each rule that matched nothing, the nearest first; beyond some they are
// only counted.
void nearest_print(struct nearest *nearest);

// The same as JSON objects, one a line: rule, rule_file, rule_line, nearest (a title), lacks.
void nearest_print_json(struct nearest *nearest);

#endif
