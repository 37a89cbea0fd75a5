// SPDX-License-Identifier: MIT
//
// rest.h - memory goes back to the system when there is nothing to do for minutes.

#ifndef PORT_REST_H
#define PORT_REST_H

/**
 * rest_memory() - give back what is free of the heap, and the part of the stack not in use
 *
 * A stack that was once deep stays so in memory, as a heap does: a page that was written is the
 * process's until it says otherwise. Both are taken again page by page when they are needed.
 *
 * To be called in the main thread, whose stack nothing else lies close below.
 */
void rest_memory(void);

#endif
