// SPDX-License-Identifier: MIT
//
// base64.h - RFC 4648 section 4, decoding only.

#ifndef CORE_BASE64_H
#define CORE_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/**
 * base64_decode() - decode
 * @in:       blanks are skipped, also the URL alphabet is understood, padding may be missing
 * @size:     its length
 * @out:      room for @size bytes; may be @in
 * @ret_size: bytes decoded; written only on success
 *
 * Return: false when @in holds anything else, or nothing; @out may have been written to.
 */
bool base64_decode(const char *in, size_t size, char *out, size_t *ret_size);

#endif
