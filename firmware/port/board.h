// SPDX-License-Identifier: MIT
//
// board.h - reading boards/*.board (libconfuse) into struct board, and finding them by name.

#ifndef PORT_BOARD_H
#define PORT_BOARD_H

#include "core/diag.h"
#include "wirebell/board.h"

/**
 * board_load() - read a board by name or by file
 * @name:  with a '/' or ending in ".board": that file. Else NAME.board is looked for in
 *         /etc/wirebell/boards, then ../share/wirebell/boards beside our own program, then
 *         /usr/share/wirebell/boards
 * @diags: mistakes with file and line; an unknown name lists the boards there are
 * @ret:   written only on success
 *
 * Return: 0; -EINVAL when it is not there or not right (see @diags); other -errno.
 */
int board_load(const char *name, struct diag_list *diags, struct board *ret);

#endif
