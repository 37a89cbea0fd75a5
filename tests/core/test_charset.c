// SPDX-License-Identifier: MIT

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/markup/charset.h"
#include "core/markup/charset_detect.h"
#include "core/text/utf8.h"

// Decodes all, taking @step bytes at a time, so that the window moves.
static char *decode(const char *bytes, size_t size, const char *content_type, size_t step) {
    struct charset *charset = NULL;
    assert_int_equal(charset_open(bytes, size, content_type, &charset), 0);
    struct charset_window *window = charset_window(charset);
    char *text = malloc(4 * size + 16);
    assert_non_null(text);
    size_t used = 0;
    while (charset_more(charset, step) || window->at < window->end) {
        size_t there = (size_t)(window->end - window->at);
        size_t taken = there < step ? there : step;
        memcpy(text + used, window->at, taken);
        used += taken;
        window->at += taken;
    }
    text[used] = '\0';
    charset_close(charset);
    return text;
}

static void assert_decodes(const char *bytes, size_t size, const char *type, const char *expected) {
    char *text = decode(bytes, size, type, 3);
    assert_string_equal(text, expected);
    free(text);
}

#define DECODES(bytes, type, expected) assert_decodes(bytes, sizeof bytes - 1, type, expected)

static void byte_order_mark_outranks_all(void **state) {
    (void)state;
    DECODES("\xEF\xBB\xBF\xC3\xA9", "text/xml; charset=windows-1252", "é");
    DECODES("\xFF\xFEg\0\xE9\0", "text/xml; charset=utf-8", "gé");
    DECODES("\xFE\xFF\0g\0\xE9", "", "gé");
    DECODES("\xFF\xFE\0\0g\0\0\0\xE9\0\0\0", "", "gé");
}

static void http_outranks_the_declaration(void **state) {
    (void)state;
    DECODES("<?xml version='1.0' encoding='iso-8859-7'?>\xE1", "text/xml; charset=\"koi8-r\"",
            "<?xml version='1.0' encoding='iso-8859-7'?>А");
    DECODES("<?xml version='1.0' encoding='iso-8859-7'?>\xE1", "text/xml",
            "<?xml version='1.0' encoding='iso-8859-7'?>α");
}

static void labels_mean_what_browsers_take_them_for(void **state) {
    (void)state;
    static const struct {
        const char *label;
        const char *name;
    } CASES[] = {
        {"ISO-8859-1", "CP1252"},
        {" us-ascii ", "CP1252"},
        {"Latin1", "CP1252"},
        {"iso-8859-9", "CP1254"},
        {"shift_jis", "CP932"},
        {"GB2312", "GB18030"},
        {"euc-kr", "CP949"},
        {"utf8", "UTF-8"},
        {"koi8-r", "koi8-r"},
        {"a/b", ""},
        {"", ""},
    };
    for (size_t i = 0; i < ARRAY_SIZE(CASES); i++) {
        char name[CHARSET_NAME_MAX] = "?";
        charset_from_label(CASES[i].label, strlen(CASES[i].label), name);
        assert_string_equal(name, CASES[i].name);
    }
    DECODES("\x80\x93\x94", "text/xml; charset=iso-8859-1", "€“”");
}

static void false_declarations_do_not_count(void **state) {
    (void)state;
    DECODES("caf\xC3\xA9", "text/xml; charset=iso-8859-1", "café");
    DECODES("<?xml version='1.0' encoding='utf-16'?>\xC3\xA9", "",
            "<?xml version='1.0' encoding='utf-16'?>é");
    DECODES("caf\xE9", "text/xml; charset=utf-8", "café");
    DECODES("caf\xE9", "text/xml; charset=no-such-charset", "café");
}

static void multi_byte_charsets_are_decoded(void **state) {
    (void)state;
    DECODES("\x93\xFA\x96{", "text/xml; charset=shift_jis", "日本");
    DECODES("\xC6\xFC\xCB\xDC", "text/xml; charset=euc-jp", "日本");
    DECODES("\xD6\xD0\xCE\xC4", "text/xml; charset=gbk", "中文");
    DECODES("\xA4\xA4\xA4\xE5", "text/xml; charset=big5", "中文");
    DECODES("\xC7\xD1\xB1\xB9", "text/xml; charset=euc-kr", "한국");
}

static void broken_byte_costs_one_character(void **state) {
    (void)state;
    DECODES("\xC3\xA9\xC3\xA9\xC3\xA9 \x92 x", "", "ééé ’ x");
    DECODES("\xC3\xA9\xC3\xA9\xC3\xA9 \xE2\x80 x", "", "ééé \uFFFD x");
    DECODES("\xC3\xA9\xC3\xA9\xC3\xA9 \xED\xA0\x80 x", "", "ééé \uFFFD x");
    DECODES("\x93\xFA\xFF\x96{", "text/xml; charset=shift_jis", "日\uFFFD本");
    DECODES("\xFF\xFEg\0\x00\xD8x\0", "", "g\uFFFDx");
}

// glibc's converters pass them on, as they were defined before 2003 (ISO 10646).
static void a_number_beyond_unicode_is_no_character(void **state) {
    (void)state;
    DECODES("<?xml version='1.0' encoding='UTF-8('?>a\xF4\xA3\xA3\xA3z", "",
            "<?xml version='1.0' encoding='UTF-8('?>a\uFFFDz");
    DECODES("\xFF\xFE\0\0g\0\0\0\0\0\x11\0z\0\0\0", "", "g\uFFFDz");
}

static void controls_are_dropped_and_blanks_stay(void **state) {
    (void)state;
    DECODES("a\0b\x01\x1F\t\r\n\x0B"
            "c",
            "", "ab\t\r\nc");
    DECODES("\xFF\xFE"
            "a\0\0\0b\0",
            "", "ab");
}

static void long_text_comes_through_the_window_unchanged(void **state) {
    (void)state;
    enum { COUNT = 40000 };
    char *bytes = malloc(2 * COUNT + 1), *expected = malloc(3 * COUNT + 1);
    assert_non_null(bytes);
    assert_non_null(expected);
    size_t size = 0, length = 0;
    bytes[size++] = '\x01'; // so that it is not clean
    for (int i = 0; i < COUNT; i++) {
        bytes[size++] = (char)(i % 7 == 0 ? 0xA4 : 'a' + i % 26);
        length += utf8_put(i % 7 == 0 ? 0x20AC : (uint32_t)('a' + i % 26), expected + length);
    }
    expected[length] = '\0';
    for (size_t step = 1; step < CHARSET_LOOK_AHEAD; step = step * 9 + 4) {
        char *text = decode(bytes, size, "text/xml; charset=iso-8859-15", step);
        assert_string_equal(text, expected);
        free(text);
    }
    free(bytes);
    free(expected);
}

static void clean_body_is_not_copied(void **state) {
    (void)state;
    static const char BODY[] = "<a>\n\tcaf\xC3\xA9</a>";
    struct charset *charset = NULL;
    assert_int_equal(charset_open(BODY, sizeof BODY - 1, "", &charset), 0);
    struct charset_window *window = charset_window(charset);
    assert_ptr_equal(window->at, BODY);
    assert_true(window->is_all);
    assert_false(charset_more(charset, sizeof BODY));
    charset_close(charset);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(byte_order_mark_outranks_all),
        cmocka_unit_test(http_outranks_the_declaration),
        cmocka_unit_test(labels_mean_what_browsers_take_them_for),
        cmocka_unit_test(false_declarations_do_not_count),
        cmocka_unit_test(multi_byte_charsets_are_decoded),
        cmocka_unit_test(broken_byte_costs_one_character),
        cmocka_unit_test(a_number_beyond_unicode_is_no_character),
        cmocka_unit_test(controls_are_dropped_and_blanks_stay),
        cmocka_unit_test(long_text_comes_through_the_window_unchanged),
        cmocka_unit_test(clean_body_is_not_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
