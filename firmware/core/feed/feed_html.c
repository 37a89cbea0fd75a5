// SPDX-License-Identifier: MIT

#include "core/feed/feed_html.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/text/ascii.h"
#include "core/markup/lexer.h"
#include "core/markup/plaintext.h"
#include "core/feed/url.h"
#include "wirebell/limits.h"

// A page whose head is longer than this many tags is not worth more time.
enum { TAGS_MAX = 5000, TITLE_MAX = 80 };

static const char *const FEED_TYPES[] = {"application/rss+xml", "application/atom+xml",
                                         "application/feed+json", "application/rdf+xml"};

// Decoded value of an attribute; "" when it is missing.
static void get_attr(const struct markup_tag *tag, const char *name, size_t size, char *ret) {
    ret[0] = '\0';
    for (size_t i = 0; i < tag->attr_count; i++) {
        const struct markup_attr *attr = &tag->attrs[i];
        if (ascii_compare(attr->name, attr->name_size, name) != 0)
            continue;
        size_t length = plaintext(attr->value, attr->value_size, PLAINTEXT_HTML, ret, size - 1);
        ret[length] = '\0';
        return;
    }
}

static bool has_word(const char *list, const char *word) {
    size_t size = strlen(word);
    for (const char *at = list; (at = strcasestr(at, word)); at += size) {
        bool is_start = at == list || at[-1] == ' ';
        if (is_start && (at[size] == '\0' || at[size] == ' '))
            return true;
    }
    return false;
}

static bool is_feed_link(const struct markup_tag *tag) {
    char rel[200], type[100];
    get_attr(tag, "rel", sizeof rel, rel);
    get_attr(tag, "type", sizeof type, type);
    if (!has_word(rel, "alternate"))
        return false;
    type[strcspn(type, "; ")] = '\0';
    for (size_t i = 0; i < sizeof FEED_TYPES / sizeof *FEED_TYPES; i++)
        if (strcasecmp(type, FEED_TYPES[i]) == 0)
            return true;
    return false;
}

// Appends one offer. False, and nothing appended, when it does not fit.
static bool put_offer(const struct markup_tag *tag, const char *base, size_t size, char *ret) {
    char href[LIMIT_URL_MAX], url[LIMIT_URL_MAX], title[TITLE_MAX];
    get_attr(tag, "href", sizeof href, href);
    get_attr(tag, "title", sizeof title, title);
    if (href[0] == '\0' || url_resolve(base, href, sizeof url, url) == 0)
        return false;
    size_t used = strlen(ret);
    int length = snprintf(ret + used, size - used, "%s%s%s%s%s", used > 0 ? ", " : "", url,
                          title[0] ? " (" : "", title, title[0] ? ")" : "");
    if ((size_t)length < size - used)
        return true;
    ret[used] = '\0';
    return false;
}

size_t feed_html_offers(struct charset *text, const char *base_url, size_t size, char *ret) {
    char base[LIMIT_URL_MAX] = "";
    size_t count = 0;
    struct lexer lexer;
    struct token token;
    struct dtd *dtd = NULL;
    ret[0] = '\0';
    (void)url_resolve("", base_url, sizeof base, base);
    if (dtd_new(&dtd) < 0)
        return 0;
    lexer_init(&lexer, text, dtd);
    for (size_t tags = 0; tags < TAGS_MAX && count < FEED_HTML_LINKS;) {
        lexer_next(&lexer, &token);
        if (token.kind == TOKEN_END)
            break;
        const struct markup_tag *tag = &token.tag;
        if (token.kind != TOKEN_TAG || tag->is_end)
            continue;
        tags++;
        if (ascii_compare(tag->name, tag->name_size, "body") == 0)
            break;
        if (ascii_compare(tag->name, tag->name_size, "link") == 0 && is_feed_link(tag))
            count += put_offer(tag, base, size, ret);
    }
    dtd_free(dtd);
    return count;
}
