// SPDX-License-Identifier: MIT
//
// same_link.h - what two addresses of one story have in common, and whose site it is.
//
// Feeds link to the same page in many ways: http and https, with and without www, for telephones,
// with the name of the campaign that brought the reader. What is left without all that is hashed.

#ifndef CORE_SAME_LINK_H
#define CORE_SAME_LINK_H

#include <stdint.h>

/**
 * same_link_key() - the key of an address, the same for all ways to write it
 * @link: http or https address; others are taken as they stand
 *
 * Left aside: scheme, letter case of the host, www. m. mobile. amp. before it, the usual ports,
 * slashes at the end of the path, /amp there, parameters that follow readers around (utm_*,
 * fbclid...), and the fragment, see same_link_anchor().
 *
 * Return: 0 when it tells no story from another: "", or a site's front page.
 */
uint64_t same_link_key(const char *link);

/**
 * same_link_anchor() - the key of the fragment
 *
 * Of two stories in one feed it tells which part of a long page each is: release notes are linked
 * so. Between feeds it means nothing.
 *
 * Return: 0 when there is none.
 */
uint64_t same_link_anchor(const char *link);

/**
 * same_link_site() - the key of the site an address belongs to
 *
 * The last two labels of the host, or three below co.uk and its like and below places that many
 * people share (github.io). No list of all public suffixes: where it is wrong, two sites of one
 * strange country count as one.
 *
 * Return: 0 when there is no host.
 */
uint64_t same_link_site(const char *link);

#endif
