// SPDX-License-Identifier: MIT
//
// moves.h - when is a feed that says it has moved asked at its new address?
//
// A permanent redirect is believed once it was seen five times over a day at least: a hotel's
// gateway and a site that was broken into redirect permanently too. From then on the new address is
// asked, and the old one once a week, or at once when the new one fails; what it says then counts.
// The user's file is never edited. A temporary redirect is never remembered (it is no @moved_to of
// a reading). Pure.

#ifndef DAEMON_MOVES_H
#define DAEMON_MOVES_H

#include <stdbool.h>
#include <stdint.h>

#include "port/store/store.h"
#include "wirebell/reading.h"

// What a look says of the feed's address.
enum moves_outcome {
    MOVES_NOTHING,   // as before; counts may have changed
    MOVES_CONFIRMED, // from now on the new address is asked
    MOVES_BACK,      // the old address brings the feed itself again: no other is asked any more
    MOVES_ELSEWHERE, // it leads elsewhere now: counted anew, no other is asked until confirmed
    MOVES_OLD_DEAD,  // the old one does not answer as it should: the new one stays in use
    MOVES_NO_MEMORY
};

// Is the new address the one that is asked? NULL: there is none.
bool moves_is_followed(const struct store_move *move);

// Is a look at the old address due, by the wall clock?
bool moves_is_check_due(const struct store_move *move, int64_t wall_s);

/**
 * moves_note() - a look at the address of the keywords file has ended
 * @move:    brought up to date: owned by the caller, NULL = nowhere
 * @reading: not READING_FAILED or another failure at this end
 * @wall_s:  wall clock, trusted
 */
enum moves_outcome moves_note(struct store_move **move, const struct reading *reading,
                              int64_t wall_s);

#endif
