// SPDX-License-Identifier: MIT
//
// The first step of a scan: each word of a field is looked up, and what hangs on it compared.

#include <errno.h>
#include <string.h>

#include "core/match.h"
#include "core/matcher_private.h"

size_t matcher_seen_bit(const struct matcher *matcher, uint32_t value) {
    return value & MATCHER_PLAIN ? matcher->unit_count + (value & ~MATCHER_PLAIN) : value;
}

static bool is_seen(const struct matcher *matcher, uint32_t value) {
    const size_t bit = matcher_seen_bit(matcher, value);
    return matcher->seen[bit / 32] >> (bit % 32) & 1;
}

static void set_seen(struct matcher *matcher, uint32_t value) {
    const size_t bit = matcher_seen_bit(matcher, value);
    matcher->seen[bit / 32] |= UINT32_C(1) << (bit % 32);
}

int matcher_add_hit(struct matcher *matcher, uint32_t value, struct match_span span) {
    struct matcher_hit *hits =
        matcher_reserve(matcher->hits, matcher->hit_count, 1, &matcher->hit_room, sizeof *hits);
    if (!hits)
        return -ENOMEM;
    matcher->hits = hits;
    hits[matcher->hit_count++] = (struct matcher_hit){value, span};
    set_seen(matcher, value);
    return 0;
}

struct matcher_near *matcher_near_of(const struct matcher *matcher, uint32_t unit) {
    size_t from = 0, to = matcher->near_count;
    while (to - from > 1) {
        const size_t middle = from + (to - from) / 2;
        if (matcher->nears[middle].left <= unit)
            from = middle;
        else
            to = middle;
    }
    return &matcher->nears[from];
}

static bool is_close(const struct matcher_near *near, const struct matcher_place *a,
                     const struct matcher_place *b) {
    if (a->first_index == MATCHER_NONE || b->first_index == MATCHER_NONE)
        return false;
    if (a->last_index < b->first_index)
        return b->first_index - a->last_index <= near->distance;
    return b->last_index < a->first_index && a->first_index - b->last_index <= near->distance;
}

// Half of a pair was found: is the other near?
static int add_half(struct matcher *matcher, uint32_t unit, const struct matcher_place *place) {
    struct matcher_near *near = matcher_near_of(matcher, unit);
    if (near->pass != matcher->pass) {
        near->pass = matcher->pass;
        for (size_t i = 0; i < MATCHER_PLACES; i++)
            near->places[0][i].first_index = near->places[1][i].first_index = MATCHER_NONE;
    }
    const size_t side = unit - near->left;
    struct matcher_place *own = near->places[side];
    memmove(own + 1, own, (MATCHER_PLACES - 1) * sizeof *own);
    own[0] = *place;
    for (size_t i = 0; i < MATCHER_PLACES; i++) {
        const struct matcher_place *other = &near->places[1 - side][i];
        if (!is_close(near, place, other))
            continue;
        const int r = matcher_add_hit(matcher, near->left, (side == 0 ? place : other)->span);
        return r != 0 ? r
                      : matcher_add_hit(matcher, near->left + 1, (side == 0 ? other : place)->span);
    }
    return 0;
}

// Is the word the text's first, and is that all of the text (@is_all) or of the word there?
static bool is_same_word(const char *text, const struct words *word, bool is_all) {
    struct words rule;
    words_begin(&rule, text, strlen(text));
    return words_next(&rule) && rule.size == word->size &&
           memcmp(rule.folded, word->folded, word->size) == 0 && !word->is_cut &&
           (!is_all || (rule.start == 0 && !text[rule.stop])) && phrase_is_whole_word(word);
}

static void found_word(const struct words *word, struct phrase_found *ret) {
    *ret = (struct phrase_found){word->start, word->stop, word->index};
}

// A rule of which nothing is kept: reads its text again, unless it is a word alone.
static bool match_plain(struct matcher *matcher, uint32_t rule, const struct words *word,
                        struct phrase_found *ret) {
    const char *text = keywords_rule(matcher->keywords, rule).text;
    if (word->class == CHAR_LETTER && is_same_word(text, word, /* is_all= */ true)) {
        found_word(word, ret);
        return true;
    }
    unsigned char code[PHRASE_CODE_MAX];
    size_t size;
    const struct diag_place line = {.source = text, .source_size = strlen(text)};
    return rule_parse(&line, NULL, matcher->rule) == 0 &&
           phrase_compile(&matcher->rule->terms[0].left, code, &size) == 0 &&
           phrase_match(code, word, ret);
}

static bool match_unit(const struct matcher *matcher, const struct matcher_unit *unit,
                       const struct words *word, struct phrase_found *ret) {
    if (unit->kind != MATCHER_UNIT_WORD)
        return phrase_match(matcher->code + unit->code, word, ret);
    const uint32_t rule = matcher->clauses[unit->clause].rule;
    const char *text = keywords_rule(matcher->keywords, rule).text + unit->code;
    if (!is_same_word(text, word, /* is_all= */ false))
        return false;
    found_word(word, ret);
    return true;
}

// A posting has the word's hash: is what hangs on it really there?
static int try_posting(struct matcher *matcher, uint32_t value, const struct words *word,
                       enum match_field field) {
    if (is_seen(matcher, value))
        return 0;
    const bool is_plain = value & MATCHER_PLAIN;
    const struct matcher_unit *unit = is_plain ? NULL : &matcher->units[value];
    const unsigned fields = is_plain ? RULE_DEFAULT_FIELDS : matcher->clauses[unit->clause].fields;
    if (!(fields & 1u << field))
        return 0;
    struct phrase_found found;
    if (!(is_plain ? match_plain(matcher, value & ~MATCHER_PLAIN, word, &found)
                   : match_unit(matcher, unit, word, &found)))
        return 0;
    const struct match_span span = {field, (uint32_t)found.start,
                                    (uint32_t)(found.stop - found.start)};
    if (is_plain || unit->kind != MATCHER_UNIT_HALF)
        return matcher_add_hit(matcher, value, span);
    return add_half(matcher, value, &(struct matcher_place){word->index, found.last_index, span});
}

// The filter says that something may hang on this hash: tries all that does.
__attribute__((noinline)) static int look_up(struct matcher *matcher, uint32_t hash,
                                             const struct words *word, enum match_field field) {
    const struct matcher_posting *end;
    const struct matcher_posting *at = matcher_index_bucket(&matcher->index, hash, &end);
    for (; at < end; at++) {
        const int r = at->hash == hash ? try_posting(matcher, at->value, word, field) : 0;
        if (r != 0)
            return r;
    }
    return 0;
}

// A word gone by, to go back to.
struct trail {
    size_t start; // SIZE_MAX = there is none
    uint32_t hash;
};

static bool has_posting(const struct matcher_index *index, uint32_t hash) {
    const struct matcher_posting *end;
    const struct matcher_posting *at = matcher_index_bucket(index, hash, &end);
    while (at < end && at->hash != hash)
        at++;
    return at < end;
}

// Goes back to a word gone by, and tries there what hangs on the pair of it and the present one.
__attribute__((noinline)) static int try_pair(struct matcher *matcher, const struct words *word,
                                              struct trail first, uint32_t hash,
                                              enum match_field field) {
    const uint32_t pair = phrase_pair_hash(first.hash, hash);
    if (!has_posting(&matcher->index, pair))
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

static inline int look_up_prefixes(struct matcher *matcher, unsigned lengths,
                                   const struct words *word, enum match_field field) {
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
    // The s of Moscow's may stand between the words of a phrase.
    const uint32_t hash_of_s = (uint32_t)(hash_bytes("s", 1, 0) >> 32);
    struct trail last = {.start = SIZE_MAX}, before = {.start = SIZE_MAX};
    struct words words;
    words_begin(&words, text, to);
    words.next = from;
    matcher->pass++;
    while (words_next(&words)) {
        const uint32_t hash = phrase_word_hash(&words);
        int r = 0;
        if (matcher_index_may_have(&matcher->index, hash))
            r = look_up(matcher, hash, &words, field);
        if (matcher->index.has_pairs) {
            const uint32_t pair = phrase_pair_hash(last.hash, hash);
            if (r == 0 && matcher_index_may_have(&matcher->index, pair) && last.start != SIZE_MAX)
                r = try_pair(matcher, &words, last, hash, field);
            if (r == 0 && last.hash == hash_of_s && before.start != SIZE_MAX)
                r = try_pair(matcher, &words, before, hash, field);
            before = last;
            last = (struct trail){.start = words.start, .hash = hash};
        }
        const unsigned lengths = matcher_index_lengths(&matcher->index, &words);
        if (r == 0 && lengths != 0)
            r = look_up_prefixes(matcher, lengths, &words, field);
        if (r != 0)
            return r;
    }
    return 0;
}

int matcher_scan_field(struct matcher *matcher, const struct story *story, enum match_field field) {
    const char *text = match_field_text(story, field);
    if (field != MATCH_CATEGORY)
        return scan_text(matcher, text, 0, strlen(text), field);
    // Categories are lines; a phrase does not reach from one into the next.
    for (size_t from = 0; text[from];) {
        const size_t size = strcspn(text + from, "\n");
        const int r = scan_text(matcher, text, from, from + size, field);
        if (r != 0)
            return r;
        from += size + (text[from + size] == '\n');
    }
    return 0;
}
