// SPDX-License-Identifier: MIT

#include "unit.h"

#include <string.h>

#include "core/keywords/keywords_check.h"
#include "core/rules.h"

// What is warned of: line, column (0 = the line as a whole), and words of the message. Line 0:
// nothing.
struct example {
    const char *text;
    uint32_t line;
    uint32_t column;
    const char *message;
};

static void check(const struct example *examples, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct rules rules;
        rules_open(&rules, examples[i].text);
        assert_int_equal(rules.diags.error_count, 0);
        assert_int_equal(keywords_check(rules.keywords, rules.matcher, &rules.diags), 0);
        const struct diag *diag = rules.diags.count > 0 ? &rules.diags.items[0] : NULL;
        const bool is_right = examples[i].line == 0
                                  ? !diag
                                  : diag && diag->line == examples[i].line &&
                                        diag->column == examples[i].column &&
                                        strstr(diag->message, examples[i].message);
        if (!is_right || rules.diags.count > 1) {
            char shown[2048];
            rules_complaints(&rules, sizeof shown, shown);
            print_error("%s\nexpected %u:%u: %s\ngot %s\n", examples[i].text, examples[i].line,
                        examples[i].column, examples[i].message, shown);
            fail();
        }
        rules_close(&rules);
    }
}

static void risky_words_are_pointed_out(void **state) {
    (void)state;
    static const struct example EXAMPLES[] = {
        {"outbreak\n  WHO + outbreak", 2, 3, "small letters too"},
        {"outbreak + US", 1, 12, "small letters too"},
        {"=WHO + outbreak", 0, 0, ""},
        {"war", 0, 0, ""},
        {"5G", 0, 0, ""},
        {"hospital - US", 0, 0, ""},
        {"the", 1, 1, "nearly every story"},
        {"the + outbreak", 0, 0, ""},
        {"people*", 0, 0, ""},
        {"Russia AND Ruritania", 1, 8, "AND is read"},
        {"OR", 1, 1, "small letters"},
        {"a1; b1", 1, 3, "\";\""},
        {"\"a1; b1\"", 0, 0, ""},
        {"titel: crisis", 1, 1, "no field"},
        {"\"exclusive: crisis\"", 0, 0, ""},
        {"crisis + Text: war", 1, 10, "no field"},
        {"title : crisis", 1, 1, "no field"},
        {"NATO & EU", 1, 6, "\"&\" is read"},
        {"NATO / EU", 1, 6, "\"/\" is read"},
        {"\"Johnson & Johnson\"", 0, 0, ""},
        {"AT&T, TCP/IP", 0, 0, ""},
        {"NATO+crisis", 1, 5, "this '+'"},
        {"C++, C#, .NET + Disney+ outage", 0, 0, ""},
        {"NATO !film", 1, 6, "'!'"},
        {"Yahoo! outage", 0, 0, ""},
        {"'state, emergency'", 1, 1, "double quotes"},
        {"'Ndrangheta", 0, 0, ""},
        {"bulletin", 1, 1, "word to look for"},
        {"bulletin + crisis", 0, 0, ""},
        {"1,000 troops", 1, 2, "this comma"},
        {"1, 2", 0, 0, ""},
        {"НАТО", 1, 1, "Cyrillic"},
        {"Москва", 0, 0, ""},
        {"N\xD0\x90TO", 1, 1, "mixes Latin and Cyrillic"},
        {"αρχείο", 0, 0, ""},
    };
    check(EXAMPLES, ARRAY_SIZE(EXAMPLES));
}

static void rules_that_never_ring_are_pointed_out(void **state) {
    (void)state;
    static const struct example EXAMPLES[] = {
        {"leak - leak", 1, 1, "can never match"},
        {"data leak - leak", 1, 1, "can never match"},
        {"hacker - hack*", 1, 1, "can never match"},
        {"hacker, wiper - hack*", 0, 0, ""},
        {"title: leak - text: leak", 0, 0, ""},
        {"prize draw\n[never]\nprize", 1, 1, "[never]"},
        {"prize, wiper\n[never]\nprize", 0, 0, ""},
        {"[feeds]\nhttp://a.example @one\n[flash]\n  @two: leak", 4, 3, "@two"},
        {"[flash  @two]\nleak", 1, 9, "@two of this section"},
        {"[feeds]\nhttp://a.example @one\n[flash @one]\n@one: leak", 0, 0, ""},
    };
    check(EXAMPLES, ARRAY_SIZE(EXAMPLES));
}

static void duplicates_are_pointed_out(void **state) {
    (void)state;
    static const struct example EXAMPLES[] = {
        {"cyber attack\nCyber-Attack", 2, 1, "line 1"},
        {"leak\n[flash]\nleak", 3, 1, "line 1"},
        {"leak\n=leak", 0, 0, ""},
        {"leak\nleak*", 0, 0, ""},
        {"/leak/\n/leak/", 2, 1, "line 1"},
        {"a1 ~2 b1\na1 ~3 b1", 0, 0, ""},
        {"a1 + b1\na1, b1", 0, 0, ""},
        {"[feeds]\nhttp://a.example\nhttp://a.example", 3, 0, "line 2"},
    };
    check(EXAMPLES, ARRAY_SIZE(EXAMPLES));
}

static void selftests_try_the_rules_of_their_section(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "[flash @x]\nwar\n? a war here # fine\n?! a war here\n? peace\n"
                       "[urgent]\npeace\n? war\n?! war\n[never]\nprize\n? a prize\n");
    assert_int_equal(rules.diags.count, 0);
    assert_int_equal(keywords_selftest_count(rules.keywords), 6);
    assert_string_equal(keywords_selftest(rules.keywords, 0)->text, "a war here");
    assert_int_equal(
        keywords_run_selftests(rules.keywords, rules.matcher, DIAG_ERROR, &rules.diags), 0);
    assert_int_equal(rules.diags.error_count, 3);
    static const uint32_t LINES[] = {4, 5, 8};
    for (size_t i = 0; i < ARRAY_SIZE(LINES); i++)
        assert_int_equal(rules.diags.items[i].line, LINES[i]);
    assert_int_equal(rules.diags.items[0].column, 4);
    assert_string_equal(rules.diags.items[0].source, "?! a war here");
    rules_close(&rules);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(risky_words_are_pointed_out),
        cmocka_unit_test(rules_that_never_ring_are_pointed_out),
        cmocka_unit_test(duplicates_are_pointed_out),
        cmocka_unit_test(selftests_try_the_rules_of_their_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
