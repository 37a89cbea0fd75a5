// SPDX-License-Identifier: MIT

#include "core/alert/same_story.h"

#include <string.h>

#include "core/text/hash.h"
#include "core/alert/same_link.h"
#include "core/matcher/words.h"

// Fewer words than these in all, and a title ("Live", "Weather warning") is not one story's own.
enum { TITLE_WORDS_MIN = 3 };
// A site's name at the end of a title has no more words.
enum { SITE_WORDS_MAX = 4 };
// What is left of a word without its ending is at least so long.
enum { STEM_MIN = 4 };

// Lists are of bytes and not of addresses: a table of those is memory of each process's own.
enum { LISTED_MAX = 9 };

static bool is_among(const char (*list)[LISTED_MAX + 1], size_t count, const char *word,
                     size_t size) {
    for (size_t i = 0; i < count; i++)
        if (strlen(list[i]) == size && memcmp(list[i], word, size) == 0)
            return true;
    return false;
}

#define IS_AMONG(list, word, size) is_among(list, sizeof(list) / sizeof *(list), word, size)

static bool is_stop_word(const char *word, size_t size) {
    static const char words[][LISTED_MAX + 1] = {
        "a",    "about", "after", "against", "all",    "amid",    "an",   "and",  "are",
        "as",   "at",    "be",    "been",    "before", "but",     "by",   "can",  "could",
        "for",  "from",  "had",   "has",     "have",   "he",      "her",  "his",  "how",
        "in",   "into",  "is",    "it",      "its",    "latest",  "live", "may",  "more",
        "new",  "now",   "of",    "off",     "on",     "or",      "out",  "over", "report",
        "s",    "said",  "say",   "says",    "she",    "than",    "that", "the",  "their",
        "they", "this",  "to",    "under",   "update", "updates", "was",  "were", "what",
        "when", "who",   "will",  "with",    "would",  "breaking"};
    return IS_AMONG(words, word, size);
}

static bool is_denial(const char *word, size_t size) {
    static const char words[][LISTED_MAX + 1] = {
        "no",       "not",      "never",     "denies",   "denied",   "deny",      "rejects",
        "rejected", "reject",   "refuses",   "refused",  "refuse",   "false",     "hoax",
        "cancels",  "canceled", "cancelled", "lifts",    "lifted",   "ends",      "ended",
        "restored", "resolved", "reopens",   "reopened", "fails",    "failed",    "withdraws",
        "halts",    "halted",   "averted",   "foiled",   "suspends", "suspended", "releases",
        "released", "freed",    "survives",  "survived"};
    return IS_AMONG(words, word, size);
}

// The size of a word without its ending.
static size_t stem_size(const char *word, size_t size) {
    static const char endings[][5] = {"ings", "ing", "ers", "ed", "es", "er",
                                      "en",   "d",   "s",   "e",  "n"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const size_t length = strlen(endings[i]);
        if (size >= STEM_MIN + length && memcmp(word + size - length, endings[i], length) == 0)
            return size - length;
    }
    return size;
}

// A number as its digits, where it is one; NULL where not.
static const char *as_number(const char *word, size_t size) {
    static const char names[][7] = {"zero",  "one",   "two",  "three", "four",   "five",  "six",
                                    "seven", "eight", "nine", "ten",   "eleven", "twelve"};
    static const char digits[][3] = {"0", "1", "2", "3",  "4",  "5", "6",
                                     "7", "8", "9", "10", "11", "12"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == size && memcmp(names[i], word, size) == 0)
            return digits[i];
    return NULL;
}

static bool has_digit(const char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (text[i] >= '0' && text[i] <= '9')
            return true;
    return false;
}

static uint32_t key_of(const char *bytes, size_t size) {
    const uint32_t key = (uint32_t)(hash_bytes(bytes, size, 0) >> 32);
    return key ? key : 1;
}

// --- the title without the site's name ---------------------------------------------------------

static size_t count_words(const char *text, size_t size) {
    struct words words;
    size_t count = 0;
    words_begin(&words, text, size);
    while (words_next(&words))
        count++;
    return count;
}

// Where the last " - ", " | " and so on of a title begins; SIZE_MAX when there is none.
static size_t find_separator(const char *title, size_t size, size_t *ret_behind) {
    static const char *const separators[] = {" - ", " | ", " – ", " — ", " :: ", " · "};
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
        const size_t length = strlen(separators[i]);
        for (size_t at = 0; at + length <= size; at++) {
            if ((last == SIZE_MAX || at > last) && memcmp(title + at, separators[i], length) == 0) {
                last = at;
                *ret_behind = at + length;
            }
        }
    }
    return last;
}

// A name without digits of a few words at the end, behind a title that can stand alone.
static size_t title_size(const char *title) {
    const size_t size = strlen(title);
    size_t behind = 0;
    const size_t end = find_separator(title, size, &behind);
    if (end == SIZE_MAX || has_digit(title + behind, size - behind) ||
        count_words(title + behind, size - behind) > SITE_WORDS_MAX ||
        count_words(title, end) < TITLE_WORDS_MIN)
        return size;
    return end;
}

// --- taking the print --------------------------------------------------------------------------

static void add_number(struct story_print *print, uint32_t key) {
    for (size_t i = 0; i < print->number_count; i++)
        if (print->numbers[i] == key)
            return;
    if (print->number_count < PRINT_NUMBERS)
        print->numbers[print->number_count++] = key;
}

// A walk over the words of a title that count.
struct walk {
    struct story_print *print;
    char before[WORDS_FOLDED_MAX]; // the word before, where nothing stood between
    size_t before_size;
    size_t before_index;
    enum char_class before_class;
};

// Return: where the key is; PRINT_WORDS when it found no room.
static size_t add_key(struct story_print *print, uint32_t key) {
    for (size_t i = 0; i < print->word_count; i++)
        if (print->words[i] == key)
            return i;
    if (print->word_count < PRINT_WORDS)
        print->words[print->word_count++] = key;
    return print->word_count < PRINT_WORDS ? print->word_count - 1u : PRINT_WORDS;
}

// In scripts without blanks every character is a word: there two in a row count as one.
static void add_word(struct walk *walk, const struct words *word) {
    const size_t size = stem_size(word->folded, word->size);
    const bool has_pair = walk->before_size > 0 && walk->before_size + size <= sizeof walk->before;
    const bool is_single = word->class == CHAR_SINGLE && walk->before_class == CHAR_SINGLE;
    uint32_t pair = 0;
    if (has_pair) {
        memcpy(walk->before + walk->before_size, word->folded, size);
        pair = key_of(walk->before, walk->before_size + size);
    }
    if (pair && is_single)
        (void)add_key(walk->print, pair);
    else if (pair && walk->before_index < PRINT_WORDS)
        walk->print->pairs[walk->before_index] = pair;
    walk->before_index = PRINT_WORDS;
    if (word->class != CHAR_SINGLE)
        walk->before_index = add_key(walk->print, key_of(word->folded, size));
    walk->before_size = word->size;
    walk->before_class = word->class;
    memcpy(walk->before, word->folded, word->size);
}

static void take_title(const char *title, struct story_print *print) {
    struct words words;
    struct walk walk = {.print = print};
    uint64_t whole = 0;
    size_t count = 0;
    words_begin(&words, title, title_size(title));
    while (words_next(&words)) {
        const char *folded = words.folded, *number = as_number(folded, words.size);
        whole = hash_bytes(folded, words.size, whole + 1);
        count++;
        print->is_denial |= is_denial(folded, words.size);
        const bool is_number = number || has_digit(folded, words.size);
        if (is_number)
            add_number(print, number ? key_of(number, strlen(number)) : key_of(folded, words.size));
        if (is_number || is_stop_word(folded, words.size))
            walk.before_size = 0;
        else
            add_word(&walk, &words);
    }
    print->title = count < TITLE_WORDS_MIN ? 0 : whole ? whole : 1;
}

void same_story_print(const char *feed, const char *title, const char *link,
                      struct story_print *ret) {
    *ret = (struct story_print){
        .feed = hash_bytes(feed, strlen(feed), 0),
        .site = same_link_site(link),
        .link = same_link_key(link),
        .anchor = same_link_anchor(link),
    };
    if (ret->site == 0)
        ret->site = same_link_site(feed);
    take_title(title, ret);
}

// --- comparing ---------------------------------------------------------------------------------

static bool has(const uint32_t *keys, size_t count, uint32_t key) {
    for (size_t i = 0; i < count; i++)
        if (keys[i] == key)
            return true;
    return false;
}

// How many of the words of @a are in @b, alone or written as one with their neighbour.
static size_t count_common(const struct story_print *a, const struct story_print *b) {
    size_t common = 0;
    for (size_t i = 0; i < a->word_count; i++) {
        const bool is_first = a->pairs[i] && has(b->words, b->word_count, a->pairs[i]);
        const bool is_second =
            i > 0 && a->pairs[i - 1] && has(b->words, b->word_count, a->pairs[i - 1]);
        common += is_first || is_second || has(b->words, b->word_count, a->words[i]) ||
                  has(b->pairs, b->word_count, a->words[i]);
    }
    return common;
}

// Two titles contradict each other where each has a number that the other has not.
static bool contradict(const struct story_print *a, const struct story_print *b) {
    size_t common = 0;
    for (size_t i = 0; i < a->number_count; i++)
        common += has(b->numbers, b->number_count, a->numbers[i]);
    return common < a->number_count && common < b->number_count;
}

bool same_story_is_near(const struct story_print *a, const struct story_print *b) {
    if (a->word_count < SAME_WORDS_MIN || b->word_count < SAME_WORDS_MIN ||
        a->is_denial != b->is_denial || contradict(a, b))
        return false;
    const size_t in_b = count_common(a, b), in_a = count_common(b, a);
    const bool is_replaced = in_b < a->word_count && in_a < b->word_count;
    const size_t percent = 100 * (in_a + in_b) / ((size_t)a->word_count + b->word_count);
    return percent >= (is_replaced ? SAME_PERCENT_REPLACED : SAME_PERCENT);
}

enum same_story same_story_compare(const struct story_print *a, const struct story_print *b) {
    const bool is_one_feed = a->feed == b->feed;
    if (a->link && a->link == b->link && (!is_one_feed || a->anchor == b->anchor))
        return SAME_LINK;
    if (a->title && a->title == b->title)
        return SAME_TITLE;
    return !is_one_feed && same_story_is_near(a, b) ? SAME_NEAR : SAME_NOT;
}
