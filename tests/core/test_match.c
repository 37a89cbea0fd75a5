// SPDX-License-Identifier: MIT

#include "unit.h"

#include <string.h>

#include "core/matcher/match.h"

static const struct story story = {
    .id = "",
    .title = "Fresh cyber\u2011attack on the grid",
    .link = "",
    .author = "",
    .category = "",
    .text = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen "
            "fifteen sixteen seventeen eighteen ransomware twenty twenty-one twenty-two "
            "twenty-three twenty-four twenty-five twenty-six twenty-seven twenty-eight "
            "twenty-nine thirty thirty-one thirty-two",
};

static struct match a_match(enum match_field field, const char *words) {
    const char *text = match_field_text(&story, field);
    const char *at = strstr(text, words);
    assert_non_null(at);
    return (struct match){
        .span_count = 1,
        .spans = {{field, (uint32_t)(at - text), (uint32_t)strlen(words)}},
    };
}

static void words_and_spans_say_what_was_found_where(void **state) {
    (void)state;
    struct match match = a_match(MATCH_TITLE, "cyber\u2011attack");
    match.spans[match.span_count++] = a_match(MATCH_TEXT, "ransomware").spans[0];
    char words[64], spans[MATCH_SPANS_SIZE];
    match_words(&story, &match, sizeof words, words);
    match_spans(&match, spans);
    assert_string_equal(words, "cyber\u2011attack + ransomware");
    assert_string_equal(spans, "title:6:14 text:116:10");
    match.span_count = 0;
    match_spans(&match, spans);
    assert_string_equal(spans, "");
}

static void spans_of_any_match_fit(void **state) {
    (void)state;
    struct match match = {.span_count = LIMIT_MATCH_SPANS};
    for (size_t i = 0; i < LIMIT_MATCH_SPANS; i++)
        match.spans[i] = (struct match_span){MATCH_CATEGORY, UINT32_MAX, UINT32_MAX};
    char spans[MATCH_SPANS_SIZE];
    match_spans(&match, spans);
    assert_int_equal(strlen(spans), MATCH_SPANS_SIZE - 1);
    assert_string_equal(strrchr(spans, ' '), " category:4294967295:4294967295");
}

static void an_excerpt_is_cut_at_blanks_around_the_words(void **state) {
    (void)state;
    char excerpt[320];
    const struct match in_title = a_match(MATCH_TITLE, "grid");
    match_excerpt(&story, &in_title, sizeof excerpt, excerpt);
    assert_string_equal(excerpt, story.title);
    const struct match in_text = a_match(MATCH_TEXT, "ransomware");
    match_excerpt(&story, &in_text, sizeof excerpt, excerpt);
    assert_string_equal(excerpt,
                        "…thirteen fourteen fifteen sixteen seventeen eighteen ransomware twenty "
                        "twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six "
                        "twenty-seven twenty-eight twenty-nine…");
    char small[12];
    match_excerpt(&story, &in_text, sizeof small, small);
    assert_string_equal(small, "…thirteen");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_spans_say_what_was_found_where),
        cmocka_unit_test(spans_of_any_match_fit),
        cmocka_unit_test(an_excerpt_is_cut_at_blanks_around_the_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
