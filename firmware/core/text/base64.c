// SPDX-License-Identifier: MIT

#include "core/text/base64.h"

#include <ctype.h>
#include <stdint.h>

static int digit(char c) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

bool base64_decode(const char *in, size_t size, char *out, size_t *ret_size) {
    uint32_t bits = 0;
    size_t digits = 0, used = 0;
    bool is_over = false;
    for (size_t i = 0; i < size; i++) {
        if (isspace((unsigned char)in[i]))
            continue;
        if (in[i] == '=') {
            is_over = true;
            continue;
        }
        int value = digit(in[i]);
        if (value < 0 || is_over)
            return false;
        bits = bits << 6 | (uint32_t)value;
        if (++digits % 4 == 0) {
            out[used++] = (char)(bits >> 16);
            out[used++] = (char)(bits >> 8);
            out[used++] = (char)bits;
        }
    }
    if (digits == 0 || digits % 4 == 1)
        return false;
    if (digits % 4 == 2)
        out[used++] = (char)(bits >> 4);
    if (digits % 4 == 3) {
        out[used++] = (char)(bits >> 10);
        out[used++] = (char)(bits >> 2);
    }
    *ret_size = used;
    return true;
}
