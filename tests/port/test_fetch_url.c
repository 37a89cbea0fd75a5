// SPDX-License-Identifier: MIT

#include "unit.h"

#include <string.h>

#include "port/fetch/fetch_url.h"
#include "wirebell/limits.h"

static int make_arena(void **state) {
    struct arena *arena;
    int r = arena_new(1 << 20, &arena);
    *state = arena;
    return r;
}

static int free_arena(void **state) {
    arena_free(*state);
    return 0;
}

static void only_web_addresses_are_asked(void **state) {
    (void)state;
    static const char *const good[] = {"http://example.org", "HTTPS://example.org:8443/a?b#c",
                                       "https://u:p@example.org/", "http://[::1]:80/"};
    static const char *const bad[] = {"",
                                      "example.org/feed",
                                      "ftp://example.org/",
                                      "file:///etc/passwd",
                                      "javascript:alert(1)",
                                      "http://",
                                      "https://exa mple.org/",
                                      "feed:https://example.org/"};
    char detail[200];
    for (size_t i = 0; i < ARRAY_SIZE(good); i++)
        if (!fetch_url_check(good[i], sizeof detail, detail))
            fail_msg("%s: %s", good[i], detail);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        detail[0] = '\0';
        assert_false(fetch_url_check(bad[i], sizeof detail, detail));
        assert_true(strlen(detail) > 0);
    }
}

static void hosts_are_named_without_passwords(void **state) {
    static const struct {
        const char *url;
        const char *host;
    } cases[] = {
        {"https://me:secret@example.org:8443/x", "example.org:8443"},
        {"https://me:secret@example.org", "example.org"},
        {"https://me:sec@ret@example.org?a@b", "example.org"},
        {"http://[::1]:80#x", "[::1]:80"},
        {"http:///x", "that address"},
        {"http://me@", "that address"},
        {"//", "that address"},
        {"", "that address"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        assert_string_equal(fetch_url_host(cases[i].url, *state), cases[i].host);
}

static void redirects_are_followed_or_refused_by_where_they_lead(void **state) {
    static const struct {
        const char *from;
        const char *target;
        enum fetch_url_step step;
        const char *url;
    } cases[] = {
        {"http://a.org/x", "http://a.org/y", FETCH_URL_GOOD, "http://a.org/y"},
        {"http://a.org/x", "https://a.org/x", FETCH_URL_GOOD, "https://a.org/x"},
        {"https://a.org/x", "https://b.org/x", FETCH_URL_GOOD, "https://b.org/x"},
        {"https://a.org/x", "https://a.org/y#part", FETCH_URL_GOOD, "https://a.org/y"},
        {"https://a.org/x", "http://a.org/x", FETCH_URL_DOWNGRADE, NULL},
        {"HTTPS://a.org/x", "http://a.org/x", FETCH_URL_DOWNGRADE, NULL},
        {"http://a.org/x", "ftp://a.org/x", FETCH_URL_OTHER_SCHEME, NULL},
        {"https://a.org/x", "file:///etc/passwd", FETCH_URL_OTHER_SCHEME, NULL},
        {"https://a.org/x", "gopher://a.org/", FETCH_URL_OTHER_SCHEME, NULL},
        {"https://a.org/x/y?q", "z", FETCH_URL_GOOD, "https://a.org/x/z"},
        {"https://a.org/x/y", "../z?q#part", FETCH_URL_GOOD, "https://a.org/z?q"},
        {"https://a.org/x/y", "/z", FETCH_URL_GOOD, "https://a.org/z"},
        {"https://a.org/x", "//b.org/y", FETCH_URL_GOOD, "https://b.org/y"},
        {"https://a.org/x", "https://", FETCH_URL_NO_ADDRESS, NULL},
        {"https://a.org/x", "http://a b/", FETCH_URL_NO_ADDRESS, NULL},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *url = "untouched";
        assert_int_equal(fetch_url_follow(cases[i].from, cases[i].target, *state, &url),
                         cases[i].step);
        assert_string_equal(url, cases[i].url ? cases[i].url : "untouched");
    }
}

static void a_password_goes_to_its_own_origin_only(void **state) {
    static const struct {
        const char *from;
        const char *target;
        const char *url;
    } cases[] = {
        {"https://u:p@a.org/x", "https://a.org/y", "https://u:p@a.org/y"},
        {"https://u:p@a.org/x", "https://a.org:443/y", "https://u:p@a.org:443/y"},
        {"https://u:p@a.org/x", "https://A.org/y", "https://u:p@A.org/y"},
        {"https://u:p@a.org/x", "y", "https://u:p@a.org/y"},
        {"https://u:p@a.org/x", "https://b.org/y", "https://b.org/y"},
        {"https://u:p@a.org/x", "//b.org/y", "https://b.org/y"},
        {"https://u:p@a.org/x", "//a.org:8443/y", "https://a.org:8443/y"},
        {"https://u:p@a.org/x", "https://a.org:8443/y", "https://a.org:8443/y"},
        {"http://u:p@a.org/x", "https://a.org/y", "https://a.org/y"},
        {"https://u:p@a.org/x", "https://v:q@a.org/y", "https://v:q@a.org/y"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *url = NULL;
        assert_int_equal(fetch_url_follow(cases[i].from, cases[i].target, *state, &url),
                         FETCH_URL_GOOD);
        assert_string_equal(url, cases[i].url);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_web_addresses_are_asked),
        cmocka_unit_test(hosts_are_named_without_passwords),
        cmocka_unit_test(redirects_are_followed_or_refused_by_where_they_lead),
        cmocka_unit_test(a_password_goes_to_its_own_origin_only),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
