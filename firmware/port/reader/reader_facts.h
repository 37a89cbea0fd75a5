// SPDX-License-Identifier: MIT
//
// reader_facts.h - members of a struct as arguments of a message, and back.
//
// A table says which members. They travel as two arrays: one of bytes, the texts one behind the
// other, each with its NUL; and one of numbers, behind which stand the hashes of items. All of them
// do, in the order of the table, though most are nothing ("", 0, no items): to sd-bus a value costs
// some 700 instructions on either side, and an array twice that, whatever is in it.
//
// What comes in is not trusted: one value too few or too many, one over its cap, out of range or of
// another type is -EBADMSG.

#ifndef PORT_READER_FACTS_H
#define PORT_READER_FACTS_H

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#define READER_FACTS "ayat"

// What a member is.
enum reader_fact_type {
    FACT_TEXT,   // const char *, such as reader_text.h lets go; never NULL
    FACT_BYTES,  // const char *, any bytes but NUL; never NULL
    FACT_UINT8,  // uint8_t
    FACT_UINT32, // uint32_t, or an int or enum that is not negative
    FACT_UINT64, // uint64_t, or an int64_t that is not negative
    FACT_ITEMS,  // struct reading_items; the last of the table
};

/**
 * struct reader_fact - a member of a struct
 * @type:   see above
 * @offset: in the struct
 * @max:    bytes of a text, greatest value of a number
 */
struct reader_fact {
    enum reader_fact_type type;
    size_t offset;
    uint64_t max;
};

// Where a member is.
void *reader_fact_member(void *owner, size_t offset);

// A member that is text.
const char *reader_fact_text(const void *owner, size_t offset);

/**
 * reader_facts_append() - put the members into a message
 * @owner: the struct; what is over its cap is for the caller to keep out
 *
 * Return: 0 or -errno of sd-bus.
 */
int reader_facts_append(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                        const void *owner);

/**
 * reader_facts_parse() - take the members out of a message
 * @owner: the struct; texts and hashes are borrowed from the message. On failure some members are
 *         written
 *
 * Return: 0, -EBADMSG, or -ENOMEM.
 */
int reader_facts_parse(sd_bus_message *message, const struct reader_fact *facts, size_t count,
                       void *owner);

/**
 * reader_facts_text() - take a string of at most so many bytes out of a message
 * Return: 0, -EBADMSG, or -ENOMEM.
 */
int reader_facts_text(sd_bus_message *message, size_t max, const char **ret);

// What sd-bus returned while reading, as this floor has it: 0, -EBADMSG, or -ENOMEM.
int reader_facts_bad(int r);

#endif
