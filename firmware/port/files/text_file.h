// SPDX-License-Identifier: MIT
//
// text_file.h - a whole file that a person wrote, in memory.

#ifndef PORT_TEXT_FILE_H
#define PORT_TEXT_FILE_H

#include <stddef.h>

#include "core/text/diag.h"

/**
 * text_file_read() - read a file to its end
 * @path:      which
 * @max_bytes: a longer one is refused
 * @ret_text:  its bytes and a NUL behind them; owned, to be freed; may hold NULs of its own
 * @ret_size:  bytes without the terminator
 *
 * Return: 0; -EFBIG over @max_bytes; -ENOENT, -EACCES, -EISDIR and others of open(2) and read(2);
 * -ENOMEM. Nothing is written then.
 */
int text_file_read(const char *path, size_t max_bytes, char **ret_text, size_t *ret_size);

// Complains that a file or folder cannot be read. @error: what reading it returned; @mend: or NULL
void text_file_complain(struct diag_list *diags, const char *path, const char *mend, int error);

#endif
