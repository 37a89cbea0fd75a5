// SPDX-License-Identifier: MIT
//
// The first step of a scan: each word of a field is looked up, and what hangs on it compared.

#include <errno.h>
#include <string.h>

#include "core/matcher/match.h"
#include "core/matcher/matcher_private.h"

int matcher_add_hit(struct matcher *matcher, const struct matcher_hit *hit) {
    struct matcher_hit *hits =
        matcher_reserve(matcher->hits, matcher->hit_count, &matcher->hit_room, sizeof *hits);
    if (!hits)
        return -ENOMEM;
    matcher->hits = hits;
    hits[matcher->hit_count++] = *hit;
    return 0;
}

// A posting has the word's hash: is its phrase really there? It is read where it is written. Of the
// many rules that may begin with one common word most are told by that word alone.
static bool find_phrase(const struct matcher *matcher, size_t place, const struct words *word,
                        struct phrase_found *ret) {
    struct phrase_source source;
    if (rule_phrase_at(keywords_bytes(matcher->keywords, place), &source) != 0)
        return false;
    struct words own;
    if (phrase_is_word(&source, &own)) {
        *ret = (struct phrase_found){word->start, word->stop, word->index};
        return own.size == word->size && memcmp(own.folded, word->folded, own.size) == 0 &&
               !word->is_cut && phrase_is_whole_word(word);
    }
    unsigned char code[PHRASE_CODE_MAX];
    size_t size;
    return phrase_compile(&source, code, &size) == 0 && phrase_match(code, word, ret);
}

static int try_posting(struct matcher *matcher, size_t posting, const struct words *word,
                       enum match_field field) {
    uint32_t *seen = &matcher->seen[posting / 32];
    const uint32_t bit = UINT32_C(1) << (posting % 32);
    const uint32_t place = matcher->index.postings[posting].place;
    struct phrase_found found;
    if ((*seen & bit) || !find_phrase(matcher, place, word, &found))
        return 0;
    const uint32_t start = (uint32_t)found.start;
    const struct match_span span = {field, start, (uint32_t)found.stop - start};
    const struct matcher_hit hit = {place, (uint32_t)posting, span};
    const int r = matcher_add_hit(matcher, &hit);
    if (r == 0)
        *seen |= bit;
    return r;
}

// The filter says that something may hang on this hash: tries all that does.
__attribute__((noinline)) static int look_up(struct matcher *matcher, uint32_t hash,
                                             const struct words *word, enum match_field field) {
    int r = 0;
    size_t end;
    for (size_t at = matcher_index_first(&matcher->index, hash, &end); at < end && r == 0;
         at = matcher_index_next(&matcher->index, hash, at + 1, end))
        r = try_posting(matcher, at, word, field);
    return r;
}

// A word gone by, to go back to.
struct trail {
    size_t start; // SIZE_MAX = there is none
    uint32_t hash;
};

// Goes back to a word gone by, and tries there what hangs on the pair of it and the present one.
__attribute__((noinline)) static int try_pair(struct matcher *matcher, const struct words *word,
                                              struct trail first, uint32_t pair,
                                              enum match_field field) {
    size_t end;
    if (matcher_index_first(&matcher->index, pair, &end) == end)
        return 0;
    struct words words;
    words_begin(&words, word->text, word->end);
    words.next = first.start;
    words.index = word->index - 2;
    if (!words_next(&words))
        return 0;
    // One further back, where the s of a possessive is between.
    struct words next = words;
    if (words_next(&next) && next.start != word->start)
        words.index--;
    return look_up(matcher, pair, &words, field);
}

// Looks up the beginnings of a word that some prefix may be: bit n of @lengths = n bytes.
static int look_up_prefixes(struct matcher *matcher, unsigned lengths, const struct words *word,
                            enum match_field field) {
    int r = 0;
    for (; lengths != 0 && r == 0; lengths &= lengths - 1) {
        const uint32_t hash = phrase_prefix_hash(word->folded, (size_t)__builtin_ctz(lengths));
        if (matcher_index_may_have(&matcher->index, hash))
            r = look_up(matcher, hash, word, field);
    }
    return r;
}

static int scan_text(struct matcher *matcher, const char *text, size_t from, size_t to,
                     enum match_field field) {
    const struct matcher_index *index = &matcher->index;
    // The s of Moscow's may stand between the words of a phrase.
    const uint32_t hash_of_s = (uint32_t)(hash_bytes("s", 1, 0) >> 32);
    struct trail last = {.start = SIZE_MAX}, before = {.start = SIZE_MAX};
    struct words words;
    words_begin(&words, text, to);
    words.next = from;
    int r = 0;
    while (r == 0 && words_next(&words)) {
        const uint32_t hash = phrase_word_hash(&words);
        if (matcher_index_may_have(index, hash))
            r = look_up(matcher, hash, &words, field);
        if (index->has_pairs) {
            const uint32_t pair = phrase_pair_hash(last.hash, hash);
            if (matcher_index_may_have(index, pair) && last.start != SIZE_MAX && r == 0)
                r = try_pair(matcher, &words, last, pair, field);
            if (last.hash == hash_of_s && before.start != SIZE_MAX && r == 0)
                r = try_pair(matcher, &words, before, phrase_pair_hash(before.hash, hash), field);
            if (hash == hash_of_s)
                before = last;
            last = (struct trail){.start = words.start, .hash = hash};
        }
        if (index->has_prefixes) {
            const unsigned lengths = matcher_index_lengths(index, &words);
            if (lengths != 0 && r == 0)
                r = look_up_prefixes(matcher, lengths, &words, field);
        }
    }
    return r;
}

bool matcher_next_piece(const char *text, enum match_field field, size_t *from, size_t *to) {
    if (field == MATCH_CATEGORY)
        *from += strspn(text + *from, "\n");
    if (!text[*from])
        return false;
    *to = *from + (field == MATCH_CATEGORY ? strcspn(text + *from, "\n") : strlen(text + *from));
    return true;
}

int matcher_scan_field(struct matcher *matcher, const struct story *story, enum match_field field) {
    const char *text = match_field_text(story, field);
    const size_t first_hit = matcher->hit_count;
    int r = 0;
    for (size_t from = 0, to; r == 0 && matcher_next_piece(text, field, &from, &to); from = to)
        r = scan_text(matcher, text, from, to, field);
    for (size_t i = first_hit; i < matcher->hit_count; i++) {
        const uint32_t posting = matcher->hits[i].posting;
        matcher->seen[posting / 32] &= ~(UINT32_C(1) << (posting % 32));
    }
    return r;
}
