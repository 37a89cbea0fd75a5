// SPDX-License-Identifier: MIT
//
// A line of [feeds]: an address and what is said of it.

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "core/keywords/keywords_parser.h"
#include "wirebell/limits.h"

static bool begins_with(const struct setting *word, const char *scheme) {
    const size_t size = strlen(scheme);
    return word->size >= size && strncasecmp(word->key, scheme, size) == 0;
}

// What to do about a word that should be an address.
static const char *mend_address(const struct setting *word) {
    const char first = word->key[0];
    const bool is_wrapped = first == '"' || first == '<' || first == '\'' || first == '(';
    if (is_wrapped)
        return "write it without quotes or brackets";
    if (begins_with(word, "http"))
        return "it begins with https:// or http://";
    if (memmem(word->key, word->size, "://", 3))
        return NULL;
    return memchr(word->key, '.', word->size)
               ? "https:// is missing in front of it"
               : "a line here begins with an address; words to look for stand below a line such as "
                 "[urgent]";
}

// True when the word is an address that can be fetched; complains when it is not.
static bool check_address(struct keywords_parser *parser, const struct setting *word) {
    const size_t scheme = begins_with(word, "https://") ? 8 : begins_with(word, "http://") ? 7 : 0;
    if (scheme == 0) {
        keywords_wrong(parser, word->start, word->size, mend_address(word),
                       "expected the address of a feed, http:// or https://");
        return false;
    }
    if (word->size == scheme || strchr("/?#:", word->key[scheme])) {
        keywords_wrong(parser, word->start, word->size, NULL,
                       "expected the name of a site behind \"://\"");
        return false;
    }
    if (word->size > LIMIT_URL_MAX) {
        keywords_wrong(parser, word->start, word->size, NULL,
                       "an address can have at most %d bytes", LIMIT_URL_MAX);
        return false;
    }
    return true;
}

static bool read_every(struct keywords_parser *parser, const struct setting *setting,
                       int64_t *ret_s) {
    if (setting_duration(setting->value, setting->value_size, ret_s) != 0 || *ret_s == 0) {
        keywords_wrong(parser, setting->start, setting->size, NULL,
                       "expected a time such as every=15m or every=2h");
        return false;
    }
    const int least_s = LIMIT_POLL_MIN_S, most_s = LIMIT_POLL_MAX_S;
    if (*ret_s < least_s) {
        diag_add(parser->diags, DIAG_WARNING, keywords_at(parser, setting->start, setting->size),
                 NULL, "no feed is asked more often than every %d minutes; it will be that",
                 LIMIT_POLL_MIN_S / 60);
        *ret_s = least_s;
    }
    if (*ret_s > most_s) {
        diag_add(parser->diags, DIAG_WARNING, keywords_at(parser, setting->start, setting->size),
                 NULL, "a feed is asked at least every %d hours; it will be that",
                 LIMIT_POLL_MAX_S / 3600);
        *ret_s = most_s;
    }
    return true;
}

// Takes one setting. Return: 0; -EINVAL after a complaint; -ENOMEM.
static int take(struct keywords_parser *parser, const struct setting *setting,
                struct keywords_settings *settings) {
    if (setting_is(setting, "@")) {
        uint64_t bit;
        const int r = keywords_tag(parser, setting->value, setting->value_size, &bit);
        if (r == 0)
            settings->tags |= bit;
        return r;
    }
    if (setting_is(setting, "every") && setting->value)
        return read_every(parser, setting, &settings->every_s) ? 0 : -EINVAL;
    const bool is_title = setting_is(setting, "title"), is_agent = setting_is(setting, "agent");
    if ((is_title || is_agent) && setting->value) {
        const char *copy = arena_copy(parser->arena, setting->value, setting->value_size);
        if (!copy)
            return -ENOMEM;
        *(is_title ? &settings->title : &settings->agent) = copy;
        return 0;
    }
    const bool is_address = begins_with(setting, "http://") || begins_with(setting, "https://");
    keywords_wrong(parser, setting->start, setting->size,
                   is_address       ? "put it on a line of its own"
                   : setting->value ? NULL
                                    : "a tag is written @bbc, a value of several words in "
                                      "quotes: title=\"The desk\"",
                   "expected @tag, every=, title= or agent= behind the address");
    return -EINVAL;
}

int keywords_read_feed(struct keywords_parser *parser, struct keywords_feed_line *ret) {
    const char *line = parser->line.source;
    const size_t size = parser->line.source_size;
    size_t at = parser->line.start;
    struct setting word;
    bool is_good = setting_next(line, size, &at, &word) == 0 && check_address(parser, &word);
    ret->url_size = 0;
    if (!is_good && !memchr(word.key, '.', word.size))
        return 0; // no line of a feed at all

    const struct setting url = word;
    struct keywords_settings settings = {.title = "", .agent = "", .file = parser->line.file};
    for (int r; (r = setting_next(line, size, &at, &word)) != SETTING_END;) {
        if (r == SETTING_UNCLOSED) {
            keywords_wrong(parser, word.start, word.size, "add a quote behind the last word meant",
                           "this quote is not closed");
            is_good = false;
            continue;
        }
        if (keywords_is_torn(parser, size, &at, &word)) {
            is_good = false;
            continue;
        }
        r = take(parser, &word, &settings);
        if (r == -ENOMEM)
            return r;
        is_good = is_good && r == 0;
    }
    if (is_good)
        *ret = (struct keywords_feed_line){url.key, url.size, settings};
    return 0;
}
