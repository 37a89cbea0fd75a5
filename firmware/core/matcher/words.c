// SPDX-License-Identifier: MIT

#include "core/matcher/words.h"

#include <string.h>

#include "core/matcher/fold.h"

// A longer run of letters is no word of any language; it is not folded to its end.
enum { RAW_MAX = 512 };

void words_begin(struct words *words, const char *text, size_t size) {
    *words = (struct words){.text = text, .end = size, .index = UINT32_MAX};
}

static bool is_word(enum char_class class) {
    return class >= CHAR_MARK;
}

// Does the run of letters that begins with class @run go on with a character of @class?
static bool goes_on(enum char_class run, enum char_class class) {
    return class == CHAR_MARK || class == CHAR_IGNORED || (class == run && run != CHAR_SINGLE);
}

// The characters that need no library: Han and Hangul syllables are their own folded form. True
// when text[start..stop) is one of them; then its bytes are copied.
static bool fold_plainly(struct words *words, uint32_t code_point) {
    const bool is_plain = code_point >= 0x4E00 && code_point <= 0x9FFF;
    if (!is_plain || words->stop - words->start != 3)
        return false;
    memcpy(words->folded, words->text + words->start, 3);
    words->size = 3;
    return true;
}

// Reads the word at @start by characters. False when it folds to nothing.
static bool read_word(struct words *words, size_t start) {
    size_t length;
    const uint32_t first = chars_decode(words->text + start, &length);
    enum char_class run = chars_class(first);
    if (run == CHAR_MARK)
        run = CHAR_LETTER;
    words->class = run;
    words->start = start;
    size_t at = start + length;
    words->stop = at;
    while (at < words->end) {
        const enum char_class class = chars_class(chars_decode(words->text + at, &length));
        if (!goes_on(run, class))
            break;
        at += length;
        if (class != CHAR_IGNORED)
            words->stop = at;
    }
    words->next = at;
    words->is_cut = false;
    if (fold_plainly(words, first)) {
        memset(words->folded + words->size, 0, 8);
        return true;
    }

    size_t size = words->stop - start;
    if (size > RAW_MAX) {
        size = RAW_MAX;
        while (((unsigned char)words->text[start + size] & 0xC0) == 0x80)
            size--;
        words->is_cut = true;
    }
    if (fold_word(words->text + start, size, WORDS_FOLDED_MAX, words->folded, &words->size) != 0)
        words->is_cut = true;
    memset(words->folded + words->size, 0, 8);
    return words->size > 0;
}

// A word of ASCII letters and digits only. False when another byte belongs to it.
static bool read_ascii_word(struct words *words, size_t start) {
    const unsigned char *at = (const unsigned char *)words->text + start;
    char *out = words->folded;
    const char *const out_end = out + WORDS_FOLDED_MAX;
    unsigned char folded;
    while ((folded = CHARS_FOLDED[*at]) != 0 && out < out_end) {
        *out++ = (char)folded;
        at++;
    }
    words->is_cut = folded != 0;
    while (CHARS_FOLDED[*at])
        at++;
    if (*at >= 0x80) {
        size_t length;
        const enum char_class class = chars_class(chars_decode((const char *)at, &length));
        if (goes_on(CHAR_LETTER, class))
            return false;
    }
    memset(out, 0, 8);
    words->class = CHAR_LETTER;
    words->start = start;
    words->stop = words->next = (size_t)(at - (const unsigned char *)words->text);
    words->size = (size_t)(out - words->folded);
    return true;
}

bool words_next_slowly(struct words *words, size_t at) {
    while (at < words->end) {
        const unsigned char byte = (unsigned char)words->text[at];
        if (CHARS_FOLDED[byte]) {
            if (read_ascii_word(words, at) || read_word(words, at)) {
                words->index++;
                return true;
            }
            at = words->next;
        } else if (byte < 0x80) {
            at++;
        } else {
            size_t length;
            if (!is_word(chars_class(chars_decode(words->text + at, &length)))) {
                at += length;
            } else if (read_word(words, at)) {
                words->index++;
                return true;
            } else {
                at = words->next;
            }
        }
    }
    words->next = words->end;
    return false;
}

enum words_gap words_gap(const char *text, size_t from, size_t to) {
    size_t blanks = 0, hyphens = 0;
    while (from < to) {
        size_t length;
        switch (chars_class(chars_decode(text + from, &length))) {
        case CHAR_BLANK:
            blanks++;
            break;
        case CHAR_HYPHEN:
            hyphens++;
            break;
        case CHAR_IGNORED:
            break;
        case CHAR_OTHER:
        case CHAR_APOSTROPHE:
        case CHAR_MARK:
        case CHAR_LETTER:
        case CHAR_HANGUL:
        case CHAR_SINGLE:
            return GAP_OTHER;
        }
        from += length;
    }
    if (blanks + hyphens == 0)
        return GAP_NONE;
    const bool is_break = hyphens == 0 || (hyphens == 1 && blanks == 0);
    return is_break ? GAP_BREAK : GAP_OTHER;
}
