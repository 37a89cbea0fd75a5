// SPDX-License-Identifier: MIT

#include "core/feed/entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text/base64.h"
#include "core/feed/date.h"
#include "core/markup/plaintext.h"
#include "core/feed/url.h"
#include "core/text/utf8.h"

// Two fields further apart than this in feed_tag.h's order are never compared by it alone.
enum { RANK_OF_DEPTH = 1000 };

void entry_init(struct entry *entry) {
    *entry = (struct entry){.published_rank = ENTRY_NO_RANK};
}

static struct entry_slot *slot_at(struct entry *entry, size_t index) {
    struct entry_slot *const slots[] = {&entry->title,  &entry->link,    &entry->id,
                                        &entry->author, &entry->content, &entry->summary};
    return index < sizeof slots / sizeof *slots ? slots[index] : NULL;
}

void entry_done(struct entry *entry) {
    for (size_t i = 0; slot_at(entry, i); i++)
        buffer_done(&slot_at(entry, i)->text);
    buffer_done(&entry->category);
}

void entry_begin(struct entry *entry, const char *base) {
    for (size_t i = 0; slot_at(entry, i); i++) {
        slot_at(entry, i)->text.size = 0;
        slot_at(entry, i)->rank = ENTRY_NO_RANK;
    }
    entry->category.size = 0;
    entry->is_id_link = false;
    entry->published_s = STORY_NO_DATE;
    entry->published_rank = ENTRY_NO_RANK;
    size_t size = strlen(base);
    if (size >= sizeof entry->base)
        size = 0;
    memcpy(entry->base, base, size);
    entry->base[size] = '\0';
}

static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void trim(const char **text, size_t *size) {
    while (*size > 0 && is_blank(**text)) {
        (*text)++;
        (*size)--;
    }
    while (*size > 0 && is_blank((*text)[*size - 1]))
        (*size)--;
}

// The nearer to the item the better, then the order of feed_tag.h.
static unsigned rank_of(const struct entry_field *field) {
    unsigned depth = 0;
    const char *digits = field->attrs[ATTR_DEPTH];
    for (; digits && *digits >= '0' && *digits <= '9'; digits++)
        depth = depth * 10 + (unsigned)(*digits - '0');
    return depth * RANK_OF_DEPTH + (unsigned)field->tag;
}

// Of equals the first stays.
static void offer(struct entry_slot *slot, unsigned rank, const char *text, size_t size) {
    trim(&text, &size);
    if (size == 0 || rank >= slot->rank)
        return;
    slot->rank = rank;
    slot->text.size = 0;
    buffer_put(&slot->text, text, size);
}

// --- text ----------------------------------------------------------------------------------------

static bool is_any_of(const char *text, const char *const *list) {
    for (; *list; list++)
        if (strcasecmp(text, *list) == 0)
            return true;
    return false;
}

static bool is_text_type(const char *type) {
    return strncasecmp(type, "text/", 5) == 0 || strcasestr(type, "ml") || !strchr(type, '/');
}

// Atom's default is plain text (RFC 4287 3.1.1), but those who leave the type out are those who do
// not know: nobody said, as in RSS.
static enum plaintext_kind kind_of(const struct entry_field *field) {
    static const char *const PLAIN[] = {"text", "text/plain", "plain", NULL};
    const char *type = field->attrs[ATTR_TYPE];
    if (type && is_any_of(type, PLAIN))
        return PLAINTEXT_TEXT;
    if (field->tag == TAG_BODY || (type && strcasestr(type, "html")))
        return PLAINTEXT_HTML;
    return PLAINTEXT_GUESS;
}

static bool is_text(const char *bytes, size_t size) {
    for (size_t i = 0, length; i < size; i += length) {
        length = utf8_length(bytes + i, size - i);
        if (length == 0 || bytes[i] == '\0')
            return false;
    }
    return true;
}

// Atom 0.3 says mode="base64", Atom 1.0 (4.1.3.3) means it by any type that is no text. Where the
// type says that it is no text, only a title is believed to be text nonetheless, or what is full of
// markup that nobody would put in a picture.
static void decode_base64(struct entry_slot *slot, const struct entry_field *field) {
    const char *mode = field->attrs[ATTR_MODE], *type = field->attrs[ATTR_TYPE];
    bool is_mode = mode && strcasecmp(mode, "base64") == 0;
    bool is_binary = type && !is_text_type(type);
    if (!is_mode && !is_binary)
        return;
    char *decoded = malloc(slot->text.size);
    size_t size = 0;
    bool is_base64 = decoded && base64_decode(slot->text.data, slot->text.size, decoded, &size);
    if (is_base64 || (is_binary && !memchr(slot->text.data, '<', slot->text.size)))
        slot->text.size = 0;
    if (is_base64 && (is_mode || field->tag == TAG_TITLE) && is_text(decoded, size))
        buffer_put(&slot->text, decoded, size);
    free(decoded);
}

static void put_text(struct entry_slot *slot, const struct entry_field *field, unsigned rank) {
    unsigned before = slot->rank;
    offer(slot, rank, field->text, field->size);
    if (slot->rank == before)
        return;
    slot->kind = (int)kind_of(field);
    decode_base64(slot, field);
}

// Several texts at the same distance: the longest says most.
static void put_longest(struct entry_slot *slot, const struct entry_field *field) {
    unsigned rank = rank_of(field) / RANK_OF_DEPTH;
    if (slot->rank == rank && field->size > slot->text.size)
        slot->rank++;
    put_text(slot, field, rank);
}

// --- links ---------------------------------------------------------------------------------------

// RSS: the content is the address. Atom: href, and a rel that says what for.
static void put_link(struct entry *entry, const struct entry_field *field) {
    const char *href = field->attrs[ATTR_HREF], *rel = field->attrs[ATTR_REL];
    const char *type = field->attrs[ATTR_TYPE];
    if (rel && *rel && strcasecmp(rel, "alternate") != 0)
        return;
    unsigned rank = rank_of(field) * 2;
    // An address in an attribute comes after one that is content: RSS with atom:link in it.
    if (field->size == 0 && href)
        rank++;
    // Another format of the story, not the page.
    if (type && *type && !strcasestr(type, "html"))
        rank += RANK_OF_DEPTH / 2;
    const char *address = field->size > 0 ? field->text : href;
    if (!address)
        return;
    const char *base = field->attrs[ATTR_BASE];
    char resolved[LIMIT_URL_MAX];
    if (base && url_resolve(base, address, sizeof resolved, resolved) > 0)
        address = resolved;
    offer(&entry->link, rank, address, strlen(address));
}

static void put_id(struct entry *entry, const struct entry_field *field) {
    unsigned rank = rank_of(field);
    if (rank >= entry->id.rank)
        return;
    offer(&entry->id, rank, field->text, field->size);
    entry->is_id_link = !field->attrs[ATTR_PERMA];
}

// --- the rest ------------------------------------------------------------------------------------

static void put_date(struct entry *entry, const struct entry_field *field) {
    unsigned rank = rank_of(field);
    if (rank >= entry->published_rank)
        return;
    int64_t date = date_parse(field->text, field->size);
    if (date == STORY_NO_DATE)
        return;
    entry->published_s = date;
    entry->published_rank = rank;
}

static void put_category(struct entry *entry, const struct entry_field *field) {
    const char *text = field->text;
    if (field->size == 0)
        text = field->attrs[ATTR_LABEL] ? field->attrs[ATTR_LABEL] : field->attrs[ATTR_TERM];
    size_t size = text ? strlen(text) : 0;
    if (size == 0 || entry->category.size + size > LIMIT_TITLE_MAX)
        return;
    char *to = buffer_reserve(&entry->category, size + 1);
    if (!to)
        return;
    size_t written = plaintext(text, size, PLAINTEXT_GUESS, to + 1, size);
    if (written == 0)
        return;
    *to = '\n';
    entry->category.size += written + 1;
}

void entry_put(struct entry *entry, const struct entry_field *field) {
    unsigned rank = rank_of(field);
    switch (field->tag) {
    case TAG_TITLE:
    case TAG_DC_TITLE:
    case TAG_MEDIA_TITLE:
        put_text(&entry->title, field, rank);
        return;
    case TAG_LINK:
    case TAG_ORIG_LINK:
        put_link(entry, field);
        return;
    case TAG_ID:
        put_id(entry, field);
        return;
    case TAG_PUBLISHED:
    case TAG_ISSUED:
    case TAG_UPDATED:
    case TAG_DC_DATE:
    case TAG_CREATED:
        put_date(entry, field);
        return;
    case TAG_CONTENT:
    case TAG_BODY:
        put_longest(&entry->content, field);
        return;
    case TAG_DESCRIPTION:
    case TAG_SUMMARY:
    case TAG_DC_DESCRIPTION:
    case TAG_ITUNES_SUMMARY:
    case TAG_MEDIA_DESCRIPTION:
        put_longest(&entry->summary, field);
        return;
    case TAG_AUTHOR:
    case TAG_CREATOR:
    case TAG_ITUNES_AUTHOR:
        put_text(&entry->author, field, rank);
        return;
    case TAG_CATEGORY:
        put_category(entry, field);
        return;
    default:
        return;
    }
}

// --- the story -----------------------------------------------------------------------------------

static const char *finish_text(struct entry_slot *slot, size_t max, struct arena *arena) {
    if (slot->rank == ENTRY_NO_RANK)
        return "";
    struct buffer *text = &slot->text;
    text->size = utf8_undo_double(text->data, text->size);
    size_t size = plaintext(text->data, text->size, (enum plaintext_kind)slot->kind, text->data,
                            text->size < max ? text->size : max);
    return size > 0 ? arena_copy(arena, text->data, size) : "";
}

// An address has no controls, and is shown where an alert is; one escaped twice is common.
static size_t clean_address(char *text, size_t size) {
    size_t kept = 0;
    size = utf8_drop_unseen(text, size);
    for (size_t i = 0; i < size; i++) {
        text[kept++] = text[i];
        if (kept >= 5 && memcmp(text + kept - 5, "&amp;", 5) == 0)
            kept -= 4;
    }
    return kept;
}

static const char *finish_address(struct entry_slot *slot, size_t max, struct arena *arena) {
    if (slot->rank == ENTRY_NO_RANK)
        return "";
    size_t size = clean_address(slot->text.data, slot->text.size);
    size = utf8_cut(slot->text.data, size, max - 1);
    return arena_copy(arena, slot->text.data, size);
}

// A permalink may be relative; a mere number is no address.
static bool is_web_address(const char *id) {
    if (url_is_absolute(id))
        return strncasecmp(id, "http://", 7) == 0 || strncasecmp(id, "https://", 8) == 0;
    return strchr(id, '/') && !strchr(id, ' ');
}

static const char *finish_link(struct entry *entry, const char *id, struct arena *arena) {
    const char *link = finish_address(&entry->link, LIMIT_URL_MAX, arena);
    if (link && *link == '\0' && entry->is_id_link && is_web_address(id))
        link = id;
    if (!link || url_is_absolute(link))
        return link;
    char resolved[LIMIT_URL_MAX];
    size_t size = url_resolve(entry->base, link, sizeof resolved, resolved);
    size = utf8_drop_unseen(resolved, size); // the base comes from the document, too
    return size > 0 ? arena_copy(arena, resolved, size) : link;
}

static bool is_out_of_memory(struct entry *entry) {
    bool is_failed = entry->category.is_failed;
    for (size_t i = 0; slot_at(entry, i); i++)
        is_failed |= slot_at(entry, i)->text.is_failed;
    return is_failed;
}

int entry_finish(struct entry *entry, struct arena *arena, struct story *ret) {
    if (is_out_of_memory(entry))
        return -ENOMEM;
    struct story story = {.published_s = entry->published_s};
    story.id = finish_address(&entry->id, LIMIT_ID_MAX, arena);
    if (!story.id)
        return -ENOSPC;
    story.link = finish_link(entry, story.id, arena);
    story.title = finish_text(&entry->title, LIMIT_TITLE_MAX, arena);
    story.author = finish_text(&entry->author, LIMIT_TITLE_MAX, arena);
    story.text = finish_text(&entry->content, LIMIT_TEXT_MAX, arena);
    if (story.text && *story.text == '\0')
        story.text = finish_text(&entry->summary, LIMIT_TEXT_MAX, arena);
    const struct buffer *category = &entry->category;
    story.category =
        category->size > 1 ? arena_copy(arena, category->data + 1, category->size - 1) : "";
    if (!story.link || !story.title || !story.author || !story.text || !story.category)
        return -ENOSPC;
    *ret = story;
    return 0;
}
