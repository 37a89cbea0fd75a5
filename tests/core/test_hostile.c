// SPDX-License-Identifier: MIT
//
// Bodies of 5 MB made to cost more than they weigh. Each is read in 0.2 s at most on a desktop
// core; one that costs the square of its length takes tens of seconds to hours, so the limit can be
// far from both. Sanitizers make each call of iconv dear, and one body is nothing else.

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/feed/feed.h"
#include "wirebell/limits.h"

// A guard against cost that grows with the square of the size, not a stop-watch: the worst body
// takes 0.2 s, a square takes minutes. Sanitizers are slow; they look at less.
#ifdef WIREBELL_SANITIZE
enum { BODY_SIZE = 500000 };
#else
enum { BODY_SIZE = 5000000 };
#endif
static const double CPU_LIMIT_S = 5;

#define ITEM "<rss><channel><item>"
#define HTML ITEM "<description><![CDATA["

static const struct {
    const char *start;
    const char *again; // until the body is full
} BODIES[] = {
    {ITEM "<title ", "a='b' "},
    {ITEM, "<a b='c' d='e'"},
    {ITEM, "<a>"},
    {ITEM "<title>", "<b>"},
    {ITEM "<title>", "x"},
    {ITEM "<title>", "&"},
    {ITEM "<title>", "<"},
    {ITEM "<title>", "<a b=\""},
    {ITEM "<title>", "<a b='\">"},
    {ITEM "<title>", "<![CDATA["},
    {ITEM "<title>", "<![CDATA[x]]>"},
    {ITEM, "<!--"},
    {ITEM, "<?x "},
    {ITEM, "<title/>"},
    {ITEM, "<x xmlns:p='u'>"},
    {"<rss>", "<item/>"},
    {"<rss>", "<item>"},
    {"<rss>", "<item><title>t</title></item>"},
    {"", "<!DOCTYPE a ["},
    {"", "<!DOCTYPE a [<!ENTITY b 'c'>"},
    {"<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'>"
     "<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>" ITEM,
     "<title>&c;&c;&c;</title></item><item>"},
    {HTML, "<p "},
    {HTML, "<a href=\""},
    {HTML, "<x y=\""},
    {HTML, "<!--"},
    {HTML, "<script>"},
    {HTML, "]]>]]></description></item><item><description><![CDATA[<x y=\"<!--"},
    {ITEM "<description>", "&lt;x y=\"&lt;!--"},
    {ITEM "<title>", "\x80"},
    {ITEM "<title>", "\xE2\x80"},
    {"<?xml version='1.0' encoding='gb18030'?>" ITEM "<title>", "\xFF"},
    {"<html>", "<link rel=alternate type=application/rss+xml href=a>"},
    {"{\"items\":[", "["},
    {"{\"items\":[", "{},"},
    {"{\"items\":[{\"id\":\"", "\\n"},
    {"{\"items\":[{", "\"title\":\"\","},
    {"{\"items\":[{\"tags\":[", "{},"},
    {"{\"items\":[{\"id\":\"\\u", "\\u"},
    {"{", "\"title\":\"\","},
    {"<opml>", "<outline text='folder' xmlUrl=''>"},
    {"<opml>", "<outline text='folder'><outline text='f' xmlUrl='http://a/'>"},
    {"<opml>", "<outline xmlUrl='http://a/' category='a,b/c'/>"},
    {"<opml><outline xmlUrl='http://a/' category='", "a,"},
};

static void hostile_bodies_cost_little(void **state) {
    (void)state;
    char *body = malloc(BODY_SIZE);
    assert_non_null(body);
    for (size_t i = 0; i < ARRAY_SIZE(BODIES); i++) {
        size_t size = strlen(BODIES[i].start), length = strlen(BODIES[i].again);
        memcpy(body, BODIES[i].start, size);
        for (; size + length <= BODY_SIZE; size += length)
            memcpy(body + size, BODIES[i].again, length);
        struct arena *arena = NULL;
        struct reading reading = READING_NULL;
        struct feed_source source = {body, size, "", ""};
        assert_int_equal(arena_new(LIMIT_REPLY_MAX, &arena), 0);
        clock_t before = clock();
        const bool is_list = strncmp(BODIES[i].start, "<opml>", 6) == 0;
        assert_int_equal((is_list ? feed_read_opml : feed_read)(&source, arena, &reading), 0);
        double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
        if (seconds > CPU_LIMIT_S)
            fail_msg("%s and then %s...: %.1f s", BODIES[i].start, BODIES[i].again, seconds);
        assert_true(reading.story_count <= LIMIT_STORIES_MAX);
        arena_free(arena);
    }
    free(body);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_bodies_cost_little),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
