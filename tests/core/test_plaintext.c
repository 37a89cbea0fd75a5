// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/markup/entity.h"
#include "core/markup/html_tag.h"
#include "core/markup/plaintext.h"

struct text_case {
    enum plaintext_kind kind;
    const char *in;
    const char *out;
};

static void check(const struct text_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char out[400];
        size_t size =
            plaintext(cases[i].in, strlen(cases[i].in), cases[i].kind, out, sizeof out - 1);
        out[size] = '\0';
        if (strcmp(out, cases[i].out) != 0)
            fail_msg("\"%s\" became \"%s\", expected \"%s\"", cases[i].in, out, cases[i].out);
        // In place it is the same.
        char same[400];
        memcpy(same, cases[i].in, strlen(cases[i].in) + 1);
        size = plaintext(same, strlen(same), cases[i].kind, same, sizeof same - 1);
        same[size] = '\0';
        assert_string_equal(same, cases[i].out);
    }
}

#define HTML  PLAINTEXT_HTML
#define GUESS PLAINTEXT_GUESS
#define TEXT  PLAINTEXT_TEXT

static void tags_separate_words_or_not_as_they_do_on_screen(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {HTML, "<p>one</p><p>two</p>", "one two"},
        {HTML, "un<b>believ</b>able", "unbelievable"},
        {HTML, "a<br>b<BR/>c", "a b c"},
        {HTML, "<ul><li>a</li><li>b</li></ul>", "a b"},
        {HTML, "<td>1</td><td>2</td>", "1 2"},
        {HTML, "a<img src='>'>b", "a b"},
        {HTML, "a<x-note>b</x-note><st1:place>c</st1:place>", "abc"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void script_style_and_comments_are_gone(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {HTML, "a<script>if (1 < 2) { x('<p>'); }</script>b", "ab"},
        {HTML, "a<style type=x>p { }</style>b", "ab"},
        {HTML, "a<!-- b > <p> -->c", "ac"},
        {HTML, "a<script>never closed", "a"},
        {HTML, "a <!-- never closed", "a <!-- never closed"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void references_are_decoded_also_twice_escaped_ones(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {HTML, "caf&eacute; &#233; &#xE9; &#146;", "café é é ’"},
        {HTML, "a &amp;amp; b &amp;amp;amp; c &amp;eacute;", "a & b & c é"},
        {HTML, "AT&T &copy &bogus; &", "AT&T &copy &bogus; &"},
        {HTML, "1 &lt; 2", "1 < 2"},
        {HTML, "&lt;p&gt;Hello&lt;/p&gt;&lt;p&gt;you&lt;/p&gt;", "Hello you"},
        {HTML, "<p>Write &lt;p&gt; first</p>", "Write <p> first"},
        {HTML, "a&#0;b&#xD800;c&#x110000;d", "a\uFFFDb\uFFFDc\uFFFDd"},
        {HTML, "a&#1;b&#x9D;c", "ab\uFFFDc"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void what_only_looks_like_a_tag_stays(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {GUESS, "List<String> x <b>y</b>", "List<String> x y"},
        {GUESS, "1 < 2 <3 <- <", "1 < 2 <3 <- <"},
        {TEXT, "<b>a</b> &amp; c", "<b>a</b> &amp; c"},
        {HTML, "a <b", "a"},
        {HTML, "a <String", "a <String"},
        {GUESS, "<!DOCTYPE", "<!DOCTYPE"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void blanks_are_folded(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {TEXT, "  a \t\r\n b\u00A0\u2003c\u3000 ", "a b c"},
        {TEXT, "soft\u00ADhyphen zero\u200Bwidth \uFEFFmark", "softhyphen zerowidth mark"},
        {HTML, "a&nbsp;&nbsp;b", "a b"},
        {HTML, " <p> </p> ", ""},
        {TEXT,
         "a\x01\x1F\x7F"
         "b\xC2\x85"
         "c\xC2\x9D"
         "d",
         "ab cd"},
        {TEXT, "", ""},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void text_is_cut_between_characters(void **state) {
    (void)state;
    for (size_t max = 0; max < 12; max++) {
        char out[12];
        size_t size = plaintext("ab é€ x", strlen("ab é€ x"), TEXT, out, max);
        assert_true(size <= max);
        assert_memory_equal(out, "ab é€ x", size);
        assert_true(size != 4 && size != 6 && size != 7); // inside of é, of €
    }
}

static void every_known_name_is_found(void **state) {
    (void)state;
    for (size_t i = 0; i < ENTITY_NAME_COUNT; i++) {
        const struct entity_name *entity = &ENTITY_NAMES[i];
        if (i > 0)
            assert_true(strcmp(ENTITY_NAMES[i - 1].name, entity->name) < 0);
        assert_int_equal(entity_find(entity->name, strlen(entity->name)), entity->code);
    }
    assert_int_equal(entity_find("eacut", 5), 0);
    assert_int_equal(entity_find("eacutee", 7), 0);
    assert_int_equal(html_role("P", 1), HTML_BREAK);
    assert_int_equal(html_role("WBR", 3), HTML_INLINE);
    assert_int_equal(html_role("a", 1), HTML_INLINE);
    assert_int_equal(html_role("script", 6), HTML_HIDDEN);
    assert_int_equal(html_role("figcaption", 10), HTML_BREAK);
    assert_int_equal(html_role("pp", 2), HTML_UNKNOWN);
    assert_int_equal(html_role("", 0), HTML_UNKNOWN);
    assert_int_equal(html_role("{", 1), HTML_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_separate_words_or_not_as_they_do_on_screen),
        cmocka_unit_test(script_style_and_comments_are_gone),
        cmocka_unit_test(references_are_decoded_also_twice_escaped_ones),
        cmocka_unit_test(what_only_looks_like_a_tag_stays),
        cmocka_unit_test(blanks_are_folded),
        cmocka_unit_test(text_is_cut_between_characters),
        cmocka_unit_test(every_known_name_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
