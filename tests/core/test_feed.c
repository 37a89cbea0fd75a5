// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/feed/date.h"
#include "core/feed/feed.h"
#include "wirebell/limits.h"

struct outcome {
    struct arena *arena;
    struct reading reading;
};

static struct outcome read_bytes(const char *bytes, size_t size, const char *content_type) {
    struct outcome outcome = {.reading = READING_NULL};
    struct feed_source source = {bytes, size, content_type, "https://example.org/news/feed.xml"};
    assert_int_equal(arena_new(LIMIT_REPLY_MAX, &outcome.arena), 0);
    assert_int_equal(feed_read(&source, outcome.arena, &outcome.reading), 0);
    return outcome;
}

static struct outcome read_text(const char *text) {
    return read_bytes(text, strlen(text), "");
}

static void done(struct outcome *outcome) {
    outcome->arena = arena_free(outcome->arena);
}

#define RSS(items) "<rss version='2.0'><channel><title>Wire</title>" items "</channel></rss>"

static void rss_item_becomes_a_story(void **state) {
    (void)state;
    struct outcome o = read_text("<?xml version='1.0' encoding='utf-8'?>\n" RSS(
        "<ttl>30</ttl><item><title>EU &amp; NATO</title><link>https://e.org/1</link>"
        "<guid isPermaLink='false'>n-1</guid><author>a@e.org (Ann)</author>"
        "<category>Cyber</category><category domain='x'>EU</category>"
        "<pubDate>Sun, 22 Nov 2026 02:51:57 GMT</pubDate>"
        "<description>&lt;p&gt;Crisis&lt;/p&gt;&lt;p&gt;response&lt;/p&gt;</description></item>"));
    assert_int_equal(o.reading.outcome, READING_OK);
    assert_string_equal(o.reading.feed_title, "Wire");
    assert_int_equal(o.reading.ttl_s, 1800);
    assert_int_equal(o.reading.story_count, 1);
    const struct story *story = o.reading.stories;
    assert_string_equal(story->title, "EU & NATO");
    assert_string_equal(story->link, "https://e.org/1");
    assert_string_equal(story->id, "n-1");
    assert_string_equal(story->author, "a@e.org (Ann)");
    assert_string_equal(story->category, "Cyber\nEU");
    assert_string_equal(story->text, "Crisis response");
    char date[21];
    date_format(story->published_s, date);
    assert_string_equal(date, "2026-11-22T02:51:57Z");
    done(&o);
}

static void atom_entry_becomes_a_story(void **state) {
    (void)state;
    struct outcome o = read_text(
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://e.org/a/'><title>Wire</title>"
        "<entry><id>urn:1</id><title type='html'>Flash &amp;amp; bang</title>"
        "<link rel='self' href='self'/><link rel='alternate' href='b?x=1&amp;y=2'/>"
        "<author><name>Ann</name><uri>https://ann.example</uri></author><category term='t'/>"
        "<updated>2026-11-22T04:51:57+02:00</updated><summary>short</summary>"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>1 &lt; 2<br/>un<b>do</b>"
        "</div></content></entry></feed>");
    assert_int_equal(o.reading.outcome, READING_OK);
    assert_int_equal(o.reading.story_count, 1);
    const struct story *story = o.reading.stories;
    assert_string_equal(story->title, "Flash & bang");
    assert_string_equal(story->link, "https://e.org/a/b?x=1&y=2");
    assert_string_equal(story->id, "urn:1");
    assert_string_equal(story->author, "Ann");
    assert_string_equal(story->category, "t");
    assert_string_equal(story->text, "1 < 2 undo");
    assert_int_equal(story->published_s, date_parse("2026-11-22T02:51:57Z", 20));
    done(&o);
}

static void rdf_items_beside_the_channel_are_read(void **state) {
    (void)state;
    struct outcome o = read_text(
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns='http://purl.org/rss/1.0/' xmlns:d='http://purl.org/dc/elements/1.1/'>"
        "<channel rdf:about='https://e.org/'><title>Wire</title><items><rdf:Seq/></items></channel>"
        "<image><title>Logo</title></image>"
        "<item rdf:about='https://e.org/1'><title>One</title><d:date>2026-11-22</d:date></item>"
        "</rdf:RDF>");
    assert_int_equal(o.reading.outcome, READING_OK);
    assert_string_equal(o.reading.feed_title, "Wire");
    assert_int_equal(o.reading.story_count, 1);
    assert_string_equal(o.reading.stories[0].id, "https://e.org/1");
    assert_string_equal(o.reading.stories[0].title, "One");
    assert_int_equal(o.reading.stories[0].published_s, date_parse("2026-11-22", 10));
    done(&o);
}

// Each of these, in Mini-XML alone, loses the rest of the document or all of it.
static void faults_cost_at_most_one_character(void **state) {
    (void)state;
    static const struct {
        const char *fault;
        const char *document;
        const char *title;
    } CASES[] = {
        {"stray byte of windows-1252", RSS("<item><title>Caf\xE9 \xC3\xA9\xC3\xA9</title></item>"),
         "Café éé"},
        {"cut character", RSS("<item><title>so\xE2\x80 \xC3\xA9\xC3\xA9\xC3\xA9</title></item>"),
         "so\uFFFD ééé"},
        {"bare ampersand", RSS("<item><title>AT&T & co</title></item>"), "AT&T & co"},
        {"bare less-than", RSS("<item><title>1 < 2 <3</title></item>"), "1 < 2 <3"},
        {"junk before",
         "\n<br/><b>Warning</b>: x\n<?xml version='1.0'?>" RSS("<item><title>T</title></item>"),
         "T"},
        {"junk behind", RSS("<item><title>T</title></item>") "</div><!-- cached -->", "T"},
        {"control characters",
         RSS("<item><title>a\x01\x1F"
             "b</title></item>"),
         "ab"},
        {"reference to NUL", RSS("<item><title>a&#0;b&#x1F;c</title></item>"), "a\uFFFDbc"},
        {"reference to a surrogate", RSS("<item><title>a&#xD800;b</title></item>"), "a\uFFFDb"},
        {"unknown entity", RSS("<item><title>&bogus; x</title></item>"), "&bogus; x"},
        {"HTML entity", RSS("<item><title>caf&eacute;&nbsp;x</title></item>"), "café x"},
        {"own entity",
         "<!DOCTYPE rss [<!ENTITY w 'wire'>]>" RSS("<item><title>&w; bell</title></item>"),
         "wire bell"},
        {"attribute twice, without quotes", RSS("<item a=1 a=2><title x=y x>T</title></item>"),
         "T"},
        {"end tag missing", RSS("<item><title>T<link>https://e.org</link></item>"), "T"},
        {"item not closed", RSS("<item><title>T</title>"), "T"},
        {"wrong end tag", RSS("<item><b><title>T</title></i></item>"), "T"},
        {"comment with dashes", RSS("<!-- a -- b --><item><title>T</title></item>"), "T"},
        {"CDATA", RSS("<item><title><![CDATA[a & b <i>c</i>]]></title></item>"), "a & b c"},
        {"escaped twice", RSS("<item><title>a &amp;amp;amp; b</title></item>"), "a & b"},
        {"UTF-8 encoded twice",
         RSS("<item><title>K\xC3\x83\xC2\xBC"
             "che</title></item>"),
         "Küche"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        struct outcome o = read_text(CASES[i].document);
        if (o.reading.story_count != 1 || strcmp(o.reading.stories[0].title, CASES[i].title) != 0)
            fail_msg("%s: %zu stories, \"%s\"", CASES[i].fault, o.reading.story_count,
                     o.reading.story_count ? o.reading.stories[0].title : "");
        assert_int_equal(o.reading.outcome, READING_OK);
        done(&o);
    }
}

static void controls_of_terminal_and_direction_do_not_come_through(void **state) {
    (void)state;
    // As UTF-8, as references, in the base: U+009B, U+202E, U+2066, DEL.
    struct outcome o =
        read_text("<rss xml:base='https://e.org/&#x202E;b/'><channel><title>W\xC2\x9B"
                  "31m</title><item><guid isPermaLink='false'>\xC2\x9B"
                  "31mid\xE2\x80\xAE&#x9B;&#x2066;&#127;</guid><link>p\xC2\x85"
                  "q&#x202E;</link><title>a\xE2\x80\xAE"
                  "b&#x9B;c&#x2066;d</title></item></channel></rss>");
    assert_int_equal(o.reading.story_count, 1);
    assert_string_equal(o.reading.feed_title, "W31m");
    assert_string_equal(o.reading.stories[0].id, "31mid›");
    assert_string_equal(o.reading.stories[0].link, "https://e.org/b/pq");
    assert_string_equal(o.reading.stories[0].title, "ab›cd");
    done(&o);
    o = read_text("<w\xE2\x80\xAEx\xC2\x9By/>");
    assert_int_equal(o.reading.outcome, READING_NOT_A_FEED);
    assert_non_null(strstr(o.reading.detail, "<wxy>"));
    done(&o);
}

static void json_feed_items_become_stories(void **state) {
    (void)state;
    struct outcome o = read_text(
        "\xEF\xBB\xBF {\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": ["
        "{\"id\": \"a\", \"url\": \"/1\", \"title\": \"One \\u2014 \\ud83d\\udd14\\ud800\","
        " \"summary\": \"short\", \"content_html\": \"<p>Long<\\/p><p>text<\\/p>\","
        " \"authors\": [{\"name\": \"Ann\", \"x\": {\"name\": \"no\"}}], \"tags\": [\"t\", \"u\"],"
        " \"date_published\": \"2026-11-22T02:51:57Z\", \"attachments\": [{\"url\": \"no\"}]},"
        "{\"id\": 2, \"external_url\": \"https://e.org/x\", \"content_text\": \"a <b> c\"}],"
        "\"title\": \"Wire\"}");
    assert_int_equal(o.reading.outcome, READING_OK);
    assert_string_equal(o.reading.feed_title, "Wire");
    assert_int_equal(o.reading.story_count, 2);
    const struct story *story = o.reading.stories;
    assert_string_equal(story->id, "a");
    assert_string_equal(story->link, "https://example.org/1");
    assert_string_equal(story->title, "One — 🔔�");
    assert_string_equal(story->text, "Long text");
    assert_string_equal(story->author, "Ann");
    assert_string_equal(story->category, "t\nu");
    assert_int_equal(story->published_s, date_parse("2026-11-22T02:51:57Z", 20));
    assert_string_equal(story[1].id, "2");
    assert_string_equal(story[1].link, "https://e.org/x");
    assert_string_equal(story[1].text, "a <b> c");
    done(&o);
}

static void cut_json_feed_keeps_its_whole_items_and_says_so(void **state) {
    (void)state;
    struct outcome o = read_text("{\"items\": [{\"title\": \"One\"}, {\"title\": \"Tw");
    assert_int_equal(o.reading.outcome, READING_PARTIAL);
    assert_int_equal(o.reading.story_count, 1);
    assert_string_equal(o.reading.stories[0].title, "One");
    done(&o);
}

static void unreadable_json_item_costs_that_item(void **state) {
    (void)state;
    static const char *const ITEMS[] = {
        "{\"title\": \"a \"quoted\" word\"}",
        "{\"title\" \"no colon\"}",
        "{\"title\": [}",
        "{\"title\": \"T\", x}",
    };
    for (size_t i = 0; i < ARRAY_SIZE(ITEMS); i++) {
        char document[300];
        struct unit_text text = {document, sizeof document, 0};
        unit_put(&text, "{\"title\": \"Wire\", \"items\": [{\"title\": \"One\"}, ");
        unit_put(&text, ITEMS[i]);
        unit_put(&text, i == 2 ? "}, {\"title\": \"Two\"}]}" : ", {\"title\": \"Two\"}]}");
        struct outcome o = read_text(document);
        assert_int_equal(o.reading.outcome, READING_PARTIAL);
        assert_string_equal(o.reading.detail, "some items could not be read");
        assert_int_equal(o.reading.story_count, 2);
        assert_string_equal(o.reading.stories[1].title, "Two");
        done(&o);
    }
}

// How many stories there are of an item that has a member of that opening and end, so many times.
static size_t stories_with_nested(const char *opening, const char *ending, size_t times) {
    size_t size = 100 + times * (strlen(opening) + strlen(ending));
    char *document = malloc(size);
    assert_non_null(document);
    struct unit_text text = {document, size, 0};
    unit_put(&text, "{\"items\": [{\"title\": \"One\", \"tags\": ");
    for (size_t i = 0; i < times; i++)
        unit_put(&text, opening);
    unit_put(&text, "1");
    for (size_t i = 0; i < times; i++)
        unit_put(&text, ending);
    unit_put(&text, "}, {\"title\": \"Two\"}]}");
    struct outcome o = read_text(document);
    size_t count = o.reading.story_count;
    assert_true(count > 0);
    assert_string_equal(o.reading.stories[count - 1].title, "Two");
    assert_int_equal(o.reading.outcome, count == 2 ? READING_OK : READING_PARTIAL);
    done(&o);
    free(document);
    return count;
}

static void json_item_too_deep_or_too_full_costs_that_item(void **state) {
    (void)state;
    assert_int_equal(stories_with_nested("[", "]", LIMIT_DEPTH - 3), 2);
    assert_int_equal(stories_with_nested("[", "]", LIMIT_DEPTH + 1), 1);
    assert_int_equal(stories_with_nested("[", "]", 100000), 1);
    assert_int_equal(stories_with_nested("[0,0,0,0,0,0,0,0,0,0,", "]", 50), 2);
    assert_int_equal(stories_with_nested("[{},{},", "], {}", LIMIT_JSON_VALUES / 2), 1);
}

static void json_feed_of_windows_of_text_is_read_like_one_of_bytes(void **state) {
    (void)state;
    // A byte that is no UTF-8 has the text decoded window by window; the long string spans several.
    size_t size = 2 * LIMIT_FIELD_MAX;
    char *document = malloc(size);
    assert_non_null(document);
    struct unit_text text = {document, size, 0};
    unit_put(&text, "{\"items\": [{\"content_text\": \"\xE9");
    while (text.size < size - 100)
        unit_put(&text, "\\\\\\\"y ");
    unit_put(&text, "\", \"title\": \"behind\"}]}");
    struct outcome o = read_text(document);
    assert_int_equal(o.reading.outcome, READING_OK);
    assert_int_equal(o.reading.story_count, 1);
    assert_string_equal(o.reading.stories[0].title, "behind");
    assert_memory_equal(o.reading.stories[0].text, "é\\\"y \\\"y", 9);
    done(&o);
    free(document);
}

static void long_json_string_is_cut_before_the_parser(void **state) {
    (void)state;
    size_t size = 3 * LIMIT_FIELD_MAX;
    char *document = malloc(size);
    assert_non_null(document);
    // Escapes all along, so that the cut falls among them at whatever place.
    for (size_t shift = 0; shift < 7; shift++) {
        struct unit_text text = {document, size, 0};
        unit_put(&text, "{\"items\": [{\"content_text\": \"");
        unit_put(&text, &"xxxxxxx"[7 - shift]);
        while (text.size < size - 100)
            unit_put(&text, "\\u0061");
        unit_put(&text, "\", \"title\": \"behind\"}]}");
        struct outcome o = read_text(document);
        assert_int_equal(o.reading.outcome, READING_OK);
        assert_int_equal(o.reading.story_count, 1);
        assert_string_equal(o.reading.stories[0].title, "behind");
        assert_in_range(strlen(o.reading.stories[0].text), LIMIT_FIELD_MAX / 6 - 10,
                        LIMIT_FIELD_MAX / 6 + 10);
        done(&o);
    }
    free(document);
}

static void nul_bytes_lose_nothing(void **state) {
    (void)state;
    static const char DOCUMENT[] = "<rss><channel><item><title>a\0b</title></item></channel></rss>";
    struct outcome o = read_bytes(DOCUMENT, sizeof DOCUMENT - 1, "");
    assert_int_equal(o.reading.outcome, READING_OK);
    assert_int_equal(o.reading.story_count, 1);
    assert_string_equal(o.reading.stories[0].title, "ab");
    done(&o);
}

static void cut_document_keeps_its_whole_items_and_says_so(void **state) {
    (void)state;
    struct outcome o =
        read_text("<rss><channel><item><title>One</title></item><item><title>Two</title><link>htt");
    assert_int_equal(o.reading.outcome, READING_PARTIAL);
    assert_int_equal(o.reading.story_count, 1);
    assert_string_equal(o.reading.stories[0].title, "One");
    assert_true(strlen(o.reading.detail) > 0);
    done(&o);
}

static void a_channel_that_ends_before_its_items_is_no_whole_feed(void **state) {
    (void)state;
    // RSS 1.0 has its items behind the channel, and some of 0.9x have, too.
    static const char rdf[] = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
                              "xmlns='http://purl.org/rss/1.0/'><channel><title>Wire</title>"
                              "</channel><item><title>One</title></item></rdf:RDF>";
    const char *item = strstr(rdf, "<item>"), *behind_item = strstr(rdf, "</rdf");
    for (size_t size = 1; size < sizeof rdf; size++) {
        struct outcome o = read_bytes(rdf, size, "");
        assert_int_equal(o.reading.outcome == READING_OK, size == sizeof rdf - 1);
        if (size <= (size_t)(item - rdf))
            assert_int_equal(o.reading.outcome, READING_NOT_A_FEED);
        else if (size >= (size_t)(behind_item - rdf))
            assert_int_equal(o.reading.story_count, 1);
        done(&o);
    }
}

static void what_is_no_feed_is_named(void **state) {
    (void)state;
    static const struct {
        const char *document;
        enum reading_outcome outcome;
        const char *in_detail;
    } CASES[] = {
        {"", READING_EMPTY, ""},
        {" \r\n\t", READING_EMPTY, ""},
        {"<!DOCTYPE html><html><body>404</body></html>", READING_NOT_A_FEED, "HTML"},
        {"<html><head><link rel='alternate' type='application/rss+xml' title='A &amp; B' "
         "href='rss'><link type=application/atom+xml rel='home alternate' href=/atom></head>",
         READING_NOT_A_FEED, "https://example.org/news/rss (A & B), https://example.org/atom"},
        {"<html><link rel='stylesheet' type='application/rss+xml' href='x'>", READING_NOT_A_FEED,
         "not a feed"},
        {"<opml version='2.0'/>", READING_NOT_A_FEED, "wirebell import"},
        {"<rss><channel><title>No news</title>", READING_NOT_A_FEED, "first item"},
        {"{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [", READING_NOT_A_FEED,
         "first item"},
        {"{\"error\": \"not found\"}", READING_NOT_A_FEED, "JSON"},
        {"not found", READING_NOT_A_FEED, "text"},
        {"<rss><channel><title>No news</title></channel></rss>", READING_OK, ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        struct outcome o = read_text(CASES[i].document);
        assert_int_equal(o.reading.outcome, CASES[i].outcome);
        assert_non_null(strstr(o.reading.detail, CASES[i].in_detail));
        assert_int_equal(o.reading.story_count, 0);
        done(&o);
    }
}

static void too_many_items_are_cut_with_a_word(void **state) {
    (void)state;
    static const char ITEM[] = "<item><title>T</title></item>";
    size_t size = 20 + (LIMIT_STORIES_MAX + 5) * strlen(ITEM);
    char *document = malloc(size + 1);
    assert_non_null(document);
    struct unit_text text = {document, size + 1, 0};
    unit_put(&text, "<rss><channel>");
    for (int i = 0; i < LIMIT_STORIES_MAX + 5; i++)
        unit_put(&text, ITEM);
    struct outcome o = read_text(document);
    assert_int_equal(o.reading.outcome, READING_PARTIAL);
    assert_int_equal(o.reading.story_count, LIMIT_STORIES_MAX);
    assert_non_null(strstr(o.reading.detail, "more items"));
    done(&o);
    free(document);
}

static void small_arena_keeps_what_fits(void **state) {
    (void)state;
    struct arena *arena = NULL;
    struct reading reading = READING_NULL;
    char document[6000];
    struct unit_text text = {document, sizeof document, 0};
    unit_put(&text, "<rss><channel>");
    for (int i = 0; i < 40; i++)
        unit_put(&text, "<item><title>Sixty bytes or so of a title, as they are</title></item>");
    struct feed_source source = {document, strlen(document), "", ""};
    assert_int_equal(arena_new(4000, &arena), 0);
    const struct feed_known nothing = {NULL, 0};
    struct feed_items items;
    int r = feed_read_news(&source, &nothing, arena, &reading, &items);
    assert_int_equal(r, 0);
    assert_int_equal(reading.outcome, READING_PARTIAL);
    assert_in_range(reading.story_count, 1, 39);
    // Were these known the next time, the rest would come as new.
    assert_int_equal(items.count, 0);
    arena_free(arena);
}

static void outcomes_have_names(void **state) {
    (void)state;
    assert_string_equal(reading_outcome_name(READING_OK), "ok");
    assert_string_equal(reading_outcome_name(READING_NOT_A_FEED), "not-a-feed");
    for (int i = 0; i < READING_OUTCOME_COUNT; i++)
        assert_string_not_equal(reading_outcome_name((enum reading_outcome)i), "unknown");
    assert_string_equal(reading_outcome_name(READING_OUTCOME_COUNT), "unknown");
    assert_true(reading_is_success(READING_UNCHANGED));
    assert_false(reading_is_success(READING_EMPTY));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rss_item_becomes_a_story),
        cmocka_unit_test(atom_entry_becomes_a_story),
        cmocka_unit_test(rdf_items_beside_the_channel_are_read),
        cmocka_unit_test(faults_cost_at_most_one_character),
        cmocka_unit_test(controls_of_terminal_and_direction_do_not_come_through),
        cmocka_unit_test(json_feed_items_become_stories),
        cmocka_unit_test(cut_json_feed_keeps_its_whole_items_and_says_so),
        cmocka_unit_test(unreadable_json_item_costs_that_item),
        cmocka_unit_test(json_item_too_deep_or_too_full_costs_that_item),
        cmocka_unit_test(json_feed_of_windows_of_text_is_read_like_one_of_bytes),
        cmocka_unit_test(long_json_string_is_cut_before_the_parser),
        cmocka_unit_test(nul_bytes_lose_nothing),
        cmocka_unit_test(cut_document_keeps_its_whole_items_and_says_so),
        cmocka_unit_test(a_channel_that_ends_before_its_items_is_no_whole_feed),
        cmocka_unit_test(what_is_no_feed_is_named),
        cmocka_unit_test(too_many_items_are_cut_with_a_word),
        cmocka_unit_test(small_arena_keeps_what_fits),
        cmocka_unit_test(outcomes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
