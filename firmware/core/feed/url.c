// SPDX-License-Identifier: MIT

#include "core/feed/url.h"

#include <ctype.h>
#include <string.h>

// A URL cut in its parts; each borrowed from the text, delimiters included.
struct parts {
    const char *scheme; // "https:"
    size_t scheme_size;
    const char *authority; // "//host:80"
    size_t authority_size;
    const char *path;
    size_t path_size;
    const char *query; // "?a=b"
    size_t query_size;
    const char *fragment; // "#top"
    size_t fragment_size;
};

static size_t scheme_size(const char *url) {
    if (!isalpha((unsigned char)url[0]))
        return 0;
    size_t i = 1;
    while (isalnum((unsigned char)url[i]) || (url[i] && strchr("+-.", url[i])))
        i++;
    return url[i] == ':' ? i + 1 : 0;
}

bool url_is_absolute(const char *url) {
    return scheme_size(url) > 0;
}

static struct parts split(const char *url) {
    struct parts parts = {.scheme = url, .scheme_size = scheme_size(url)};
    const char *at = url + parts.scheme_size;
    parts.authority = at;
    if (at[0] == '/' && at[1] == '/')
        parts.authority_size = 2 + strcspn(at + 2, "/?#");
    at += parts.authority_size;
    parts.path = at;
    parts.path_size = strcspn(at, "?#");
    at += parts.path_size;
    parts.query = at;
    parts.query_size = *at == '?' ? strcspn(at, "#") : 0;
    at += parts.query_size;
    parts.fragment = at;
    parts.fragment_size = strlen(at);
    return parts;
}

struct writer {
    char *out;
    size_t used;
    size_t size;
    bool is_cut;
};

static void put(struct writer *w, const char *bytes, size_t size) {
    if (size >= w->size - w->used) {
        w->is_cut = true;
        return;
    }
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] >= 0x20)
            w->out[w->used++] = bytes[i];
}

// Appends the path segment by segment; "." stays out and ".." takes the last one back (5.2.4).
static void put_segments(struct writer *w, size_t root, const char *path, size_t size) {
    for (size_t i = 0; i < size;) {
        const char *segment = path + i;
        const char *slash = memchr(segment, '/', size - i);
        size_t length = slash ? (size_t)(slash - segment) + 1 : size - i;
        size_t name = slash ? length - 1 : length;
        i += length;
        if (name == 1 && segment[0] == '.')
            continue;
        if (name == 2 && segment[0] == '.' && segment[1] == '.') {
            if (w->used > root + 1)
                w->used--;
            while (w->used > root + 1 && w->out[w->used - 1] != '/')
                w->used--;
            continue;
        }
        put(w, segment, length);
    }
}

static void put_path(struct writer *w, const struct parts *base, const struct parts *reference) {
    size_t root = w->used;
    if (reference->path[0] == '/') {
        put_segments(w, root, reference->path, reference->path_size);
        return;
    }
    if (base->path_size == 0 || base->path[0] != '/')
        put(w, "/", 1);
    size_t folder = base->path_size;
    while (folder > 0 && base->path[folder - 1] != '/')
        folder--;
    put_segments(w, root, base->path, folder);
    put_segments(w, root, reference->path, reference->path_size);
}

static size_t finish(struct writer *w) {
    if (w->is_cut)
        w->used = 0;
    w->out[w->used] = '\0';
    return w->used;
}

size_t url_resolve(const char *base, const char *reference, size_t size, char *ret) {
    struct writer w = {.out = ret, .size = size};
    base += strspn(base, " \t\r\n");
    reference += strspn(reference, " \t\r\n");
    struct parts b = split(base), r = split(reference);
    bool is_hierarchical = b.scheme_size > 0 && (b.authority_size > 0 || b.path[0] == '/');
    if (r.scheme_size > 0 || !is_hierarchical || reference[0] == '\0') {
        put(&w, reference, strlen(reference));
        return finish(&w);
    }
    put(&w, b.scheme, b.scheme_size);
    if (r.authority_size > 0) {
        put(&w, r.authority, strlen(r.authority));
        return finish(&w);
    }
    put(&w, b.authority, b.authority_size);
    if (r.path_size > 0) {
        put_path(&w, &b, &r);
        put(&w, r.query, r.query_size);
    } else {
        put(&w, b.path, b.path_size);
        if (r.query_size > 0)
            put(&w, r.query, r.query_size);
        else
            put(&w, b.query, b.query_size);
    }
    put(&w, r.fragment, r.fragment_size);
    return finish(&w);
}
