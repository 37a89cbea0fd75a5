// SPDX-License-Identifier: MIT
//
// wirebell export: the feeds of the keywords file as a list for other programs (OPML 2.0).
//
// A folder for each tag that is the first of some feed, where the first such feed stands; all tags
// of a feed are in its category, so that nothing of them is lost. What OPML has no place for is
// counted and said.

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/options.h"
#include "core/text/diag.h"
#include "core/keywords/keywords.h"
#include "port/files/keywords_file.h"
#include "wirebell/limits.h"

// A value of an attribute (XML 1.0, 2.2, 2.3): what is no character of XML is left out.
static void put_value(const char *text) {
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;
        const bool is_no_character =
            strncmp(text, "\uFFFE", 3) == 0 || strncmp(text, "\uFFFF", 3) == 0;
        if (is_no_character)
            text += 2;
        else if (c == '&')
            fputs("&amp;", stdout);
        else if (c == '<')
            fputs("&lt;", stdout);
        else if (c == '"')
            fputs("&quot;", stdout);
        else if (c == '\t')
            fputs("&#9;", stdout);
        else if (c >= 0x20)
            putchar(c);
    }
}

static void put_attr(const char *name, const char *value) {
    printf(" %s=\"", name);
    put_value(value);
    putchar('"');
}

static void print_feed(const struct keywords *keywords, const struct keywords_feed *feed) {
    const struct keywords_settings *settings = feed->settings;
    fputs(settings->tags ? "      " : "    ", stdout);
    fputs("<outline type=\"rss\"", stdout);
    put_attr("text", settings->title[0] ? settings->title : feed->url);
    if (settings->title[0])
        put_attr("title", settings->title);
    put_attr("xmlUrl", feed->url);
    const char *between = " category=\"";
    for (size_t i = 0; i < LIMIT_TAGS_MAX; i++) {
        if (!(settings->tags & UINT64_C(1) << i))
            continue;
        fputs(between, stdout);
        put_value(keywords_tag_name(keywords, i));
        between = ",";
    }
    puts(settings->tags ? "\"/>" : "/>");
}

// The set that has only the first tag of a set.
static uint64_t first_of(uint64_t tags) {
    return tags & (~tags + 1);
}

static size_t index_of(uint64_t tag) {
    size_t index = 0;
    while (tag >>= 1)
        index++;
    return index;
}

static void print_folder(const struct keywords *keywords, uint64_t tag) {
    fputs("    <outline", stdout);
    put_attr("text", keywords_tag_name(keywords, index_of(tag)));
    puts(">");
    for (size_t i = 0; i < keywords_feed_count(keywords); i++)
        if (first_of(keywords_feed(keywords, i)->settings->tags) == tag)
            print_feed(keywords, keywords_feed(keywords, i));
    puts("    </outline>");
}

static void print_list(const struct keywords *keywords) {
    uint64_t done = 0;
    puts("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
         "<opml version=\"2.0\">\n"
         "  <head>\n"
         "    <title>wirebell</title>\n"
         "  </head>\n"
         "  <body>");
    for (size_t i = 0; i < keywords_feed_count(keywords); i++) {
        const struct keywords_feed *feed = keywords_feed(keywords, i);
        const uint64_t tag = first_of(feed->settings->tags);
        if (tag == 0)
            print_feed(keywords, feed);
        else if (!(done & tag))
            print_folder(keywords, tag);
        done |= tag;
    }
    puts("  </body>\n"
         "</opml>");
}

static void tell_losses(const struct keywords *keywords) {
    size_t every = 0, agent = 0;
    for (size_t i = 0; i < keywords_feed_count(keywords); i++) {
        every += keywords_feed(keywords, i)->settings->every_s != 0;
        agent += keywords_feed(keywords, i)->settings->agent[0] != '\0';
    }
    if (every > 0)
        cli_error("OPML has no place for every=: it was left out of %zu feed%s", every,
                  every == 1 ? "" : "s");
    if (agent > 0)
        cli_error("OPML has no place for agent=: it was left out of %zu feed%s", agent,
                  agent == 1 ? "" : "s");
}

static int run(const struct options *options) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords = NULL;
    int r = keywords_file_load(options->keywords, &diags, &keywords);
    const bool has_mistakes = diags.error_count > 0;
    cli_complain(&diags);
    if (r != 0) {
        if (r == -ENOMEM)
            cli_error("the keywords cannot be read: %s", strerrordesc_np(-r));
        return CLI_NO;
    }
    print_list(keywords);
    tell_losses(keywords);
    keywords_free(keywords);
    return has_mistakes ? CLI_NO : CLI_OK;
}

const struct cli_command COMMAND_EXPORT = {
    .name = "export",
    .summary = "print the feeds of the keywords file as OPML",
    .what = "Print the feeds of the keywords file as OPML 2.0, tags as folders and categories.\n",
    .options = OPTION_KEYWORDS,
    .exits = "0 all feeds are there; 1 the file has mistakes",
    .run = run,
};
