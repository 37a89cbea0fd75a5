// SPDX-License-Identifier: MIT
//
// The caps of wirebell/limits.h, reached: each is an outcome with a name, and everything below it
// is there.

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/base64.h"
#include "core/feed/feed.h"
#include "core/keywords/keywords.h"
#include "wirebell/limits.h"

// --- a document ------------------------------------------------------------------------------

static void read_document(const char *bytes, size_t size, struct arena **ret_arena,
                          struct reading *ret) {
    const struct feed_source source = {bytes, size, "", "https://e.org/feed"};
    *ret = READING_NULL;
    assert_int_equal(arena_new(LIMIT_REPLY_MAX, ret_arena), 0);
    assert_int_equal(feed_read(&source, *ret_arena, ret), 0);
}

static char *text_of(size_t size) {
    char *text = malloc(size + 1);
    assert_non_null(text);
    text[0] = '\0';
    return text;
}

static void a_body_of_more_than_the_cap_is_not_read(void **state) {
    (void)state;
    struct arena *arena;
    struct reading reading;
    char *body = text_of(LIMIT_BODY_MAX + 1);
    memset(body, 'a', LIMIT_BODY_MAX + 1);
    memcpy(body, "<rss><channel><item><title>One</title></item>", 45);
    read_document(body, LIMIT_BODY_MAX + 1, &arena, &reading);
    assert_int_equal(reading.outcome, READING_TOO_BIG);
    assert_int_equal(reading.story_count, 0);
    assert_true(reading.detail[0] != '\0');
    arena_free(arena);
    free(body);
}

static void of_more_stories_than_the_cap_the_first_are_read(void **state) {
    (void)state;
    enum { MORE = LIMIT_STORIES_MAX + 10, ITEM = 64 };
    static const char begin[] = "<rss><channel>", end[] = "</channel></rss>";
    struct arena *arena;
    struct reading reading;
    struct unit_text text = {text_of(MORE * ITEM), MORE * ITEM, 0};
    unit_put(&text, begin);
    for (int i = 0; i < MORE; i++) {
        char item[ITEM];
        (void)snprintf(item, sizeof item, "<item><title>Story %d</title></item>", i);
        unit_put(&text, item);
    }
    unit_put(&text, end);
    read_document(text.bytes, text.size, &arena, &reading);
    assert_int_equal(reading.outcome, READING_PARTIAL);
    assert_int_equal(reading.story_count, LIMIT_STORIES_MAX);
    assert_string_equal(reading.stories[0].title, "Story 0");
    assert_string_equal(reading.stories[LIMIT_STORIES_MAX - 1].title, "Story 4999");
    assert_true(reading.detail[0] != '\0');
    arena_free(arena);
    free(text.bytes);
}

// --- keywords --------------------------------------------------------------------------------

// Reads what begins with @begin and goes on with @count lines by @format, which takes a number.
static struct keywords *read_lines(const char *begin, const char *(*line)(int number), int count,
                                   struct diag_list *diags) {
    struct keywords *keywords;
    const size_t room = strlen(begin) + (size_t)count * 48 + 1;
    struct unit_text text = {text_of(room), room, 0};
    unit_put(&text, begin);
    for (int i = 0; i < count; i++)
        unit_put(&text, line(i));
    assert_int_equal(keywords_new(&keywords), 0);
    assert_int_equal(keywords_add_file(keywords, "keywords", text.bytes, text.size, diags), 0);
    free(text.bytes);
    return keywords;
}

static const char *tagged_feed(int number) {
    static char text[48];
    (void)snprintf(text, sizeof text, "https://e.org/%d @tag%d\n", number, number);
    return text;
}

static const char *feed(int number) {
    static char text[48];
    (void)snprintf(text, sizeof text, "https://e.org/%d\n", number);
    return text;
}

static const char *rule(int number) {
    static char text[48];
    (void)snprintf(text, sizeof text, "word%d\n", number);
    return text;
}

static void the_65th_tag_is_a_mistake_and_its_feed_is_left_out(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords = read_lines("[feeds]\n", tagged_feed, LIMIT_TAGS_MAX + 1, &diags);
    assert_int_equal(diags.error_count, 1);
    assert_int_equal(diags.items[0].line, LIMIT_TAGS_MAX + 2);
    assert_string_equal(diags.items[0].message, "there can be at most 64 different tags");
    assert_int_equal(keywords_feed_count(keywords), LIMIT_TAGS_MAX);
    keywords_free(keywords);
    diag_list_done(&diags);
}

static void feeds_beyond_the_cap_are_left_out(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords = read_lines("[feeds]\n", feed, LIMIT_FEEDS_MAX + 2, &diags);
    assert_int_equal(diags.error_count, 2);
    assert_string_equal(diags.items[0].message,
                        "there can be at most 5000 feeds; this one is left out");
    assert_int_equal(keywords_feed_count(keywords), LIMIT_FEEDS_MAX);
    keywords_free(keywords);
    diag_list_done(&diags);
}

static void rules_beyond_the_cap_are_left_out(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords = read_lines("[urgent]\n", rule, LIMIT_RULES_MAX + 1, &diags);
    assert_int_equal(diags.error_count, 1);
    assert_string_equal(diags.items[0].message,
                        "there can be at most 200000 rules; this one is left out");
    assert_int_equal(keywords_rule_count(keywords), LIMIT_RULES_MAX);
    assert_string_equal(keywords_rule(keywords, LIMIT_RULES_MAX - 1).text, "word199999");
    keywords_free(keywords);
    diag_list_done(&diags);
}

static const char *nameless(int number) {
    (void)number;
    return "@: word\n";
}

static void a_tag_without_a_name_is_a_mistake(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords = read_lines("[urgent]\n", nameless, 1, &diags);
    assert_int_equal(diags.error_count, 1);
    assert_string_equal(diags.items[0].message, "expected a tag behind '@'");
    assert_int_equal(keywords_rule_count(keywords), 0);
    keywords_free(keywords);
    diag_list_done(&diags);
}

// The one complaint about a rule of @count pieces: @begin, then a number each time.
static void expect_refusal(const char *begin, const char *piece, int count, const char *end,
                           const char *message) {
    static char line[LIMIT_LINE_MAX];
    struct diag_list diags = DIAG_LIST_NULL;
    struct keywords *keywords;
    struct unit_text text = {line, sizeof line, 0};
    unit_put(&text, "[urgent]\n");
    unit_put(&text, begin);
    for (int i = 0; i < count; i++) {
        char number[12];
        (void)snprintf(number, sizeof number, "%d", i);
        unit_put(&text, piece);
        unit_put(&text, piece[0] == 'x' || piece[0] == '%' ? "" : number);
    }
    unit_put(&text, end);
    assert_int_equal(keywords_new(&keywords), 0);
    assert_int_equal(keywords_add_file(keywords, "keywords", line, text.size, &diags), 0);
    assert_int_equal(diags.error_count, 1);
    assert_string_equal(diags.items[0].message, message);
    assert_int_equal(diags.items[0].line, 2);
    assert_int_equal(keywords_rule_count(keywords), 0);
    keywords_free(keywords);
    diag_list_done(&diags);
}

static void a_rule_beyond_a_cap_of_the_language_is_a_mistake(void **state) {
    (void)state;
    expect_refusal("a", " + b", 32, "\n", "a rule can have at most 32 requirements");
    expect_refusal("a", ",b", 512, "\n", "a rule can have at most 512 alternatives in all");
    expect_refusal("", "@t", 17, ": word\n", "a rule can have at most 16 tags");
    expect_refusal("a", " b", 32, "\n", "this phrase has more than 32 words");
    expect_refusal("a", "x", 128, "\n", "this word is longer than 128 bytes");
    expect_refusal("a", "%", 40, "b\n", "there are too many signs between two words");
}

// --- base64 (RFC 4648 10) --------------------------------------------------------------------

static void base64_of_every_length_is_read_with_and_without_its_padding(void **state) {
    (void)state;
    static const char *const vectors[][2] = {{"Zg==", "f"},           {"Zg", "f"},
                                             {"Zm8=", "fo"},          {"Zm8", "fo"},
                                             {"Zm9v", "foo"},         {"Zm9vYg==", "foob"},
                                             {"Zm9v Ym\nE", "fooba"}, {"-_-_", "\xFB\xFF\xBF"},
                                             {"+/+/", "\xFB\xFF\xBF"}};
    static const char *const wrong[] = {"", "=", "Z", "Zg==Zg", "Z!", "Zm9vY"};
    char out[16];
    size_t size = 4711;
    for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
        assert_true(base64_decode(vectors[i][0], strlen(vectors[i][0]), out, &size));
        assert_int_equal(size, strlen(vectors[i][1]));
        assert_memory_equal(out, vectors[i][1], size);
    }
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        size = 4711;
        assert_false(base64_decode(wrong[i], strlen(wrong[i]), out, &size));
        assert_int_equal(size, 4711);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_body_of_more_than_the_cap_is_not_read),
        cmocka_unit_test(of_more_stories_than_the_cap_the_first_are_read),
        cmocka_unit_test(the_65th_tag_is_a_mistake_and_its_feed_is_left_out),
        cmocka_unit_test(feeds_beyond_the_cap_are_left_out),
        cmocka_unit_test(rules_beyond_the_cap_are_left_out),
        cmocka_unit_test(a_tag_without_a_name_is_a_mistake),
        cmocka_unit_test(a_rule_beyond_a_cap_of_the_language_is_a_mistake),
        cmocka_unit_test(base64_of_every_length_is_read_with_and_without_its_padding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
