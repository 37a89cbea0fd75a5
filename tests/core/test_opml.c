// SPDX-License-Identifier: MIT
//
// Lists of feeds as their authors write them: each "story" is shown as title|address|categories,
// the categories with commas between.

#include "unit.h"

#include <string.h>

#include "core/feed/feed.h"
#include "wirebell/limits.h"

struct outcome {
    struct arena *arena;
    struct reading reading;
};

static struct outcome read_bytes(const char *bytes, size_t size) {
    struct outcome outcome = {.reading = READING_NULL};
    const struct feed_source source = {bytes, size, "", ""};
    assert_int_equal(arena_new(LIMIT_REPLY_MAX, &outcome.arena), 0);
    assert_int_equal(feed_read_opml(&source, outcome.arena, &outcome.reading), 0);
    return outcome;
}

static void show(const struct reading *reading, struct unit_text *text) {
    for (size_t i = 0; i < reading->story_count; i++) {
        const struct story *feed = &reading->stories[i];
        unit_put(text, feed->title);
        unit_put(text, "|");
        unit_put(text, feed->link);
        unit_put(text, "|");
        for (const char *at = feed->category; *at; at++)
            unit_put(text, *at == '\n' ? "," : (const char[]){*at, '\0'});
        unit_put(text, "\n");
    }
}

struct example {
    const char *list;
    const char *shown;
    enum reading_outcome outcome;
};

static void check(const struct example *examples, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char bytes[4096] = "";
        struct unit_text text = {bytes, sizeof bytes, 0};
        struct outcome o = read_bytes(examples[i].list, strlen(examples[i].list));
        show(&o.reading, &text);
        assert_string_equal(bytes, examples[i].shown);
        assert_int_equal(o.reading.outcome, examples[i].outcome);
        arena_free(o.arena);
    }
}

#define OPML(outlines) "<?xml version='1.0'?><opml version='2.0'><body>" outlines "</body></opml>"

static void an_outline_with_an_address_is_a_feed(void **state) {
    (void)state;
    static const struct example examples[] = {
        {OPML("<outline type='rss' text='Wire' xmlUrl='https://e.org/feed' htmlUrl='https://e.org'"
              " description='x'/>"),
         "Wire|https://e.org/feed|\n", READING_OK},
        {OPML("<outline title='Title' text='Text' xmlUrl='https://e.org/'></outline>"),
         "Title|https://e.org/|\n", READING_OK},
        {OPML("<outline title='' text='Text' xmlUrl='https://e.org/'/>"), "Text|https://e.org/|\n",
         READING_OK},
        {OPML("<outline xmlUrl='ftp://e.org/'/>"), "|ftp://e.org/|\n", READING_OK},
        {OPML(""), "", READING_OK},
    };
    check(examples, ARRAY_SIZE(examples));
}

static void the_address_is_found_however_its_name_is_spelled(void **state) {
    (void)state;
    static const struct example examples[] = {
        {OPML("<outline xmlURL='http://a/'/><OUTLINE XMLURL='http://b/'/><outline url='http://c/'/>"
              "<outline type='rss' URL='http://d/'/>"),
         "|http://a/|\n|http://b/|\n|http://c/|\n|http://d/|\n", READING_OK},
        {OPML("<outline url='http://page/' xmlUrl='http://feed/'/>"), "|http://feed/|\n",
         READING_OK},
        {OPML("<outline type='link' text='a page' url='http://a/'/>"
              "<outline type='include' text='a list' url='http://b/'/>"
              "<outline text='a page' htmlUrl='http://c/'/>"),
         "", READING_OK},
    };
    check(examples, ARRAY_SIZE(examples));
}

static void folders_and_categories_are_categories(void **state) {
    (void)state;
    static const struct example examples[] = {
        {OPML("<outline text='World'><outline text='Asia &amp; Oceania'><outline xmlUrl='http://a/'"
              "/></outline><outline xmlUrl='http://b/'/></outline><outline xmlUrl='http://c/'/>"),
         "|http://a/|World,Asia & Oceania\n|http://b/|World\n|http://c/|\n", READING_OK},
        {OPML("<outline xmlUrl='http://a/' category='/Boston/Weather,EU'/>"),
         "|http://a/|Boston,Weather,EU\n", READING_OK},
        // A feed is no folder, and neither is an outline without a name.
        {OPML("<outline text='F' xmlUrl='http://a/'><outline xmlUrl='http://b/'/></outline>"
              "<outline><outline xmlUrl='http://c/'/></outline>"),
         "F|http://a/|\n|http://b/|\n|http://c/|\n", READING_OK},
    };
    check(examples, ARRAY_SIZE(examples));
}

static void broken_markup_costs_what_it_spoils(void **state) {
    (void)state;
    static const struct example examples[] = {
        {OPML("<outline text='A & B < C' xmlUrl='http://a/?x=1&y=2'/>"),
         "A & B < C|http://a/?x=1&y=2|\n", READING_OK},
        {OPML("<outline text=bare xmlUrl=http://a/x/><!-- <outline xmlUrl='http://no/'/> -->"),
         "bare|http://a/x|\n", READING_OK},
        {OPML("</outline></outline><outline text='x]]>y' xmlUrl='http://a/'/>"),
         "x]]>y|http://a/|\n", READING_OK},
        {OPML("<outline text='a <b> c' xmlUrl='http://a/'/><outline xmlUrl='http://b/'/>"),
         "|http://b/|\n", READING_PARTIAL},
        {"<outline xmlUrl='http://a/'/>", "|http://a/|\n", READING_PARTIAL},
        {"<opml><body><outline text='F'><outline xmlUrl='http://a/'/><outline xmlUrl='http://cut",
         "|http://a/|F\n", READING_PARTIAL},
        {"<!DOCTYPE opml [<!ENTITY w 'wire'>]><opml><outline text='&w;' "
         "xmlUrl='http://a/'/></opml>",
         "wire|http://a/|\n", READING_OK},
        {"<?xml version='1.0' encoding='ISO-8859-1'?><opml><outline text='Z\xFCrich' "
         "xmlUrl='http://"
         "a/'/></opml>",
         "Z\xC3\xBCrich|http://a/|\n", READING_OK},
    };
    check(examples, ARRAY_SIZE(examples));
}

static void what_is_no_list_is_named(void **state) {
    (void)state;
    static const struct {
        const char *document;
        enum reading_outcome outcome;
        const char *detail;
    } examples[] = {
        {"<rss><channel><item><link>http://a/</link></item></channel></rss>", READING_NOT_A_FEED,
         "<rss>"},
        {"http://a/", READING_NOT_A_FEED, "no list of feeds"},
        {" \n", READING_EMPTY, "no content"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(examples); i++) {
        struct outcome o = read_bytes(examples[i].document, strlen(examples[i].document));
        assert_int_equal(o.reading.outcome, examples[i].outcome);
        assert_non_null(strstr(o.reading.detail, examples[i].detail));
        assert_int_equal(o.reading.story_count, 0);
        arena_free(o.arena);
    }
}

// A text of copies of @again behind @start.
static struct outcome read_many(const char *start, const char *again, size_t copies) {
    size_t capacity = strlen(start) + copies * strlen(again) + 1;
    struct unit_text text = {test_malloc(capacity), capacity, 0};
    unit_put(&text, start);
    while (copies-- > 0)
        unit_put(&text, again);
    struct outcome o = read_bytes(text.bytes, text.size);
    test_free(text.bytes);
    return o;
}

static void the_caps_hold(void **state) {
    (void)state;
    struct outcome o = read_many("<opml>", "<outline xmlUrl='http://a/'/>", LIMIT_STORIES_MAX + 1);
    assert_int_equal(o.reading.outcome, READING_PARTIAL);
    assert_int_equal(o.reading.story_count, LIMIT_STORIES_MAX);
    assert_non_null(strstr(o.reading.detail, "longer than is read"));
    arena_free(o.arena);

    // Feeds whose end tags are missing are within each other, deeper than is followed.
    o = read_many("<opml>", "<outline text='F'><outline xmlUrl='http://a/'>", LIMIT_DEPTH);
    assert_int_equal(o.reading.story_count, LIMIT_DEPTH);
    assert_string_equal(o.reading.stories[0].category, "F");
    size_t known = strlen(o.reading.stories[LIMIT_DEPTH - 1].category);
    assert_int_equal(known, LIMIT_DEPTH / 2 * 2 - 1); // every second one is a folder
    arena_free(o.arena);

    o = read_many("<opml>", "<outline text='a folder'>", 10 * LIMIT_DEPTH);
    assert_int_equal(o.reading.outcome, READING_PARTIAL);
    arena_free(o.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outline_with_an_address_is_a_feed),
        cmocka_unit_test(the_address_is_found_however_its_name_is_spelled),
        cmocka_unit_test(folders_and_categories_are_categories),
        cmocka_unit_test(broken_markup_costs_what_it_spoils),
        cmocka_unit_test(what_is_no_list_is_named),
        cmocka_unit_test(the_caps_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
