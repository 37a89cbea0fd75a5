// SPDX-License-Identifier: MIT
//
// libFuzzer door to the matcher: a keywords file, a NUL, a title, a NUL, a text. Asserted beside
// "no crash": spans lie in the story, a second scan says the same as the first, and of each rule
// that matches something was found.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/matcher/match.h"
#include "core/matcher/matcher.h"

enum { MATCHES_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// A terminated copy of what is before the next NUL; steps behind it.
static char *take(const uint8_t **data, size_t *size) {
    const uint8_t *nul = *size > 0 ? memchr(*data, 0, *size) : NULL;
    const size_t length = nul ? (size_t)(nul - *data) : *size;
    char *copy = malloc(length + 1);
    if (!copy)
        abort();
    if (length > 0)
        memcpy(copy, *data, length);
    copy[length] = '\0';
    *data += nul ? length + 1 : length;
    *size -= nul ? length + 1 : length;
    return copy;
}

static void check_match(const struct keywords *keywords, const struct story *story,
                        const struct match *match) {
    if (match->rule >= keywords_rule_count(keywords) || match->span_count > LIMIT_MATCH_SPANS)
        abort();
    for (size_t i = 0; i < match->span_count; i++) {
        const struct match_span *span = &match->spans[i];
        const char *text = match_field_text(story, span->field);
        if (span->length == 0 || span->start + (size_t)span->length > strlen(text))
            abort();
    }
    char words[100];
    match_words(story, match, sizeof words, words);
}

static void count_rule(size_t rule, uint32_t found, void *userdata) {
    size_t *counts = userdata;
    if (found == 0)
        abort();
    counts[rule]++;
}

// Of a rule that matches at least one requirement is found, and each rule is told of once.
static void check_look(const struct keywords *keywords, struct matcher *matcher,
                       const struct story *story, const struct matches *matches) {
    const size_t rules = keywords_rule_count(keywords);
    size_t *counts = calloc(rules + 1, sizeof *counts);
    if (!counts || matcher_look(matcher, story, count_rule, counts) != 0)
        abort();
    for (size_t i = 0; i < rules; i++) {
        if (counts[i] > 1)
            abort();
    }
    for (size_t i = 0; i < matches->count; i++) {
        if (counts[matches->items[i].rule] != 1)
            abort();
    }
    free(counts);
}

static void try_story(struct keywords *keywords, const struct story *story) {
    struct matcher *matcher;
    if (matcher_new(keywords, &matcher) != 0)
        abort();
    static struct match first[MATCHES_MAX], second[MATCHES_MAX];
    struct matches once = {.items = first, .max = MATCHES_MAX};
    struct matches again = {.items = second, .max = MATCHES_MAX};
    const int r = matcher_scan(matcher, story, 1, &once);
    if (r < 0 || matcher_scan(matcher, story, 1, &again) != r || once.count != again.count)
        abort();
    for (size_t i = 0; i < once.count; i++) {
        check_match(keywords, story, &first[i]);
        if (first[i].rule != second[i].rule || first[i].span_count != second[i].span_count)
            abort();
    }
    check_look(keywords, matcher, story, &once);
    matcher_free(matcher);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *rules = take(&data, &size), *title = take(&data, &size), *text = take(&data, &size);
    struct keywords *keywords;
    struct diag_list diags = DIAG_LIST_NULL;
    if (keywords_new(&keywords) != 0 ||
        keywords_add_file(keywords, "fuzz", rules, strlen(rules), &diags) != 0)
        abort();
    const struct story story = {
        .id = "", .title = title, .text = text, .link = title, .author = text, .category = text};
    try_story(keywords, &story);
    keywords_free(keywords);
    diag_list_done(&diags);
    free(rules);
    free(title);
    free(text);
    return 0;
}
