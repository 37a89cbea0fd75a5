// SPDX-License-Identifier: MIT
//
// The matcher against one that is slow and plainly right.
//
// Rules and texts are made of atoms: three letters of a script with blanks, each in several
// spellings, or one Han character. No atom begins as another does, so what a text says is known
// without reading it: a row of atoms and what stands before each. The slow matcher compares rows.

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/rules.h"

enum { ATOMS = 10, PLAIN_ATOMS = 8, ROUNDS = 4000, RULES = 12, TEXT_ATOMS = 24, PHRASE_ATOMS = 4 };

static const char *const SPELLINGS[ATOMS][4] = {
    {"bak", "BAK", "bäk", "ＢＡＫ"},
    {"cel", "Cel", "cél", "ce\xCC\x81l"},
    {"dim", "DIM", "d\xC4\xB0m", "dïm"},
    {"fon", "Fon", "f\xC2\xADon", "fön"},
    {"gus", "GUS", "guſ", "gûs"},
    {"жар", "ЖАР", "Жар", "жа\xCC\x81р"},
    {"мир", "МИР", "Мир", "ми\xCC\x80р"},
    {"ξος", "ΞΟΣ", "ξόσ", "Ξος"},
    {"北", "北", "北", "北"},
    {"约", "约", "约", "约"},
};

// What stands before an atom.
enum gap { NOTHING, BREAK, POSSESSIVE, OTHER, GAPS };
static const char *const GAP_TEXTS[GAPS][4] = {
    [NOTHING] = {"", "", "\xE2\x80\x8D", "\xC2\xAD"},
    [BREAK] = {" ", "-", "\xC2\xA0", "\xE2\x80\x91"},
    [POSSESSIVE] = {"’s ", "'s ", "’ ", "'S-"},
    [OTHER] = {", ", " - ", ". ", "/"},
};

struct row {
    size_t atoms[TEXT_ATOMS];
    enum gap gaps[TEXT_ATOMS]; // before each; the first is OTHER
    size_t words[TEXT_ATOMS];  // which word of the text each is in
    size_t count;
};

struct phrase {
    struct row row; // gaps are NOTHING or BREAK
    bool is_prefix;
};

struct term {
    struct phrase left, right;
    size_t distance; // 0 = only left
};

struct requirement {
    struct term terms[2];
    size_t count;
    bool is_excluded;
    bool in_title, in_text;
};

struct made_rule {
    struct requirement requirements[3];
    size_t count;
};

static uint64_t state;

static size_t below(size_t limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % limit);
}

static bool is_plain(size_t atom) {
    return atom < PLAIN_ATOMS;
}

// --- making ----------------------------------------------------------------------------------

struct writer {
    char text[4096];
    size_t size;
};

static void put(struct writer *writer, const char *text) {
    const size_t size = strlen(text);
    assert_true(writer->size + size < sizeof writer->text);
    memcpy(writer->text + writer->size, text, size + 1);
    writer->size += size;
}

static void make_text(struct row *row, struct writer *writer) {
    row->count = below(TEXT_ATOMS + 1);
    writer->size = 0;
    writer->text[0] = '\0';
    size_t word = 0;
    for (size_t i = 0; i < row->count; i++) {
        const size_t atom = row->atoms[i] = below(ATOMS);
        const enum gap gap = row->gaps[i] = i == 0 ? OTHER : (enum gap)below(GAPS);
        const size_t spelling = below(4);
        if (i > 0)
            put(writer, GAP_TEXTS[gap][spelling]);
        if (gap == POSSESSIVE && spelling != 2)
            word++; // the s counts as one
        const bool is_joined = gap == NOTHING && is_plain(atom) && is_plain(row->atoms[i - 1]);
        row->words[i] = is_joined ? word : ++word;
        put(writer, SPELLINGS[atom][below(4)]);
    }
}

static void make_phrase(struct phrase *phrase, struct writer *writer) {
    struct row *row = &phrase->row;
    row->count = 1 + below(PHRASE_ATOMS);
    for (size_t i = 0; i < row->count; i++) {
        row->atoms[i] = below(ATOMS);
        row->gaps[i] = below(3) ? BREAK : NOTHING;
        if (i > 0)
            put(writer, row->gaps[i] == BREAK ? GAP_TEXTS[BREAK][below(2)] : "");
        put(writer, SPELLINGS[row->atoms[i]][below(2)]);
    }
    phrase->is_prefix = is_plain(row->atoms[row->count - 1]) && below(4) == 0;
    if (phrase->is_prefix)
        put(writer, "*");
}

static void make_rule(struct made_rule *rule, struct writer *writer) {
    rule->count = 1 + below(3);
    for (size_t i = 0; i < rule->count; i++) {
        struct requirement *requirement = &rule->requirements[i];
        requirement->is_excluded = i > 0 && below(3) == 0;
        if (i > 0)
            put(writer, requirement->is_excluded ? " - " : " + ");
        const size_t field = below(6);
        requirement->in_title = field != 0;
        requirement->in_text = field != 1;
        put(writer, field == 0 ? "text: " : field == 1 ? "title:" : "");
        requirement->count = 1 + below(2);
        for (size_t j = 0; j < requirement->count; j++) {
            struct term *term = &requirement->terms[j];
            put(writer, j > 0 ? ", " : "");
            make_phrase(&term->left, writer);
            term->distance = below(4) == 0 ? 1 + below(6) : 0;
            if (term->distance == 0)
                continue;
            char sign[16];
            (void)snprintf(sign, sizeof sign, " ~%zu ", term->distance);
            put(writer, sign);
            make_phrase(&term->right, writer);
        }
    }
    put(writer, "\n");
}

// --- the slow matcher ------------------------------------------------------------------------

// Is there an edge of a word before atom @i of the text (its end: @i == count)?
static bool has_edge(const struct row *text, size_t i) {
    return i == 0 || i == text->count || text->gaps[i] != NOTHING || !is_plain(text->atoms[i]) ||
           !is_plain(text->atoms[i - 1]);
}

static bool is_there(const struct phrase *phrase, const struct row *text, size_t at) {
    const struct row *row = &phrase->row;
    if (at + row->count > text->count || !has_edge(text, at))
        return false;
    for (size_t i = 0; i < row->count; i++) {
        if (text->atoms[at + i] != row->atoms[i])
            return false;
        if (i == 0)
            continue;
        const enum gap gap = text->gaps[at + i];
        if (gap == OTHER || (row->gaps[i] == NOTHING && gap != NOTHING))
            return false;
    }
    return phrase->is_prefix || has_edge(text, at + row->count);
}

static bool is_near(const struct term *term, const struct row *text, size_t left, size_t right) {
    const size_t left_last = left + term->left.row.count - 1;
    const size_t right_last = right + term->right.row.count - 1;
    if (text->words[left_last] < text->words[right])
        return text->words[right] - text->words[left_last] <= term->distance;
    return text->words[right_last] < text->words[left] &&
           text->words[left] - text->words[right_last] <= term->distance;
}

static bool term_holds(const struct term *term, const struct row *text) {
    for (size_t i = 0; i < text->count; i++) {
        if (!is_there(&term->left, text, i))
            continue;
        if (term->distance == 0)
            return true;
        for (size_t j = 0; j < text->count; j++) {
            if (is_there(&term->right, text, j) && is_near(term, text, i, j))
                return true;
        }
    }
    return false;
}

static bool rule_holds(const struct made_rule *rule, const struct row *title,
                       const struct row *text) {
    for (size_t i = 0; i < rule->count; i++) {
        const struct requirement *requirement = &rule->requirements[i];
        bool is_found = false;
        for (size_t j = 0; j < requirement->count; j++) {
            const struct term *term = &requirement->terms[j];
            is_found |= requirement->in_title && term_holds(term, title);
            is_found |= requirement->in_text && term_holds(term, text);
        }
        if (is_found == requirement->is_excluded)
            return false;
    }
    return true;
}

// --- the test --------------------------------------------------------------------------------

static uint64_t seed;

static void play_round(size_t *met) {
    static struct made_rule made[RULES];
    static struct writer rules_text, title_text, text_text;
    rules_text.size = 0;
    for (size_t i = 0; i < RULES; i++)
        make_rule(&made[i], &rules_text);
    struct row title, text;
    make_text(&title, &title_text);
    make_text(&text, &text_text);

    struct rules rules;
    rules_open(&rules, rules_text.text);
    assert_int_equal(rules.diags.error_count, 0);
    assert_int_equal(keywords_rule_count(rules.keywords), RULES);
    const struct story story = rules_story(title_text.text, text_text.text);
    struct match matches[RULES];
    size_t count;
    assert_int_equal(rules_scan(&rules, &story, 0, RULES, matches, &count), 0);
    bool is_met[RULES] = {false};
    for (size_t i = 0; i < count; i++) {
        is_met[matches[i].rule] = true;
        for (size_t j = 0; j < matches[i].span_count; j++) {
            const struct match_span *span = &matches[i].spans[j];
            const size_t size = strlen(match_field_text(&story, span->field));
            assert_true(span->length > 0 && span->start + span->length <= size);
        }
    }
    for (size_t i = 0; i < RULES; i++) {
        const bool expected = rule_holds(&made[i], &title, &text);
        *met += expected;
        if (is_met[i] == expected)
            continue;
        fail_msg("SEED=%llu: rule \"%s\" on title \"%s\", text \"%s\": expected %d",
                 (unsigned long long)seed, keywords_rule(rules.keywords, i).text, title_text.text,
                 text_text.text, expected);
    }
    rules_close(&rules);
}

static void the_matcher_finds_what_a_slow_one_finds(void **unused) {
    (void)unused;
    size_t met = 0;
    for (size_t i = 0; i < ROUNDS; i++)
        play_round(&met);
    print_message("SEED=%llu: %zu of %d rules were met\n", (unsigned long long)seed, met,
                  ROUNDS * RULES);
    assert_true(met > ROUNDS); // else it would be a test of nothing
}

int main(void) {
    const char *given = getenv("SEED");
    seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    state = seed * UINT64_C(0x9E3779B97F4A7C15) | 1;
    print_message("SEED=%llu\n", (unsigned long long)seed);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_matcher_finds_what_a_slow_one_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
