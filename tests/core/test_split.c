// SPDX-License-Identifier: MIT
//
// The short road (only items not read before) against the full road, over whole documents and over
// documents damaged at random. "test_split SEED" repeats a run; "test_split SEED FILE..." does the
// same with documents of one's own.

#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/feed/feed.h"
#include "core/text/hash64.h"
#include "core/markup/split.h"
#include "wirebell/limits.h"

static uint64_t seed = 20261122;

static unsigned next_random(void) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33);
}

static void items_end_where_their_end_tag_is(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t length;
    } CASES[] = {
        {"<item><title>T</title></item><item>", 29},
        {"<item a='b'></item>x", 19},
        {"<a:entry><entry></entry></a:entry>.", 34},
        {"<item><![CDATA[</item>]]></item>", 32},
        {"<item><![CDATA[</item>]] ></item>", 0}, // the section does not end
        {"<item><!-- </item> --></item>", 0},     // comments are left to the full road
        {"<item><item></item></item>", 0},        // so are items in items
        {"<item><items/></item>", 0},             // and what begins like one
        {"<item><title>T</title>", 0},
        {"<item></item >", 0},
        {"<", 0},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++)
        assert_int_equal(split_item(CASES[i].text, strlen(CASES[i].text)), CASES[i].length);
}

static void assert_hash_depends_on_all(char *bytes, size_t size) {
    uint64_t before = hash64(bytes, size, 0);
    assert_true(hash64(bytes, size, 0) == before);
    assert_true(hash64(bytes, size, 1) != before);
    assert_true(hash64(bytes, size - 1, 0) != before);
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 1;
        assert_true(hash64(bytes, size, 0) != before);
        bytes[i] ^= 1;
    }
    if (size >= 16) { // nor may bytes change places
        char first[8];
        memcpy(first, bytes, sizeof first);
        memcpy(bytes, bytes + 8, sizeof first);
        memcpy(bytes + 8, first, sizeof first);
        assert_true(hash64(bytes, size, 0) != before);
    }
}

static void hash_depends_on_each_byte_the_length_and_the_seed(void **state) {
    (void)state;
    char bytes[] = "0123456789abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const size_t sizes[] = {1, 8, 31, 32, 33, 64, 71};
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
        assert_hash_depends_on_all(bytes, sizes[i]);
    assert_true(hash64("", 0, 0) != 0);
    assert_true(hash64("\0", 1, 0) != hash64("", 0, 0));
}

struct road {
    struct arena *arena;
    struct reading reading;
    struct feed_items items;
};

static struct road take(const char *bytes, size_t size, const struct feed_known *known) {
    struct road road = {.reading = READING_NULL};
    struct feed_source source = {bytes, size, "text/xml", "https://e.org/feed"};
    assert_int_equal(arena_new(LIMIT_REPLY_MAX, &road.arena), 0);
    assert_int_equal(feed_read_news(&source, known, road.arena, &road.reading, &road.items), 0);
    return road;
}

static void assert_same_story(const struct story *a, const struct story *b) {
    assert_string_equal(a->id, b->id);
    assert_string_equal(a->title, b->title);
    assert_string_equal(a->link, b->link);
    assert_string_equal(a->author, b->author);
    assert_string_equal(a->category, b->category);
    assert_string_equal(a->text, b->text);
    assert_int_equal(a->published_s, b->published_s);
}

static int by_value(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// Reads in full, then once more with some of the items known; the rest must be the same stories.
static size_t compare_roads(const char *bytes, size_t size) {
    const struct feed_known nothing = {NULL, 0};
    struct road full = take(bytes, size, &nothing);
    bool is_feed = reading_is_success(full.reading.outcome);
    uint64_t hashes[64];
    struct feed_known known = {hashes, 0};
    for (size_t i = 0; i < full.items.count && known.count < ARRAY_SIZE(hashes); i++)
        if (full.items.hashes[i] != 0 && next_random() % 3 > 0)
            hashes[known.count++] = full.items.hashes[i];
    qsort(hashes, known.count, sizeof *hashes, by_value);

    struct road news = take(bytes, size, &known);
    assert_int_equal(news.reading.outcome, full.reading.outcome);
    assert_string_equal(news.reading.feed_title, full.reading.feed_title);
    assert_int_equal(news.reading.ttl_s, full.reading.ttl_s);
    assert_int_equal(news.items.count, full.items.count);
    // Only items that have no hash, those of JSON, can be so broken that they make no story.
    bool is_one_to_one = full.items.count == full.reading.story_count;
    assert_true(is_one_to_one || !is_feed || known.count == 0);
    if (known.count == 0) {
        assert_int_equal(news.reading.story_count, full.reading.story_count);
        for (size_t i = 0; i < full.reading.story_count; i++)
            assert_same_story(&full.reading.stories[i], &news.reading.stories[i]);
    }
    assert_memory_equal(news.items.hashes, full.items.hashes,
                        full.items.count * sizeof *full.items.hashes);
    size_t at = 0, passed = 0;
    for (size_t i = 0; i < full.items.count && known.count > 0; i++) {
        if (split_is_known(hashes, known.count, full.items.hashes[i])) {
            passed++;
            continue;
        }
        assert_true(at < news.reading.story_count);
        assert_same_story(&full.reading.stories[i], &news.reading.stories[at++]);
    }
    if (known.count > 0)
        assert_int_equal(at, news.reading.story_count);
    arena_free(full.arena);
    arena_free(news.arena);
    return passed;
}

// What known items would have taken of the budget for entities is taken on the short road, too.
static void entities_are_replaced_alike_on_both_roads(void **state) {
    (void)state;
    enum { ITEMS = 600 };
    const size_t room = LIMIT_ENTITY_MAX + 200 + ITEMS * 100;
    char *document = malloc(room);
    assert_non_null(document);
    struct unit_text text = {document, room, 0};
    unit_put(&text, "<!DOCTYPE rss [<!ENTITY a '");
    for (size_t i = 0; i < LIMIT_ENTITY_MAX / 8; i++)
        unit_put(&text, "entity, ");
    unit_put(&text, "'>]><rss><channel>");
    for (int i = 0; i < ITEMS; i++)
        unit_put(&text, i % 2 ? "<item><title>Plain</title></item>"
                              : "<item><title>T</title><description>&a;</description></item>");
    unit_put(&text, "</channel></rss>");
    struct road road = take(document, text.size, &(struct feed_known){NULL, 0});
    assert_int_equal(road.reading.story_count, ITEMS);
    assert_memory_equal(road.reading.stories[0].text, "entity", 6);
    assert_string_equal(road.reading.stories[ITEMS - 2].text, "&a;"); // the budget is spent
    arena_free(road.arena);
    for (int round = 0; round < 20; round++)
        assert_true(compare_roads(document, text.size) > 10);
    free(document);
}

static const char *const DOCUMENTS[] = {
    "<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY w 'wire'>]><rss xmlns:z='http://purl.org/dc/"
    "elements/1.1/'><channel><title>W</title><ttl>5</ttl><item><title>One &w;</title><z:date>2026"
    "</z:date></item><item><title>Two</title><description><![CDATA[<p>a</p></item>]]></description>"
    "</item>\n<item><guid>3</guid><category>c</category></item><item><title>Four</title></item>"
    "<item><!-- five --><title>Five</title></item></channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://e.org/'><title>W</title><entry>"
    "<id>1</id><title>One</title><link href='a'/><content type='xhtml'><div>x <b>y</b></div>"
    "</content></entry><entry><id>2</id><author><name>A</name></author></entry><entry/><entry>"
    "<id>3</id><source><title>no</title></source><updated>2026-11-22</updated></entry></feed>",
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><channel><title>W</title>"
    "</channel><item rdf:about='u1'><title>One</title></item><item rdf:about='u2'><title>Two"
    "</title></item><image><title>I</title></image></rdf:RDF>",
};

static void short_road_gives_what_the_full_road_gives(void **state) {
    (void)state;
    size_t passed = 0;
    for (int round = 0; round < 20; round++)
        for (size_t i = 0; i < ARRAY_SIZE(DOCUMENTS); i++)
            passed += compare_roads(DOCUMENTS[i], strlen(DOCUMENTS[i]));
    assert_true(passed > 50); // or nothing was proven
}

// Damage: bytes lost, doubled, changed, and pieces of markup put in.
static size_t damage(char *bytes, size_t size, size_t room) {
    static const char *const PIECES[] = {
        "<item>",
        "</item>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<",
        ">",
        "\"",
        "'",
        "&",
        "<entry>",
        "</entry>",
        "</channel>",
        "<x y=\"</item>\">",
        "<x y='<item>'>",
        "</title>",
        "<title>",
        "<x xmlns:z='u'>",
        "\x80",
        "<image>",
        "</image>",
        "<item/>",
        "&w;",
        "</rss>",
        "\x01",
    };
    size_t at = next_random() % size;
    const char *piece = PIECES[next_random() % ARRAY_SIZE(PIECES)];
    size_t length = next_random() % 12;
    switch (next_random() % 4) {
    case 0:
        if (length > size - at)
            length = size - at;
        memmove(bytes + at, bytes + at + length, size - at - length);
        return size - length > 0 ? size - length : size;
    case 1:
        bytes[at] = (char)(0x20 + next_random() % 0x60);
        return size;
    default:
        length = strlen(piece);
        if (size + length > room)
            return size;
        memmove(bytes + at + length, bytes + at, size - at);
        memcpy(bytes + at, piece, length);
        return size + length;
    }
}

static void short_road_gives_the_same_for_damaged_documents(void **state) {
    (void)state;
    print_message("seed %" PRIu64 "\n", seed);
    size_t passed = 0;
    for (int round = 0; round < 20000; round++) {
        char bytes[3000];
        const char *document = DOCUMENTS[next_random() % ARRAY_SIZE(DOCUMENTS)];
        size_t size = strlen(document);
        memcpy(bytes, document, size);
        for (unsigned faults = 1 + next_random() % 4; faults > 0; faults--)
            size = damage(bytes, size, sizeof bytes);
        passed += compare_roads(bytes, size);
    }
    assert_true(passed > 5000);
}

enum { FILE_ROUNDS = 100, FILE_DAMAGE = 200 }; // and bytes that damage may add

static char *read_file(const char *path, size_t *ret_size) {
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(LIMIT_BODY_MAX);
    assert_non_null(bytes);
    *ret_size = fread(bytes, 1, LIMIT_BODY_MAX, file);
    fclose(file);
    return bytes;
}

static void short_road_gives_the_same_for_files(void **state) {
    size_t passed = 0; // none in files without items, or with broken ones only
    for (char **path = *state; *path; path++) {
        size_t size;
        char *bytes = read_file(*path, &size), *damaged = malloc(size + FILE_DAMAGE);
        assert_non_null(damaged);
        print_message("%s, seed %" PRIu64 "\n", *path, seed);
        for (int round = 0; round < FILE_ROUNDS; round++) {
            size_t length = size;
            memcpy(damaged, bytes, size);
            for (int faults = round % 5; faults > 0 && length > 0; faults--)
                length = damage(damaged, length, size + FILE_DAMAGE);
            passed += compare_roads(damaged, length);
        }
        free(damaged);
        free(bytes);
    }
    print_message("%zu items were passed over\n", passed);
}

int main(int argc, char **argv) {
    if (argc > 1)
        seed = strtoul(argv[1], NULL, 10);
    if (argc > 2) {
        const struct CMUnitTest files[] = {
            cmocka_unit_test_prestate(short_road_gives_the_same_for_files, argv + 2),
        };
        return cmocka_run_group_tests(files, NULL, NULL);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_end_where_their_end_tag_is),
        cmocka_unit_test(hash_depends_on_each_byte_the_length_and_the_seed),
        cmocka_unit_test(entities_are_replaced_alike_on_both_roads),
        cmocka_unit_test(short_road_gives_what_the_full_road_gives),
        cmocka_unit_test(short_road_gives_the_same_for_damaged_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
