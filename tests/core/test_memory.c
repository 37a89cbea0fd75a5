// SPDX-License-Identifier: MIT
//
// Memory that ends. Every allocation of the reader fails once: feed_read() says -ENOMEM or gives
// what it has, gives back all it took, and reads on as before the next time.
//
// Calls of our own code come here by the linker's --wrap. What the libraries take is counted but
// never fails: Mini-XML 3.3 and json-c 0.16 fall over a name they could not copy. That ends the
// reader process, which is there to be ended: the daemon starts another.
//
// The program brings its own malloc(), which all libraries then use. Sanitizers do the same, so
// under them there is nothing to test here.

#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/feed/feed.h"
#include "wirebell/limits.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#endif

static long fail_at = -1; // allocations until the one that fails; below 0 = none does
static long held;         // allocations not given back

#ifndef IS_SANITIZED
// glibc's own, under the names it has for programs that do this.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *old);

static bool is_to_fail(void) {
    return fail_at >= 0 && fail_at-- == 0;
}

static void *count(void *memory) {
    held += memory != NULL;
    return memory;
}

void *malloc(size_t size) {
    return count(__libc_malloc(size));
}

void *calloc(size_t n, size_t size) {
    return count(__libc_calloc(n, size));
}

void *realloc(void *old, size_t size) {
    void *memory = __libc_realloc(old, size);
    held += memory && !old;
    return memory;
}

// Names of the linker's for a call of malloc() in our code, and for malloc() itself.
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_malloc(size_t size) {
    return is_to_fail() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size) {
    return is_to_fail() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *old, size_t size) {
    return is_to_fail() ? NULL : __real_realloc(old, size);
}

void free(void *old) {
    held -= old != NULL;
    __libc_free(old);
}
#endif

static const struct {
    const char *name;
    const char *document;
} DOCUMENTS[] = {
    {"RSS",
     "<!DOCTYPE rss [<!ENTITY w 'wire'>]><rss xmlns:z='http://purl.org/dc/elements/1.1/'><channel>"
     "<title>W</title><link>https://e.org/</link><item><title>One &w;</title><link>/1</link><guid>1"
     "</guid><category>c</category><description>&lt;p>a &amp;amp; b&lt;/p></description></item>"
     "<item><title>Two</title><z:creator>A</z:creator><description><![CDATA[<p>x]]></description>"
     "</item></channel></rss>"},
    {"Atom",
     "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://e.org/'><title>W</title><entry>"
     "<id>1</id><title type='html'>&lt;b>One</title><link href='a'/><content type='xhtml'><div>x "
     "<b>y</b></div></content></entry><entry><title mode='base64'>VHdv</title></entry></feed>"},
    {"JSON",
     "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"W\",\"items\":[{\"id\":1,"
     "\"title\":\"One \\u2014\",\"tags\":[\"a\",\"b\"],\"authors\":[{\"name\":\"A\"}]},"
     "{\"id\":\"2\",\"content_html\":\"<p>Two</p>\"}]}"},
    {"windows-1251",
     "<?xml version='1.0' encoding='windows-1251'?><rss><channel><item><title>\xCF\xF0\xE8"
     "</title></item></channel></rss>"},
    {"Shift_JIS",
     "<?xml version='1.0' encoding='Shift_JIS'?><rss><channel><item><title>\x93\xFA\x96\x7B"
     "</title></item></channel></rss>"},
    {"a web page",
     "<html><head><link rel='alternate' type='application/rss+xml' href='/feed' title='News'>"},
    {"a list",
     "<opml><body><outline text='World'><outline text='&amp; One' xmlUrl='http://a/'/><outline "
     "title='Two' xmlUrl='http://b/' category='x,y'/></outline></body></opml>"},
};

// One reading. Returns what feed_read() does.
static int read_once(const char *document, size_t *ret_stories) {
    struct reading reading = READING_NULL;
    struct feed_source source = {document, strlen(document), "", "https://e.org/feed"};
    struct arena *arena = NULL;
    int r = arena_new(LIMIT_REPLY_MAX, &arena);
    if (r == 0)
        r = (strncmp(document, "<opml>", 6) == 0 ? feed_read_opml : feed_read)(&source, arena,
                                                                               &reading);
    *ret_stories = r == 0 ? reading.story_count : 0;
    for (size_t i = 0; i < *ret_stories; i++)
        assert_true(strlen(reading.stories[i].title) <= LIMIT_TITLE_MAX);
    arena_free(arena);
    return r;
}

static void each_allocation_may_fail(void **state) {
    (void)state;
#ifdef IS_SANITIZED
    skip();
#endif
    for (size_t i = 0; i < ARRAY_SIZE(DOCUMENTS); i++) {
        const char *document = DOCUMENTS[i].document;
        size_t all, stories;
        assert_int_equal(read_once(document, &all), 0); // what the C library keeps, it has now
        long before = held, n = 0;
        bool was_reached = true;
        for (size_t failures = 0; was_reached; n++) {
            fail_at = n;
            int r = read_once(document, &stories);
            was_reached = fail_at < 0;
            fail_at = -1;
            failures += r < 0;
            if (r != 0 && r != -ENOMEM)
                fail_msg("%s, allocation %ld: %d", DOCUMENTS[i].name, n, r);
            if (held > before) // less: the C library let go of a charset it had kept
                fail_msg("%s, allocation %ld: %ld not given back", DOCUMENTS[i].name, n,
                         held - before);
            assert_true(stories <= all);
            assert_true(was_reached || failures > 0);
        }
        assert_int_equal(read_once(document, &stories), 0);
        assert_int_equal(stories, all);
        print_message("%s: %ld allocations\n", DOCUMENTS[i].name, n - 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
