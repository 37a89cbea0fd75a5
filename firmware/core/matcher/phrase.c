// SPDX-License-Identifier: MIT
//
// The code of a phrase is a flag byte and a row of elements: WORD n bytes, BREAK, JOIN,
// LITERAL n bytes; END; with FLAG_EXACT two bytes of size and the exact form. A literal before the
// first word or behind the last stands there in the text too (.NET, C++, #tag).

#include "core/matcher/phrase.h"

#include <assert.h>
#include <string.h>

#include "core/matcher/fold.h"
#include "core/text/hash.h"

enum element { END, WORD, BREAK, JOIN, LITERAL };
enum { FLAG_PREFIX = 1, FLAG_EXACT = 2 };

// Signs that belong to a word they touch: #tag @name $100 .NET, and C++ C# 50% 100$.
static const char LEADING[] = "#@$%&+.";
static const char TRAILING[] = "+#%$";

struct writer {
    unsigned char *code;
    size_t size;
};

static void put(struct writer *writer, enum element element) {
    assert(writer->size < PHRASE_CODE_MAX);
    writer->code[writer->size++] = (unsigned char)element;
}

static void put_bytes(struct writer *writer, enum element element, const char *bytes, size_t size) {
    assert(writer->size + 2 + size <= PHRASE_CODE_MAX && size <= UINT8_MAX);
    put(writer, element);
    writer->code[writer->size++] = (unsigned char)size;
    memcpy(writer->code + writer->size, bytes, size);
    writer->size += size;
}

static int put_literal(struct writer *writer, const char *text, size_t size) {
    char plain[PHRASE_LITERAL_MAX];
    size_t plain_size;
    if (fold_exactly(text, size, sizeof plain, plain, &plain_size) != 0)
        return PHRASE_LITERAL_TOO_LONG;
    put_bytes(writer, LITERAL, plain, plain_size);
    return 0;
}

static size_t leading_signs(const char *text, size_t start) {
    size_t at = start;
    while (at > 0 && strchr(LEADING, text[at - 1]))
        at--;
    return start - at;
}

static size_t trailing_signs(const char *text, size_t stop, size_t end) {
    size_t at = stop;
    while (at < end && text[at] && strchr(TRAILING, text[at]))
        at++;
    return at - stop;
}

// The gap of the rule before the word @words stands on.
static int put_gap(struct writer *writer, const struct words *words, size_t previous_stop) {
    switch (words_gap(words->text, previous_stop, words->start)) {
    case GAP_NONE:
        put(writer, JOIN);
        return 0;
    case GAP_BREAK:
        put(writer, BREAK);
        return 0;
    case GAP_OTHER:
        break;
    }
    return put_literal(writer, words->text + previous_stop, words->start - previous_stop);
}

static int put_exact(struct writer *writer, const char *text, size_t size) {
    char exact[PHRASE_CODE_MAX / 2];
    size_t exact_size;
    if (fold_exactly(text, size, sizeof exact, exact, &exact_size) != 0)
        return PHRASE_WORD_TOO_LONG;
    writer->code[0] |= FLAG_EXACT;
    writer->code[writer->size++] = (unsigned char)(exact_size & 0xFF);
    writer->code[writer->size++] = (unsigned char)(exact_size >> 8);
    memcpy(writer->code + writer->size, exact, exact_size);
    writer->size += exact_size;
    return 0;
}

int phrase_compile(const struct phrase_source *source, unsigned char *ret, size_t *ret_size) {
    struct words words;
    words_begin(&words, source->text, source->size);
    if (!words_next(&words))
        return PHRASE_NO_WORD;

    struct writer writer = {ret, 1};
    ret[0] = source->is_prefix ? FLAG_PREFIX : 0;
    int r;
    const size_t lead = leading_signs(source->text, words.start);
    const size_t begin = words.start - lead;
    if (lead > 0 && (r = put_literal(&writer, source->text + begin, lead)) != 0)
        return r;
    size_t stop;
    for (;;) {
        if (words.is_cut)
            return PHRASE_WORD_TOO_LONG;
        put_bytes(&writer, WORD, words.folded, words.size);
        stop = words.stop;
        if (stop == source->size || !words_next(&words))
            break;
        if (words.index >= PHRASE_WORDS_MAX)
            return PHRASE_TOO_MANY_WORDS;
        r = put_gap(&writer, &words, stop);
        if (r != 0)
            return r;
    }
    // The last word of Hangul takes particles, so it is always a beginning.
    if (words.class == CHAR_HANGUL)
        ret[0] |= FLAG_PREFIX;
    const size_t trail = source->is_prefix ? 0 : trailing_signs(source->text, stop, source->size);
    if (trail > 0 && (r = put_literal(&writer, source->text + stop, trail)) != 0)
        return r;
    put(&writer, END);
    if (source->is_exact && (r = put_exact(&writer, source->text + begin, stop + trail - begin)))
        return r;
    *ret_size = writer.size;
    return 0;
}

bool phrase_is_word(const struct phrase_source *source, struct words *ret) {
    words_begin(ret, source->text, source->size);
    return !source->is_prefix && !source->is_exact && words_next(ret) &&
           ret->class == CHAR_LETTER && ret->start == 0 && ret->stop == source->size &&
           !ret->is_cut;
}

// Longer phrases are found by one word, or the pairs for all their ways to be written would be
// many.
enum { PAIRED_WORDS_MAX = 5 };

// The words of a phrase and what is between them, pointing into its code.
struct parts {
    const unsigned char *words[PHRASE_WORDS_MAX]; // size, bytes
    enum element gaps[PHRASE_WORDS_MAX];          // behind each word; END behind the last
    size_t count;
};

static void take_apart(const unsigned char *code, struct parts *ret) {
    const unsigned char *at = code + 1;
    if (*at == LITERAL)
        at += 2 + at[1];
    for (ret->count = 0; *at == WORD; ret->count++) {
        ret->words[ret->count] = at + 1;
        at += 2 + at[1];
        const bool is_last = *at == END || (*at == LITERAL && at[2 + at[1]] == END);
        ret->gaps[ret->count] = is_last ? END : (enum element) * at;
        at += *at == LITERAL ? 2 + at[1] : *at == END ? 0 : 1;
    }
}

// Words of a phrase written as one.
struct joined {
    char bytes[WORDS_FOLDED_MAX];
    size_t size;
};

static bool join(struct joined *joined, const unsigned char *word) {
    if (word[0] > sizeof joined->bytes - joined->size)
        return false;
    memcpy(joined->bytes + joined->size, word + 1, word[0]);
    joined->size += word[0];
    return true;
}

static uint32_t whole_hash(const struct joined *joined) {
    return (uint32_t)(hash_bytes(joined->bytes, joined->size, 0) >> 32);
}

static struct phrase_key word_key(const struct joined *joined) {
    return (struct phrase_key){.hash = whole_hash(joined), .kind = PHRASE_WORD};
}

static struct phrase_key prefix_key(const struct joined *joined) {
    struct phrase_key key = {.kind = PHRASE_PREFIX, .size = joined->size};
    if (key.size > PHRASE_PREFIX_KEY_MAX)
        key.size = PHRASE_PREFIX_KEY_MAX;
    key.hash = phrase_prefix_hash(joined->bytes, key.size);
    memcpy(key.start, joined->bytes, key.size < sizeof key.start ? key.size : sizeof key.start);
    return key;
}

// The keys of the ways in which the text's first word is @first and its second begins with word
// @next of the phrase. Return: how many were put, or 0 when pairs cannot tell all of them.
static size_t pair_keys(const struct parts *parts, const struct joined *first, size_t next,
                        bool is_open, struct phrase_key *ret) {
    size_t count = 0;
    if (parts->count > PAIRED_WORDS_MAX)
        return 0;
    struct joined second = {.size = 0};
    for (size_t i = next; join(&second, parts->words[i]); i++) {
        if (parts->gaps[i] == END && is_open)
            return 0;
        ret[count++] = (struct phrase_key){
            .hash = phrase_pair_hash(whole_hash(first), whole_hash(&second)),
            .kind = PHRASE_PAIR,
        };
        if (parts->gaps[i] != BREAK)
            break;
    }
    return count;
}

size_t phrase_keys(const unsigned char *code, struct phrase_key *ret) {
    const bool is_open = code[0] & FLAG_PREFIX;
    struct parts parts;
    take_apart(code, &parts);
    struct joined first = {.size = 0};
    size_t count = 0;
    // "a b c" may be written a b c, a bc, ab c, and abc: its first word is a, ab, or abc.
    for (size_t i = 0; join(&first, parts.words[i]); i++) {
        if (parts.gaps[i] == END) {
            ret[count++] = is_open ? prefix_key(&first) : word_key(&first);
            break;
        }
        const size_t pairs = pair_keys(&parts, &first, i + 1, is_open, ret + count);
        if (pairs == 0)
            ret[count++] = word_key(&first);
        count += pairs;
        if (parts.gaps[i] != BREAK)
            break;
    }
    return count;
}

// --- comparing -------------------------------------------------------------------------------

static bool is_letter(const char *text, size_t at) {
    size_t length;
    return chars_class(chars_decode(text + at, &length)) >= CHAR_MARK;
}

// Start of the character before @at, which is > 0.
static size_t step_back(const char *text, size_t at) {
    do
        at--;
    while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80);
    return at;
}

// Is the character before @at an apostrophe with a letter before it?
static bool follows_apostrophe(const char *text, size_t at) {
    if (at == 0)
        return false;
    size_t length;
    const size_t before = step_back(text, at);
    return chars_class(chars_decode(text + before, &length)) == CHAR_APOSTROPHE && before > 0 &&
           is_letter(text, step_back(text, before));
}

// Is there an apostrophe and a t, as in can't?
static bool goes_on_with_t(const char *text, size_t at) {
    size_t length;
    if (chars_class(chars_decode(text + at, &length)) != CHAR_APOSTROPHE)
        return false;
    at += length;
    return (text[at] == 't' || text[at] == 'T') && !is_letter(text, at + 1);
}

static bool starts_whole(const struct words *word) {
    const char *text = word->text;
    const size_t start = word->start;
    if (word->class != CHAR_LETTER || word->size != 1)
        return true;
    if ((word->folded[0] == 's' || word->folded[0] == 't') && follows_apostrophe(text, start))
        return false;
    const bool is_in_abbreviation = start >= 2 && text[start - 1] == '.' &&
                                    CHARS_FOLDED[(unsigned char)text[start - 2]] &&
                                    (start == 2 || !is_letter(text, step_back(text, start - 2)));
    return !is_in_abbreviation;
}

static bool stops_whole(const struct words *word) {
    const char *text = word->text;
    const size_t stop = word->stop;
    if (word->class != CHAR_LETTER)
        return true;
    if (goes_on_with_t(text, stop))
        return false;
    if (word->size != 1)
        return true;
    if (text[stop] == '#' || (text[stop] == '+' && text[stop + 1] == '+'))
        return false;
    const bool is_in_abbreviation =
        text[stop] == '.' && is_letter(text, stop + 1) && !is_letter(text, stop + 2);
    return !is_in_abbreviation;
}

bool phrase_is_whole_word(const struct words *word) {
    return starts_whole(word) && stops_whole(word);
}

// Does the text before @start end with these bytes? Returns where they begin, or SIZE_MAX.
static size_t literal_before(const char *text, size_t start, const unsigned char *literal) {
    const size_t size = literal[1];
    if (start < size || memcmp(text + start - size, literal + 2, size) != 0)
        return SIZE_MAX;
    return start - size;
}

// Does the text at @stop begin with these bytes? Returns where they end, or SIZE_MAX.
static size_t literal_behind(const char *text, size_t stop, const unsigned char *literal) {
    const size_t size = literal[1];
    if (strncmp(text + stop, (const char *)literal + 2, size) != 0)
        return SIZE_MAX;
    return stop + size;
}

static bool literal_between(const char *text, size_t from, size_t to,
                            const unsigned char *literal) {
    char plain[PHRASE_LITERAL_MAX];
    size_t size;
    return fold_exactly(text + from, to - from, sizeof plain, plain, &size) == 0 &&
           size == literal[1] && memcmp(plain, literal + 2, size) == 0;
}

// Steps over what may stand between two words of a phrase: blanks, one hyphen, nothing, and the
// end of a possessive (Moscow's, hackers'), which does not make a word another one.
static bool step_over_break(struct words *words) {
    size_t stop = words->stop;
    if (!words_next(words))
        return false;
    size_t length;
    if (chars_class(chars_decode(words->text + stop, &length)) == CHAR_APOSTROPHE) {
        stop += length;
        if (words->start == stop && words->size == 1 && words->folded[0] == 's') {
            stop = words->stop;
            if (!words_next(words))
                return false;
        }
        return words_gap(words->text, stop, words->start) == GAP_BREAK;
    }
    return words_gap(words->text, stop, words->start) != GAP_OTHER;
}

static bool is_exactly(const unsigned char *end, const char *text, struct phrase_found found,
                       bool is_prefix) {
    char exact[PHRASE_CODE_MAX / 2];
    size_t size;
    const size_t wanted = (size_t)end[1] | (size_t)end[2] << 8;
    if (fold_exactly(text + found.start, found.stop - found.start, sizeof exact, exact, &size) != 0)
        return false;
    return (is_prefix ? size >= wanted : size == wanted) && memcmp(exact, end + 3, wanted) == 0;
}

// A comparing under way.
struct comparison {
    const unsigned char *code; // the next element
    struct words words;        // the word of the text
    size_t used;               // bytes of it that words of the phrase have taken
};

static bool is_all_used(const struct comparison *c) {
    return c->used == c->words.size && !c->words.is_cut;
}

static bool take_word(struct comparison *c) {
    const size_t size = c->code[1];
    if (c->words.size - c->used < size || memcmp(c->words.folded + c->used, c->code + 2, size) != 0)
        return false;
    c->used += size;
    c->code += 2 + size;
    return true;
}

// What stands between two words of the phrase; afterwards the comparison is at the next word.
static bool take_gap(struct comparison *c) {
    const unsigned char *gap = c->code;
    c->code += *gap == LITERAL ? 2 + gap[1] : 1;
    if (!is_all_used(c)) // a break may be nothing: cyberattack
        return *gap == BREAK && c->words.class != CHAR_SINGLE;
    c->used = 0;
    if (*gap == BREAK)
        return step_over_break(&c->words);
    const size_t stop = c->words.stop;
    if (!words_next(&c->words))
        return false;
    if (*gap == JOIN)
        return words_gap(c->words.text, stop, c->words.start) == GAP_NONE;
    return literal_between(c->words.text, stop, c->words.start, gap);
}

static bool is_last_literal(const unsigned char *code) {
    return *code == LITERAL && code[2 + code[1]] == END;
}

// Behind the last word: where the phrase ends in the text, or SIZE_MAX when it does not.
static size_t take_end(struct comparison *c, bool is_prefix) {
    if (*c->code == END) {
        const bool is_whole = is_prefix || (is_all_used(c) && stops_whole(&c->words));
        return is_whole ? c->words.stop : SIZE_MAX;
    }
    const unsigned char *literal = c->code;
    c->code += 2 + literal[1];
    return is_all_used(c) ? literal_behind(c->words.text, c->words.stop, literal) : SIZE_MAX;
}

// A look at the first letter of the next word, before anything is copied: of many phrases with the
// same first word it turns nearly all away. @code is at a break, the word was used up.
static bool may_follow(const unsigned char *code, const struct words *first) {
    const unsigned char *text = (const unsigned char *)first->text;
    const unsigned char letter = text[first->stop] == ' ' ? CHARS_FOLDED[text[first->stop + 1]] : 0;
    const unsigned char wanted = code[3];
    return letter == 0 || wanted >= 0x80 || letter == wanted;
}

bool phrase_match(const unsigned char *code, const struct words *first, struct phrase_found *ret) {
    const bool is_prefix = code[0] & FLAG_PREFIX;
    const bool is_first_whole = code[1] == WORD && code[2] == first->size;
    if (is_first_whole && code[3 + code[2]] == BREAK && !may_follow(code + 3 + code[2], first))
        return false;
    struct comparison c = {.code = code + 1, .words = *first};
    struct phrase_found found = {.start = first->start};
    if (*c.code == LITERAL) {
        found.start = literal_before(first->text, first->start, c.code);
        c.code += 2 + c.code[1];
        if (found.start == SIZE_MAX)
            return false;
    } else if (!starts_whole(first)) {
        return false;
    }
    for (;;) {
        if (!take_word(&c))
            return false;
        if (*c.code == END || is_last_literal(c.code))
            break;
        if (!take_gap(&c))
            return false;
    }
    found.stop = take_end(&c, is_prefix);
    if (found.stop == SIZE_MAX)
        return false;
    if ((code[0] & FLAG_EXACT) && !is_exactly(c.code, first->text, found, is_prefix))
        return false;
    found.last_index = c.words.index;
    *ret = found;
    return true;
}
