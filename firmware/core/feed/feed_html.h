// SPDX-License-Identifier: MIT
//
// feed_html.h - a web page where a feed was expected: which feeds does it offer? Only feed.c asks.

#ifndef CORE_FEED_HTML_H
#define CORE_FEED_HTML_H

#include <stddef.h>

#include "core/markup/charset.h"

// Links named at most; a page offers one for posts, one for comments, seldom more.
#define FEED_HTML_LINKS 5

/**
 * feed_html_offers() - the feeds a page names in <link rel="alternate"> (HTML Standard 4.6.7.1)
 * @text:     the page from its start; is read up to its <body>
 * @base_url: where it came from, "" = unknown
 * @size:     of @ret, >= 1
 * @ret:      "https://e.org/feed.xml (News), https://e.org/atom.xml", always terminated; "" when
 *            there are none
 *
 * Nothing is fetched: this is for people to read.
 *
 * Return: how many are named.
 */
size_t feed_html_offers(struct charset *text, const char *base_url, size_t size, char *ret);

#endif
