// SPDX-License-Identifier: MIT
//
// board_files.h - where board files are: what somebody made, then what came with the program.
//
// The folders, in this order: /etc/wirebell/boards; ../share/wirebell/boards beside our own
// program; /usr/share/wirebell/boards. A name in an earlier one hides the same in a later one.

#ifndef PORT_BOARD_FILES_H
#define PORT_BOARD_FILES_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct board_file - one of them; owned by the list
 * @name: without ".board"
 * @path: of the file
 */
struct board_file {
    char *name;
    char *path;
};

struct board_files {
    struct board_file *items;
    size_t count;
};

/**
 * board_files_list() - all board files there are, each name once, in the order of the names
 * @ret: to be given to board_files_done(); written only on success
 *
 * Return: 0 or -ENOMEM.
 */
int board_files_list(struct board_files *ret);

void board_files_done(struct board_files *files);

/**
 * board_files_find() - the file of that name
 * @name: without ".board"
 * @size: of @ret_path, bytes
 *
 * Return: 0; -ENOENT when there is none; -ENAMETOOLONG.
 */
int board_files_find(const char *name, size_t size, char *ret_path);

// Does it end in ".board", behind at least one byte?
bool board_files_has_suffix(const char *name);

#endif
