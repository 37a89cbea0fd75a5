// SPDX-License-Identifier: MIT
//
// phrase.h - one phrase of a rule, made ready to be compared with a text.
//
// A phrase is its folded words and, between each two, what may stand there: a break (blanks, one
// hyphen, or nothing), nothing (Han), or the very characters the rule has (R&D, U.S.). It is found
// by its first two words: phrase_keys() tells under which hashes to look for it, phrase_match()
// then looks whether all of it is there. One word would do, but a thousand rules that begin with
// "the" would then be looked at wherever a text has it. Since a break may be nothing, "cyber
// attack" has two keys, the pair cyber attack and the word cyberattack.

#ifndef CORE_PHRASE_H
#define CORE_PHRASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/text/hash.h"
#include "core/matcher/words.h"

// A phrase with more words is a text, not something to watch for.
enum { PHRASE_WORDS_MAX = 32 };
// Characters between two words that have to be just so, in bytes.
enum { PHRASE_LITERAL_MAX = 32 };
// Prefixes are looked up by so many bytes at most; the rest is compared.
enum { PHRASE_PREFIX_KEY_MAX = 15 };
// Compiled: words, what is between them, and the exact form.
enum { PHRASE_CODE_MAX = 16 * 1024 };

/**
 * struct phrase_source - a phrase as a rule has it
 * @text:      borrowed; as for words_begin(), the character behind it is no letter
 * @size:      bytes, >= 1
 * @is_prefix: "*": the last word may go on
 * @is_exact:  "=": letter case, accents, and what is between the words count
 * @written:   its first character in the rule, the '=' and the quote before @text included
 */
struct phrase_source {
    const char *text;
    size_t size;
    bool is_prefix;
    bool is_exact;
    const char *written;
};

enum phrase_key_kind {
    PHRASE_WORD,   // of a whole word
    PHRASE_PREFIX, // of the beginning of a word
    PHRASE_PAIR    // of two words, one after the other
};

/**
 * struct phrase_key - a hash under which a phrase is looked up
 * @hash:  phrase_word_hash(), phrase_prefix_hash() or phrase_pair_hash()
 * @kind:  of what
 * @size:  PHRASE_PREFIX: how many bytes were hashed
 * @start: PHRASE_PREFIX: the first of them, up to eight
 */
struct phrase_key {
    uint32_t hash;
    enum phrase_key_kind kind;
    size_t size;
    unsigned char start[8];
};

// Why a phrase cannot be compiled; see phrase_compile().
enum phrase_result {
    PHRASE_NO_WORD = 1,
    PHRASE_TOO_MANY_WORDS,
    PHRASE_WORD_TOO_LONG,
    PHRASE_LITERAL_TOO_LONG
};

/**
 * phrase_compile() - make a phrase ready
 * @source:   the phrase
 * @ret:      PHRASE_CODE_MAX bytes; the code for phrase_match()
 * @ret_size: bytes of it
 *
 * Return: 0 or enum phrase_result.
 */
int phrase_compile(const struct phrase_source *source, unsigned char *ret, size_t *ret_size);

/**
 * phrase_keys() - under which hashes the phrase is to be found
 * @code: from phrase_compile()
 * @ret:  PHRASE_WORDS_MAX keys
 *
 * Return: how many, 1..PHRASE_WORDS_MAX.
 */
size_t phrase_keys(const unsigned char *code, struct phrase_key *ret);

/**
 * phrase_is_word() - is the phrase a word and nothing else, in any letter case?
 * @ret: a walk that stands on it; written at any rate
 *
 * Most are. The hash of the word is then the one key, and no code is needed.
 */
bool phrase_is_word(const struct phrase_source *source, struct words *ret);

// The hash of the word a walk stands on.
static inline uint32_t phrase_word_hash(const struct words *words) {
    return (uint32_t)(hash_padded(words->folded, words->size, 0) >> 32);
}

// The hash of two words, of theirs.
static inline uint32_t phrase_pair_hash(uint32_t first, uint32_t second) {
    return (uint32_t)(hash_step((uint64_t)first << 32 | second, 0) >> 24);
}

// The first @size bytes, at most eight, of eight.
static inline uint64_t phrase_first_bytes(const char *bytes, size_t size) {
    uint64_t piece;
    memcpy(&piece, bytes, 8);
    const unsigned drop = 64 - 8 * (unsigned)size;
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? piece << drop : piece >> drop;
}

// The hash of the first @size bytes of a word, 1..PHRASE_PREFIX_KEY_MAX; sixteen can be read.
static inline uint32_t phrase_prefix_hash(const char *folded, size_t size) {
    const uint64_t seed = 0x70726566 + size;
    const uint64_t hash = size > 8 ? hash_step(phrase_first_bytes(folded, 8),
                                               phrase_first_bytes(folded + 8, size - 8))
                                   : phrase_first_bytes(folded, size);
    return (uint32_t)(hash_step(hash_step(seed, hash), hash) >> 32);
}

/**
 * struct phrase_found - where a phrase stands
 * @start:      first byte in the text
 * @stop:       the byte after the last
 * @last_index: number of its last word in the text
 */
struct phrase_found {
    size_t start;
    size_t stop;
    uint32_t last_index;
};

/**
 * phrase_match() - does the phrase begin with this word of the text?
 * @code:  from phrase_compile()
 * @first: a walk that stands on the word; left as it is
 * @ret:   written only when found
 */
bool phrase_match(const unsigned char *code, const struct words *first, struct phrase_found *ret);

/**
 * phrase_is_whole_word() - is the word a walk stands on a whole one for a reader?
 *
 * It is not when it is the s of Moscow's, the can of can't, one letter of an abbreviation with
 * dots, or the C of C++ or C#.
 */
bool phrase_is_whole_word(const struct words *word);

#endif
