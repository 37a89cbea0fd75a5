// SPDX-License-Identifier: MIT

#include "port/files/keywords_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/ending.h"
#include "port/files/text_file.h"
#include "wirebell/limits.h"

// What to do about a file that cannot be read.
static const char *mend_of(int error, bool is_main) {
    switch (-error) {
    case ENOENT:
        return is_main ? "write one: lines of [feeds] with addresses, then words to watch for"
                       : NULL;
    case EISDIR:
        return "name a file";
    case EACCES:
        return "let everybody, or the user wirebell, read it";
    default:
        return NULL;
    }
}

static int add_file(struct keywords *keywords, const char *path, bool is_main,
                    struct diag_list *diags) {
    char *text = NULL;
    size_t size = 0;
    int r = text_file_read(path, LIMIT_KEYWORDS_MAX, &text, &size);
    if (r < 0) {
        text_file_complain(diags, path, mend_of(r, is_main), r);
        return r;
    }
    r = keywords_add_file(keywords, path, text, size, diags);
    free(text);
    return r;
}

static int is_drop_in(const struct dirent *entry) {
    return entry->d_name[0] != '.' && ending_is(entry->d_name, ".keywords");
}

static int add_drop_ins(struct keywords *keywords, const char *folder, struct diag_list *diags) {
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_drop_in, alphasort);
    if (count < 0 && errno == ENOENT)
        return 0; // no drop-ins is how most begin
    if (count < 0) {
        int r = -errno;
        text_file_complain(diags, folder, mend_of(r, false), r);
        return r == -ENOMEM ? r : 0;
    }
    int r = 0;
    for (int i = 0; i < count; i++) {
        char *path = NULL;
        if (r != -ENOMEM && asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0)
            r = -ENOMEM;
        // One drop-in that cannot be read costs its own lines.
        if (r != -ENOMEM)
            r = add_file(keywords, path, false, diags);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return r == -ENOMEM ? r : 0;
}

int keywords_file_load(const char *path, struct diag_list *diags, struct keywords **ret) {
    struct keywords *keywords = NULL;
    char *folder = NULL;
    int r = keywords_new(&keywords);
    if (r == 0)
        r = add_file(keywords, path, true, diags);
    if (r == 0 && asprintf(&folder, "%s.d", path) < 0)
        r = -ENOMEM;
    if (r == 0)
        r = add_drop_ins(keywords, folder, diags);
    free(folder);
    if (r < 0) {
        keywords_free(keywords);
        return r;
    }
    *ret = keywords;
    return 0;
}
