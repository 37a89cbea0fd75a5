// SPDX-License-Identifier: MIT
//
// try.h - what a trial collects, and how it is shown: for `try` alone.

#ifndef CLI_TRY_H
#define CLI_TRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/nearest.h"
#include "core/text/arena.h"
#include "core/keywords/keywords.h"
#include "core/matcher/matcher.h"
#include "core/alert/triage.h"
#include "port/files/config.h"
#include "wirebell/match.h"

// A story that rings; strings in try::arena.
struct try_ring {
    struct try_ring *next; // chains try::first, in the order read
    const char *source;
    const char *title;
    const char *text; // only when something was found in it
    const char *link;
    const char *found; // as JSON, only where that is asked for
    struct keyword_rule rule;
    struct match match;
    enum disposition disposition; // always RANG without --last
};

struct try {
    struct keywords *file;     // the feeds
    struct keywords *keywords; // the rules: those of the file, or one given
    struct matcher *matcher;
    struct nearest *nearest;
    struct config config;  // only with --last, as is:
    struct triage *triage; // what is known of stories that rang before
    struct arena *arena;
    struct try_ring *first[LEVEL_COUNT];
    struct try_ring **last[LEVEL_COUNT];
    size_t ring_count[LEVEL_COUNT];
    size_t held_back[DISPOSITION_COUNT]; // of those that met a rule: why they would not ring
    size_t story_count;
    int64_t oldest_s; // by their dates; INT64_MAX when none has one
    int64_t newest_s;
    size_t silenced_count;
    size_t kept_count;
    size_t left_out_count;
    bool is_out_of_memory;
    bool has_colour;
    bool is_json;
};

// Prints the stories that met a rule, by level, and what is to be said of all of them. Return: how
// many ring.
size_t try_print(const struct try *try);

// The same as JSON lines for programs.
size_t try_print_json(const struct try *try);

#endif
