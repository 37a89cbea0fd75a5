// SPDX-License-Identifier: MIT

#include "core/alert/same_link.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "core/text/hash.h"

enum { HOST_MAX = 253 };

// An address cut in parts; each borrowed from it. Without "http://" or "https://" there is only a
// path.
struct parts {
    const char *host;
    size_t host_size;
    const char *path;
    size_t path_size;
    const char *query; // behind the '?'
    size_t query_size;
    const char *fragment; // behind the '#'
};

static struct parts split(const char *link) {
    struct parts parts = {.host = "", .path = link, .query = "", .fragment = ""};
    size_t scheme = 0;
    if (strncasecmp(link, "http://", 7) == 0)
        scheme = 7;
    else if (strncasecmp(link, "https://", 8) == 0)
        scheme = 8;
    if (scheme > 0) {
        parts.host = link + scheme;
        parts.host_size = strcspn(parts.host, "/?#");
        parts.path = parts.host + parts.host_size;
        const char *at = memrchr(parts.host, '@', parts.host_size);
        if (at) {
            parts.host_size -= (size_t)(at + 1 - parts.host);
            parts.host = at + 1;
        }
        const char *port = memchr(parts.host, ':', parts.host_size);
        if (port && (strncmp(port, ":80/", 4) == 0 || strncmp(port, ":443/", 5) == 0))
            parts.host_size = (size_t)(port - parts.host);
    }
    parts.path_size = strcspn(parts.path, "?#");
    const char *rest = parts.path + parts.path_size;
    if (*rest == '?') {
        parts.query = rest + 1;
        parts.query_size = strcspn(parts.query, "#");
        rest = parts.query + parts.query_size;
    }
    if (*rest == '#')
        parts.fragment = rest + 1;
    return parts;
}

// The host in small letters without what marks another edition of the site. Return: its size.
static size_t plain_host(const struct parts *parts, char ret[static HOST_MAX]) {
    static const char *const editions[] = {"www.", "m.", "mobile.", "amp."};
    size_t size = parts->host_size < HOST_MAX ? parts->host_size : HOST_MAX;
    for (size_t i = 0; i < size; i++) {
        const char c = parts->host[i];
        ret[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    for (size_t i = 0; i < sizeof editions / sizeof *editions; i++) {
        const size_t length = strlen(editions[i]);
        // "m.de" is a site, "m.site.de" an edition of one.
        if (size <= length || memcmp(ret, editions[i], length) != 0 ||
            !memchr(ret + length, '.', size - length))
            continue;
        memmove(ret, ret + length, size - length);
        size -= length;
    }
    return size;
}

static bool ends_with(const char *text, size_t size, const char *end) {
    const size_t length = strlen(end);
    return size >= length && memcmp(text + size - length, end, length) == 0;
}

static size_t plain_path_size(const struct parts *parts) {
    size_t size = parts->path_size;
    while (size > 0 && parts->path[size - 1] == '/')
        size--;
    if (ends_with(parts->path, size, "/amp"))
        size -= strlen("/amp");
    return size;
}

// Does a parameter only say who sent the reader? Names that end with '*' stand for all that begin
// so.
static bool is_tracking(const char *name, size_t size) {
    static const char names[][16] = {
        "utm_*",        "at_*",     "mc_*",     "ns_*",       "_hs*",           "fbclid",
        "gclid",        "dclid",    "msclkid",  "yclid",      "igshid",         "cmp",
        "CMP",          "cmpid",    "ocid",     "xtor",       "smid",           "partner",
        "emc",          "maca",     "wt_mc",    "spm",        "ref_src",        "amp",
        "src_campaign", "feedType", "feedName", "outputType", "traffic_source",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const size_t length = strlen(names[i]);
        const bool is_prefix = names[i][length - 1] == '*';
        if (is_prefix ? size >= length - 1 && memcmp(name, names[i], length - 1) == 0
                      : size == length && memcmp(name, names[i], length) == 0)
            return true;
    }
    return false;
}

static uint64_t hash_query(const struct parts *parts, uint64_t hash) {
    for (size_t at = 0; at < parts->query_size;) {
        const char *parameter = parts->query + at;
        const char *end = memchr(parameter, '&', parts->query_size - at);
        const size_t size = end ? (size_t)(end - parameter) : parts->query_size - at;
        const char *equals = memchr(parameter, '=', size);
        if (size > 0 && !is_tracking(parameter, equals ? (size_t)(equals - parameter) : size))
            hash = hash_bytes(parameter, size, hash + 1);
        at += size + 1;
    }
    return hash;
}

uint64_t same_link_key(const char *link) {
    const struct parts parts = split(link);
    char host[HOST_MAX];
    const size_t host_size = plain_host(&parts, host);
    const size_t path_size = plain_path_size(&parts);
    const uint64_t query = hash_query(&parts, 0);
    if (path_size == 0 && query == 0)
        return 0;
    const uint64_t hash = hash_bytes(parts.path, path_size, hash_bytes(host, host_size, query));
    return hash ? hash : 1;
}

uint64_t same_link_anchor(const char *link) {
    const struct parts parts = split(link);
    const size_t size = strlen(parts.fragment);
    return size > 0 ? hash_bytes(parts.fragment, size, 0) : 0;
}

// Below which a site has one label more than usual.
static bool is_shared(const char *host, size_t size, const char *second) {
    static const char *const places[] = {"blogspot.com", "github.io", "gitlab.io", "substack.com",
                                         "wordpress.com"};
    static const char *const seconds[] = {"ac.",   "co.", "com.", "edu.", "go.",  "gob.", "gov.",
                                          "govt.", "ne.", "net.", "or.",  "org.", "gouv."};
    const size_t rest = size - (size_t)(second - host);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (rest == strlen(places[i]) && memcmp(second, places[i], rest) == 0)
            return true;
    // "co.uk": a name of that kind below a country's two letters.
    for (size_t i = 0; i < sizeof seconds / sizeof *seconds; i++) {
        const size_t length = strlen(seconds[i]);
        if (rest == length + 2 && memcmp(second, seconds[i], length) == 0)
            return true;
    }
    return false;
}

uint64_t same_link_site(const char *link) {
    const struct parts parts = split(link);
    char host[HOST_MAX];
    const size_t size = plain_host(&parts, host);
    const char *site = host + size;
    for (int label = 0; label < 2 && site > host; label++) {
        const char *dot = memrchr(host, '.', (size_t)(site - host) - (label > 0 ? 1 : 0));
        site = dot ? dot + 1 : host;
        if (!dot)
            break;
    }
    if (site > host && is_shared(host, size, site)) {
        const char *dot = memrchr(host, '.', (size_t)(site - host) - 1);
        site = dot ? dot + 1 : host;
    }
    return size > 0 ? hash_bytes(site, size - (size_t)(site - host), 0) : 0;
}
