// SPDX-License-Identifier: MIT
//
// keywords_file.h - the keywords file and its drop-ins, from the disk.

#ifndef PORT_KEYWORDS_FILE_H
#define PORT_KEYWORDS_FILE_H

#include "core/text/diag.h"
#include "core/keywords/keywords.h"

/**
 * keywords_file_load() - read FILE, then all *.keywords in FILE.d in the order of their names
 * @path:  FILE
 * @diags: mistakes in the files, and files that cannot be read
 * @ret:   owned; written only on success: whatever good lines there are
 *
 * Return: 0; -errno when FILE itself cannot be read (complained of in @diags); -ENOMEM.
 */
int keywords_file_load(const char *path, struct diag_list *diags, struct keywords **ret);

#endif
