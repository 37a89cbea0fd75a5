// SPDX-License-Identifier: MIT

#include "core/keywords/keywords_lint.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/keywords/keywords_parser.h"
#include "core/matcher/chars.h"
#include "core/matcher/words.h"

// Words that nearly every English story has. No more than that: a rule for "war" is meant.
static const char COMMON_WORDS[][sizeof "people"] = {
    "about", "after", "all",   "also",   "an",    "and",   "are",  "as",    "at",    "be",
    "been",  "but",   "by",    "can",    "could", "day",   "do",   "first", "for",   "from",
    "get",   "had",   "has",   "have",   "he",    "her",   "his",  "how",   "if",    "in",
    "into",  "is",    "it",    "its",    "just",  "last",  "like", "more",  "most",  "new",
    "news",  "no",    "not",   "now",    "of",    "on",    "one",  "only",  "or",    "other",
    "our",   "out",   "over",  "people", "said",  "say",   "says", "she",   "so",    "some",
    "than",  "that",  "the",   "their",  "them",  "there", "they", "this",  "time",  "to",
    "two",   "up",    "us",    "was",    "we",    "were",  "what", "when",  "which", "who",
    "will",  "with",  "would", "year",   "years", "you",   "your",
};

static bool is_common(const struct words *word) {
    for (size_t i = 0; i < sizeof COMMON_WORDS / sizeof COMMON_WORDS[0]; i++)
        if (strlen(COMMON_WORDS[i]) == word->size &&
            memcmp(COMMON_WORDS[i], word->folded, word->size) == 0)
            return true;
    return false;
}

// Warns of bytes [start, stop) of the phrase.
__attribute__((format(printf, 5, 6))) static void warn(const struct lint *lint, size_t start,
                                                       size_t stop, const char *mend,
                                                       const char *format, ...) {
    struct diag_place place = lint->rule;
    place.start = (size_t)(lint->phrase->text - place.source) + start;
    place.size = stop - start;
    va_list args;
    va_start(args, format);
    diag_addv(lint->diags, DIAG_WARNING, &place, mend, format, args);
    va_end(args);
}

// --- short and common words ------------------------------------------------------------------

// Letters only, up to three, some of them capitals: an acronym.
static bool is_acronym(const struct words *word) {
    bool has_capital = false;
    for (size_t i = word->start; i < word->stop; i++) {
        const char c = word->text[i];
        const bool is_capital = c >= 'A' && c <= 'Z';
        if (!is_capital && !(c >= 'a' && c <= 'z'))
            return false;
        has_capital |= is_capital;
    }
    return has_capital && word->stop - word->start <= 3;
}

static void lint_single_word(const struct lint *lint, const struct words *word) {
    const int size = (int)(word->stop - word->start);
    const bool has_signs = word->start > 0 || word->stop < lint->phrase->size; // C++, .NET
    if (is_acronym(word) && !has_signs) {
        char mend[80];
        (void)snprintf(mend, sizeof mend, "write =%.*s where only these letter cases are meant",
                       size, lint->phrase->text + word->start);
        warn(lint, word->start, word->stop, mend,
             "\"%.*s\" is found in small letters too: \"%.*s\"", size,
             lint->phrase->text + word->start, (int)word->size, word->folded);
        return;
    }
    if (lint->is_alone && !lint->phrase->is_prefix && is_common(word))
        warn(lint, word->start, word->stop, "add what it must come with: word + other",
             "nearly every story has the word \"%.*s\"", size, lint->phrase->text + word->start);
}

// --- operators of other languages ------------------------------------------------------------

static void lint_boolean_word(const struct lint *lint, const struct words *word) {
    static const struct {
        const char *word;
        const char *mend;
    } BOOLEANS[] = {
        {"AND", "for \"and also\" write \" + \""},
        {"OR", "for alternatives write \", \""},
        {"NOT", "for \"but not\" write \" - \""},
    };
    for (size_t i = 0; i < sizeof BOOLEANS / sizeof BOOLEANS[0]; i++) {
        const size_t size = strlen(BOOLEANS[i].word);
        if (word->stop - word->start != size ||
            memcmp(word->text + word->start, BOOLEANS[i].word, size) != 0)
            continue;
        warn(lint, word->start, word->stop, BOOLEANS[i].mend, "%s is read as a word of this phrase",
             BOOLEANS[i].word);
    }
}

static void lint_signs(const struct lint *lint) {
    static const char *const SIGNS[] = {"|", ";", "&&", " & ", " / "};
    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        const char *at = memmem(lint->phrase->text, lint->phrase->size, SIGNS[i], strlen(SIGNS[i]));
        if (!at)
            continue;
        const bool has_blanks = *SIGNS[i] == ' ';
        const size_t start = (size_t)(at - lint->phrase->text) + has_blanks;
        const size_t size = strlen(SIGNS[i]) - 2 * has_blanks;
        warn(lint, start, start + size,
             "for \"and also\" write \" + \", for \"or\" a comma; if it is meant, put quotes "
             "around the phrase",
             "\"%.*s\" is read as a sign that must stand in the story", (int)size,
             SIGNS[i] + has_blanks);
    }
}

// "NATO+EU" and "NATO !film".
static void lint_joined_sign(const struct lint *lint, const struct words *word) {
    const char *text = lint->phrase->text;
    if (word->stop + 1 < lint->phrase->size && text[word->stop] == '+' &&
        CHARS_FOLDED[(unsigned char)text[word->stop + 1]]) {
        warn(lint, word->stop, word->stop + 1, "for \"and also\" write \" + \" with blanks",
             "this '+' must stand in the story just so");
    }
    const bool is_negated = word->start > 0 && text[word->start - 1] == '!' &&
                            (word->start == 1 || text[word->start - 2] == ' ');
    if (!is_negated)
        return;
    warn(lint, word->start - 1, word->start, "for \"but not\" write \" - \" with blanks",
         "'!' does not exclude a word");
}

// 'state, emergency': an apostrophe before a word, and one behind a later word.
static void lint_single_quotes(const struct lint *lint) {
    if (lint->phrase->text[0] != '\'')
        return;
    const char *rule_end = lint->rule.source + lint->rule.source_size;
    const char *close = lint->phrase->text + 1;
    do
        close = memchr(close, '\'', (size_t)(rule_end - close));
    while (close && CHARS_FOLDED[(unsigned char)*++close]);
    if (!close)
        return;
    warn(lint, 0, 1, "write \"state of emergency\"",
         "only double quotes keep what is between them together");
}

// "titel: x" looks for these very words.
static void lint_field(const struct lint *lint) {
    struct words word;
    words_begin(&word, lint->phrase->text, lint->phrase->size);
    if (!words_next(&word) || word.start != 0)
        return;
    size_t colon = word.stop;
    while (colon < lint->phrase->size && lint->phrase->text[colon] == ' ')
        colon++;
    const bool is_like_a_field = colon + 1 < lint->phrase->size &&
                                 lint->phrase->text[colon] == ':' &&
                                 lint->phrase->text[colon + 1] == ' ';
    if (!is_like_a_field)
        return;
    warn(lint, 0, colon + 1, "the fields are title: text: link: author: category:",
         "\"%.*s\" is no field; the story must have these words", (int)colon + 1,
         lint->phrase->text);
}

// A line "bulletin" where "[bulletin]" may be meant.
static void lint_section_name(const struct lint *lint) {
    for (size_t i = 0; i < KEYWORDS_SECTION_COUNT; i++) {
        if (lint->phrase->size != strlen(KEYWORDS_SECTIONS[i]) ||
            strncasecmp(lint->phrase->text, KEYWORDS_SECTIONS[i], lint->phrase->size) != 0)
            continue;
        char mend[40];
        (void)snprintf(mend, sizeof mend, "a section begins with [%s]", KEYWORDS_SECTIONS[i]);
        warn(lint, 0, lint->phrase->size, mend, "this is read as a word to look for");
    }
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "1,000" are two alternatives.
static void lint_number(const struct lint *lint) {
    const size_t before = (size_t)(lint->phrase->text - lint->rule.source);
    if (before < 2 || lint->phrase->text[-1] != ',' || !is_digit(lint->phrase->text[-2]) ||
        !is_digit(lint->phrase->text[0]))
        return;
    struct diag_place place = lint->rule;
    place.start = before - 1;
    place.size = 1;
    diag_add(lint->diags, DIAG_WARNING, &place,
             "put quotes around a number with a comma, a blank behind the comma of alternatives",
             "this comma makes two alternatives of the number");
}

// --- letters that look like others -----------------------------------------------------------

struct scripts {
    size_t latin;
    size_t other;      // Cyrillic and Greek
    size_t look_alike; // of these, such as have a Latin twin
    const char *other_name;
};

static bool has_latin_twin(uint32_t c) {
    static const uint16_t TWINS[] = {
        0x0391, 0x0392, 0x0395, 0x0396, 0x0397, 0x0399, 0x039A, 0x039C, 0x039D,
        0x039F, 0x03A1, 0x03A4, 0x03A5, 0x03A7, 0x03BF, 0x03BD, // Greek
        0x0405, 0x0406, 0x0408, 0x0410, 0x0412, 0x0415, 0x041A, 0x041C, 0x041D,
        0x041E, 0x0420, 0x0421, 0x0422, 0x0423, 0x0425, 0x0430, 0x0435, 0x043E,
        0x0440, 0x0441, 0x0443, 0x0445, 0x0455, 0x0456, 0x0458, // Cyrillic
    };
    for (size_t i = 0; i < sizeof TWINS / sizeof TWINS[0]; i++) {
        if (TWINS[i] == c)
            return true;
    }
    return false;
}

static void count_letter(struct scripts *scripts, uint32_t c) {
    const bool is_ascii = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (is_ascii || (c >= 0xC0 && c <= 0x24F))
        scripts->latin++;
    if (c < 0x370 || c > 0x52F)
        return;
    scripts->other++;
    scripts->look_alike += has_latin_twin(c);
    scripts->other_name = c < 0x400 ? "Greek" : "Cyrillic";
}

static void lint_look_alikes(const struct lint *lint, const struct words *word) {
    struct scripts scripts = {0};
    for (size_t at = word->start, length; at < word->stop; at += length)
        count_letter(&scripts, chars_decode(word->text + at, &length));
    if (scripts.other == 0)
        return;
    if (scripts.latin > 0)
        warn(lint, word->start, word->stop, "type the word anew in one script",
             "this word mixes Latin and %s letters", scripts.other_name);
    else if (scripts.look_alike == scripts.other && scripts.other > 1)
        warn(lint, word->start, word->stop,
             "where Latin letters are meant too, add the word in them as an alternative",
             "all letters of this word are %s ones that look like Latin ones", scripts.other_name);
}

void lint_phrase(const struct lint *lint) {
    const struct phrase_source *phrase = lint->phrase;
    const bool is_quoted =
        phrase->text > phrase->written && phrase->text[-1] != '=' && phrase->text[-1] != ' ';
    struct words words;
    size_t count = 0;
    for (words_begin(&words, phrase->text, phrase->size); words_next(&words); count++) {
        lint_look_alikes(lint, &words);
        if (count > 0 && !phrase->is_exact)
            lint_boolean_word(lint, &words);
        if (!is_quoted)
            lint_joined_sign(lint, &words);
    }
    if (!is_quoted) {
        lint_signs(lint);
        lint_field(lint);
        lint_single_quotes(lint);
        if (lint->is_alone && !phrase->is_exact && !phrase->is_prefix)
            lint_section_name(lint);
    }
    lint_number(lint);
    if (count != 1 || lint->is_excluded || phrase->is_exact)
        return;
    words_begin(&words, phrase->text, phrase->size);
    if (words_next(&words))
        lint_single_word(lint, &words);
}
