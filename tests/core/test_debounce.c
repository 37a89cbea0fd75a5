// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/alert/debounce.h"

enum { MS = 1000 };

// Feeds edges "level@ms", "s" = settle at the level of the last edge, long after; the news are as
// "10", and when the last of them began.
static void expect(bool start, const char *edges, const char *news, int since_ms) {
    struct debounce d = {.level = start};
    char seen[32] = "", *end = seen;
    int level = start, ms, length;
    for (const char *at = edges; *at; at += strspn(at, " ")) {
        bool is_news;
        if (*at == 's') {
            is_news = debounce_settle(&d, level, INT64_C(1000000) * MS);
            at++;
        } else {
            assert_int_equal(sscanf(at, "%d@%d%n", &level, &ms, &length), 2);
            is_news = debounce_edge(&d, level, (int64_t)ms * MS);
            at += length;
        }
        if (is_news)
            *end++ = d.level ? '1' : '0';
    }
    assert_string_equal(seen, news);
    assert_int_equal(d.level_us, since_ms * MS);
}

static void a_clean_press_is_told_when_it_has_settled(void **state) {
    (void)state;
    expect(false, "1@7", "", 0);
    expect(false, "1@7 s", "1", 7);
    expect(false, "1@0 s 0@100 s", "10", 100);
}

static void a_bounce_is_one_press(void **state) {
    (void)state;
    expect(false, "1@0 0@1 1@2 0@3 1@5 s 0@200 1@201 0@204 s", "10", 204);
}

static void a_spike_is_no_press(void **state) {
    (void)state;
    expect(false, "1@0 0@2 s", "", 0);
    expect(true, "0@0 1@29 s", "", 0);
}

static void edges_looked_at_late_are_still_two_changes(void **state) {
    (void)state;
    expect(false, "1@0 0@1 1@2 0@100 s", "10", 100);
    expect(false, "1@0 0@1 1@2 0@100", "1", 2);
    expect(false, "1@0 0@30 s", "10", 30);
    expect(false, "1@0 0@40 1@80 0@120 s", "1010", 120);
}

static void a_level_that_differs_from_the_last_edge_is_believed(void **state) {
    (void)state;
    struct debounce d = {.level = false};
    assert_false(debounce_edge(&d, true, 0));
    assert_false(debounce_settle(&d, false, 100));
    assert_true(debounce_settle(&d, true, 200));
    assert_true(d.level);
    assert_int_equal(d.level_us, 200);
}

static void a_button_held_from_the_start_tells_only_its_release(void **state) {
    (void)state;
    expect(true, "s 0@500 s", "0", 500);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_press_is_told_when_it_has_settled),
        cmocka_unit_test(a_bounce_is_one_press),
        cmocka_unit_test(a_spike_is_no_press),
        cmocka_unit_test(edges_looked_at_late_are_still_two_changes),
        cmocka_unit_test(a_level_that_differs_from_the_last_edge_is_believed),
        cmocka_unit_test(a_button_held_from_the_start_tells_only_its_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
