// SPDX-License-Identifier: MIT
//
// pattern.h - rhythms: given how long something has been showing, is it lit now, and until when?
//
// Pure arithmetic on a phase. Nothing ticks: who shows a rhythm sleeps until the next edge, so a
// blinking lamp costs its edges and a steady one costs nothing.

#ifndef CORE_PATTERN_H
#define CORE_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "wirebell/policy.h"

// "There is no next edge."
#define PATTERN_NEVER INT64_MAX

/**
 * pattern_lamp() - is a lamp lit?
 * @rhythm:      its rhythm
 * @phase_us:    time since it began to show, >= 0
 * @ret_next_us: phase of the next edge, > @phase_us; PATTERN_NEVER when steady
 *
 * Return: whether it is lit.
 */
bool pattern_lamp(const struct rhythm *rhythm, int64_t phase_us, int64_t *ret_next_us);

/**
 * pattern_bell() - does a bell sound?
 * @strokes:     its strokes
 * @phase_us:    time since the first stroke began, >= 0
 * @ret_next_us: phase of the next edge, > @phase_us; PATTERN_NEVER after the last stroke
 *
 * Return: whether it sounds.
 */
bool pattern_bell(const struct strokes *strokes, int64_t phase_us, int64_t *ret_next_us);

// The same for a lamp that flicks twice every five seconds: something is amiss, and it is no alert.
bool pattern_double_flick(int64_t phase_us, int64_t *ret_next_us);

// From the first stroke's begin to the last one's end; 0 when silent.
int64_t pattern_bell_length_us(const struct strokes *strokes);

#endif
