// SPDX-License-Identifier: MIT
//
// config.h - wirebell.conf: what the device is. Every value has a default that works.

#ifndef PORT_CONFIG_H
#define PORT_CONFIG_H

#include <stdbool.h>

#include "core/diag.h"

/**
 * struct config - the device
 * @board: name or file of the board; "pi" unless the file says otherwise
 */
struct config {
    char board[256];
};

/**
 * config_load() - read wirebell.conf
 * @path:     the file
 * @is_given: it was asked for: that it is missing is a mistake, not a default
 * @diags:    mistakes, with line
 * @ret:      always written: defaults where the file says nothing or cannot be taken
 *
 * Return: 0; -EINVAL when the file is wrong or, though asked for, missing (see @diags); -ENOMEM.
 */
int config_load(const char *path, bool is_given, struct diag_list *diags, struct config *ret);

#endif
