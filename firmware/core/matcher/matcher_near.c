// SPDX-License-Identifier: MIT
//
// Pairs "a ~N b". A scan finds that both are in a field; only then is the field walked once more,
// to see whether they are near each other somewhere.

#include <string.h>

#include "core/matcher/match.h"
#include "core/matcher/matcher_private.h"

// The last places of a phrase, newest first. Several, for the newest may overlap the other phrase
// (北 ~5 北北).
enum { PLACES = 4 };

struct half {
    unsigned char code[PHRASE_CODE_MAX];
    struct place {
        uint32_t first_index;
        uint32_t last_index;
        struct match_span span;
    } places[PLACES];
    size_t count;
};

static bool compile(const struct phrase_source *source, struct half *ret) {
    size_t size;
    ret->count = 0;
    return phrase_compile(source, ret->code, &size) == 0; // it was parsed, so it compiles
}

// Is the phrase at this word? Then it is the newest of its places.
static bool find(struct half *half, const struct words *word, enum match_field field) {
    struct phrase_found found;
    if (!phrase_match(half->code, word, &found))
        return false;
    memmove(half->places + 1, half->places, (PLACES - 1) * sizeof half->places[0]);
    const uint32_t start = (uint32_t)found.start;
    half->places[0] =
        (struct place){word->index, found.last_index, {field, start, (uint32_t)found.stop - start}};
    half->count += half->count < PLACES;
    return true;
}

static bool is_close(const struct place *a, const struct place *b, uint32_t distance) {
    if (a->last_index < b->first_index)
        return b->first_index - a->last_index <= distance;
    return b->last_index < a->first_index && a->first_index - b->last_index <= distance;
}

// The place of the other phrase that is close to the newest of this one, or NULL.
static const struct place *find_close(const struct half *half, const struct half *other,
                                      uint32_t distance) {
    for (size_t i = 0; i < other->count; i++) {
        if (is_close(&half->places[0], &other->places[i], distance))
            return &other->places[i];
    }
    return NULL;
}

bool matcher_find_near(const struct story *story, enum match_field field,
                       const struct rule_term *term, struct match_span ret[static 2]) {
    const char *text = match_field_text(story, field);
    struct half halves[2];
    if (!compile(&term->left, &halves[0]) || !compile(&term->right, &halves[1]))
        return false;
    for (size_t from = 0, to = 0; matcher_next_piece(text, field, &from, &to); from = to) {
        halves[0].count = halves[1].count = 0;
        struct words words;
        words_begin(&words, text, to);
        words.next = from;
        while (words_next(&words)) {
            for (size_t i = 0; i < 2; i++) {
                const struct place *other =
                    find(&halves[i], &words, field)
                        ? find_close(&halves[i], &halves[1 - i], term->distance)
                        : NULL;
                if (!other)
                    continue;
                ret[i] = halves[i].places[0].span;
                ret[1 - i] = other->span;
                return true;
            }
        }
    }
    return false;
}
