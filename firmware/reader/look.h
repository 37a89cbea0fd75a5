// SPDX-License-Identifier: MIT
//
// look.h - from what was fetched to what is answered: reading, under guard, and the last word on
// the outcome. Reading costs what is new: a document whose hash is known is not read at all, of any
// other only the items that are not known.

#ifndef READER_LOOK_H
#define READER_LOOK_H

#include "core/text/arena.h"
#include "port/fetch/fetch_curl.h"
#include "wirebell/reading.h"

/**
 * look_read() - read the document that was fetched, if one was
 * @fetched: borrowed
 * @request: what is known already: its body_hash and items are looked at, nothing else; borrowed
 * @arena:   owns the stories, texts and hashes of @ret
 * @ret:     always written; borrows from @fetched and @arena. Validators stay only where they may
 *           be stored (OK, UNCHANGED): one kept for a document that was not read whole would bring
 *           304 for ever for a feed never read. For the same reason only a document that is OK has
 *           a hash
 *
 * A reading that takes longer than LIMIT_READ_CPU_S is a hang: SIGALRM ends the process, and with
 * it the hang. Whoever asked knows what to make of that.
 */
void look_read(const struct fetched *fetched, const struct reading_request *request,
               struct arena *arena, struct reading *ret);

// The same for a list of feeds (OPML): its "stories" are the feeds, see feed_read_opml().
void look_read_opml(const struct fetched *fetched, struct arena *arena, struct reading *ret);

#endif
