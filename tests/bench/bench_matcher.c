// SPDX-License-Identifier: MIT
//
// bench_matcher KIND RULES BYTES [run|text|rules] [SEED]: makes that many rules and stories of
// about so many bytes in all, matches them once, and prints one line of figures. Run under
// callgrind with
// --toggle-collect=matcher_scan it gives the instructions of folding and matching alone.
//
// KIND: word (plain words), phrase (two words, of which the text has the first), prefix, both (one
// word and another), mixed. Hits are rare: one rule in a thousand, and at least one, is of the
// text's own seldom words. "text" and "rules" print the stories, one a line, or the rules, for
// grep.

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/keywords/keywords.h"
#include "core/matcher/matcher.h"
#include "random.h"

enum { VOCABULARY = 20000, STORY_WORDS = 60, WORD_MAX = 16 };

struct maker {
    uint64_t state;
    char vocabulary[VOCABULARY][WORD_MAX];
};

static size_t below(struct maker *maker, size_t limit) {
    return (size_t)(random_next(&maker->state) % limit);
}

// Consonants and vowels in turn, so that lengths and beginnings are spread as in a language.
static void make_word(struct maker *maker, size_t size, char *ret) {
    static const char CONSONANTS[] = "bcdfghklmnprstvwz", VOWELS[] = "aeiou";
    const size_t phase = below(maker, 2);
    for (size_t i = 0; i < size; i++)
        ret[i] = (i + phase) % 2 ? VOWELS[below(maker, sizeof VOWELS - 1)]
                                 : CONSONANTS[below(maker, sizeof CONSONANTS - 1)];
    ret[size] = '\0';
}

static void make_vocabulary(struct maker *maker) {
    for (size_t i = 0; i < VOCABULARY; i++)
        make_word(maker, i < 200 ? 2 + below(maker, 4) : 4 + below(maker, 8), maker->vocabulary[i]);
}

// A word as often as a text has it: half of all are of the 200 commonest.
static const char *pick(struct maker *maker) {
    return maker->vocabulary[below(maker, 2) ? below(maker, 200) : below(maker, VOCABULARY)];
}

// A word of the tail of the vocabulary, one in a thousand times, else one the text has not.
static void rule_word(struct maker *maker, size_t rule, char ret[static WORD_MAX]) {
    if (rule % 1000 == 0) {
        const size_t seldom = VOCABULARY - 1 - below(maker, VOCABULARY / 2);
        memcpy(ret, maker->vocabulary[seldom], WORD_MAX);
        return;
    }
    make_word(maker, 6 + below(maker, 8), ret);
    ret[below(maker, strlen(ret))] = 'q'; // no word of the vocabulary has one
}

// Returns the keywords file; owned by the caller.
static char *make_rules(struct maker *maker, const char *kind, size_t count) {
    static const char *const KINDS[] = {"word", "phrase", "prefix", "both"};
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; out && i < count; i++) {
        char word[WORD_MAX], other[WORD_MAX];
        rule_word(maker, i, word);
        rule_word(maker, i, other);
        size_t shape = i % 4;
        for (size_t k = 0; k < 4; k++)
            shape = strcmp(kind, KINDS[k]) == 0 ? k : shape;
        switch (shape) {
        case 1: // two words of which the first is one of the text's, so that it hits
            (void)fprintf(out, "%s %s\n", pick(maker), word);
            break;
        case 2:
            (void)fprintf(out, "%s*\n", word);
            break;
        case 3:
            (void)fprintf(out, "%s + %s\n", word, other);
            break;
        default:
            (void)fprintf(out, "%s\n", word);
        }
    }
    if (out)
        (void)fclose(out);
    return text;
}

// One story's text of about sixty words; returns its bytes.
static size_t make_story(struct maker *maker, size_t size, char *ret) {
    size_t at = 0;
    for (size_t i = 0; i < STORY_WORDS && at + WORD_MAX + 8 < size; i++) {
        const char *word = pick(maker);
        const bool is_foreign = below(maker, 100) == 0;
        at += (size_t)snprintf(ret + at, size - at, "%s%s%s%s", i ? " " : "", is_foreign ? "é" : "",
                               word,
                               i % 9 == 8     ? ","
                               : i % 13 == 12 ? "."
                                              : "");
    }
    return at;
}

// Of the processor: others may be at work on the machine.
static double now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static size_t heap_bytes(void) {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

// Matches stories until so many bytes were read; prints the figures.
static int run(struct maker *maker, const char *kind, size_t rules, size_t wanted) {
    char *text = make_rules(maker, kind, rules);
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords;
    struct matcher *matcher;
    const size_t text_size = strlen(text), heap_before = heap_bytes();
    const double start_ms = now_ms();
    if (keywords_new(&keywords) != 0 ||
        keywords_add_file(keywords, "bench", text, text_size, &diags) != 0 ||
        diags.error_count > 0 || matcher_new(keywords, &matcher) != 0)
        return 1;
    const double ready_ms = now_ms();
    const double beside = (double)(heap_bytes() - heap_before) - (double)text_size;
    size_t bytes = 0, stories = 0, hits = 0;
    double scan_ms = 0;
    while (bytes < wanted) {
        char body[2048];
        bytes += make_story(maker, sizeof body, body);
        const struct story story = {
            .id = "", .title = "", .link = "", .author = "", .category = "", .text = body};
        struct match match;
        struct matches matches = {.items = &match, .max = 1};
        const double before_ms = now_ms();
        if (matcher_scan(matcher, &story, 0, &matches) < 0)
            return 1;
        scan_ms += now_ms() - before_ms;
        hits += matches.count;
        stories++;
    }
    printf("%s %zu rules: ready %.1f ms, %.1f bytes a rule, %zu bytes in %zu stories, %zu ring, "
           "%.0f MB/s\n",
           kind, keywords_rule_count(keywords), ready_ms - start_ms, beside / (double)rules, bytes,
           stories, hits, (double)bytes / 1e3 / scan_ms);
    matcher_free(matcher);
    keywords_free(keywords);
    free(text);
    return 0;
}

static int print_stories(struct maker *maker, const char *kind, size_t rules, size_t wanted) {
    free(make_rules(maker, kind, rules)); // the text is the one run() would match
    for (size_t bytes = 0; bytes < wanted;) {
        char body[2048];
        bytes += make_story(maker, sizeof body, body);
        puts(body);
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        (void)fprintf(stderr, "usage: bench_matcher KIND RULES BYTES [run|text|rules] [SEED]\n");
        return 2;
    }
    struct maker *maker = calloc(1, sizeof *maker);
    if (!maker)
        return 1;
    const size_t rules = strtoul(argv[2], NULL, 10), bytes = strtoul(argv[3], NULL, 10);
    const char *what = argc > 4 ? argv[4] : "run";
    maker->state = argc > 5 ? strtoul(argv[5], NULL, 10) : 1;
    make_vocabulary(maker);
    int r = 0;
    if (strcmp(what, "rules") == 0) {
        char *text = make_rules(maker, argv[1], rules);
        (void)fputs(text, stdout);
        free(text);
    } else if (strcmp(what, "text") == 0) {
        r = print_stories(maker, argv[1], rules, bytes);
    } else {
        r = run(maker, argv[1], rules, bytes);
    }
    free(maker);
    return r;
}
