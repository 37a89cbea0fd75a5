// SPDX-License-Identifier: MIT
//
// What repair hands on: the small documents, with the letters of feed_tag.h spelled out.

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/buffer.h"
#include "core/feed/feed_tag.h"
#include "core/markup/repair.h"
#include "wirebell/limits.h"

struct result {
    struct buffer pieces; // all documents, '\n' behind each
    struct repair_report report;
    size_t largest;
};

static struct result repair_bytes(const char *bytes, size_t size) {
    struct result result = {.pieces = BUFFER_NULL};
    struct charset *text = NULL;
    struct repair *repair = NULL;
    struct repair_piece piece;
    int r;
    assert_int_equal(charset_open(bytes, size, "", &text), 0);
    assert_int_equal(repair_new(text, (struct repair_known){NULL, 0}, &repair), 0);
    while ((r = repair_next(repair, &piece)) > 0) {
        assert_int_equal(strlen(piece.xml), piece.size);
        buffer_put(&result.pieces, piece.xml, piece.size);
        buffer_puts(&result.pieces, "\n");
        if (piece.size > result.largest)
            result.largest = piece.size;
    }
    assert_int_equal(r, 0);
    (void)buffer_terminate(&result.pieces);
    result.report = *repair_report(repair);
    repair_free(repair);
    charset_close(text);
    return result;
}

// Puts a letter for "$name" of a pattern, so that the cases can be read.
static void spell(const char *pattern, char *ret) {
    static const struct {
        const char *name;
        enum feed_tag tag;
    } TAGS[] = {
        {"$item", TAG_ITEM},           {"$feed", TAG_CHANNEL},
        {"$title", TAG_TITLE},         {"$link", TAG_LINK},
        {"$published", TAG_PUBLISHED}, {"$id", TAG_ID},
        {"$date", TAG_DC_DATE},        {"$description", TAG_DESCRIPTION},
        {"$content", TAG_CONTENT},     {"$author", TAG_AUTHOR},
    };
    static const struct {
        const char *name;
        enum feed_attr attr;
    } ATTRS[] = {
        {"@href", ATTR_HREF}, {"@depth", ATTR_DEPTH}, {"@type", ATTR_TYPE}, {"@about", ATTR_ABOUT}};
    while (*pattern) {
        size_t taken = 0;
        for (size_t i = 0; i < ARRAY_SIZE(TAGS); i++)
            if (strncmp(pattern, TAGS[i].name, strlen(TAGS[i].name)) == 0) {
                taken = strlen(TAGS[i].name);
                *ret++ = feed_tag_letter(TAGS[i].tag);
            }
        for (size_t i = 0; i < ARRAY_SIZE(ATTRS); i++)
            if (strncmp(pattern, ATTRS[i].name, strlen(ATTRS[i].name)) == 0) {
                taken = strlen(ATTRS[i].name);
                *ret++ = feed_attr_letter(ATTRS[i].attr);
            }
        if (taken == 0)
            *ret++ = *pattern++;
        pattern += taken;
    }
    *ret = '\0';
}

struct repair_case {
    const char *in;
    const char *out; // of what is inside the first <item>...</item>
};

static void check(const struct repair_case *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char in[1000], expected[1000];
        (void)snprintf(in, sizeof in, "<rss><channel>%s</channel></rss>", cases[i].in);
        spell(cases[i].out, expected);
        struct result result = repair_bytes(in, strlen(in));
        if (strcmp(result.pieces.data ? result.pieces.data : "", expected) != 0)
            fail_msg("%s\nbecame   %s\nexpected %s", cases[i].in, result.pieces.data, expected);
        assert_false(result.report.is_cut);
        buffer_done(&result.pieces);
    }
}

static void only_what_is_read_is_handed_on(void **state) {
    (void)state;
    static const struct repair_case CASES[] = {
        {"<title>W</title><x>y</x><item><title>T</title><foo a='b'>c<bar/></foo></item>",
         "<$feed><$title>W</$title></$feed>\n<$item><$title>T</$title></$item>\n"},
        {"<item><source url='x'><title>S</title></source><title>T</title></item>",
         "<$item><$title>T</$title></$item>\n"},
        {"<item><link foo='1' href='a&amp;b\"' x='<'/></item>",
         "<$item><$link @href=\"a&amp;b&quot;\"></$link></$item>\n"},
        {"<item><group><title>T</title></group></item>",
         "<$item><$title @depth=\"01\">T</$title></$item>\n"},
        {"<item><author><name>Ann</name><email>a@e.org</email></author></item>",
         "<$item><$author>Ann</$author></$item>\n"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void markup_becomes_text(void **state) {
    (void)state;
    static const struct repair_case CASES[] = {
        {"<item><description>a <b x='y'>c</b><br/></description></item>",
         "<$item><$description>a &lt;b>c&lt;/b>&lt;br/></$description></$item>\n"},
        {"<item><description><![CDATA[a <a href='x>y'>b</a> & c]]></description></item>",
         "<$item><$description><![CDATA[a <a>b</a> & c]]></$description></$item>\n"},
        {"<item><content type='xhtml'><div>a &lt; &eacute;</div></content></item>",
         "<$item><$content @type=\"xhtml\">&lt;div>a &amp;lt; é&lt;/div></$content></$item>\n"},
        {"<item><title>&lt;i&gt; &amp; & &#60; &nbsp;&bogus;</title></item>",
         "<$item><$title><![CDATA[<i> & & < \u00A0&bogus;]]></$title></$item>\n"},
        {"<item><title>&#1;</title></item>", "<$item><$title></$title></$item>\n"}, // nothing left
        {"<item><title>a]]&gt;&lt;/title>&#93;]></title></item>",
         "<$item><$title><![CDATA[a]]]><![CDATA[]></title>]]]><![CDATA[]>]]></$title></$item>\n"},
        {"<item><description type='html'>&lt;b class='c'>d</description></item>",
         "<$item><$description @type=\"html\"><![CDATA[<b>d]]></$description></$item>\n"},
        {"<item><description type='text'>&lt;b class='c'>d</description></item>",
         "<$item><$description @type=\"text\"><![CDATA[<b class='c'>d]]></$description></$item>\n"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void missing_end_tags_end_where_they_should(void **state) {
    (void)state;
    static const struct repair_case CASES[] = {
        {"<item><title>T<link>l</link></item>",
         "<$item><$title>T</$title><$link>l</$link></$item>\n"},
        {"<item><description>d <p>e<pubDate>p</pubDate></item>",
         "<$item><$description>d &lt;p>e</$description><$published>p</$published></$item>\n"},
        {"<item><title>T</title><item><title>U</title></item>",
         "<$item><$title>T</$title></$item>\n<$item><$title>U</$title></$item>\n"},
        {"<item><title>T", "<$item><$title>T</$title></$item>\n"},
        {"<item><g><link>l</g><title>T</title></item>",
         "<$item><$link @depth=\"01\">l</$link><$title>T</$title></$item>\n"},
        {"<item></x><title>T</title</item>", "<$item><$title>T</$title></$item>\n"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void names_are_known_by_namespace_not_prefix(void **state) {
    (void)state;
    static const struct repair_case CASES[] = {
        {"<item xmlns:z='http://purl.org/dc/elements/1.1/'><z:date>d</z:date></item>",
         "<$item><$date>d</$date></$item>\n"},
        {"<item><dc:date>d</dc:date><DC:DATE>e</DC:DATE></item>",
         "<$item><$date>d</$date><$date>e</$date></$item>\n"},
        {"<item><title xmlns='urn:other'>no</title><title>T</title></item>",
         "<$item><$title>T</$title></$item>\n"},
        {"<item><dc:title xmlns:dc='urn:other'>no</dc:title></item>", "<$item></$item>\n"},
        {"<a:item xmlns:a='http://purl.org/rss/1.0/' a:about='x'><a:title>T</a:title></a:item>",
         "<$item><$title>T</$title></$item>\n"},
    };
    check(CASES, ARRAY_SIZE(CASES));
}

static void caps_hold_before_the_parser(void **state) {
    (void)state;
    size_t size = 3 * LIMIT_FIELD_MAX;
    char *bytes = malloc(size);
    assert_non_null(bytes);
    memset(bytes, 'x', size);
    memcpy(bytes, "<rss><item><title>", 18);
    memcpy(bytes + size - 29, "</title><link>l</link></item>", 29);
    struct result result = repair_bytes(bytes, size);
    assert_in_range(result.largest, LIMIT_FIELD_MAX, LIMIT_FIELD_MAX + 100);
    buffer_done(&result.pieces);

    struct unit_text text = {bytes, size, 0};
    unit_put(&text, "<rss><item>");
    for (int i = 0; i < LIMIT_ITEM_FIELDS + 10; i++)
        unit_put(&text, "<category>c</category>");
    unit_put(&text, "</item></rss>");
    result = repair_bytes(bytes, text.size);
    size_t fields = 0;
    for (const char *c = result.pieces.data; (c = strstr(c, ">c<")); c++)
        fields++;
    assert_int_equal(fields, LIMIT_ITEM_FIELDS);
    buffer_done(&result.pieces);
    free(bytes);
}

static void billion_laughs_end_soon(void **state) {
    (void)state;
    char document[2000];
    struct unit_text text = {document, sizeof document, 0};
    unit_put(&text, "<!DOCTYPE rss [<!ENTITY a0 'ha'>");
    for (int i = 1; i < 20; i++) {
        char line[120];
        (void)snprintf(line, sizeof line, "<!ENTITY a%d '&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;'>", i,
                       i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
        unit_put(&text, line);
    }
    unit_put(&text, "]><rss><item><title>&a0; &a2; &a19;</title></item></rss>");
    struct result result = repair_bytes(document, strlen(document));
    assert_non_null(strstr(result.pieces.data, "ha hahahaha"));
    assert_true(result.largest < LIMIT_ENTITY_MAX * 2);
    buffer_done(&result.pieces);
}

static void report_tells_what_the_document_is(void **state) {
    (void)state;
    struct result result = repair_bytes("<HTML><p>", 9);
    assert_true(result.report.is_html);
    assert_false(result.report.is_feed);
    assert_string_equal(result.report.root_name, "HTML");
    buffer_done(&result.pieces);
    result = repair_bytes("<rss><channel><item><title>T</title><link>cut", 45);
    assert_true(result.report.is_feed);
    assert_true(result.report.is_cut);
    assert_int_equal(result.pieces.size, 0);
    buffer_done(&result.pieces);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_read_is_handed_on),
        cmocka_unit_test(markup_becomes_text),
        cmocka_unit_test(missing_end_tags_end_where_they_should),
        cmocka_unit_test(names_are_known_by_namespace_not_prefix),
        cmocka_unit_test(caps_hold_before_the_parser),
        cmocka_unit_test(billion_laughs_end_soon),
        cmocka_unit_test(report_tells_what_the_document_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
