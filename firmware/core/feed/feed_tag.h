// SPDX-License-Identifier: MIT
//
// feed_tag.h - the elements and attributes of feeds that wirebell reads, and under which names
// they come. Everything else in a feed is passed over before the XML parser sees it.

#ifndef CORE_FEED_TAG_H
#define CORE_FEED_TAG_H

#include <stdbool.h>
#include <stddef.h>

// Namespaces told apart. RSS 0.9x, 1.0, 2.0 and Atom share their names: NS_CORE.
enum feed_ns {
    NS_CORE,
    NS_OTHER,
    NS_CONTENT,
    NS_DC,
    NS_DCTERMS,
    NS_FEEDBURNER,
    NS_ITUNES,
    NS_MEDIA,
    NS_RDF,
    NS_SY,
    NS_XHTML,
    NS_XML,
    NS_COUNT
};

/**
 * enum feed_tag - what an element is
 *
 * Among the tags that give the same part of a story the order is the priority: what stands first
 * is taken first.
 */
enum feed_tag {
    TAG_NONE,
    // the frame
    TAG_ROOT,    // rss, rdf:RDF, feed
    TAG_CHANNEL, // channel
    TAG_ITEM,    // item, entry
    TAG_SKIP,    // elements with a title or link of their own that is not the story's
    // parts of a story or of the feed
    TAG_TITLE,
    TAG_DC_TITLE,
    TAG_MEDIA_TITLE,
    TAG_LINK,
    TAG_ORIG_LINK,
    TAG_ID,
    TAG_PUBLISHED,
    TAG_ISSUED,
    TAG_UPDATED,
    TAG_DC_DATE,
    TAG_CREATED,
    TAG_CONTENT,
    TAG_BODY,
    TAG_DESCRIPTION,
    TAG_SUMMARY,
    TAG_DC_DESCRIPTION,
    TAG_ITUNES_SUMMARY,
    TAG_MEDIA_DESCRIPTION,
    TAG_AUTHOR,
    TAG_CREATOR,
    TAG_ITUNES_AUTHOR,
    TAG_CATEGORY,
    TAG_TTL,
    TAG_UPDATE_PERIOD,
    TAG_UPDATE_FREQUENCY,
    TAG_SKIP_HOURS, // with the tags inside
    TAG_SKIP_DAYS,  // the same
    TAG_BASE,       // made by repair: xml:base of the root or the channel
    TAG_COUNT
};

// Attributes that are read.
enum feed_attr {
    ATTR_ABOUT, // rdf:about
    ATTR_BASE,  // xml:base
    ATTR_DEPTH, // made by repair: elements between the item and this one
    ATTR_HREF,  // href, also url and uri
    ATTR_LABEL, // label, the human form of a category's term
    ATTR_MODE,  // Atom 0.3
    ATTR_PERMA, // isPermaLink, there only where it is false
    ATTR_REL,
    ATTR_TERM,
    ATTR_TYPE,
    ATTR_COUNT
};

// How repair handles what is inside an element.
enum feed_content {
    CONTENT_PLAIN,  // text: any tag of a feed inside means that the end tag is missing
    CONTENT_MARKUP, // text that may hold markup, escaped or not
};

/**
 * feed_tag_find() - what an element is
 * @ns:   its namespace
 * @name: local name, not terminated; letter case does not matter
 * @size: its length
 */
enum feed_tag feed_tag_find(enum feed_ns ns, const char *name, size_t size);

// The letter that is the tag's name in the documents repair writes.
char feed_tag_letter(enum feed_tag tag);

// The tag of that name in a document repair wrote; TAG_NONE for any other name.
enum feed_tag feed_tag_from_name(const char *name);

enum feed_content feed_tag_content(enum feed_tag tag);

// Could the element not be HTML, so that meeting it inside another part means the part is over?
bool feed_tag_is_unmistakable(enum feed_tag tag);

/**
 * feed_attr_find() - which attribute is that
 * @name: as written, prefix included; not terminated; letter case does not matter
 * @size: its length
 *
 * Return: ATTR_COUNT when it is not read.
 */
enum feed_attr feed_attr_find(const char *name, size_t size);

// The letter that is the attribute's name in the documents repair writes.
char feed_attr_letter(enum feed_attr attr);

// The attribute of that name in a document repair wrote; ATTR_COUNT for any other name.
enum feed_attr feed_attr_from_name(const char *name);

/**
 * feed_ns_from_uri() - namespace of that name
 * @uri:  not terminated; a missing '/' at the end does not matter
 * @size: its length
 */
enum feed_ns feed_ns_from_uri(const char *uri, size_t size);

// Namespace usually meant by a prefix that is declared nowhere; @size 0 = no prefix.
enum feed_ns feed_ns_from_prefix(const char *prefix, size_t size);

#endif
