// SPDX-License-Identifier: MIT

#include "core/text/columns.h"

#include <utf8proc.h>

#include "core/text/utf8.h"

size_t columns_next(const char *text, size_t *ret_columns, bool *ret_is_unseen) {
    utf8proc_int32_t code;
    utf8proc_ssize_t size = utf8proc_iterate((const utf8proc_uint8_t *)text, -1, &code);
    *ret_is_unseen = size <= 0 || utf8_is_unseen((uint32_t)code);
    if (*ret_is_unseen) {
        *ret_columns = 1;
        return size > 0 ? (size_t)size : 1;
    }
    const int columns = utf8proc_charwidth(code);
    *ret_columns = columns > 0 ? (size_t)columns : 0;
    return (size_t)size;
}
