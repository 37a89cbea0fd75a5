// SPDX-License-Identifier: MIT
//
// wirebell import: a list of feeds (OPML) as lines of the keywords file.
//
// Readers list a feed once in each of its folders, so that nothing is printed before all is read:
// the same address is one line, with the tags of all its folders. Each line is read as the daemon
// will read it before it is printed; one that would be a mistake is printed as a comment, and said.
// So what is printed always passes `wirebell check`.

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/sources.h"
#include "core/text/arena.h"
#include "core/matcher/chars.h"
#include "core/keywords/keywords.h"
#include "wirebell/limits.h"

enum {
    TAG_SIZE = 65,   // of a tag's name with its end; folders are named for people, tags are typed
    TITLE_MAX = 200, // bytes; a title is the name of a feed
    COMMENT_MAX = LIMIT_LINE_MAX / 4,
};

struct listed {
    const char *url;
    const char *title;
    uint64_t tags; // bit i = tag i
};

struct list {
    struct arena *arena;  // owned; has the strings
    struct listed *feeds; // owned
    size_t count;
    size_t repeated;  // listed once more
    size_t lost_tags; // beyond LIMIT_TAGS_MAX, counted for each feed
    size_t tag_count;
    char tags[LIMIT_TAGS_MAX][TAG_SIZE];
    int error; // -ENOMEM when it happened
};

// --- reading -------------------------------------------------------------------------------------

// What a tag may be made of stays; anything between becomes one '-'. A name that is a tag already
// (one that was exported) stays as it is.
static void fold_tag(const char *name, size_t size, char ret[static TAG_SIZE]) {
    size_t length, written = 0;
    bool is_gap = false;
    for (const char *at = name; at < name + size; at += length) {
        const uint32_t code = chars_decode(at, &length);
        const enum char_class class = chars_class(code);
        const bool is_kept = code < 0x80 ? CHARS_FOLDED[code] || strchr("-_.", (int)code)
                                         : class >= CHAR_MARK && code != UINT32_MAX;
        if (!is_kept) {
            is_gap |= class != CHAR_IGNORED && class != CHAR_APOSTROPHE;
            continue;
        }
        const bool needs_dash = is_gap && written > 0;
        if (written + needs_dash + length >= TAG_SIZE)
            break;
        if (needs_dash)
            ret[written++] = '-';
        is_gap = false;
        memcpy(ret + written, at, length);
        written += length;
    }
    ret[written] = '\0';
}

// The bit of a tag, which is added when it is new; 0 when there is no tag in the name.
static uint64_t find_tag(struct list *list, const char *name, size_t size) {
    char tag[TAG_SIZE];
    fold_tag(name, size, tag);
    if (tag[0] == '\0')
        return 0;
    size_t i = 0;
    while (i < list->tag_count && strcmp(list->tags[i], tag) != 0)
        i++;
    if (i == LIMIT_TAGS_MAX) {
        list->lost_tags++;
        return 0;
    }
    if (i == list->tag_count)
        memcpy(list->tags[list->tag_count++], tag, sizeof tag);
    return UINT64_C(1) << i;
}

static uint64_t find_tags(struct list *list, const char *names) {
    uint64_t tags = 0;
    while (*names) {
        const size_t size = strcspn(names, "\n");
        tags |= find_tag(list, names, size);
        names += size + (names[size] == '\n');
    }
    return tags;
}

static struct listed *find_feed(const struct list *list, const char *url) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->feeds[i].url, url) == 0)
            return &list->feeds[i];
    return NULL;
}

static int add(struct list *list, const struct story *story) {
    struct listed *feed = find_feed(list, story->link);
    if (feed) {
        feed->tags |= find_tags(list, story->category);
        list->repeated++;
        return 0;
    }
    struct listed *feeds = reallocarray(list->feeds, list->count + 1, sizeof *feeds);
    if (!feeds)
        return -ENOMEM;
    list->feeds = feeds;
    const char *url = arena_copy(list->arena, story->link, strlen(story->link));
    const char *title = arena_copy(list->arena, story->title, strlen(story->title));
    if (!url || !title)
        return -ENOMEM;
    feeds[list->count++] =
        (struct listed){.url = url, .title = title, .tags = find_tags(list, story->category)};
    return 0;
}

static void on_reading(const char *source, const struct reading *reading, void *userdata) {
    (void)source;
    struct list *list = userdata;
    for (size_t i = 0; i < reading->story_count && list->error == 0; i++)
        list->error = add(list, &reading->stories[i]);
}

// --- printing ------------------------------------------------------------------------------------

// The longest start of a text that ends with a whole character.
static int cut(const char *text, size_t max) {
    size_t size = strnlen(text, max);
    while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
        size--;
    return (int)size;
}

// In a line a blank ends the address, and a quote may begin a value.
static void put_url(FILE *out, const char *url) {
    for (size_t length; *url; url += length) {
        const bool is_blank = chars_class(chars_decode(url, &length)) == CHAR_BLANK;
        for (size_t i = 0; i < length; i++)
            fprintf(out, is_blank || url[i] == '"' ? "%%%02X" : "%c", (unsigned char)url[i]);
    }
}

// Of a value in quotes only a quote cannot be part.
static void put_title(FILE *out, const char *title) {
    const int size = cut(title, TITLE_MAX);
    fputs("  title=\"", out);
    for (int i = 0; i < size; i++)
        fputc(title[i] == '"' ? '\'' : title[i], out);
    fputc('"', out);
}

// The line of a feed, to be freed; NULL when there is no memory.
static char *format_line(const struct list *list, const struct listed *feed) {
    char *line = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&line, &size);
    if (!out)
        return NULL;
    put_url(out, feed->url);
    for (size_t i = 0; i < list->tag_count; i++)
        if (feed->tags & UINT64_C(1) << i)
            fprintf(out, "  @%s", list->tags[i]);
    if (feed->title[0] && strcmp(feed->title, feed->url) != 0)
        put_title(out, feed->title);
    if (fclose(out) == 0)
        return line;
    free(line);
    return NULL;
}

// Has the line read as one of [feeds]. Return: 0, -ENOMEM; what is wrong with it is in *diags.
static int try_line(struct keywords *keywords, const char *line, struct diag_list *diags) {
    char *text = NULL;
    const int size = asprintf(&text, "[feeds]\n%s\n", line);
    if (size < 0)
        return -ENOMEM;
    const int r = keywords_add_file(keywords, "", text, (size_t)size, diags);
    free(text);
    return r;
}

static void print_comment(const char *line, const struct diag_list *diags) {
    const struct diag *diag = diags->count > 0 ? &diags->items[0] : NULL;
    const int size = cut(line, COMMENT_MAX);
    printf("# %.*s\n", size, line);
    cli_error("left as a comment: %.*s: %s%s%s", size, line,
              diag ? diag->message : "expected the address of a feed",
              diag && diag->mend[0] ? "; " : "", diag ? diag->mend : "");
}

static int print_feed(const struct list *list, const struct listed *feed, struct keywords *keywords,
                      bool *ret_is_lost) {
    struct diag_list diags = DIAG_LIST_NULL;
    const size_t before = keywords_feed_count(keywords);
    char *line = format_line(list, feed);
    int r = line ? try_line(keywords, line, &diags) : -ENOMEM;
    const bool is_good = r == 0 && keywords_feed_count(keywords) > before;
    if (is_good)
        puts(line);
    else if (r == 0)
        print_comment(line, &diags);
    *ret_is_lost |= !is_good;
    diag_list_done(&diags);
    free(line);
    return r;
}

static int print_list(const struct list *list, bool *ret_is_lost) {
    struct keywords *keywords = NULL;
    int r = keywords_new(&keywords);
    if (r == 0)
        puts("[feeds]");
    for (size_t i = 0; r == 0 && i < list->count; i++)
        r = print_feed(list, &list->feeds[i], keywords, ret_is_lost);
    keywords_free(keywords);
    return r;
}

static void tell(const struct list *list) {
    if (list->repeated > 0)
        cli_error("%zu of the feeds are listed more than once; each is printed once, with the tags "
                  "of all its folders",
                  list->repeated);
    if (list->lost_tags > 0)
        cli_error("there can be at most %d different tags; %zu tags of feeds were left out",
                  LIMIT_TAGS_MAX, list->lost_tags);
    if (list->count == 0)
        cli_error("there is no feed in the list");
}

// --- the command ---------------------------------------------------------------------------------

static int import(const struct sources *sources, bool *ret_is_lost) {
    struct list *list = calloc(1, sizeof *list); // some KB: not for the stack
    if (!list)
        return -ENOMEM;
    int r = arena_new(LIMIT_REPLY_MAX, &list->arena);
    if (r == 0)
        r = sources_read(sources, on_reading, list, ret_is_lost);
    if (r == 0)
        r = list->error;
    if (r == 0 && list->count > 0)
        r = print_list(list, ret_is_lost);
    if (r == 0 && !(list->count == 0 && *ret_is_lost))
        tell(list);
    *ret_is_lost |= list->count == 0;
    free(list->feeds);
    arena_free(list->arena);
    free(list);
    return r;
}

static int run(const struct options *options) {
    if (options->argument_count == 0)
        return cli_misuse("import", "which list? Give a file, or - for standard input");
    const struct sources sources = {
        .names = (const char *const *)options->arguments,
        .count = (size_t)options->argument_count,
        .kind = READER_CLIENT_OPML,
    };
    bool is_lost = false;
    int r = import(&sources, &is_lost);
    if (r < 0)
        cli_error("the list cannot be read: %s", strerrordesc_np(-r));
    return r < 0 || is_lost ? CLI_NO : CLI_OK;
}

const struct cli_command COMMAND_IMPORT = {
    .name = "import",
    .summary = "print the feeds of OPML files as lines of the keywords file",
    .arguments = "FEEDS.opml|-...",
    .what =
        "Print the feeds of OPML files as lines of the keywords file, folders and categories as\n"
        "tags. A feed that is listed more than once is printed once; an address that is not\n"
        "http or https is left as a comment. - is standard input.\n",
    .exits = "0 all feeds are there; 1 some are not",
    .run = run,
};
