// SPDX-License-Identifier: MIT
//
// windows_1252.h - the one 8-bit charset known by heart: what stray bytes and the numbers 128 to
// 159 in character references mean everywhere on the web.

#ifndef CORE_WINDOWS_1252_H
#define CORE_WINDOWS_1252_H

#include <stdint.h>

/**
 * windows_1252_code() - code point of a byte (WHATWG index-windows-1252)
 * Return: U+FFFD for the five bytes that mean nothing.
 */
static inline uint32_t windows_1252_code(unsigned char byte) {
    static const uint16_t HIGH[32] = {
        0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178,
    };
    return byte >= 0x80 && byte < 0xA0 ? HIGH[byte - 0x80] : byte;
}

#endif
