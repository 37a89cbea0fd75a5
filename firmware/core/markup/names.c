// SPDX-License-Identifier: MIT

#include "core/markup/names.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

static void bind(struct names *names, const char *prefix, size_t size, enum feed_ns ns) {
    if (size == 0 || size >= sizeof names->bindings[0].prefix)
        return;
    size_t i = 0;
    while (i < names->count && (strncmp(names->bindings[i].prefix, prefix, size) != 0 ||
                                names->bindings[i].prefix[size] != '\0'))
        i++;
    if (i == NAMES_MAX)
        return;
    memcpy(names->bindings[i].prefix, prefix, size);
    names->bindings[i].prefix[size] = '\0';
    names->bindings[i].ns = ns;
    if (i == names->count)
        names->count++;
}

// Takes the xmlns:prefix attributes in. Returns the element's own xmlns, NS_COUNT = none.
static enum feed_ns take_declarations(struct names *names, const struct markup_tag *tag) {
    enum feed_ns own = NS_COUNT;
    for (size_t i = 0; i < tag->attr_count; i++) {
        const struct markup_attr *attr = &tag->attrs[i];
        if (attr->name_size < 5 || strncasecmp(attr->name, "xmlns", 5) != 0)
            continue;
        enum feed_ns ns = feed_ns_from_uri(attr->value, attr->value_size);
        if (attr->name_size == 5)
            own = ns;
        else if (attr->name[5] == ':')
            bind(names, attr->name + 6, attr->name_size - 6, ns);
    }
    return own;
}

static enum feed_ns find(const struct names *names, const char *prefix, size_t size) {
    for (size_t i = 0; i < names->count; i++)
        if (strncmp(names->bindings[i].prefix, prefix, size) == 0 &&
            names->bindings[i].prefix[size] == '\0')
            return names->bindings[i].ns;
    return feed_ns_from_prefix(prefix, size);
}

enum feed_tag names_resolve(struct names *names, const struct markup_tag *tag) {
    enum feed_ns own = tag->is_end ? NS_COUNT : take_declarations(names, tag);
    enum feed_ns ns = tag->prefix_size > 0 ? find(names, tag->prefix, tag->prefix_size) : NS_CORE;
    enum feed_tag found = feed_tag_find(ns, tag->name, tag->name_size);
    bool is_frame = found == TAG_ROOT || found == TAG_CHANNEL || found == TAG_ITEM;
    if (tag->prefix_size == 0 && own != NS_COUNT && !is_frame)
        found = feed_tag_find(own, tag->name, tag->name_size);
    return found;
}
