// SPDX-License-Identifier: MIT
//
// file_replace.h - a file whose readers find all of the old text or all of the new, never a part.

#ifndef PORT_FILE_REPLACE_H
#define PORT_FILE_REPLACE_H

#include <stddef.h>
#include <sys/types.h>

/**
 * file_replace() - write a file beside it, then rename
 * @path: at most 4000 bytes; what was under the name PATH.new is gone afterwards
 * @mode: of the file, whatever the umask
 *
 * It is not synced: for files that a restart makes anew.
 *
 * Return: 0; -errno of open(2), write(2) or rename(2), -ENAMETOOLONG, and then @path is as it was.
 */
int file_replace(const char *path, const char *bytes, size_t size, mode_t mode);

#endif
