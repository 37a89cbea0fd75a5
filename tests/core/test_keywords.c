// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/rules.h"
#include "wirebell/limits.h"

static void a_list_of_words_is_already_right(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "ransomware\ncyber attack\n\n# a comment\nNATO");
    assert_int_equal(rules.diags.count, 0);
    assert_int_equal(keywords_rule_count(rules.keywords), 3);
    const struct keyword_rule rule = keywords_rule(rules.keywords, 2);
    assert_string_equal(rule.text, "NATO");
    assert_string_equal(rule.file, "keywords");
    assert_int_equal(rule.line, 5);
    assert_int_equal(rule.level, LEVEL_URGENT);
    rules_close(&rules);
}

static void sections_give_rules_their_level(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "a1\n[flash]\nb1\n [bulletin] # loud\nc1\n[routine]\nd1\n[never]\ne1\n");
    assert_int_equal(rules.diags.count, 0);
    static const enum level LEVELS[] = {LEVEL_URGENT, LEVEL_FLASH, LEVEL_BULLETIN, LEVEL_ROUTINE};
    for (size_t i = 0; i < ARRAY_SIZE(LEVELS); i++) {
        assert_int_equal(keywords_rule(rules.keywords, i).level, LEVELS[i]);
        assert_false(keywords_rule(rules.keywords, i).section->is_never);
    }
    assert_true(keywords_rule(rules.keywords, 4).section->is_never);
    rules_close(&rules);
}

static void feeds_carry_tags_interval_title_and_agent(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "[feeds]\n"
                       "https://a.example/rss   @one @two every=2h # first\n"
                       "HTTP://b.example/#x title=\"Two words\" agent=me @two\n");
    assert_int_equal(rules.diags.count, 0);
    assert_int_equal(keywords_feed_count(rules.keywords), 2);
    const struct keywords_feed *feed = keywords_feed(rules.keywords, 0);
    assert_string_equal(feed->url, "https://a.example/rss");
    assert_int_equal(feed->settings->every_s, 7200);
    assert_int_equal(feed->settings->tags, 3);
    assert_int_equal(feed->line, 2);
    assert_string_equal(feed->settings->title, "");
    feed = keywords_feed(rules.keywords, 1);
    assert_string_equal(feed->url, "HTTP://b.example/#x");
    assert_string_equal(feed->settings->title, "Two words");
    assert_string_equal(feed->settings->agent, "me");
    assert_int_equal(feed->settings->every_s, 0);
    assert_int_equal(feed->settings->tags, 2);
    assert_string_equal(keywords_tag_name(rules.keywords, 0), "one");
    assert_string_equal(keywords_tag_name(rules.keywords, 1), "two");
    assert_null(keywords_tag_name(rules.keywords, 2));
    rules_close(&rules);
}

static void feeds_that_say_the_same_share_it_and_no_others_do(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "[feeds]\nhttp://a.example @x title=T\nhttp://b.example @x title=T\n"
                       "http://c.example @x title=U\nhttp://d.example @x\nhttp://e.example\n"
                       "http://f.example every=1h\nhttp://g.example agent=me\n");
    const char more[] = "[feeds]\nhttp://h.example agent=me\n";
    assert_int_equal(keywords_add_file(rules.keywords, "more", more, sizeof more - 1, &rules.diags),
                     0);
    assert_int_equal(keywords_feed_count(rules.keywords), 8);
    for (size_t i = 1; i < 8; i++) {
        const struct keywords_settings *before = keywords_feed(rules.keywords, i - 1)->settings;
        const struct keywords_settings *own = keywords_feed(rules.keywords, i)->settings;
        assert_int_equal(own == before, i == 1);
        assert_string_equal(own->file, i < 7 ? "keywords" : "more");
    }
    rules_close(&rules);
}

static void addresses_of_feeds_stay_when_more_files_are_added(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "[feeds]\r\nhttps://a.example/rss\r\nhttps://b.example/rss @two\r\n"
                       "[urgent]\r\none\r\n[feeds]\r\nhttps://c.example");
    const char more[] = "[feeds]\nhttps://d.example\n[urgent]\n  two";
    assert_int_equal(keywords_add_file(rules.keywords, "more", more, sizeof more - 1, &rules.diags),
                     0);
    assert_int_equal(rules.diags.count, 0);
    static const char *const urls[] = {"https://a.example/rss", "https://b.example/rss",
                                       "https://c.example", "https://d.example"};
    assert_int_equal(keywords_feed_count(rules.keywords), 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(keywords_feed(rules.keywords, i)->url, urls[i]);
    assert_int_equal(keywords_feed(rules.keywords, 1)->settings->tags, 1);
    const struct keyword_rule rule = keywords_rule(rules.keywords, 1);
    assert_string_equal(rule.text, "two");
    assert_int_equal(keywords_indent(rules.keywords, &rule), 2);
    rules_close(&rules);
}

static void an_interval_below_the_floor_is_raised_with_a_warning(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "[feeds]\nhttp://a.example/ every=30s\nhttp://a.example/ every=7d\n");
    assert_int_equal(rules.diags.error_count, 0);
    assert_int_equal(rules.diags.warning_count, 2);
    assert_int_equal(keywords_feed(rules.keywords, 0)->settings->every_s, LIMIT_POLL_MIN_S);
    assert_int_equal(keywords_feed(rules.keywords, 1)->settings->every_s, LIMIT_POLL_MAX_S);
    rules_close(&rules);
}

static void section_settings_are_read(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "[bulletin lamp=green cooldown=30m name=\"EU ] cyber\" sound=off "
                       "hours=22:30-6:00 @x]\nword1\n");
    assert_int_equal(rules.diags.error_count, 0);
    assert_int_equal(rules.diags.warning_count, 0);
    const struct keywords_section *section = keywords_rule(rules.keywords, 0).section;
    assert_string_equal(section->name, "EU ] cyber");
    assert_int_equal(section->lamp, ROLE_GREEN);
    assert_int_equal(section->cooldown_s, 1800);
    assert_true(section->is_silent);
    assert_int_equal(section->from_min, 22 * 60 + 30);
    assert_int_equal(section->until_min, 6 * 60);
    assert_int_equal(section->tags, 1);
    rules_close(&rules);
}

static void the_text_of_a_rule_has_no_comment_and_no_blanks_around_it(void **state) {
    (void)state;
    static const struct {
        const char *line;
        const char *text;
    } CASES[] = {
        {"  cyber attack  ", "cyber attack"},
        {"cyber attack # or so", "cyber attack"},
        {"cyber attack #", "cyber attack"},
        {"C# developer", "C# developer"},
        {"crisis, #hashtag # not this", "crisis, #hashtag"},
        {"a, b + c* - d\r", "a, b + c* - d"},
        {"\xC2\xA0word\xC2\xA0", "word"},
        {"\xEF\xBB\xBF"
         "first",
         "first"},
        {"\"a # b\" # c", "\"a # b\""},
        {"title: state of emergency", "title: state of emergency"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        struct rules rules;
        rules_open(&rules, CASES[i].line);
        assert_int_equal(rules.diags.count, 0);
        assert_int_equal(keywords_rule_count(rules.keywords), 1);
        assert_string_equal(keywords_rule(rules.keywords, 0).text, CASES[i].text);
        rules_close(&rules);
    }
}

// What is wrong, at which line and column, and the words of the message that must be there.
static const struct {
    const char *text;
    uint32_t line;
    uint32_t column;
    const char *message;
} MISTAKES[] = {
    {"NATO + + crisis", 1, 8, "expected a word"},
    {"NATO +", 1, 7, "expected a word"},
    {"+ NATO", 1, 1, "expected a word"},
    {"NATO, , EU", 1, 7, "expected a word"},
    {"NATO,", 1, 6, "expected a word"},
    {"- film", 1, 1, "what must not be there"},
    {"NATO +crisis", 1, 6, "needs a blank"},
    {"NATO -film", 1, 6, "needs a blank"},
    {"hack*er", 1, 5, "end of a word"},
    {"ha* er", 1, 3, "end of a phrase"},
    {"*", 1, 1, "expected a word before"},
    {"\"NATO", 1, 1, "not closed"},
    {"“NATO", 1, 1, "not closed"},
    {"\"\"", 1, 1, "nothing between"},
    {"\"NATO\" crisis", 1, 8, "behind the quote"},
    {"the \"iron dome\"", 1, 5, "whole alternative"},
    {"(NATO, EU) + crisis", 1, 1, "parentheses"},
    {"NATO，EU", 1, 5, "U+FF0C"},
    {"war – film", 1, 5, "en dash"},
    {"!!!", 1, 1, "letter or a digit"},
    {"EU ~ hack", 1, 4, "expected a number"},
    {"EU ~0 hack", 1, 4, "from 1 to"},
    {"EU ~10", 1, 4, "expected a phrase behind"},
    {"a1 ~1 b1 ~1 c1", 1, 10, "only one '~'"},
    {"@bbc crisis", 1, 6, "expected ':'"},
    {"@: crisis", 1, 1, "expected a tag"},
    {"/a[b/", 1, 5, "regular expression: "},
    {"/abc", 1, 1, "not closed"},
    {"/abc/i", 1, 5, "behind the '/'"},
    {"nato + //", 1, 8, "nothing between"},
    {"nato + /a/ b", 1, 12, "behind a regular expression"},
    {"https://a.example/rss", 1, 1, "an address"},
    {"a1\n\n  b1 + - c1", 3, 8, "expected a word"},
    {"Zürich + + x", 1, 10, "expected a word"},
    {"[flash", 1, 1, "not closed"},
    {"[flsh]", 1, 2, "no section"},
    {"[]", 1, 1, "expected the name"},
    {"[flash] NATO", 1, 9, "end of the line"},
    {"[flash lamp=blue]", 1, 8, "lamp=red"},
    {"[flash hours=7-23]", 1, 8, "times of day"},
    {"[flash loud]", 1, 8, "expected name="},
    {"[feeds @x]", 1, 8, "behind an address"},
    {"[feeds]\nfeeds.example/rss", 2, 1, "address of a feed"},
    {"[feeds]\nftp://a.example/", 2, 1, "address of a feed"},
    {"[feeds]\nhttp:///rss", 2, 1, "name of a site"},
    {"[feeds]\nhttp://a.example every=soon", 2, 18, "every=15m"},
    {"[feeds]\nhttp://a.example everyday", 2, 18, "expected @tag"},
    {"[feeds]\nhttp://a.example http://b.example", 2, 18, "expected @tag"},
    {"[feeds]\nhttp://a.example title=\"x", 2, 18, "not closed"},
    {"crisis title: NATO", 1, 8, "before all words"},
    {"NATO, text: crisis", 1, 7, "before all words"},
    {"title: text: crisis", 1, 8, "before all words"},
    {"crisis @bbc: NATO", 1, 8, "start of a rule"},
    {"NATO + @bbc: crisis", 1, 8, "start of a rule"},
    {"@bbc, @gov: crisis", 1, 5, "expected ':'"},
    {"@bbc!: crisis", 1, 5, "letter, a digit"},
    {"EU~10 hack", 1, 3, "blank before it"},
    {"„crisis“", 1, 1, "U+201E"},
    {"«crisis»", 1, 1, "U+00AB"},
    {"// what rings", 1, 1, "comment"},
    {"; what rings", 1, 1, "comment"},
    {"-- what rings", 1, 1, "comment"},
    {"[flash]\nlamp=red", 2, 1, "a setting"},
    {"[flash cooldown = 30m]", 1, 8, "no blanks"},
    {"[flash cooldown= 30m]", 1, 8, "no blanks"},
    {"[flash cooldown =30m]", 1, 8, "no blanks"},
    {"[flash, lamp=red]", 1, 2, "no section"},
    {"[flash @one two]", 1, 13, "expected name="},
    {"[feeds]\nhttps://a.example every = 30m", 2, 19, "no blanks"},
    {"[feeds]\nhttps://a.example @bbc,@gov", 2, 23, "letter, a digit"},
    {"[feeds]\nhttps://a.example title=The desk", 2, 29, "expected @tag"},
    {"[feeds]\n- https://a.example", 2, 1, "address of a feed"},
    {"[feeds]\nNATO crisis", 2, 1, "address of a feed"},
    {"[feeds]\n\"https://a.example\"", 2, 1, "address of a feed"},
    {"?", 1, 1, "expected a text"},
    {"caf\xE9", 1, 4, "no UTF-8"},
    {"a\x01"
     "b",
     1, 2, "control character"},
    {"\xFF\xFEN", 0, 0, "UTF-16"},
};

static void each_mistake_is_shown_where_it_is(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(MISTAKES); i++) {
        struct rules rules;
        rules_open(&rules, MISTAKES[i].text);
        if (rules.diags.error_count != 1 || rules.diags.items[0].line != MISTAKES[i].line ||
            rules.diags.items[0].column != MISTAKES[i].column ||
            !strstr(rules.diags.items[0].message, MISTAKES[i].message)) {
            char shown[2048];
            rules_complaints(&rules, sizeof shown, shown);
            print_error("%s\nexpected %u:%u %s, got:\n%s", MISTAKES[i].text, MISTAKES[i].line,
                        MISTAKES[i].column, MISTAKES[i].message, shown);
            fail();
        }
        rules_close(&rules);
    }
}

static void after_a_mistake_the_good_lines_count(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "one\ntwo +\n[flash\nlost\n[flash]\nthree\n(four)\nfive\n");
    assert_int_equal(rules.diags.error_count, 3);
    assert_int_equal(keywords_rule_count(rules.keywords), 3);
    assert_string_equal(keywords_rule(rules.keywords, 0).text, "one");
    assert_string_equal(keywords_rule(rules.keywords, 1).text, "three");
    assert_string_equal(keywords_rule(rules.keywords, 2).text, "five");
    rules_close(&rules);
}

static void mistakes_below_a_wrong_head_are_shown_with_it(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint32_t lines[5]; // of the mistakes; 0 = no more
    } CASES[] = {
        {"[flsh]\nwar\n(crisis\n? war\n?\nhttps://a.example every=soon\n", {1, 3, 5, 6}},
        {"[feed]\nhttps://a.example\nhttps://b.example every=soon\nNATO\n", {1, 3, 4}},
        {"[flash\n(crisis\n", {1, 2}},
        {"[flsh]\n(crisis\n[flash]\nwar +\n", {1, 2, 4}},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        struct rules rules;
        rules_open(&rules, CASES[i].text);
        size_t count = 0;
        while (count < rules.diags.count && rules.diags.items[count].line == CASES[i].lines[count])
            count++;
        assert_int_equal(count, rules.diags.count);
        assert_int_equal(CASES[i].lines[count], 0);
        assert_int_equal(keywords_rule_count(rules.keywords), 0);
        assert_int_equal(keywords_feed_count(rules.keywords), 0);
        assert_int_equal(keywords_selftest_count(rules.keywords), 0);
        rules_close(&rules);
    }
}

// Rules of one scope are kept as runs; what lies between them must not shift their lines.
static void every_rule_knows_its_line_whatever_lies_between(void **state) {
    (void)state;
    enum { RULES = 300 };
    static char text[RULES * 400];
    uint32_t lines[RULES];
    size_t size = 0;
    uint32_t line = 1;
    for (uint32_t i = 0; i < RULES; i++) {
        for (uint32_t skipped = i * 37 % 200; i % 3 == 0 && skipped > 0; skipped--, line++)
            text[size++] = '\n';
        lines[i] = line++;
        size += (size_t)snprintf(text + size, sizeof text - size, "%sword%u\r\n",
                                 i % 7 == 0 ? "@bbc: " : " ", i);
    }
    struct rules rules;
    rules_open(&rules, text);
    assert_int_equal(keywords_rule_count(rules.keywords), RULES);
    for (size_t i = 0; i < RULES; i++) {
        const struct keyword_rule rule = keywords_rule(rules.keywords, i);
        assert_int_equal(rule.line, lines[i]);
        assert_int_equal(rule.tags, i % 7 == 0);
        assert_int_equal(keywords_rule_at(rules.keywords, rule.place + strlen(rule.text) - 1), i);
        assert_int_equal(keywords_indent(rules.keywords, &rule), i % 7 == 0 ? 0 : 1);
    }
    rules_close(&rules);
}

static void files_that_are_too_large_together_are_left_out(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "one\n");
    const size_t size = LIMIT_KEYWORDS_MAX - 2;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, '\n', size);
    assert_int_equal(keywords_add_file(rules.keywords, "big", bytes, size, &rules.diags), 0);
    assert_int_equal(rules.diags.error_count, 1);
    assert_string_equal(rules.diags.items[0].file, "big");
    assert_int_equal(keywords_add_file(rules.keywords, "more", "two\n", 4, &rules.diags), 0);
    assert_int_equal(rules.diags.error_count, 1);
    assert_int_equal(keywords_rule_count(rules.keywords), 2);
    free(bytes);
    rules_close(&rules);
}

static void a_second_file_begins_outside_any_section(void **state) {
    (void)state;
    struct rules rules;
    rules_open(&rules, "[flash]\none\n");
    matcher_free(rules.matcher);
    assert_int_equal(keywords_add_file(rules.keywords, "more", "two\n", 4, &rules.diags), 0);
    assert_int_equal(matcher_new(rules.keywords, &rules.matcher), 0);
    const struct keyword_rule rule = keywords_rule(rules.keywords, 1);
    assert_int_equal(rule.level, LEVEL_URGENT);
    assert_string_equal(rule.file, "more");
    assert_int_equal(rule.line, 1);
    rules_close(&rules);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_of_words_is_already_right),
        cmocka_unit_test(sections_give_rules_their_level),
        cmocka_unit_test(feeds_carry_tags_interval_title_and_agent),
        cmocka_unit_test(feeds_that_say_the_same_share_it_and_no_others_do),
        cmocka_unit_test(addresses_of_feeds_stay_when_more_files_are_added),
        cmocka_unit_test(an_interval_below_the_floor_is_raised_with_a_warning),
        cmocka_unit_test(section_settings_are_read),
        cmocka_unit_test(the_text_of_a_rule_has_no_comment_and_no_blanks_around_it),
        cmocka_unit_test(each_mistake_is_shown_where_it_is),
        cmocka_unit_test(after_a_mistake_the_good_lines_count),
        cmocka_unit_test(mistakes_below_a_wrong_head_are_shown_with_it),
        cmocka_unit_test(every_rule_knows_its_line_whatever_lies_between),
        cmocka_unit_test(files_that_are_too_large_together_are_left_out),
        cmocka_unit_test(a_second_file_begins_outside_any_section),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
