// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>

#include "core/feed/identity.h"

static const struct story base = {
    .id = "", .link = "", .title = "t", .author = "", .category = "", .text = "x"};

static uint64_t key(const char *id, const char *link, const char *title, const char *text) {
    struct story story = base;
    story.id = id;
    story.link = link;
    story.title = title;
    story.text = text;
    return story_key(&story);
}

static void an_edited_story_keeps_its_key(void **state) {
    (void)state;
    assert_true(key("urn:1", "l", "t", "x") == key("urn:1", "m", "T", "y"));
    assert_true(key("", "l", "t", "x") == key("", "l", "T", "y"));
}

static void id_goes_before_link_before_text(void **state) {
    (void)state;
    assert_true(key("urn:1", "l", "t", "x") != key("urn:2", "l", "t", "x"));
    assert_true(key("", "l", "t", "x") != key("", "m", "t", "x"));
    assert_true(key("", "", "t", "x") != key("", "", "t", "y"));
    assert_true(key("", "", "ab", "c") != key("", "", "a", "bc"));
}

static void near_ids_do_not_collide(void **state) {
    (void)state;
    uint64_t keys[1000];
    for (int i = 0; i < 1000; i++) {
        char id[16];
        (void)snprintf(id, sizeof id, "guid-%d", i);
        keys[i] = key(id, "", "", "");
        for (int j = 0; j < i; j++)
            assert_true(keys[i] != keys[j]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_edited_story_keeps_its_key),
        cmocka_unit_test(id_goes_before_link_before_text),
        cmocka_unit_test(near_ids_do_not_collide),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
