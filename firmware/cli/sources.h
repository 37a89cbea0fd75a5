// SPDX-License-Identifier: MIT
//
// sources.h - feeds named on a command line, read one after the other.
//
// A source is a file, a file: URL, an http or https address, or - for standard input. Files are
// opened here, for the reader opens none. One after the other, so that what is shown comes in the
// order of the arguments.

#ifndef CLI_SOURCES_H
#define CLI_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "port/reader/reader_client.h"
#include "wirebell/reading.h"

/**
 * sources_reading_fn - one source was read
 * @source:   as named
 * @reading:  how it went, and the stories; borrowed, valid during the call only
 * @userdata: as given
 */
typedef void (*sources_reading_fn)(const char *source, const struct reading *reading,
                                   void *userdata);

/**
 * struct sources - what to read, and how
 * @names:         the sources
 * @count:         how many
 * @reader_socket: where the reader listens; NULL = spawn one
 * @kind:          what files are; with READER_CLIENT_OPML there can be nothing but files
 */
struct sources {
    const char *const *names;
    size_t count;
    const char *reader_socket;
    enum reader_client_kind kind;
};

/**
 * sources_read() - read them all
 * @on_reading:     called for each that could be opened
 * @ret_has_failed: always written: one could not be opened, or its reading was not READING_OK;
 *                  both have been complained of
 *
 * Return: 0, or -errno when nothing can be read at all (no memory, no reader).
 */
int sources_read(const struct sources *sources, sources_reading_fn on_reading, void *userdata,
                 bool *ret_has_failed);

#endif
