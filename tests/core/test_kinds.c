// SPDX-License-Identifier: MIT
//
// Feeds as the large sites and programs of the world write them: one of each kind, cut to an item
// or two, with the oddity it is known for. What is expected is what a person would read.

#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/feed/date.h"
#include "core/feed/feed.h"
#include "wirebell/limits.h"

// What is not said (NULL) is not looked at; date "" = none.
struct expected {
    const char *id, *title, *link, *author, *category, *text, *date;
};

struct kind {
    const char *name;
    const char *document;
    struct expected stories[2];
    size_t count;
};

static const struct kind KINDS[] = {
    {"podcast",
     "<?xml version='1.0' encoding='UTF-8'?><rss version='2.0' xmlns:itunes='http://www.itunes.com/"
     "dtds/podcast-1.0.dtd' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel>"
     "<title>Cast</title><itunes:author>Show</itunes:author><item><itunes:title>Short</"
     "itunes:title>"
     "<title>Episode 7: Flood</title><itunes:author>Ann</itunes:author><itunes:summary>About it."
     "</itunes:summary><itunes:duration>31:05</itunes:duration><enclosure url='https://m.example/7."
     "mp3' length='1' type='audio/mpeg'/><guid isPermaLink='false'>7f</guid><pubDate>Sun, 22 Nov "
     "2026 05:00:00 +0100</pubDate></item></channel></rss>",
     {{"7f", "Episode 7: Flood", "", "Ann", "", "About it.", "2026-11-22T04:00:00Z"}},
     1},
    {"video channel",
     "<feed xmlns:yt='http://www.youtube.com/xml/schemas/2015' "
     "xmlns:media='http://search.yahoo.com/"
     "mrss/' xmlns='http://www.w3.org/2005/Atom'><title>Channel</title><entry><id>yt:video:abc</id>"
     "<yt:videoId>abc</yt:videoId><title>Dam breaks</title><link rel='alternate' href='https://v."
     "example/watch?v=abc'/><author><name>Channel</name><uri>https://v.example/c</uri></author>"
     "<published>2026-11-20T10:00:00+00:00</published><updated>2026-11-21T10:00:00+00:00</updated>"
     "<media:group><media:title>Other</media:title><media:description>What happened.\nAnd why."
     "</media:description><media:community><media:statistics views='5'/></media:community>"
     "</media:group></entry></feed>",
     {{"yt:video:abc", "Dam breaks", "https://v.example/watch?v=abc", "Channel", "",
       "What happened. And why.", "2026-11-20T10:00:00Z"}},
     1},
    {"forum",
     "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'><category term='news' "
     "label='r/"
     "news'/><entry><author><name>/u/x</name><uri>u</uri></author><category term='news' label='r/"
     "news'/><content type='html'>&lt;!-- SC_OFF --&gt;&lt;div class=&quot;md&quot;&gt;&lt;p&gt;Is "
     "it &amp;#39;true&amp;#39;?&lt;/p&gt; &lt;/div&gt;&lt;!-- SC_ON --&gt;</content><id>t3_1</id>"
     "<link href='https://r.example/1'/><updated>2026-11-22T01:02:03+00:00</updated><title>Power "
     "&amp;"
     "amp; water</title></entry></feed>",
     {{"t3_1", "Power & water", "https://r.example/1", "/u/x", "r/news", "Is it 'true'?",
       "2026-11-22T01:02:03Z"}},
     1},
    {"microblog without titles",
     "<rss version='2.0' xmlns:webfeeds='http://webfeeds.org/rss/1.0'><channel><item><guid "
     "isPermaLink="
     "'true'>https://s.example/@a/1</guid><link>https://s.example/@a/1</link><pubDate>Sun, 22 Nov "
     "2026 01:00:00 +0000</pubDate><description>&lt;p&gt;Sirens &lt;a href=&quot;https://s.example/"
     "tags/x&quot;&gt;#&lt;span&gt;x&lt;/span&gt;&lt;/a&gt;&lt;br /&gt;now&lt;/p&gt;</description>"
     "<category>x</category></item></channel></rss>",
     {{"https://s.example/@a/1", "", "https://s.example/@a/1", "", "x", "Sirens #x now",
       "2026-11-22T01:00:00Z"}},
     1},
    {"weblog",
     "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' "
     "xmlns:wfw='http://"
     "wellformedweb.org/CommentAPI/' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:slash='http:"
     "//purl.org/rss/1.0/modules/slash/'><channel><item><title>Caf&#233; &#8211; open</title><link>"
     "https://b.example/cafe/</link><comments>https://b.example/cafe/#respond</"
     "comments><dc:creator>"
     "<![CDATA[editor]]></dc:creator><category><![CDATA[Town & "
     "Land]]></category><category><![CDATA["
     "Food]]></category><guid "
     "isPermaLink='false'>https://b.example/?p=9</guid><description><![CDATA"
     "[Short [&#8230;]]]></description><content:encoded><![CDATA[<p>The long text of "
     "it.</p><script>"
     "x()</script>]]></content:encoded><wfw:commentRss>no</wfw:commentRss><slash:comments>0</slash:"
     "comments></item></channel></rss>",
     {{"https://b.example/?p=9", "Café – open", "https://b.example/cafe/", "editor",
       "Town & Land\nFood", "The long text of it.", ""}},
     1},
    {"software releases",
     "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:media='http://search.yahoo.com/mrss/' "
     "xml:lang="
     "'en-US'><entry><id>tag:g.example,2008:Repository/1/v1.2</id><updated>2026-11-22T01:00:00Z"
     "</updated><link rel='alternate' type='text/html' href='https://g.example/o/r/releases/v1.2'/>"
     "<title>v1.2</title><content "
     "type='html'>&lt;h2&gt;Fixes&lt;/h2&gt;&lt;ul&gt;&lt;li&gt;a&lt;/li"
     "&gt;&lt;li&gt;b&lt;/li&gt;&lt;/ul&gt;</content><author><name>dev</name></"
     "author><media:thumbnail"
     " height='30' width='30' url='u'/></entry></feed>",
     {{"tag:g.example,2008:Repository/1/v1.2", "v1.2", "https://g.example/o/r/releases/v1.2", "dev",
       "", "Fixes a b", "2026-11-22T01:00:00Z"}},
     1},
    {"preprints in RDF",
     "<?xml version='1.0'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='"
     "http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel "
     "rdf:about='http:"
     "//p.example/'><title>cs</title><items><rdf:Seq><rdf:li rdf:resource='http://p.example/1'/>"
     "</rdf:Seq></items></channel><item rdf:about='http://p.example/1'><title>On bells. (arXiv:1)"
     "</title><link>http://p.example/1</link><description rdf:parseType='Literal'>&lt;p&gt;We ring."
     "&lt;/p&gt;</description><dc:creator>&lt;a href=\"http://p.example/a\"&gt;A. B.&lt;/a&gt;, "
     "&lt;a"
     " href=\"http://p.example/c\"&gt;C. D.&lt;/a&gt;</dc:creator></item></rdf:RDF>",
     {{"http://p.example/1", "On bells. (arXiv:1)", "http://p.example/1", "A. B., C. D.", "",
       "We ring.", ""}},
     1},
    {"Japanese RSS 1.0 in Shift_JIS",
     "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><rdf:RDF "
     "xmlns:rdf='http://www.w3.org/1999/02/22"
     "-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' "
     "xmlns:dc='http://purl.org/dc/elements/1.1/'>"
     "<item rdf:about='http://j.example/1'><title>\x93\xFA\x96\x7B\x8C\xEA \x95\x5C\x8E\xA6</title>"
     "<link>http://j.example/1</link><dc:date>2026-11-22T09:00+09:00</dc:date></item></rdf:RDF>",
     {{"http://j.example/1", "日本語 表示", "http://j.example/1", "", "", "",
       "2026-11-22T00:00:00Z"}},
     1},
    {"Atom 0.3",
     "<feed version='0.3' xmlns='http://purl.org/atom/ns#' xml:lang='en'><title>W</title><entry>"
     "<issued>2004-05-06T07:08:09+02:00</issued><modified>2005-01-01T00:00:00Z</modified><link "
     "href="
     "'http://w.example/1.html' rel='alternate' title='T' type='text/html'/><author><name>Al</name>"
     "</author><id>tag:w.example,1:1</id><title mode='escaped' type='text/html'>One &amp;lt;b&gt;"
     "</title><content type='application/xhtml+xml' mode='xml'><div xmlns='http://www.w3.org/1999/"
     "xhtml'>Some<br/>text</div></content><link rel='service.edit' href='http://w.example/edit'/>"
     "</entry></feed>",
     {{"tag:w.example,1:1", NULL, "http://w.example/1.html", "Al", "", "Some text",
       "2004-05-06T05:08:09Z"}},
     1},
    {"feed passed on: its own links are what it says",
     "<rss version='2.0' "
     "xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'><channel><item>"
     "<title>T</title><link>http://feeds.example/~r/x/~3/1/</link><guid "
     "isPermaLink='false'>9</guid>"
     "<feedburner:origLink>https://w.example/story</feedburner:origLink></item></channel></rss>",
     {{"9", "T", "http://feeds.example/~r/x/~3/1/", "", "", "", ""}},
     1},
    {"security advisories",
     "<rdf:RDF xmlns='http://purl.org/rss/1.0/' "
     "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#"
     "' xmlns:dc='http://purl.org/dc/elements/1.1/'><item rdf:about='https://n.example/CVE-2026-1'>"
     "<title>CVE-2026-1 "
     "(web_server)</title><link>https://n.example/CVE-2026-1</link><description>A "
     "buffer in parse() &lt; 2.4 lets anyone with x<y and a&b in.</description><dc:date>2026-11-22T"
     "01:15:00Z</dc:date></item></rdf:RDF>",
     {{"https://n.example/CVE-2026-1", "CVE-2026-1 (web_server)", "https://n.example/CVE-2026-1",
       "", "", "A buffer in parse() < 2.4 lets anyone with x<y and a&b in.",
       "2026-11-22T01:15:00Z"}},
     1},
    {"government notices with empty titles",
     "<rss version='2.0'><channel><title/><item><title></title><description>Road "
     "closed.</description>"
     "<link>\n   https://gov.example/1\n </link><pubDate></pubDate><guid/></item><item><title>  "
     "</title><description/><link>https://gov.example/2</link><pubDate>22/11/2026 10:00</pubDate>"
     "</item></channel></rss>",
     {{"", "", "https://gov.example/1", "", "", "Road closed.", ""},
      {"", "", "https://gov.example/2", "", "", "", NULL}},
     2},
};

static void assert_field(const char *kind, const char *field, const char *is, const char *wanted) {
    if (wanted && strcmp(is, wanted) != 0)
        fail_msg("%s: %s is \"%s\", expected \"%s\"", kind, field, is, wanted);
}

static void assert_story(const char *kind, const struct story *story, const struct expected *e) {
    char date[21];
    date_format(story->published_s, date);
    assert_field(kind, "id", story->id, e->id);
    assert_field(kind, "title", story->title, e->title);
    assert_field(kind, "link", story->link, e->link);
    assert_field(kind, "author", story->author, e->author);
    assert_field(kind, "category", story->category, e->category);
    assert_field(kind, "text", story->text, e->text);
    assert_field(kind, "date", date, e->date);
}

static void check(const struct kind *kind, const char *bytes, size_t size) {
    struct arena *arena = NULL;
    struct reading reading = READING_NULL;
    struct feed_source source = {bytes, size, "", ""};
    assert_int_equal(arena_new(LIMIT_REPLY_MAX, &arena), 0);
    assert_int_equal(feed_read(&source, arena, &reading), 0);
    if (reading.outcome != READING_OK || reading.story_count != kind->count)
        fail_msg("%s: %s %s, %zu stories", kind->name, reading_outcome_name(reading.outcome),
                 reading.detail, reading.story_count);
    for (size_t i = 0; i < kind->count; i++)
        assert_story(kind->name, &reading.stories[i], &kind->stories[i]);
    arena_free(arena);
}

static void each_kind_reads_as_a_person_would_read_it(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(KINDS); i++)
        check(&KINDS[i], KINDS[i].document, strlen(KINDS[i].document));
}

// In UTF-16 either way round, with nothing to say so but the zeros.
static void utf16_without_a_mark_is_seen(void **state) {
    (void)state;
    static const struct kind KIND = {
        "UTF-16",
        "<?xml version='1.0' "
        "encoding='UTF-16'?><rss><channel><item><title>Bell</title><guid>1</guid>"
        "</item></channel></rss>",
        {{"1", "Bell", "", "", "", "", ""}},
        1};
    char wide[400];
    size_t size = strlen(KIND.document);
    assert_true(2 * size <= sizeof wide);
    for (size_t high = 0; high < 2; high++) {
        for (size_t i = 0; i < size; i++) {
            wide[2 * i + high] = KIND.document[i];
            wide[2 * i + 1 - high] = '\0';
        }
        check(&KIND, wide, 2 * size);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_reads_as_a_person_would_read_it),
        cmocka_unit_test(utf16_without_a_mark_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
