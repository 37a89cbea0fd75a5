// SPDX-License-Identifier: MIT

#include "unit.h"

#include <string.h>

#include "core/text/base64.h"
#include "core/feed/url.h"

static void assert_resolves(const char *base, const char *reference, const char *expected) {
    char url[200];
    size_t size = url_resolve(base, reference, sizeof url, url);
    assert_string_equal(url, expected);
    assert_int_equal(size, strlen(expected));
}

// RFC 3986 5.4, all but those that depend on the fragment alone being empty.
static void examples_of_the_standard_resolve(void **state) {
    (void)state;
    static const char *const CASES[][2] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"http:g", "http:g"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++)
        assert_resolves("http://a/b/c/d;p?q", CASES[i][0], CASES[i][1]);
}

static void missing_base_leaves_the_reference(void **state) {
    (void)state;
    assert_resolves("", "a/b", "a/b");
    assert_resolves("relative/base", "a/b", "a/b");
    assert_resolves("mailto:a@b", "c", "c");
    assert_resolves("https://e.org", "c", "https://e.org/c");
    assert_resolves("https://e.org?x", "c", "https://e.org/c");
    assert_resolves("https://e.org/x", "", "");
}

static void line_ends_inside_are_dropped(void **state) {
    (void)state;
    assert_resolves(" https://e.org/a\n/", " b\t", "https://e.org/a/b");
}

static void what_does_not_fit_is_nothing(void **state) {
    (void)state;
    char url[12] = "?";
    assert_int_equal(url_resolve("https://e.org/", "abc", sizeof url, url), 0);
    assert_string_equal(url, "");
}

static void base64_is_decoded_strictly_enough_to_tell_it_from_text(void **state) {
    (void)state;
    char out[64];
    size_t size = 99;
    assert_true(base64_decode("SGVs\n bG8=", 10, out, &size));
    assert_int_equal(size, 5);
    assert_memory_equal(out, "Hello", 5);
    assert_true(base64_decode("_-8", 3, out, &size));
    assert_memory_equal(out, "\xFF\xEF", 2);
    size = 99;
    assert_false(base64_decode("Hello, you", 10, out, &size));
    assert_false(base64_decode("SGVsbG8=x", 9, out, &size));
    assert_false(base64_decode("A", 1, out, &size));
    assert_false(base64_decode("", 0, out, &size));
    assert_int_equal(size, 99);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_standard_resolve),
        cmocka_unit_test(missing_base_leaves_the_reference),
        cmocka_unit_test(line_ends_inside_are_dropped),
        cmocka_unit_test(what_does_not_fit_is_nothing),
        cmocka_unit_test(base64_is_decoded_strictly_enough_to_tell_it_from_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
