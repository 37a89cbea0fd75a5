// SPDX-License-Identifier: MIT

#include "port/system/progress.h"

#include <stdio.h>
#include <unistd.h>

struct progress progress_begin(void) {
    return (struct progress){.is_wanted = isatty(STDERR_FILENO)};
}

void progress_show(struct progress *progress, size_t done, size_t total) {
    if (!progress->is_wanted || total < 2)
        return;
    (void)fprintf(stderr, "\r%zu of %zu feeds read\033[K", done, total);
    progress->is_shown = true;
}

void progress_hide(struct progress *progress) {
    if (progress->is_shown)
        (void)fputs("\r\033[K", stderr);
    progress->is_shown = false;
}
