// SPDX-License-Identifier: MIT
//
// reader_protocol.h - what is said between a caller and wirebell-reader, both ways, in one place.
//
// Four calls over sd-bus, peer to peer:
//
//     Read            struct reading_request   -> struct reading, a(ssssssx) its stories
//     ReadDescriptor  h document, s base_url   -> the same
//     ReadOpml        h document               -> the same; a "story" is a feed of the list
//     AwaitNetwork    -                        -> -; once a way out came up, or a site answered
//
// The structs travel as reader_facts.h has it. Both ends come in one package: one that speaks
// otherwise is refused by its signature or by the number of its facts, and the look is made again
// later.
//
// The caller does not trust the reader, which has read what strangers wrote: whatever is over a
// cap, out of range, of another type or not clean text makes the whole reply -EBADMSG. The reader
// for its part sends nothing that would be refused so: it cuts and mends texts first
// (reader_text.h).

#ifndef PORT_READER_PROTOCOL_H
#define PORT_READER_PROTOCOL_H

#include <systemd/sd-bus.h>

#include "core/text/arena.h"
#include "port/reader/reader_facts.h"
#include "wirebell/reading.h"

#define READER_OBJECT       "/org/wirebell1/reader"
#define READER_INTERFACE    "org.wirebell1.Reader"
#define READER_READ         "Read"
#define READER_READ_ARGS    READER_FACTS
#define READER_READ_FD      "ReadDescriptor"
#define READER_READ_FD_ARGS "hs"
#define READER_OPML         "ReadOpml"
#define READER_OPML_ARGS    "h"
#define READER_REPLY        READER_FACTS "a(ssssssx)"
#define READER_AWAIT        "AwaitNetwork"

/**
 * reader_protocol_format_read() - a look at a URL, as a message
 * @bus:     connection it will go over
 * @request: borrowed
 * @ret:     owned, to be sent and unreferenced; written only on success
 *
 * Return: 0; -EINVAL when the URL is over LIMIT_URL_MAX or is not UTF-8 (it is no URL then);
 * -E2BIG when another member is over its cap; other -errno of sd-bus.
 */
int reader_protocol_format_read(sd_bus *bus, const struct reading_request *request,
                                sd_bus_message **ret);

/**
 * reader_protocol_format_read_fd() - a document to be read from a descriptor, as a message
 * @fd:       duplicated
 * @base_url: "" = none
 *
 * Return: as reader_protocol_format_read().
 */
int reader_protocol_format_read_fd(sd_bus *bus, int fd, const char *base_url, sd_bus_message **ret);

/**
 * reader_protocol_format_opml() - a list of feeds to be read from a descriptor, as a message
 * @fd: duplicated
 *
 * Return: 0 or -errno of sd-bus.
 */
int reader_protocol_format_opml(sd_bus *bus, int fd, sd_bus_message **ret);

/**
 * reader_protocol_parse_read() - the reverse of reader_protocol_format_read()
 * @call: its texts and hashes are borrowed by @ret
 * @ret:  written only on success
 *
 * Return: 0; -EBADMSG when it is not such a call or over a cap; -ENOMEM.
 */
int reader_protocol_parse_read(sd_bus_message *call, struct reading_request *ret);

/**
 * reader_protocol_parse_read_fd() - the reverse of reader_protocol_format_read_fd()
 * @ret_fd:       borrowed from @call
 * @ret_base_url: borrowed from @call
 *
 * Return: 0 or -EBADMSG.
 */
int reader_protocol_parse_read_fd(sd_bus_message *call, int *ret_fd, const char **ret_base_url);

// The reverse of reader_protocol_format_opml(); as reader_protocol_parse_read_fd().
int reader_protocol_parse_opml(sd_bus_message *call, int *ret_fd);

/**
 * reader_protocol_format_reply() - a reading, as the answer to a call
 * @call:    which call is answered
 * @reading: texts that are too long or not clean are cut and mended on the way
 * @scratch: for the texts that must be mended
 * @ret:     owned; written only on success
 *
 * Return: 0 or -errno (-ENOMEM, or of sd-bus).
 */
int reader_protocol_format_reply(sd_bus_message *call, const struct reading *reading,
                                 struct arena *scratch, sd_bus_message **ret);

/**
 * reader_protocol_parse_reply() - the reverse of reader_protocol_format_reply()
 * @reply: not trusted; its texts and hashes are borrowed by @ret
 * @arena: for the list of stories
 * @ret:   written only on success; keeps every promise of wirebell/reading.h
 *
 * Return: 0; -EBADMSG when it is not such a reply, over a cap or out of range; -ENOMEM.
 */
int reader_protocol_parse_reply(sd_bus_message *reply, struct arena *arena, struct reading *ret);

#endif
