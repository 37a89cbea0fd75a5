// SPDX-License-Identifier: MIT
//
// describe.h - an alert that came over the bus, in the few words of a table's cell.

#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include <stdint.h>

#include "port/bus/bus_record.h"
#include "wirebell/alert.h"

enum { DESCRIBE_SIZE = 96 };

// "bulletin", "flash, drill".
void describe_level(const struct bus_record *alert, char ret[static DESCRIBE_SIZE]);

// What became of it: "unacknowledged", "acknowledged after 2 min", "cleared", "did not ring: old".
void describe_end(const struct bus_record *alert, int64_t now_s, char ret[static DESCRIBE_SIZE]);

// Why a story that met a rule did not ring, or only its lamp did; NULL for DISPOSITION_RANG.
const char *describe_silence(enum disposition disposition);

// How a terminal shows it: the SGR parameters of its level while it is unacknowledged, else "".
const char *describe_style(const struct bus_record *alert);

#endif
