// SPDX-License-Identifier: MIT

#include "core/text/ending.h"

#include <string.h>

bool ending_is(const char *text, const char *end) {
    const size_t size = strlen(text), end_size = strlen(end);
    return size > end_size && strcmp(text + size - end_size, end) == 0;
}
