// SPDX-License-Identifier: MIT
//
// Adding an element is adding a line. Names are those of RSS 0.90-2.0 and 1.0 modules, Atom 0.3
// and 1.0, Dublin Core, Media RSS, iTunes and FeedBurner.

#include "core/feed/feed_tag.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "core/text/ascii.h"

struct element {
    char name[sizeof "updatefrequency"]; // sorted
    uint8_t ns;                          // enum feed_ns
    uint8_t tag;                         // enum feed_tag
};

static const struct element ELEMENTS[] = {
    {"abstract", NS_CORE, TAG_SUMMARY},
    {"author", NS_CORE, TAG_AUTHOR},
    {"author", NS_DC, TAG_CREATOR},
    {"author", NS_ITUNES, TAG_ITUNES_AUTHOR},
    {"body", NS_CORE, TAG_BODY},
    {"body", NS_XHTML, TAG_BODY},
    {"category", NS_CORE, TAG_CATEGORY},
    {"channel", NS_CORE, TAG_CHANNEL},
    {"content", NS_CORE, TAG_CONTENT},
    {"contributor", NS_CORE, TAG_SKIP},
    {"created", NS_CORE, TAG_CREATED},
    {"created", NS_DCTERMS, TAG_CREATED},
    {"creator", NS_DC, TAG_CREATOR},
    {"date", NS_DC, TAG_DC_DATE},
    {"description", NS_CORE, TAG_DESCRIPTION},
    {"description", NS_DC, TAG_DC_DESCRIPTION},
    {"description", NS_MEDIA, TAG_MEDIA_DESCRIPTION},
    {"encoded", NS_CONTENT, TAG_CONTENT},
    {"entry", NS_CORE, TAG_ITEM},
    {"feed", NS_CORE, TAG_ROOT},
    {"fullitem", NS_CORE, TAG_CONTENT},
    {"guid", NS_CORE, TAG_ID},
    {"id", NS_CORE, TAG_ID},
    {"image", NS_CORE, TAG_SKIP},
    {"issued", NS_CORE, TAG_ISSUED},
    {"issued", NS_DCTERMS, TAG_ISSUED},
    {"item", NS_CORE, TAG_ITEM},
    {"items", NS_CORE, TAG_SKIP},
    {"keywords", NS_CORE, TAG_CATEGORY},
    {"lastbuilddate", NS_CORE, TAG_UPDATED},
    {"link", NS_CORE, TAG_LINK},
    {"managingeditor", NS_CORE, TAG_AUTHOR},
    {"modified", NS_CORE, TAG_UPDATED},
    {"modified", NS_DCTERMS, TAG_DC_DATE},
    {"origlink", NS_FEEDBURNER, TAG_ORIG_LINK},
    {"pubdate", NS_CORE, TAG_PUBLISHED},
    {"published", NS_CORE, TAG_PUBLISHED},
    {"rdf", NS_CORE, TAG_ROOT},
    {"rdf", NS_RDF, TAG_ROOT},
    {"rss", NS_CORE, TAG_ROOT},
    {"skipdays", NS_CORE, TAG_SKIP_DAYS},
    {"skiphours", NS_CORE, TAG_SKIP_HOURS},
    {"source", NS_CORE, TAG_SKIP},
    {"subject", NS_DC, TAG_CATEGORY},
    {"subtitle", NS_CORE, TAG_SKIP},
    {"summary", NS_CORE, TAG_SUMMARY},
    {"summary", NS_ITUNES, TAG_ITUNES_SUMMARY},
    {"textinput", NS_CORE, TAG_SKIP},
    {"title", NS_CORE, TAG_TITLE},
    {"title", NS_DC, TAG_DC_TITLE},
    {"title", NS_MEDIA, TAG_MEDIA_TITLE},
    {"ttl", NS_CORE, TAG_TTL},
    {"updated", NS_CORE, TAG_UPDATED},
    {"updatefrequency", NS_SY, TAG_UPDATE_FREQUENCY},
    {"updateperiod", NS_SY, TAG_UPDATE_PERIOD},
};

// Where in ELEMENTS the names with each letter begin, a to z, and the end of the last.
static const unsigned char BY_LETTER[27] = {
    0,  4,  6,  13, 17, 19, 21, 22, 22, 28, 28, 29, 31, 34,
    34, 35, 37, 37, 40, 47, 52, 55, 55, 55, 55, 55, 55,
};

struct kind {
    enum feed_content content;
    bool is_unmistakable;
};

static const struct kind KINDS[TAG_COUNT] = {
    [TAG_NONE] = {CONTENT_PLAIN, false},
    [TAG_ROOT] = {CONTENT_PLAIN, true},
    [TAG_CHANNEL] = {CONTENT_PLAIN, true},
    [TAG_ITEM] = {CONTENT_PLAIN, true},
    [TAG_SKIP] = {CONTENT_PLAIN, false},
    [TAG_TITLE] = {CONTENT_MARKUP, false},
    [TAG_DC_TITLE] = {CONTENT_MARKUP, true},
    [TAG_MEDIA_TITLE] = {CONTENT_MARKUP, true},
    [TAG_LINK] = {CONTENT_PLAIN, false},
    [TAG_ORIG_LINK] = {CONTENT_PLAIN, true},
    [TAG_ID] = {CONTENT_PLAIN, true},
    [TAG_PUBLISHED] = {CONTENT_PLAIN, true},
    [TAG_ISSUED] = {CONTENT_PLAIN, true},
    [TAG_UPDATED] = {CONTENT_PLAIN, true},
    [TAG_DC_DATE] = {CONTENT_PLAIN, true},
    [TAG_CREATED] = {CONTENT_PLAIN, true},
    [TAG_CONTENT] = {CONTENT_MARKUP, true},
    [TAG_BODY] = {CONTENT_MARKUP, false},
    [TAG_DESCRIPTION] = {CONTENT_MARKUP, true},
    [TAG_SUMMARY] = {CONTENT_MARKUP, false},
    [TAG_DC_DESCRIPTION] = {CONTENT_MARKUP, true},
    [TAG_ITUNES_SUMMARY] = {CONTENT_MARKUP, true},
    [TAG_MEDIA_DESCRIPTION] = {CONTENT_MARKUP, true},
    [TAG_AUTHOR] = {CONTENT_PLAIN, true},
    [TAG_CREATOR] = {CONTENT_PLAIN, true},
    [TAG_ITUNES_AUTHOR] = {CONTENT_PLAIN, true},
    [TAG_CATEGORY] = {CONTENT_PLAIN, true},
    [TAG_TTL] = {CONTENT_PLAIN, true},
    [TAG_UPDATE_PERIOD] = {CONTENT_PLAIN, true},
    [TAG_UPDATE_FREQUENCY] = {CONTENT_PLAIN, true},
    [TAG_SKIP_HOURS] = {CONTENT_MARKUP, true},
    [TAG_SKIP_DAYS] = {CONTENT_MARKUP, true},
    [TAG_BASE] = {CONTENT_PLAIN, false},
};

// Names in the small documents: one letter, for Mini-XML takes 80 instructions a byte, and a tenth
// of a feed is the names of its elements.
static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static_assert(TAG_COUNT < sizeof LETTERS, "every tag has a letter");

static const struct {
    const char *name;
    enum feed_attr attr;
} ATTRS[] = {
    {"about", ATTR_ABOUT},       {"base", ATTR_BASE},   {"href", ATTR_HREF},
    {"ispermalink", ATTR_PERMA}, {"label", ATTR_LABEL}, {"mode", ATTR_MODE},
    {"rdf:about", ATTR_ABOUT},   {"rel", ATTR_REL},     {"term", ATTR_TERM},
    {"type", ATTR_TYPE},         {"uri", ATTR_HREF},    {"url", ATTR_HREF},
    {"xml:base", ATTR_BASE},
};

struct named_ns {
    const char *name;
    enum feed_ns ns;
};

// Without "http://", "https://" and the last '/' or '#'. RSS 1.0's forerunners and Atom's drafts
// had a new namespace every few months.
static const struct named_ns URIS[] = {
    {"backend.userland.com/rss", NS_CORE},
    {"backend.userland.com/rss2", NS_CORE},
    {"blogs.law.harvard.edu/tech/rss", NS_CORE},
    {"cyber.law.harvard.edu/rss", NS_CORE},
    {"channel.netscape.com/rdf/simple/0.9", NS_CORE},
    {"my.netscape.com/rdf/simple/0.9", NS_CORE},
    {"my.netscape.com/publish/formats/rss-0.91.dtd", NS_CORE},
    {"purl.org/rss/1.0", NS_CORE},
    {"purl.org/rss/1.0/modules/rss091", NS_CORE},
    {"purl.org/net/rss1.1", NS_CORE},
    {"purl.org/atom/ns", NS_CORE},
    {"purl.org/atom/app", NS_OTHER},
    {"www.w3.org/2005/atom", NS_CORE},
    {"example.com/necho", NS_CORE},
    {"example.com/newformat", NS_CORE},
    {"purl.org/echo", NS_CORE},
    {"purl.org/pie", NS_CORE},
    {"uri/of/echo/namespace", NS_CORE},
    {"purl.org/rss/1.0/modules/content", NS_CONTENT},
    {"purl.org/dc/elements/1.0", NS_DC},
    {"purl.org/dc/elements/1.1", NS_DC},
    {"purl.org/dc/terms", NS_DCTERMS},
    {"rssnamespace.org/feedburner/ext/1.0", NS_FEEDBURNER},
    {"www.itunes.com/dtds/podcast-1.0.dtd", NS_ITUNES},
    {"example.com/dtds/podcast-1.0.dtd", NS_ITUNES},
    {"search.yahoo.com/mrss", NS_MEDIA},
    {"purl.org/rss/1.0/modules/syndication", NS_SY},
    {"www.w3.org/1999/02/22-rdf-syntax-ns", NS_RDF},
    {"www.w3.org/1999/xhtml", NS_XHTML},
    {"www.w3.org/xml/1998/namespace", NS_XML},
};

static const struct named_ns PREFIXES[] = {
    {"a10", NS_CORE},        {"atom", NS_CORE},
    {"atom03", NS_CORE},     {"atom10", NS_CORE},
    {"content", NS_CONTENT}, {"dc", NS_DC},
    {"dcterms", NS_DCTERMS}, {"feedburner", NS_FEEDBURNER},
    {"itunes", NS_ITUNES},   {"media", NS_MEDIA},
    {"rdf", NS_RDF},         {"rss", NS_CORE},
    {"sy", NS_SY},           {"xhtml", NS_XHTML},
    {"xml", NS_XML},
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static bool is_name(const char *text, size_t size, const char *name) {
    return ascii_compare(text, size, name) == 0;
}

enum feed_tag feed_tag_find(enum feed_ns ns, const char *name, size_t size) {
    char letter = size > 0 ? ascii_lower(name[0]) : '\0';
    if (letter < 'a' || letter > 'z')
        return TAG_NONE;
    for (size_t i = BY_LETTER[letter - 'a']; i < BY_LETTER[letter - 'a' + 1]; i++)
        if (ELEMENTS[i].ns == ns && ascii_compare(name + 1, size - 1, ELEMENTS[i].name + 1) == 0)
            return (enum feed_tag)ELEMENTS[i].tag;
    return TAG_NONE;
}

char feed_tag_letter(enum feed_tag tag) {
    return LETTERS[tag];
}

enum feed_tag feed_tag_from_name(const char *name) {
    const char *letter = name[0] != '\0' && name[1] == '\0' ? strchr(LETTERS, name[0]) : NULL;
    return letter && letter - LETTERS < TAG_COUNT ? (enum feed_tag)(letter - LETTERS) : TAG_NONE;
}

enum feed_content feed_tag_content(enum feed_tag tag) {
    return KINDS[tag].content;
}

bool feed_tag_is_unmistakable(enum feed_tag tag) {
    return KINDS[tag].is_unmistakable;
}

enum feed_attr feed_attr_find(const char *name, size_t size) {
    for (size_t i = 0; i < ARRAY_SIZE(ATTRS); i++)
        if (is_name(name, size, ATTRS[i].name))
            return ATTRS[i].attr;
    return ATTR_COUNT;
}

enum feed_attr feed_attr_from_name(const char *name) {
    int attr = name[0] - 'a';
    bool is_known = attr >= 0 && attr < ATTR_COUNT && name[1] == '\0';
    return is_known ? (enum feed_attr)attr : ATTR_COUNT;
}

char feed_attr_letter(enum feed_attr attr) {
    return (char)('a' + attr);
}

static size_t skip_scheme(const char *uri, size_t size) {
    if (ascii_starts_with(uri, size, "http://"))
        return 7;
    return ascii_starts_with(uri, size, "https://") ? 8 : 0;
}

enum feed_ns feed_ns_from_uri(const char *uri, size_t size) {
    size_t scheme = skip_scheme(uri, size);
    uri += scheme;
    size -= scheme;
    while (size > 0 && (uri[size - 1] == '/' || uri[size - 1] == '#'))
        size--;
    for (size_t i = 0; i < ARRAY_SIZE(URIS); i++)
        if (is_name(uri, size, URIS[i].name))
            return URIS[i].ns;
    return NS_OTHER;
}

enum feed_ns feed_ns_from_prefix(const char *prefix, size_t size) {
    if (size == 0)
        return NS_CORE;
    for (size_t i = 0; i < ARRAY_SIZE(PREFIXES); i++)
        if (is_name(prefix, size, PREFIXES[i].name))
            return PREFIXES[i].ns;
    return NS_OTHER;
}
