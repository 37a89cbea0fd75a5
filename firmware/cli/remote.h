// SPDX-License-Identifier: MIT
//
// remote.h - what the sub-commands that ask the running daemon share.

#ifndef CLI_REMOTE_H
#define CLI_REMOTE_H

#include "cli/options.h"
#include "port/bus/bus_client.h"

/**
 * remote_open() - a way to the daemon the options mean
 * Return: owned, to be given to remote_end(); NULL when out of memory, which was said.
 */
struct bus_client *remote_open(const struct options *options);

/**
 * remote_end() - complain of what went wrong, and end
 * @client: taken
 * @r:      what the last verb returned
 *
 * Return: CLI_OK, or CLI_NO when @r < 0.
 */
int remote_end(struct bus_client *client, int r);

// The number of an alert, 1 or more. Return: 0 or -EINVAL; *ret is written only on success.
int remote_parse_id(const char *text, int64_t *ret);

/**
 * remote_print_json() - print a record as the members of a JSON object, without the braces
 *
 * A key that ends in _at is a point of time and printed as RFC 3339 (UTC), null where it has not
 * come; "" is null.
 */
void remote_print_json(const struct bus_record *record);

// bus_client_record_fn: a record as a JSON object, a line of its own, on standard output.
void remote_print_line(const struct bus_record *record, void *userdata);

#endif
