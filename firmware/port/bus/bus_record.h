// SPDX-License-Identifier: MIT
//
// bus_record.h - an alert, a feed, the status as it goes over the bus: a dictionary (a{sv}).
//
// A dictionary and no struct, so that a newer daemon can tell more without breaking who asks: what
// is not known is passed over, what is missing reads as "" or 0. A key that ends in _at is a point
// of time, in seconds since 1970, 0 = it has not happened; in _s, a number of seconds.

#ifndef PORT_BUS_RECORD_H
#define PORT_BUS_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "core/text/arena.h"

// More than any record has.
enum { BUS_FIELDS_MAX = 40 };

/**
 * struct bus_field - one entry; strings borrowed
 * @key:    its name
 * @type:   's' text, 'b' boolean, 'u' count, 'x' number that may be large or negative
 * @text:   with 's'
 * @number: with the others; a boolean is 0 or 1
 */
struct bus_field {
    const char *key;
    char type;
    const char *text;
    int64_t number;
};

/**
 * struct bus_record - one dictionary that was read; its strings live in the message
 */
struct bus_record {
    struct bus_field fields[BUS_FIELDS_MAX];
    size_t count;
};

/**
 * bus_field_write() - append one value to a message, bare: a property, an argument of a signal
 * @scratch: owns what has to be mended of a text: it goes as one line, clean as reader_text.h has
 * it
 *
 * Return: 0, -ENOMEM or -errno of sd-bus.
 */
int bus_field_write(sd_bus_message *message, const struct bus_field *field, struct arena *scratch);

/**
 * bus_record_write() - append one dictionary to a message
 * @scratch: see bus_field_write()
 *
 * Return: 0, -ENOMEM or -errno of sd-bus.
 */
int bus_record_write(sd_bus_message *message, const struct bus_field *fields, size_t count,
                     struct arena *scratch);

/**
 * bus_record_read() - the dictionary that a message goes on with
 * @ret: written only on success; lives as long as the message. Types not named above are passed
 *       over
 *
 * Return: 1; 0 at the end of the array it stands in; -EBADMSG and other -errno of sd-bus.
 */
int bus_record_read(sd_bus_message *message, struct bus_record *ret);

// Is it the key of a point of time?
bool bus_record_is_time(const char *key);

/**
 * bus_record_clean() - make a record that came from elsewhere fit to be shown and counted with
 * @scratch: owns what has to be mended of a text, see bus_field_write()
 *
 * A text is one line of what a terminal does not obey; a point of time that is none, of the years 0
 * to 9999, has not happened.
 *
 * Return: 0 or -ENOMEM.
 */
int bus_record_clean(struct bus_record *record, struct arena *scratch);

// Never NULL: "" when there is no such text.
const char *bus_record_text(const struct bus_record *record, const char *key);

// 0 when there is no such number; a boolean counts as 0 or 1.
int64_t bus_record_number(const struct bus_record *record, const char *key);

#endif
