// SPDX-License-Identifier: MIT

#include "unit.h"

#include <string.h>

#include "core/rules.h"

// A rule, a text, and the words found in it, joined by " + "; NULL = it must not be met.
struct example {
    const char *rule;
    const char *text;
    const char *words;
};

static void check(const struct example *examples, size_t count) {
    size_t failed = 0;
    for (size_t i = 0; i < count; i++) {
        struct rules rules;
        rules_open(&rules, examples[i].rule);
        if (rules.diags.error_count > 0) {
            char shown[1024];
            rules_complaints(&rules, sizeof shown, shown);
            print_error("%s", shown);
            failed++;
        }
        // The same must be found in the title and in the text.
        for (int in_text = 0; in_text < 2; in_text++) {
            const struct story story =
                in_text ? rules_story("", examples[i].text) : rules_story(examples[i].text, "");
            struct match match;
            size_t found;
            assert_int_equal(rules_scan(&rules, &story, 0, 1, &match, &found), 0);
            char words[256] = "";
            if (found > 0)
                match_words(&story, &match, sizeof words, words);
            const bool is_right = examples[i].words
                                      ? found == 1 && strcmp(words, examples[i].words) == 0
                                      : found == 0;
            if (!is_right) {
                print_error("rule \"%s\" on \"%s\": expected %s, found %s\n", examples[i].rule,
                            examples[i].text, examples[i].words ? examples[i].words : "nothing",
                            found ? words : "nothing");
                failed++;
            }
        }
        rules_close(&rules);
    }
    assert_int_equal(failed, 0);
}

// KEYWORDS.md, "Reading a rule".
static void the_language_means_what_it_says(void **state) {
    (void)state;
    static const struct example EXAMPLES[] = {
        {"declares war", "Ruritania declares war", "declares war"},
        {"declares war", "war declares nobody", NULL},
        {"declares war", "declares, war", NULL},
        {"declares war", "declares a war", NULL},
        {"wiper, ransomware", "new ransomware seen", "ransomware"},
        {"wiper, ransomware", "new wiper seen", "wiper"},
        {"NATO + article 5", "Article 5 of NATO", "NATO + Article 5"},
        {"NATO + article 5", "Article 50 of NATO", NULL},
        {"NATO + article 5", "NATO alone", NULL},
        {"leak - film", "leak of data", "leak"},
        {"leak - film, game", "leak of a game", NULL},
        {"leak - film - game", "leak of a film", NULL},
        {"ransomware, wiper + hospital*, power grid - film, game", "A wiper in two hospitals",
         "wiper + hospitals"},
        {"ransomware, wiper + hospital*, power grid - film, game", "A wiper in a hospital game",
         NULL},
        {"hack*", "hackers", "hackers"},
        {"hack*", "hack", "hack"},
        {"hack*", "shack", NULL},
        {"cyber attack*", "cyber-attacks", "cyber-attacks"},
        {"cyber attack*", "cyberattacks", "cyberattacks"},
        {"cyber attack*", "cyber at tack", NULL},
        {"=WHO", "WHO warns", "WHO"},
        {"=WHO", "who warns", NULL},
        {"=café", "café", "café"},
        {"=café", "cafe", NULL},
        {"=café", "cafe\xCC\x81", "cafe\xCC\x81"},
        {"=cyber attack", "cyber-attack", NULL},
        {"=cyber attack", "cyber  attack", "cyber  attack"},
        {"=Hack*", "Hackers", "Hackers"},
        {"=Hack*", "hackers", NULL},
        {"EU ~3 hack*", "EU and a hack", "EU + hack"},
        {"EU ~3 hack*", "EU and not a hack", NULL},
        {"EU ~3 hack*", "hack on EU", "EU + hack"},
        {"EU ~1 cyber attack", "cyberattack EU", "EU + cyberattack"},
        {"EU ~5 EU", "the EU is", NULL},
        {"EU ~5 EU", "EU is EU", "EU + EU"},
        {"\"a, b + c\"", "Find a, b + c here", "a, b + c"},
        {"\"a, b + c\"", "a b c", NULL},
        {"“a, b”", "a, b", "a, b"},
        {"/CVE-20[0-9]{2}-[0-9]{4,7}/", "fixes cve-2026-12345 now", "cve-2026-12345"},
        {"/CVE-20[0-9]{2}-[0-9]{4,7}/", "fixes CVE-1999-1", NULL},
        {"/colou?r/, wiper + nato", "NATO color", "color + NATO"},
        {"nato - /colou?r/", "NATO colour", NULL},
        {"nato - /colou?r/", "NATO", "NATO"},
        {"/a, b/ + c", "c a, b", "a, b + c"},
        {"/x*/", "abc", NULL},
        {"/\\bgr(ü|ue)n\\b/", "das GRÜN hier", "GRÜN"},
        {"/kelvin/",
         "1 \xE2\x84\xAA"
         "elvin",
         "\xE2\x84\xAA"
         "elvin"},
    };
    check(EXAMPLES, ARRAY_SIZE(EXAMPLES));
}

// KEYWORDS.md, "What 'the same word' means".
static void the_same_word_is_found_in_all_its_spellings(void **state) {
    (void)state;
    static const struct example EXAMPLES[] = {
        // case, compatibility forms, accents
        {"zurich", "Zürich", "Zürich"},
        {"Zürich", "ZURICH", "ZURICH"},
        {"straße", "STRASSE", "STRASSE"},
        {"STRASSE", "Straße", "Straße"},
        {"istanbul", "İstanbul", "İstanbul"},
        {"ΟΔΟΣ", "οδος", "οδος"},
        {"οδός", "ΟΔΟΣ", "ΟΔΟΣ"},
        {"NATO", "ＮＡＴＯ", "ＮＡＴＯ"},
        {"NATO", "𝐍𝐀𝐓𝐎", "𝐍𝐀𝐓𝐎"},
        {"CO2", "CO₂", "CO₂"},
        {"office",
         "o\xEF\xAC\x83"
         "ce",
         "o\xEF\xAC\x83"
         "ce"},
        {"ёлка", "елка", "елка"},
        {"Zelensky", "Zele\xCC\x81nsky", "Zele\xCC\x81nsky"},
        // between the words of a phrase
        {"cyber attack", "cyber-attack", "cyber-attack"},
        {"cyber attack",
         "cyber\xE2\x80\x91"
         "attack",
         "cyber\xE2\x80\x91"
         "attack"},
        {"cyber attack",
         "cyber\xC2\xAD"
         "attack",
         "cyber\xC2\xAD"
         "attack"},
        {"cyber attack",
         "cyber\xC2\xA0"
         "attack",
         "cyber\xC2\xA0"
         "attack"},
        {"cyber attack", "cyberattack", "cyberattack"},
        {"cyber attack", "CYBERATTACK", "CYBERATTACK"},
        {"cyber attack", "cyberattacks", NULL},
        {"cyber attack", "cyber - attack", NULL},
        {"cyber attack", "cyber. Attack", NULL},
        {"zero-day", "zero day", "zero day"},
        {"zero-day", "zeroday", "zeroday"},
        {"cyberattack", "cyber attack", NULL},
        {"state of emergency", "state-of-emergency", "state-of-emergency"},
        {"state of emergency", "stateof emergency", "stateof emergency"},
        {"state of emergency", "state ofemergency", "state ofemergency"},
        // apostrophes and possessives
        {"Moscow", "Moscow’s reply", "Moscow"},
        {"NATO", "NATO’S reply", "NATO"},
        {"Moscow", "Moscow's", "Moscow"},
        {"don't", "they don’t", "don’t"},
        {"l'OTAN", "l’OTAN", "l’OTAN"},
        {"OTAN", "l’OTAN", "OTAN"},
        {"Putin speech", "Putin’s speech", "Putin’s speech"},
        {"hackers forum", "hackers’ forum", "hackers’ forum"},
        {"can", "can't", NULL},
        {"s", "Moscow's", NULL},
        // abbreviations and signs
        {"U.S.", "the U.S. said", "U.S"},
        {"U.S.", "a U.S.-led", "U.S"},
        {"U.S.", "tell us", NULL},
        {"U.S.", "U.S.A. said", NULL},
        {"=US", "the US said", "US"},
        {"=US", "tell us", NULL},
        {"US", "U.S.", NULL},
        {"S", "U.S.", NULL},
        {"C++", "uses C++ now", "C++"},
        {"C++", "uses C now", NULL},
        {"C#", "uses C# now", "C#"},
        {"C", "uses C# and C++", NULL},
        {"C", "uses C.", "C"},
        {".NET", "the .NET way", ".NET"},
        {".NET", "the net way", NULL},
        {"R&D", "in R&D", "R&D"},
        {"R&D", "R D", NULL},
        // word edges
        {"star", "popstar", NULL},
        {"star", "stars", NULL},
        {"star", "pop-star", "star"},
        {"star", "“star”", "star"},
        {"EU", "EU-wide", "EU"},
        {"北约", "俄罗斯警告北约", "北约"},
        {"python", "用python写", "python"},
        {"ミサイル", "弾道ミサイル発射", "ミサイル"},
        {"ミサイル", "ﾐｻｲﾙ", "ﾐｻｲﾙ"},
        {"バス", "ﾊﾞｽ", "ﾊﾞｽ"},
        {"ไทย", "ประเทศไทย", "ไทย"},
        {"북한", "북한이 발사", "북한이"},
        {"북한", "대북한", NULL},
        {"북한 미사일", "북한 미사일을", "북한 미사일을"},
        {"NATO", "NATO가", "NATO"},
        // marks of other scripts are no accents; joiners and direction marks are nothing
        {"कि", "का", NULL},
        {"कि", "कि", "कि"},
        {"می‌خواهم", "میخواهم", "میخواهم"},
        {"שלום", "\xE2\x80\x8Fשלום\xE2\x80\x8F", "שלום"},
        // homoglyphs are not the same
        {"HATO", "НАТО", NULL},
    };
    check(EXAMPLES, ARRAY_SIZE(EXAMPLES));
}

static void the_highest_level_comes_first_then_the_order_of_the_file(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "[routine]\nwar\n[flash]\ndeclares war\n[bulletin]\nRuritania\nwar + r*\n");
    const struct story story = rules_story("Ruritania declares war", "");
    struct match matches[8];
    size_t count = 99;
    assert_int_equal(rules_scan(&rules, &story, 0, 8, matches, &count), 0);
    assert_int_equal(count, 4);
    static const size_t ORDER[] = {1, 2, 3, 0};
    for (size_t i = 0; i < count; i++)
        assert_int_equal(matches[i].rule, ORDER[i]);
    assert_int_equal(rules_scan(&rules, &story, 0, 1, matches, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(matches[0].rule, 1);
    rules_close(&rules);
}

static void a_rule_of_never_comes_first_and_is_told(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "[flash]\nwar\n[never]\nsponsored, advertorial\n");
    struct story story = rules_story("War", "sponsored content");
    struct match matches[4];
    size_t count;
    assert_int_equal(rules_scan(&rules, &story, 0, 4, matches, &count), MATCHER_SILENCED);
    assert_int_equal(count, 2);
    assert_int_equal(matches[0].rule, 1);
    story = rules_story("War", "");
    assert_int_equal(rules_scan(&rules, &story, 0, 4, matches, &count), 0);
    assert_int_equal(count, 1);
    rules_close(&rules);
}

static void tags_of_section_and_rule_choose_feeds(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "[feeds]\nhttp://a.example @one\nhttp://b.example @two\n"
                       "[flash @one]\nwar\n[urgent]\n@two: war\n@one @two: war\n");
    assert_int_equal(rules.diags.count, 0);
    const struct story story = rules_story("war", "");
    static const struct {
        uint64_t tags;
        size_t count;
        size_t first;
    } CASES[] = {{0, 0, 0}, {1, 2, 0}, {2, 2, 1}, {3, 3, 0}};
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        struct match matches[4];
        size_t count;
        assert_int_equal(rules_scan(&rules, &story, CASES[i].tags, 4, matches, &count), 0);
        assert_int_equal(count, CASES[i].count);
        if (count > 0)
            assert_int_equal(matches[0].rule, CASES[i].first);
    }
    rules_close(&rules);
}

static void a_field_name_looks_only_there(void **state) {
    (void)state;
    static const char *const NAMES[] = {"title", "text", "link", "author", "category"};
    for (size_t i = 0; i < ARRAY_SIZE(NAMES); i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "%s: cyber attack", NAMES[i]);
        struct rules rules;
        rules_open(&rules, text);
        assert_int_equal(rules.diags.count, 0);
        for (size_t j = 0; j < ARRAY_SIZE(NAMES); j++) {
            const char *fields[] = {"", "", "", "", ""};
            fields[j] = "http://x.example/cyber-attack";
            const struct story story = {.id = "",
                                        .title = fields[0],
                                        .text = fields[1],
                                        .link = fields[2],
                                        .author = fields[3],
                                        .category = fields[4]};
            struct match match;
            size_t count;
            assert_int_equal(rules_scan(&rules, &story, 0, 1, &match, &count), 0);
            assert_int_equal(count, i == j);
            if (count > 0)
                assert_int_equal(match.spans[0].field, j);
        }
        rules_close(&rules);
    }
}

static void a_phrase_does_not_reach_over_two_categories(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "category: cyber attack\ncategory: attack dogs");
    struct story story = rules_story("", "");
    story.category = "cyber\nattack dogs";
    struct match matches[2];
    size_t count;
    assert_int_equal(rules_scan(&rules, &story, 0, 2, matches, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(matches[0].rule, 1);
    assert_int_equal(matches[0].spans[0].start, 6);
    rules_close(&rules);
}

static void a_pair_is_near_in_one_text(void **state) {
    (void)state;
    static const struct {
        const char *rule, *title, *text, *category, *words;
    } CASES[] = {
        {"eu ~5 hack", "eu", "hack", "", NULL},
        {"eu ~5 hack", "eu", "eu and hack", "", "eu + hack"},
        {"eu ~5 hack", "hack eu", "", "eu", "eu + hack"},
        {"category: eu ~5 hack", "eu hack", "", "eu\nhack", NULL},
        {"category: eu ~5 hack", "", "", "eu\nhack eu", "eu + hack"},
        {"eu ~2 hack", "eu a b c d e hack", "eu then hack", "", "eu + hack"},
        {"eu ~2 hack, nato", "eu a b c d hack nato", "", "", "nato"},
        {"eu - film ~2 game", "eu film and the game", "", "", "eu"},
        {"eu - film ~2 game", "eu film game", "", "", NULL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        struct rules rules;
        rules_open(&rules, CASES[i].rule);
        struct story story = rules_story(CASES[i].title, CASES[i].text);
        story.category = CASES[i].category;
        struct match match;
        size_t count;
        assert_int_equal(rules_scan(&rules, &story, 0, 1, &match, &count), 0);
        assert_int_equal(count, CASES[i].words ? 1 : 0);
        char words[64] = "";
        if (count > 0)
            match_words(&story, &match, sizeof words, words);
        assert_string_equal(words, CASES[i].words ? CASES[i].words : "");
        rules_close(&rules);
    }
}

// What was found in one field must neither hide nor stand for what is in another.
static void the_same_word_counts_in_each_field_by_itself(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "text: war + title: peace\ntitle: war + text: war\nwar - text: war\n");
    struct match matches[4];
    size_t count;
    struct story story = rules_story("peace and war", "war");
    assert_int_equal(rules_scan(&rules, &story, 0, 4, matches, &count), 0);
    assert_int_equal(count, 2);
    assert_int_equal(matches[0].spans[0].field, MATCH_TEXT);
    assert_int_equal(matches[0].spans[1].field, MATCH_TITLE);
    assert_int_equal(matches[1].rule, 1);
    story = rules_story("war", "peace");
    assert_int_equal(rules_scan(&rules, &story, 0, 4, matches, &count), 0);
    assert_int_equal(count, 1);
    assert_int_equal(matches[0].rule, 2);
    rules_close(&rules);
}

static void words_found_are_cut_at_a_whole_character(void **state) {
    (void)state;
    const struct story story = rules_story("ab\tcü d", "");
    const struct match match = {.spans = {{MATCH_TITLE, 0, 6}, {MATCH_TITLE, 7, 1}},
                                .span_count = 2};
    char words[32];
    match_words(&story, &match, sizeof words, words);
    assert_string_equal(words, "ab cü + d");
    match_words(&story, &match, 6, words);
    assert_string_equal(words, "ab c");
    match_words(&story, &match, 1, words);
    assert_string_equal(words, "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_language_means_what_it_says),
        cmocka_unit_test(the_same_word_is_found_in_all_its_spellings),
        cmocka_unit_test(the_highest_level_comes_first_then_the_order_of_the_file),
        cmocka_unit_test(a_rule_of_never_comes_first_and_is_told),
        cmocka_unit_test(tags_of_section_and_rule_choose_feeds),
        cmocka_unit_test(a_field_name_looks_only_there),
        cmocka_unit_test(a_phrase_does_not_reach_over_two_categories),
        cmocka_unit_test(a_pair_is_near_in_one_text),
        cmocka_unit_test(the_same_word_counts_in_each_field_by_itself),
        cmocka_unit_test(words_found_are_cut_at_a_whole_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
