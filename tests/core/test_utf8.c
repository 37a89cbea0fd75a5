// SPDX-License-Identifier: MIT

#include "unit.h"

#include <string.h>

#include "core/text/utf8.h"

static void what_is_shown_to_people_steers_no_terminal(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *screened;
    } cases[] = {
        {"", ""},
        {"Zürich 日本 \xF0\x9F\x94\x94", "Zürich 日本 \xF0\x9F\x94\x94"},
        {"\033[31mred\033]0;title\a", " [31mred ]0;title "},
        {"\xC2\x9B"
         "31m\x7F",
         " 31m "},
        {"\u202Eabc\u202C \u2066d\u2069", " abc   d "},
        {"a\u2028b\u2029c\xC2\x85", "a b c "},
        {"\uFDD0\uFFFF\U0010FFFF.", "   ."},
        {"one\ttwo\n  three", "one\ttwo\n  three"},
        {"one\ntwo\r\n three\n", "one two \n three "},
        {"\xC0\x9B \xED\xA0\x80 \xE2\x82", "?? \xEF\xBF\xBD ??"},
    };
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char text[64];
        memcpy(text, cases[i].text, strlen(cases[i].text) + 1);
        utf8_screen(text);
        assert_string_equal(text, cases[i].screened);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_shown_to_people_steers_no_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
