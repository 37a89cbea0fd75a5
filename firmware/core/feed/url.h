// SPDX-License-Identifier: MIT
//
// url.h - relative references, RFC 3986 section 5.

#ifndef CORE_URL_H
#define CORE_URL_H

#include <stdbool.h>
#include <stddef.h>

// Does it start with a scheme ("https:", "mailto:", "tag:")? RFC 3986 3.1.
bool url_is_absolute(const char *url);

/**
 * url_resolve() - what a reference means, seen from a base
 * @base:      an absolute URL; "" or a relative one = unknown
 * @reference: may be absolute, then it is the result
 * @size:      of @ret, >= 1
 * @ret:       always terminated; must not overlap the others
 *
 * Lenient where feeds are: a base without a path has the path "/". Controls, line
 * ends among them, are dropped as browsers do; other bytes not allowed in a URL (blanks, other
 * scripts) stay. RFC 3986 5.2.2 (strict), 5.2.4.
 *
 * Return: the length; 0 (and "") when it does not fit. Without a usable base the reference itself.
 */
size_t url_resolve(const char *base, const char *reference, size_t size, char *ret);

#endif
