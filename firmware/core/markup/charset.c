// SPDX-License-Identifier: MIT
//
// Decoding. Which charset it is, is found out in charset_detect.c.
//
// Three ways: UTF-8 is checked and copied here; a charset in which each byte is a character is a
// table of 128 characters, which iconv is asked for at the start; everything else goes through
// iconv. A broken byte costs one character in all of them. In UTF-8 text a byte that stands alone
// is taken for windows-1252, for that is what it nearly always is (a curly quote pasted from an
// office program); the start of a character that was cut becomes U+FFFD.

#include "core/markup/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/markup/charset_detect.h"
#include "core/text/utf8.h"
#include "core/markup/windows_1252.h"

// Room for the look-ahead and as much again, so that moving the rest is rare.
enum { BUFFER_SIZE = 2 * CHARSET_LOOK_AHEAD };

// A character as UTF-8, and how many bytes it has.
struct table_entry {
    char bytes[4];
    unsigned char length;
};

struct charset {
    struct charset_window window;
    const char *from; // undecoded bytes
    size_t left;
    char name[CHARSET_NAME_MAX];
    iconv_t iconv; // NO_ICONV for UTF-8 and what has a table
    bool has_table;
    struct table_entry table[128]; // of the bytes from 0x80 on
    size_t unit;                   // bytes of the smallest part of a character
    char *buffer;                  // owned; NULL when the body itself is the window
};

#define NO_ICONV ((iconv_t)-1)

static bool is_blank(char c) {
    return c == '\n' || c == '\r' || c == '\t';
}

static bool is_control(char c) {
    return (unsigned char)c < 0x20 && !is_blank(c);
}

// How many bytes from here on are printable ASCII, seen eight at once.
static size_t printable_length(const char *bytes, size_t size) {
    const uint64_t high = 0x8080808080808080u, blanks = 0x2020202020202020u;
    size_t i = 0;
    for (uint64_t eight; i + 8 <= size; i += 8) {
        memcpy(&eight, bytes + i, 8);
        if (((eight | (eight - blanks)) & high) != 0)
            break;
    }
    while (i < size && (unsigned char)bytes[i] >= 0x20 && (unsigned char)bytes[i] < 0x80)
        i++;
    return i;
}

// How many bytes from here on are clean already.
static size_t clean_length(const char *bytes, size_t size) {
    size_t i = 0;
    while (true) {
        i += printable_length(bytes + i, size - i);
        if (i == size)
            return i;
        size_t length = is_blank(bytes[i]) ? 1 : utf8_wide_length(bytes + i, size - i);
        if (length == 0)
            return i;
        i += length;
    }
}

static size_t decode_table(struct charset *charset, char *out, size_t room) {
    const char *from = charset->from, *const end = from + charset->left;
    size_t used = 0;
    while (from < end && room - used >= 4) {
        unsigned char byte = (unsigned char)*from++;
        if (byte >= 0x80) {
            const struct table_entry *entry = &charset->table[byte - 0x80];
            memcpy(out + used, entry->bytes, 4);
            used += entry->length;
        } else if (!is_control((char)byte)) {
            out[used++] = (char)byte;
        }
    }
    charset->left = (size_t)(end - from);
    charset->from = from;
    return used;
}

static size_t decode_utf8(struct charset *charset, char *out, size_t room) {
    size_t used = 0;
    while (charset->left > 0 && room - used >= 4) {
        size_t size = charset->left < room - used ? charset->left : room - used;
        // A character cut by the end of the room is not broken: it is left for the next call.
        size = utf8_cut(charset->from, charset->left, size);
        size_t clean = clean_length(charset->from, size);
        memcpy(out + used, charset->from, clean);
        used += clean;
        charset->from += clean;
        charset->left -= clean;
        if (clean == size || room - used < 4)
            continue;
        size_t broken = 1;
        if (!is_control(*charset->from)) {
            broken = utf8_broken_length(charset->from, charset->left);
            unsigned char byte = (unsigned char)*charset->from;
            used += utf8_put(broken > 1 ? UTF8_REPLACEMENT : windows_1252_code(byte), out + used);
        }
        charset->from += broken;
        charset->left -= broken;
    }
    return used;
}

// How many bytes belong to the character that iconv wrote here: more than four, where it had a
// number for it that Unicode does not.
static size_t written_length(const char *text, size_t size) {
    size_t length = 1;
    while (length < size && ((unsigned char)text[length] & 0xC0) == 0x80)
        length++;
    return length;
}

// iconv knows numbers up to 2^31: those over U+10FFFF are no characters. In place: what stands for
// one is shorter.
static size_t clean_up(char *text, size_t size) {
    size_t kept = 0;
    for (size_t i = 0, length; i < size; i += length) {
        length = utf8_length(text + i, size - i);
        if (length == 0) {
            length = written_length(text + i, size - i);
            kept += utf8_put(UTF8_REPLACEMENT, text + kept);
        } else if (!is_control(text[i])) {
            memmove(text + kept, text + i, length);
            kept += length;
        }
    }
    return kept;
}

static size_t decode_iconv(struct charset *charset, char *out, size_t room) {
    char *to = out;
    while (charset->left > 0 && room >= 8) {
        char *from = (char *)charset->from; // iconv's prototype lacks the const
        size_t result = iconv(charset->iconv, &from, &charset->left, &to, &room);
        charset->from = from;
        if (result != (size_t)-1)
            continue;
        if (errno == E2BIG)
            break;
        // EILSEQ or EINVAL (cut at the end): this unit costs one character, then on.
        size_t length = utf8_put(UTF8_REPLACEMENT, to);
        to += length;
        room -= length;
        size_t unit = charset->left < charset->unit ? charset->left : charset->unit;
        charset->from += unit;
        charset->left -= unit;
    }
    return clean_up(out, (size_t)(to - out));
}

static size_t decode(struct charset *charset, char *out, size_t room) {
    if (charset->iconv != NO_ICONV)
        return decode_iconv(charset, out, room);
    return charset->has_table ? decode_table(charset, out, room) : decode_utf8(charset, out, room);
}

bool charset_more(struct charset *charset, size_t need) {
    struct charset_window *window = &charset->window;
    size_t there = (size_t)(window->end - window->at);
    if (there >= need || window->is_all)
        return there >= need;
    memmove(charset->buffer, window->at, there);
    while (there < need && charset->left > 0)
        there += decode(charset, charset->buffer + there, BUFFER_SIZE - there);
    window->at = charset->buffer;
    window->end = charset->buffer + there;
    window->is_all = charset->left == 0;
    return there >= need;
}

// What iconv makes of a byte that stands alone. False when it is no character, or a part of one.
static bool convert_byte(iconv_t iconv_handle, unsigned char byte, struct table_entry *ret) {
    char in = (char)byte, *from = &in, *to = ret->bytes;
    size_t left = 1, room = sizeof ret->bytes;
    size_t result = iconv(iconv_handle, &from, &left, &to, &room);
    ret->length = (unsigned char)(sizeof ret->bytes - room);
    return result != (size_t)-1 && ret->length > 0;
}

// False when in this charset a byte is not always a character: what ASCII stands for is something
// else (UTF-7), comes with the next byte only (Vietnamese accents), or needs more than a byte.
static bool make_table(struct charset *charset) {
    for (unsigned byte = 0; byte < 0x80; byte++) {
        struct table_entry entry;
        if (!convert_byte(charset->iconv, (unsigned char)byte, &entry) || entry.length != 1 ||
            entry.bytes[0] != (char)byte)
            return false;
    }
    for (unsigned byte = 0x80; byte < 0x100; byte++) {
        struct table_entry *entry = &charset->table[byte - 0x80];
        errno = 0;
        if (convert_byte(charset->iconv, (unsigned char)byte, entry))
            continue;
        if (errno != EILSEQ)
            return false;
        entry->length = (unsigned char)utf8_put(UTF8_REPLACEMENT, entry->bytes);
    }
    return true;
}

static void make_1252_table(struct charset *charset) {
    memcpy(charset->name, CHARSET_1252, sizeof CHARSET_1252);
    charset->has_table = true;
    for (unsigned byte = 0x80; byte < 0x100; byte++) {
        struct table_entry *entry = &charset->table[byte - 0x80];
        uint32_t code = windows_1252_code((unsigned char)byte);
        entry->length = (unsigned char)utf8_put(code, entry->bytes);
    }
}

static void close_iconv(struct charset *charset) {
    if (charset->iconv != NO_ICONV)
        iconv_close(charset->iconv);
    charset->iconv = NO_ICONV;
}

// A charset this system does not know is read as windows-1252: ASCII comes through.
static void choose_decoder(struct charset *charset) {
    charset->iconv = NO_ICONV;
    if (strcmp(charset->name, CHARSET_UTF_8) == 0)
        return;
    if (strcmp(charset->name, CHARSET_1252) != 0)
        charset->iconv = iconv_open("UTF-8", charset->name);
    if (charset->iconv == NO_ICONV) {
        make_1252_table(charset);
        return;
    }
    charset->has_table = make_table(charset);
    if (charset->has_table) {
        close_iconv(charset);
        return;
    }
    (void)iconv(charset->iconv, NULL, NULL, NULL, NULL); // what is left of trying it out
    charset->unit = 1;
    if (strncmp(charset->name, "UTF-16", 6) == 0)
        charset->unit = 2;
    else if (strncmp(charset->name, "UTF-32", 6) == 0)
        charset->unit = 4;
}

int charset_open(const char *bytes, size_t size, const char *content_type, struct charset **ret) {
    struct charset *charset = calloc(1, sizeof *charset);
    if (!charset)
        return -ENOMEM;
    size_t clean = clean_length(bytes, size);
    size_t skip = charset_detect(bytes, size, clean == size, content_type, charset->name);
    charset->from = bytes + skip;
    charset->left = size - skip;
    choose_decoder(charset);

    bool is_utf8 = charset->iconv == NO_ICONV && !charset->has_table;
    if (is_utf8 && clean == size) {
        charset->window = (struct charset_window){charset->from, bytes + size, true};
        charset->left = 0;
    } else {
        charset->buffer = malloc(BUFFER_SIZE);
        if (!charset->buffer) {
            charset_close(charset);
            return -ENOMEM;
        }
        charset->window = (struct charset_window){charset->buffer, charset->buffer, false};
    }
    *ret = charset;
    return 0;
}

struct charset *charset_close(struct charset *charset) {
    if (!charset)
        return NULL;
    close_iconv(charset);
    free(charset->buffer);
    free(charset);
    return NULL;
}

struct charset_window *charset_window(struct charset *charset) {
    return &charset->window;
}

const char *charset_name(const struct charset *charset) {
    return charset->name;
}
