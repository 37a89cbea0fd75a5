// SPDX-License-Identifier: MIT
//
// look_read() with a feed_read() of our own, which does what each test wants.

#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/feed.h"
#include "reader/look.h"
#include "wirebell/limits.h"

static const struct story one_story = {"", "title", "", "", "", "", STORY_NO_DATE};

enum act { BRING, BRING_NOTHING, FAIL, HANG };

// What the next feed_read() does, and what it saw.
static struct {
    enum act act;
    int count;
    unsigned guard_s;
    struct feed_source source;
} feed;

int feed_read(const struct feed_source *source, struct arena *arena, struct reading *reading) {
    (void)arena;
    feed.count++;
    feed.source = *source;
    feed.guard_s = alarm(feed.act == HANG ? 1 : LIMIT_READ_CPU_S);
    while (feed.act == HANG)
        ;
    if (feed.act == FAIL)
        return -ENOMEM;
    reading->outcome = feed.act == BRING ? READING_OK : READING_NOT_A_FEED;
    reading->detail = "said by feed_read";
    reading->stories = &one_story;
    reading->story_count = feed.act == BRING;
    return 0;
}

static struct reading look(enum reading_outcome fetched_outcome, enum act act) {
    memset(&feed, 0, sizeof feed);
    feed.act = act;
    struct fetched fetched = {.reading = READING_NULL,
                              .body = "body",
                              .body_size = 4,
                              .content_type = "text/xml",
                              .url = "http://a.org/"};
    fetched.reading.outcome = fetched_outcome;
    fetched.reading.detail = "said by the fetch";
    fetched.reading.etag = "\"e\"";
    fetched.reading.last_modified = "then";
    struct reading reading;
    look_read(&fetched, NULL, &reading);
    return reading;
}

static void a_whole_document_is_read_and_its_validators_kept(void **state) {
    (void)state;
    struct reading reading = look(READING_OK, BRING);
    assert_int_equal(reading.outcome, READING_OK);
    assert_int_equal(reading.story_count, 1);
    assert_string_equal(reading.detail, "said by feed_read");
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
    assert_in_range(feed.guard_s, LIMIT_READ_CPU_S - 1, LIMIT_READ_CPU_S);
    assert_int_equal(alarm(0), 0);
}

static void a_reading_that_hangs_ends_the_process(void **state) {
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        (void)look(READING_OK, HANG); // waits one second instead of LIMIT_READ_CPU_S
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
        cmocka_unit_test(what_brought_no_document_is_passed_on_unread),
        cmocka_unit_test(no_memory_is_our_fault),
        cmocka_unit_test(the_guard_is_set_while_reading_and_not_after),
        cmocka_unit_test(a_reading_that_hangs_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
