// SPDX-License-Identifier: MIT
//
// look_read() with a feed_read_news() and a feed_read_opml() of our own, which do what each test
// wants, and an alarm(2) of our own that keeps what it was asked for: the kernel's would tell what
// is left of it, which is for the machine to say.

#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/feed/feed.h"
#include "reader/look.h"
#include "wirebell/limits.h"

static const struct story one_story = {"", "title", "", "", "", "", STORY_NO_DATE};

enum act { BRING, BRING_KNOWN, BRING_NOTHING, FAIL, HANG };

// What the next feed_read_news() does, and what it saw.
static struct {
    enum act act;
    int count;
    unsigned guard_s;
    struct feed_source source;
    struct feed_known known;
} feed;

// Of the items of a document, in its order: one is there twice, one has no hash.
static const uint64_t item_hashes[] = {30, 10, 0, 20, 10};

static unsigned alarm_s;

unsigned alarm(unsigned seconds) {
    const struct itimerval when = {.it_value.tv_sec = seconds};
    const unsigned before = alarm_s;
    assert_int_equal(setitimer(ITIMER_REAL, &when, NULL), 0);
    alarm_s = seconds;
    return before;
}

int feed_read_news(const struct feed_source *source, const struct feed_known *known,
                   struct arena *arena, struct reading *reading, struct feed_items *ret_items) {
    (void)arena;
    feed.count++;
    feed.known = *known;
    feed.source = *source;
    feed.guard_s = alarm_s;
    if (feed.act == HANG)
        (void)alarm(1); // in place of LIMIT_READ_CPU_S
    while (feed.act == HANG)
        ;
    if (feed.act == FAIL)
        return -ENOMEM;
    reading->detail = "said by feed_read_news";
    reading->stories = &one_story;
    reading->story_count = feed.act == BRING;
    bool is_feed = feed.act == BRING || feed.act == BRING_KNOWN;
    reading->outcome = is_feed ? READING_OK : READING_NOT_A_FEED;
    *ret_items = (struct feed_items){item_hashes, is_feed ? ARRAY_SIZE(item_hashes) : 0};
    return 0;
}

int feed_read_opml(const struct feed_source *source, struct arena *arena, struct reading *reading) {
    const struct feed_known nothing = {NULL, 0};
    struct feed_items items;
    int r = feed_read_news(source, &nothing, arena, reading, &items);
    if (r == 0)
        reading->detail = "said by feed_read_opml";
    return r;
}

static struct arena *arena;

static int set_up(void **state) {
    (void)state;
    return arena_new(4096, &arena);
}

static int tear_down(void **state) {
    (void)state;
    arena = arena_free(arena);
    return 0;
}

static const struct reading_request nothing_known = {
    .url = "", .etag = "", .last_modified = "", .user_agent = ""};

static struct reading look_at(const struct fetched *whole, enum reading_outcome fetched_outcome,
                              enum act act, const struct reading_request *request) {
    memset(&feed, 0, sizeof feed);
    feed.act = act;
    struct fetched fetched = *whole;
    fetched.reading = READING_NULL;
    fetched.reading.outcome = fetched_outcome;
    fetched.reading.detail = "said by the fetch";
    fetched.reading.http_status = whole->reading.http_status;
    fetched.reading.etag = "\"e\"";
    fetched.reading.last_modified = "then";
    struct reading reading;
    look_read(&fetched, request, arena, &reading);
    return reading;
}

static const struct fetched a_document = {
    .body = "body", .body_size = 4, .content_type = "text/xml", .url = "http://a.org/"};

static struct reading look(enum reading_outcome fetched_outcome, enum act act) {
    return look_at(&a_document, fetched_outcome, act, &nothing_known);
}

static void a_whole_document_is_read_and_its_validators_kept(void **state) {
    (void)state;
    struct reading reading = look(READING_OK, BRING);
    assert_int_equal(reading.outcome, READING_OK);
    assert_int_equal(reading.story_count, 1);
    assert_string_equal(reading.detail, "said by feed_read_news");
    assert_string_equal(reading.etag, "\"e\"");
    assert_string_equal(reading.last_modified, "then");
    assert_int_equal(feed.source.size, 4);
    assert_string_equal(feed.source.content_type, "text/xml");
    assert_string_equal(feed.source.base_url, "http://a.org/");
}

static void validators_of_what_is_no_feed_are_dropped(void **state) {
    (void)state;
    struct reading reading = look(READING_OK, BRING_NOTHING);
    assert_int_equal(reading.outcome, READING_NOT_A_FEED);
    assert_string_equal(reading.etag, "");
    assert_string_equal(reading.last_modified, "");
}

static void a_cut_document_brings_what_it_has_and_no_validators(void **state) {
    (void)state;
    struct reading reading = look(READING_PARTIAL, BRING);
    assert_int_equal(reading.outcome, READING_PARTIAL);
    assert_int_equal(reading.story_count, 1);
    assert_string_equal(reading.detail, "said by the fetch");
    assert_string_equal(reading.etag, "");
}

static void a_cut_document_without_stories_is_no_fault_of_the_feed(void **state) {
    (void)state;
    struct reading reading = look(READING_PARTIAL, BRING_NOTHING);
    assert_int_equal(reading.outcome, READING_UNREACHABLE);
    assert_int_equal(reading.story_count, 0);
}

static void a_document_read_before_is_not_read_and_its_new_validators_are_kept(void **state) {
    (void)state;
    struct reading_request request = nothing_known;
    request.body_hash = look(READING_OK, BRING).body_hash;
    assert_true(request.body_hash != 0);
    struct reading reading = look_at(&a_document, READING_OK, BRING, &request);
    assert_int_equal(reading.outcome, READING_UNCHANGED);
    assert_int_equal(feed.count, 0);
    assert_int_equal(reading.story_count, 0);
    assert_int_equal(reading.items.count, 0);
    assert_string_equal(reading.etag, "\"e\"");
    assert_string_equal(reading.last_modified, "then");
}

static void another_document_or_another_charset_is_read(void **state) {
    (void)state;
    struct reading_request request = nothing_known;
    request.body_hash = look(READING_OK, BRING).body_hash;
    struct fetched others[] = {a_document, a_document, a_document};
    others[0].body = "bodz";
    others[1].body_size = 3;
    others[2].content_type = "text/xml; charset=koi8-r";
    for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
        struct reading reading = look_at(&others[i], READING_OK, BRING, &request);
        assert_int_equal(reading.outcome, READING_OK);
        assert_int_equal(feed.count, 1);
        assert_true(reading.body_hash != 0 && reading.body_hash != request.body_hash);
    }
}

static void a_document_not_read_whole_has_no_hash(void **state) {
    (void)state;
    assert_true(look(READING_OK, BRING_NOTHING).body_hash == 0);
    assert_true(look(READING_OK, FAIL).body_hash == 0);
    struct reading_request request = nothing_known;
    request.body_hash = look(READING_OK, BRING).body_hash;
    // The same bytes, but the end is missing: what would have come behind is not known.
    struct reading reading = look_at(&a_document, READING_PARTIAL, BRING, &request);
    assert_int_equal(reading.outcome, READING_PARTIAL);
    assert_true(reading.body_hash == 0);
    assert_int_equal(reading.items.count, 3);
}

static void items_go_in_as_known_and_come_out_sorted_and_once(void **state) {
    (void)state;
    const uint64_t known[] = {5, 10};
    struct reading_request request = nothing_known;
    request.items = (struct reading_items){known, 2};
    struct reading reading = look_at(&a_document, READING_OK, BRING, &request);
    assert_ptr_equal(feed.known.hashes, known);
    assert_int_equal(feed.known.count, 2);
    assert_int_equal(reading.items.count, 3);
    assert_true(reading_items_are_sound(reading.items));
    assert_true(reading.items.hashes[0] == 10 && reading.items.hashes[2] == 30);
    assert_int_equal(look(READING_OK, BRING_NOTHING).items.count, 0);
}

static void what_a_part_of_the_feed_leaves_out_stays_known(void **state) {
    (void)state;
    static uint64_t many[LIMIT_STORIES_MAX];
    const uint64_t known[] = {5, 10};
    struct reading_request request = nothing_known;
    struct fetched part = a_document;
    part.reading.http_status = 226;
    request.items = (struct reading_items){known, 2};
    struct reading reading = look_at(&part, READING_OK, BRING, &request);
    assert_true(reading_items_are_sound(reading.items));
    assert_int_equal(reading.items.count, 4);
    assert_true(reading.items.hashes[0] == 5 && reading.items.hashes[1] == 10);

    arena_free(arena);
    assert_int_equal(arena_new(LIMIT_REPLY_MAX, &arena), 0);
    for (size_t i = 0; i < LIMIT_STORIES_MAX; i++)
        many[i] = 100 + i;
    request.items = (struct reading_items){many, LIMIT_STORIES_MAX};
    reading = look_at(&part, READING_OK, BRING, &request);
    assert_int_equal(reading.items.count, 0); // more than can be kept: the next time all is read
}

static void a_cut_document_whose_items_are_all_known_is_no_failure(void **state) {
    (void)state;
    struct reading reading = look(READING_PARTIAL, BRING_KNOWN);
    assert_int_equal(reading.outcome, READING_PARTIAL);
    assert_int_equal(reading.story_count, 0);
}

static void what_brought_no_document_is_passed_on_unread(void **state) {
    (void)state;
    for (int outcome = 0; outcome < READING_OUTCOME_COUNT; outcome++) {
        if (outcome == READING_OK || outcome == READING_PARTIAL)
            continue;
        struct reading reading = look((enum reading_outcome)outcome, BRING);
        assert_int_equal(reading.outcome, outcome);
        assert_int_equal(feed.count, 0);
        assert_string_equal(reading.etag, outcome == READING_UNCHANGED ? "\"e\"" : "");
    }
}

static void no_memory_is_our_fault(void **state) {
    (void)state;
    struct reading reading = look(READING_OK, FAIL);
    assert_int_equal(reading.outcome, READING_FAILED);
    assert_int_equal(reading.story_count, 0);
    assert_string_equal(reading.etag, "");
}

static void the_guard_is_set_while_reading_and_not_after(void **state) {
    (void)state;
    (void)look(READING_OK, BRING);
    assert_int_equal(feed.guard_s, LIMIT_READ_CPU_S);
    assert_int_equal(alarm_s, 0);
}

static struct reading look_at_list(enum reading_outcome fetched_outcome, enum act act) {
    memset(&feed, 0, sizeof feed);
    feed.act = act;
    struct fetched fetched = a_document;
    fetched.reading = READING_NULL;
    fetched.reading.outcome = fetched_outcome;
    fetched.reading.detail = "said by the fetch";
    struct reading reading;
    look_read_opml(&fetched, arena, &reading);
    return reading;
}

static void a_list_of_feeds_is_read_under_the_same_guard(void **state) {
    (void)state;
    struct reading reading = look_at_list(READING_OK, BRING);
    assert_int_equal(reading.outcome, READING_OK);
    assert_int_equal(reading.story_count, 1);
    assert_string_equal(reading.detail, "said by feed_read_opml");
    assert_int_equal(feed.guard_s, LIMIT_READ_CPU_S);
    assert_int_equal(alarm_s, 0);
    assert_int_equal(look_at_list(READING_OK, FAIL).outcome, READING_FAILED);
    reading = look_at_list(READING_TOO_BIG, BRING);
    assert_int_equal(reading.outcome, READING_TOO_BIG);
    assert_string_equal(reading.detail, "said by the fetch");
    assert_int_equal(feed.count, 0);
}

static void a_reading_that_hangs_ends_the_process(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        (void)look(READING_OK, HANG);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGALRM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_document_is_read_and_its_validators_kept),
        cmocka_unit_test(validators_of_what_is_no_feed_are_dropped),
        cmocka_unit_test(a_cut_document_brings_what_it_has_and_no_validators),
        cmocka_unit_test(a_cut_document_without_stories_is_no_fault_of_the_feed),
        cmocka_unit_test(a_document_read_before_is_not_read_and_its_new_validators_are_kept),
        cmocka_unit_test(another_document_or_another_charset_is_read),
        cmocka_unit_test(a_document_not_read_whole_has_no_hash),
        cmocka_unit_test(items_go_in_as_known_and_come_out_sorted_and_once),
        cmocka_unit_test(what_a_part_of_the_feed_leaves_out_stays_known),
        cmocka_unit_test(a_cut_document_whose_items_are_all_known_is_no_failure),
        cmocka_unit_test(what_brought_no_document_is_passed_on_unread),
        cmocka_unit_test(no_memory_is_our_fault),
        cmocka_unit_test(the_guard_is_set_while_reading_and_not_after),
        cmocka_unit_test(a_list_of_feeds_is_read_under_the_same_guard),
        cmocka_unit_test(a_reading_that_hangs_ends_the_process),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
