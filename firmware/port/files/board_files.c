// SPDX-License-Identifier: MIT

#include "port/files/board_files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/text/ending.h"

static const char SUFFIX[] = ".board";

enum { FOLDER_COUNT = 3 };

struct folders {
    char path[FOLDER_COUNT][PATH_MAX];
};

static void find_folders(struct folders *ret) {
    (void)snprintf(ret->path[0], PATH_MAX, "/etc/wirebell/boards");
    (void)snprintf(ret->path[2], PATH_MAX, "/usr/share/wirebell/boards");
    // Also for a program installed elsewhere, or not installed: the build tree is laid out so.
    ret->path[1][0] = '\0';
    char program[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size <= 0)
        return;
    program[size] = '\0';
    char *slash = strrchr(program, '/');
    if (slash)
        *slash = '\0';
    static const char BESIDE[] = "/../share/wirebell/boards";
    if (strlen(program) + sizeof BESIDE <= PATH_MAX) {
        memcpy(ret->path[1], program, strlen(program));
        memcpy(ret->path[1] + strlen(program), BESIDE, sizeof BESIDE);
    }
}

bool board_files_has_suffix(const char *name) {
    return ending_is(name, SUFFIX);
}

static int is_board_file(const struct dirent *entry) {
    return entry->d_name[0] != '.' && board_files_has_suffix(entry->d_name);
}

static int compare(const void *a, const void *b) {
    return strcmp(((const struct board_file *)a)->name, ((const struct board_file *)b)->name);
}

static bool is_listed(const struct board_files *files, const char *name) {
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->items[i].name, name) == 0)
            return true;
    return false;
}

static int add(struct board_files *files, const char *folder, const char *entry) {
    char *name = strndup(entry, strlen(entry) - (sizeof SUFFIX - 1));
    if (!name)
        return -ENOMEM;
    if (is_listed(files, name)) {
        free(name);
        return 0;
    }
    struct board_file *items = realloc(files->items, (files->count + 1) * sizeof *items);
    char *path = NULL;
    if (items)
        files->items = items;
    if (!items || asprintf(&path, "%s/%s", folder, entry) < 0) {
        free(name);
        return -ENOMEM;
    }
    items[files->count++] = (struct board_file){.name = name, .path = path};
    return 0;
}

static int add_folder(struct board_files *files, const char *folder) {
    struct dirent **entries = NULL;
    int count = folder[0] ? scandir(folder, &entries, is_board_file, alphasort) : 0;
    int r = count < 0 && errno == ENOMEM ? -ENOMEM : 0; // else there is no such folder
    for (int i = 0; i < count; i++) {
        if (r == 0)
            r = add(files, folder, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return r;
}

int board_files_list(struct board_files *ret) {
    struct folders folders = {0};
    struct board_files files = {0};
    find_folders(&folders);
    int r = 0;
    for (size_t i = 0; r == 0 && i < FOLDER_COUNT; i++)
        r = add_folder(&files, folders.path[i]);
    if (r < 0) {
        board_files_done(&files);
        return r;
    }
    if (files.count > 0)
        qsort(files.items, files.count, sizeof files.items[0], compare);
    *ret = files;
    return 0;
}

void board_files_done(struct board_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i].name);
        free(files->items[i].path);
    }
    free(files->items);
    *files = (struct board_files){0};
}

int board_files_find(const char *name, size_t size, char *ret_path) {
    struct folders folders = {0};
    find_folders(&folders);
    for (size_t i = 0; i < FOLDER_COUNT; i++) {
        if (!folders.path[i][0])
            continue;
        int n = snprintf(ret_path, size, "%s/%s%s", folders.path[i], name, SUFFIX);
        if (n < 0 || (size_t)n >= size)
            return -ENAMETOOLONG;
        if (access(ret_path, F_OK) == 0)
            return 0;
    }
    return -ENOENT;
}
