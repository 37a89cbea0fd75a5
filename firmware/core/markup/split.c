// SPDX-License-Identifier: MIT

#include "core/markup/split.h"

#include <string.h>

// Name of the start tag at @text, prefix included. 0 = none.
static size_t name_length(const char *text, size_t size) {
    size_t i = 1;
    while (i < size && text[i] != '\0' && !strchr(" \t\r\n/><", text[i]))
        i++;
    return i - 1;
}

static bool starts_with(const char *at, const char *end, const char *start, size_t size) {
    return (size_t)(end - at) >= size && memcmp(at, start, size) == 0;
}

// Behind the "]]>" of a section that starts at @at; NULL when it has none.
static const char *skip_cdata(const char *at, const char *end) {
    while ((at = memchr(at, ']', (size_t)(end - at)))) {
        if (starts_with(at, end, "]]>", 3))
            return at + 3;
        at++;
    }
    return NULL;
}

size_t split_item(const char *text, size_t size) {
    const char *end = text + size, *at = text + 1;
    size_t name = name_length(text, size);
    if (name == 0)
        return 0;
    const char first = text[1];
    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        if (end - at < 3)
            return 0;
        if (at[1] == '/' && at[2] == first && starts_with(at + 2, end, text + 1, name)) {
            const char *behind = at + 2 + name;
            if (behind < end && *behind == '>')
                return (size_t)(behind + 1 - text);
        } else if (at[1] == '!') {
            at = starts_with(at, end, "<![CDATA[", 9) ? skip_cdata(at, end) : NULL;
            if (!at)
                return 0;
            continue;
        } else if (at[1] == first && starts_with(at + 1, end, text + 1, name)) {
            return 0;
        }
        at += 2;
    }
    return 0;
}

bool split_is_known(const uint64_t *hashes, size_t count, uint64_t hash) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (hashes[middle] == hash)
            return true;
        if (hashes[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
