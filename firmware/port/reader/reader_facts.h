// SPDX-License-Identifier: MIT
//
// reader_facts.h - members of a struct as arguments of a message, and back.
//
// A table says which members, in the order in which they travel. All of them do, though most are
// nothing ("", 0, no items): sd-bus carries several of these for what an entry of a dictionary
// costs, some thousand instructions on either side. What comes in is not trusted: a value over its
// cap, out of range or of another type is -EBADMSG.

#ifndef PORT_READER_FACTS_H
#define PORT_READER_FACTS_H

#include <stddef.h>
#include <systemd/sd-bus.h>

#include "core/text/arena.h"

// What a member is, and how it travels.
enum reader_fact_type {
    FACT_TEXT,  // const char *, UTF-8; never NULL
    FACT_BYTES, // const char *, any bytes but NUL; never NULL
    FACT_INT,   // int from 0 to 999: an HTTP status
    FACT_INT64, // int64_t, not negative
    FACT_UINT8,
    FACT_UINT32,
    FACT_UINT64,
    FACT_OUTCOME, // enum reading_outcome
    FACT_ITEMS,   // struct reading_items
};

/**
 * struct reader_fact - a member of a struct
 * @type:   see above
 * @offset: in the struct
 * @max:    bytes of FACT_TEXT and FACT_BYTES, greatest value of FACT_UINT8 and FACT_UINT32
 */
struct reader_fact {
    enum reader_fact_type type;
    size_t offset;
    size_t max;
};

// Where a member is.
void *reader_fact_member(void *owner, size_t offset);

// A member that is text.
const char *reader_fact_text(const void *owner, size_t offset);

/**
 * reader_facts_append() - put the members into a message
 * @owner: the struct
 *
 * Return: 0 or -errno of sd-bus.
 */
int reader_facts_append(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                        const void *owner);

/**
 * reader_facts_parse() - take the members out of a message
 * @arena: for the bytes that must be copied; the rest is borrowed from the message
 * @owner: the struct; on failure some members are written
 *
 * Return: 0, -EBADMSG, or -ENOMEM.
 */
int reader_facts_parse(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                       struct arena *arena, void *owner);

/**
 * reader_facts_text() - take a string of at most so many bytes out of a message
 * Return: 0, -EBADMSG, or -ENOMEM.
 */
int reader_facts_text(sd_bus_message *message, size_t max, const char **ret);

// What sd-bus returned while reading, as this floor has it: 0, -EBADMSG, or -ENOMEM.
int reader_facts_bad(int r);

#endif
