// SPDX-License-Identifier: MIT
//
// encoding.h - what a terminal can show. Texts of feeds are UTF-8 and printed so everywhere; what
// we draw ourselves has another form for terminals that would show three wrong signs for one.

#ifndef PORT_ENCODING_H
#define PORT_ENCODING_H

#include <stdbool.h>

// Does the environment (LC_ALL, LC_CTYPE, LANG) name a locale of UTF-8? The program's own stays
// "C".
bool encoding_is_utf8(void);

#endif
