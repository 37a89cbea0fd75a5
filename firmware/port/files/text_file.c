// SPDX-License-Identifier: MIT

#include "port/files/text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/markup/body.h"

static int read_to_end(int fd, struct body *text) {
    for (;;) {
        char piece[4096];
        ssize_t size = read(fd, piece, sizeof piece);
        if (size == 0)
            return body_append(text, "", 1); // the terminator
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return -errno;
        int r = body_append(text, piece, (size_t)size);
        if (r != 0)
            return r;
    }
}

int text_file_read(const char *path, size_t max_bytes, char **ret_text, size_t *ret_size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    struct body text = BODY_OF(max_bytes + 1);
    int r = read_to_end(fd, &text);
    (void)close(fd); // was only read from
    if (r != 0) {
        body_done(&text);
        return r == BODY_TOO_BIG ? -EFBIG : r;
    }
    // It was read into more room than it takes; what is made of it is not to lie behind all that.
    char *trimmed = realloc(text.bytes, text.size);
    if (trimmed)
        text.bytes = trimmed;
    *ret_text = text.bytes;
    *ret_size = text.size - 1;
    return 0;
}

void text_file_complain(struct diag_list *diags, const char *path, const char *mend, int error) {
    diag_add(diags, DIAG_ERROR, &(struct diag_place){.file = path}, mend, "cannot be read: %s",
             strerrordesc_np(-error));
}
