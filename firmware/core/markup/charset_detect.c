// SPDX-License-Identifier: MIT
//
// The order of belief: byte-order mark, the pattern only UTF-16 and UTF-32 text makes, the HTTP
// parameter, the XML declaration, a guess. What is declared is believed only as far as the bytes
// allow, for servers add a default charset to documents they never looked at.

#include "core/markup/charset_detect.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/text/utf8.h"

// An XML declaration longer than this is none.
enum { DECLARATION_MAX = 400 };

// So many bytes of well-formed multi-byte characters, and no broken one, are no accident in a
// document that calls itself Shift_JIS, Big5 or the like; in an 8-bit charset two are enough.
enum { CONVINCING_UTF8 = 16 };

struct label {
    const char *label;
    const char *name;
};

// WHATWG Encoding Standard 4.2, where a label means another charset than its name says or is
// unknown to iconv. All other labels are iconv's own names.
static const struct label LABELS[] = {
    {"ascii", CHARSET_1252},
    {"big5", "BIG5-HKSCS"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"cn-big5", "BIG5-HKSCS"},
    {"chinese", "GB18030"},
    {"cp1252", CHARSET_1252},
    {"cp819", CHARSET_1252},
    {"csisolatin1", CHARSET_1252},
    {"dos-874", "CP874"},
    {"euc-kr", "CP949"},
    {"gb2312", "GB18030"},
    {"gb_2312", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"gbk", "GB18030"},
    {"ibm819", CHARSET_1252},
    {"iso-8859-1", CHARSET_1252},
    {"iso-8859-11", "CP874"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"iso8859-1", CHARSET_1252},
    {"iso8859-9", "CP1254"},
    {"iso88591", CHARSET_1252},
    {"iso_8859-1", CHARSET_1252},
    {"iso_8859-1:1987", CHARSET_1252},
    {"korean", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"ksc5601", "CP949"},
    {"l1", CHARSET_1252},
    {"latin1", CHARSET_1252},
    {"latin5", "CP1254"},
    {"mac", "MACINTOSH"},
    {"ms_kanji", "CP932"},
    {"shift-jis", "CP932"},
    {"shift_jis", "CP932"},
    {"sjis", "CP932"},
    {"tis-620", "CP874"},
    {"unicode-1-1-utf-8", CHARSET_UTF_8},
    {"us-ascii", CHARSET_1252},
    {"utf-16", "UTF-16LE"},
    {"utf-32", "UTF-32LE"},
    {"utf-8", CHARSET_UTF_8},
    {"utf8", CHARSET_UTF_8},
    {"windows-1252", CHARSET_1252},
    {"windows-31j", "CP932"},
    {"windows-949", "CP949"},
    {"x-cp1250", "CP1250"},
    {"x-cp1251", "CP1251"},
    {"x-cp1252", CHARSET_1252},
    {"x-euc-jp", "EUC-JP"},
    {"x-gbk", "GB18030"},
    {"x-mac-cyrillic", "MAC-CYRILLIC"},
    {"x-mac-roman", "MACINTOSH"},
    {"x-sjis", "CP932"},
    {"x-x-big5", "BIG5-HKSCS"},
};

static void set_name(char *ret, const char *name) {
    (void)snprintf(ret, CHARSET_NAME_MAX, "%s", name);
}

void charset_from_label(const char *label, size_t size, char *ret) {
    size_t used = 0;
    ret[0] = '\0';
    for (size_t i = 0; i < size; i++) {
        if (isspace((unsigned char)label[i]) || label[i] == '"' || label[i] == '\'')
            continue;
        // A slash would give iconv options, and no charset has one in its name.
        if (used + 1 == CHARSET_NAME_MAX ||
            !(isalnum((unsigned char)label[i]) || memchr("-_.:+()", label[i], 7))) {
            ret[0] = '\0';
            return;
        }
        ret[used++] = label[i];
        ret[used] = '\0';
    }
    for (size_t i = 0; i < sizeof LABELS / sizeof *LABELS; i++)
        if (strcasecmp(ret, LABELS[i].label) == 0) {
            set_name(ret, LABELS[i].name);
            return;
        }
}

// Byte-order marks, the longer first, and how "<x" or "<?" looks in a charset with wide or
// EBCDIC units (XML 1.0, appendix F). "?" in a pattern stands for any byte but NUL.
static const struct {
    const char *bytes;
    size_t size;
    size_t skip;
    const char *name;
} SIGNATURES[] = {
    {"\xFF\xFE\0\0", 4, 4, "UTF-32LE"}, {"\0\0\xFE\xFF", 4, 4, "UTF-32BE"},
    {"\xEF\xBB\xBF", 3, 3, "UTF-8"},    {"\xFF\xFE", 2, 2, "UTF-16LE"},
    {"\xFE\xFF", 2, 2, "UTF-16BE"},     {"<\0\0\0", 4, 0, "UTF-32LE"},
    {"\0\0\0<", 4, 0, "UTF-32BE"},      {"<\0?\0", 4, 0, "UTF-16LE"},
    {"\0<\0?", 4, 0, "UTF-16BE"},       {"\x4C\x6F\xA7\x94", 4, 0, "IBM037"},
    {"{\0?\0", 4, 0, "UTF-16LE"},       {"\0{\0?", 4, 0, "UTF-16BE"},
};

static bool fits_signature(const char *bytes, const char *pattern, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (pattern[i] == '?' ? bytes[i] == '\0' : bytes[i] != pattern[i])
            return false;
    return true;
}

// Value of charset= in a Content-Type (RFC 9110 8.3.1), quoted or not.
static void charset_from_http(const char *content_type, char *ret) {
    ret[0] = '\0';
    const char *at = strcasestr(content_type, "charset");
    if (!at)
        return;
    at += strlen("charset");
    at += strspn(at, " \t");
    if (*at++ != '=')
        return;
    charset_from_label(at, strcspn(at, ";,"), ret);
}

// The encoding pseudo-attribute of an XML declaration, which may have junk before it.
static void charset_from_declaration(const char *bytes, size_t size, char *ret) {
    ret[0] = '\0';
    if (size > 4 * DECLARATION_MAX)
        size = 4 * DECLARATION_MAX;
    const char *at = memmem(bytes, size, "<?xml", 5);
    if (!at)
        return;
    size_t left = size - (size_t)(at - bytes);
    const char *end = memchr(at, '>', left < DECLARATION_MAX ? left : DECLARATION_MAX);
    if (!end)
        return;
    const char *value = memmem(at, (size_t)(end - at), "encoding", 8);
    if (!value)
        return;
    for (value += 8; value < end && (isspace((unsigned char)*value) || *value == '='); value++)
        ;
    const char *stop = end;
    if (value < end && (*value == '"' || *value == '\'')) {
        stop = memchr(value + 1, *value, (size_t)(end - value - 1));
        value++;
    }
    if (stop)
        charset_from_label(value, (size_t)(stop - value), ret);
}

struct census {
    size_t good; // bytes of well-formed characters of two bytes and more
    size_t bad;  // faults between them
};

// Stops behind so many faults.
static struct census count_utf8(const char *bytes, size_t size, size_t faults_max) {
    struct census census = {0};
    for (size_t i = 0; i < size && census.bad < faults_max;) {
        i += utf8_ascii_length(bytes + i, size - i);
        size_t wide = utf8_wide_length(bytes + i, size - i);
        census.good += wide;
        i += wide;
        if (i == size || (unsigned char)bytes[i] < 0x80)
            continue;
        census.bad++;
        i += utf8_broken_length(bytes + i, size - i);
    }
    return census;
}

// Charsets in which each byte is a character: any bytes at all make sense in them.
static bool is_8_bit(const char *name) {
    static const char *const STARTS[] = {"CP125", "CP874", "ISO-8859",    "ISO8859", "ISO_8859",
                                         "KOI8",  "MAC",   "windows-125", "IBM8",    "CP8"};
    for (size_t i = 0; i < sizeof STARTS / sizeof *STARTS; i++)
        if (strncasecmp(name, STARTS[i], strlen(STARTS[i])) == 0)
            return true;
    return false;
}

static bool is_wide(const char *name) {
    return strncasecmp(name, "UTF-16", 6) == 0 || strncasecmp(name, "UTF-32", 6) == 0 ||
           strncasecmp(name, "UCS", 3) == 0 || strncasecmp(name, "ISO-10646", 9) == 0;
}

// Shift_JIS, Big5 and the like: whether bytes can be in them is a matter of how many are not.
static bool is_multi_byte(const char *name) {
    return name[0] != '\0' && strcmp(name, CHARSET_UTF_8) != 0 && !is_wide(name) && !is_8_bit(name);
}

// Can bytes with this census, not UTF-16 by the look of it, be in the charset they claim?
static bool is_believable(const char *name, const struct census *census) {
    if (name[0] == '\0' || is_wide(name))
        return false;
    if (strcmp(name, CHARSET_UTF_8) == 0)
        return census->good > 0 || census->bad == 0;
    return census->bad > 0 || (is_multi_byte(name) && census->good < CONVINCING_UTF8);
}

// One fault is enough to believe in any charset that is neither UTF-8 nor seen at its zeros.
static bool is_other(const char *name) {
    return name[0] != '\0' && strcmp(name, CHARSET_UTF_8) != 0 && !is_wide(name);
}

size_t charset_detect(const char *bytes, size_t size, bool is_utf8, const char *content_type,
                      char *ret) {
    for (size_t i = 0; i < sizeof SIGNATURES / sizeof *SIGNATURES; i++)
        if (size >= SIGNATURES[i].size &&
            fits_signature(bytes, SIGNATURES[i].bytes, SIGNATURES[i].size)) {
            set_name(ret, SIGNATURES[i].name);
            return SIGNATURES[i].skip;
        }

    char http[CHARSET_NAME_MAX], declared[CHARSET_NAME_MAX];
    charset_from_http(content_type, http);
    charset_from_declaration(bytes, size, declared);
    // Counting is as dear as decoding, and nearly always there is nothing to find out.
    struct census census = {0};
    if (!is_utf8 || is_multi_byte(http) || is_multi_byte(declared))
        census = count_utf8(bytes, size, is_other(http[0] ? http : declared) ? 1 : size);
    if (is_believable(http, &census))
        set_name(ret, http);
    else if (is_believable(declared, &census))
        set_name(ret, declared);
    else
        set_name(ret,
                 census.good / 2 >= census.bad + (census.bad > 0) ? CHARSET_UTF_8 : CHARSET_1252);
    return 0;
}
