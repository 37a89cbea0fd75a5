// SPDX-License-Identifier: MIT
//
// reader_request.h - a request that outlives what it was made of.

#ifndef PORT_READER_REQUEST_H
#define PORT_READER_REQUEST_H

#include "core/text/arena.h"
#include "wirebell/limits.h"
#include "wirebell/reading.h"

// Room for any request that can be sent.
enum { READER_REQUEST_MAX = 5 * LIMIT_URL_MAX + 8 * LIMIT_STORIES_MAX };

/**
 * reader_request_copy() - copy a request, and what it points to
 * @arena: owns the copies
 * @ret:   written only on success. A text too long to be sent is cut, and still is too long
 *
 * Return: 0 or -ENOMEM.
 */
int reader_request_copy(const struct reading_request *request, struct arena *arena,
                        struct reading_request *ret);

#endif
