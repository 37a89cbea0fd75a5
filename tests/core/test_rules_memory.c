// SPDX-License-Identifier: MIT
//
// Keywords, rules and matcher with an allocator that fails once, at each of its calls in turn: what
// comes back is -ENOMEM, and nothing is lost (the sanitized build sees to that). The linker puts
// the functions below in the place of malloc and its kin.

#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/keywords/keywords.h"
#include "core/keywords/keywords_check.h"
#include "core/matcher/matcher.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);

static size_t calls, failing = SIZE_MAX;

static bool fails(void) {
    return calls++ == failing;
}

void *__wrap_malloc(size_t size) {
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size) {
    return fails() ? NULL : __real_realloc(memory, size);
}

char *__wrap_strdup(const char *text) {
    return fails() ? NULL : __real_strdup(text);
}

static const char TEXT[] = "word1\n[feeds]\nhttps://feed.example/1 @one title=\"A b\" every=1h\n"
                           "[bulletin @one]\ncyber attack*\nEU ~5 hack*, =WHO + war - film\n"
                           "@two: text: /a[bc]d/ + word2\n? cyber attacks\n?! rain\n(wrong)\n"
                           "[never]\nadvertorial\n[flsh]\n";

static const struct story STORY = {.id = "",
                                   .title = "EU hacked: WHO at war, cyber attacks, word1",
                                   .text = "word2 abd",
                                   .link = "",
                                   .author = "",
                                   .category = ""};

static int use(const struct keywords *keywords, struct matcher *matcher, struct diag_list *diags) {
    struct match items[8];
    struct matches matches = {.items = items, .max = 8};
    int r = matcher_scan(matcher, &STORY, UINT64_MAX, &matches);
    if (r == 0) {
        assert_int_equal(matches.count, 4);
        r = keywords_run_selftests(keywords, matcher, DIAG_ERROR, diags);
    }
    return r == 0 ? keywords_check(keywords, matcher, diags) : r;
}

// All that is done with a file. Return: 0 or -ENOMEM.
static int run(struct diag_list *diags) {
    struct keywords *keywords = NULL;
    struct matcher *matcher = NULL;
    int r = keywords_new(&keywords);
    if (r == 0)
        r = keywords_add_file(keywords, "keywords", TEXT, sizeof TEXT - 1, diags);
    if (r == 0)
        r = matcher_new(keywords, &matcher);
    if (r == 0)
        r = use(keywords, matcher, diags);
    matcher_free(matcher);
    keywords_free(keywords);
    return r;
}

static void out_of_memory_is_an_error_like_others(void **state) {
    (void)state;
    struct diag_list diags = DIAG_LIST_NULL;
    calls = 0;
    failing = SIZE_MAX;
    assert_int_equal(run(&diags), 0);
    assert_int_equal(diags.error_count, 2);
    diag_list_done(&diags);
    const size_t count = calls;
    assert_true(count > 20);
    size_t refused = 0;
    for (size_t i = 0; i < count; i++) {
        calls = 0;
        failing = i;
        const int r = run(&diags);
        failing = SIZE_MAX;
        assert_true(r == 0 || r == -ENOMEM);
        refused += r == -ENOMEM;
        if (r == 0) // it was only a complaint that could not be kept, but it was counted
            assert_int_equal(diags.error_count, 2);
        diag_list_done(&diags);
    }
    assert_true(refused > 15);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(out_of_memory_is_an_error_like_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
