// SPDX-License-Identifier: MIT
//
// One phrase of a rule, and where it ends. An operator counts as one only with blanks around it
// (zero-day, C++ and AT&T are words), so the places where somebody forgot a blank, or used a sign
// of another language, are looked for and named instead of being read as something else.

#include "core/keywords/rule_parser.h"

#include <stdarg.h>
#include <string.h>

#include "core/keywords/setting.h"
#include "core/matcher/chars.h"

// --- complaints ------------------------------------------------------------------------------

int rule_wrong(const struct rule_parser *p, size_t start, size_t size, const char *mend,
               const char *format, ...) {
    if (!p->diags)
        return RULE_WRONG;
    struct diag_place place = *p->line;
    place.start = start;
    place.size = size;
    va_list args;
    va_start(args, format);
    diag_addv(p->diags, DIAG_ERROR, &place, mend, format, args);
    va_end(args);
    return RULE_WRONG;
}

// --- characters ------------------------------------------------------------------------------

size_t rule_blank_at(const struct rule_parser *p, size_t at) {
    return setting_blank_at(p->text, p->end, at);
}

void rule_skip_blanks(struct rule_parser *p) {
    for (size_t length; (length = rule_blank_at(p, p->at)) > 0;)
        p->at += length;
}

bool rule_is_end_or_blank(const struct rule_parser *p, size_t at) {
    return at >= p->end || rule_blank_at(p, at) > 0;
}

bool rule_begins_with(const struct rule_parser *p, size_t at, const char *what) {
    return at < p->end && p->text[at] == what[0] && p->end - at >= strlen(what) &&
           memcmp(p->text + at, what, strlen(what)) == 0;
}

bool rule_is_operator(const struct rule_parser *p, size_t at) {
    if (at >= p->end)
        return false;
    const char c = p->text[at];
    return c == '~' || ((c == '+' || c == '-' || c == '#') && rule_is_end_or_blank(p, at + 1));
}

bool rule_is_at_end(const struct rule_parser *p) {
    return p->at >= p->end || (p->text[p->at] == '#' && rule_is_end_or_blank(p, p->at + 1));
}

// --- operators -------------------------------------------------------------------------------

// A sign at the beginning of a phrase's word that looks like an operator without its blank.
static int check_missing_blank(const struct rule_parser *p, size_t at) {
    const char sign = at < p->end ? p->text[at] : '\0';
    const bool is_blank_missing = (sign == '+' || sign == '-') && !rule_is_end_or_blank(p, at + 1);
    if (!is_blank_missing)
        return 0;
    if (sign == '+')
        return rule_wrong(p, at, 1,
                          "write \" + \" with blanks for \"and also\", or put quotes around it",
                          "'+' needs a blank behind it");
    return rule_wrong(p, at, 1,
                      "write \" - \" with blanks for \"but not\", or put quotes around it",
                      "'-' needs a blank behind it");
}

// Signs that people take for operators; read as text they would silently match nothing.
static const struct {
    const char *sign;
    const char *message;
    const char *mend;
} LOOK_ALIKES[] = {
    {"(", "parentheses mean nothing here",
     "a, b + c already reads: a or b, and also c; to find "
     "the sign itself, put quotes around the phrase"},
    {")", "parentheses mean nothing here",
     "a, b + c already reads: a or b, and also c; to find "
     "the sign itself, put quotes around the phrase"},
    {"，", "this is U+FF0C, not the comma between alternatives", "write \",\""},
    {"、", "this is U+3001, not the comma between alternatives", "write \",\""},
    {"＋", "this is U+FF0B, not the plus of \"and also\"", "write \" + \" with blanks"},
    {"–", "this is an en dash (U+2013), not the hyphen of \"but not\"",
     "write \" - \" with blanks, or put quotes around the phrase"},
    {"—", "this is an em dash (U+2014), not the hyphen of \"but not\"",
     "write \" - \" with blanks, or put quotes around the phrase"},
    {"−", "this is a minus sign (U+2212), not the hyphen of \"but not\"",
     "write \" - \" with blanks, or put quotes around the phrase"},
    {"\"", "quotes go around a whole alternative",
     "put the quotes around all of it, or take them "
     "away"},
    {"„", "this is U+201E, not a quote that is known here", "write \"state of emergency\""},
    {"«", "this is U+00AB, not a quote that is known here", "write \"state of emergency\""},
    {"»", "this is U+00BB, not a quote that is known here", "write \"state of emergency\""},
    {"~", "'~' needs a blank before it", "EU ~10 hack* finds both within 10 words"},
};

static int check_look_alike(const struct rule_parser *p, size_t at) {
    for (size_t i = 0; i < sizeof LOOK_ALIKES / sizeof LOOK_ALIKES[0]; i++) {
        const char *sign = LOOK_ALIKES[i].sign;
        if (!rule_begins_with(p, at, sign))
            continue;
        // A dash is an operator's look-alike only where it stands alone.
        const bool is_dash =
            chars_class(chars_decode(sign, &(size_t){0})) == CHAR_HYPHEN || strcmp(sign, "—") == 0;
        const bool is_alone =
            (at == 0 || rule_blank_at(p, at - 1) > 0) && rule_is_end_or_blank(p, at + strlen(sign));
        if (is_dash && !is_alone)
            continue;
        return rule_wrong(p, at, strlen(sign), LOOK_ALIKES[i].mend, "%s", LOOK_ALIKES[i].message);
    }
    return 0;
}

// "crisis title: war", "war, title: crisis", "war + @bbc: crisis": where no field or tag can stand.
static int check_late_beginning(const struct rule_parser *p, size_t at) {
    if (!p->diags)
        return 0; // read before and found right
    if (rule_field_at(p, at) < MATCH_FIELD_COUNT)
        return rule_wrong(p, at, strcspn(p->text + at, ":") + 1,
                          "title: war, crisis + text: Ruritania; or put quotes around the phrase",
                          "a field can only stand before all words of a requirement");
    if (at >= p->end || p->text[at] != '@')
        return 0;
    size_t stop = at + 1;
    while (stop < p->end && p->text[stop] != ':' && !rule_is_end_or_blank(p, stop))
        stop++;
    if (stop == p->end || p->text[stop] != ':')
        return 0;
    return rule_wrong(p, at, stop + 1 - at, "write it first: @bbc: NATO + crisis",
                      "a tag can only stand at the start of a rule");
}

// --- phrase ----------------------------------------------------------------------------------

// Nothing can be wrong with a few ASCII words, as most phrases are.
static bool is_plain(const struct phrase_source *phrase) {
    if (phrase->size > 2 * PHRASE_WORDS_MAX || phrase->text[0] == ' ')
        return false;
    size_t at = 0;
    while (at < phrase->size &&
           (CHARS_FOLDED[(unsigned char)phrase->text[at]] || phrase->text[at] == ' '))
        at++;
    return at == phrase->size;
}

static int check_phrase(const struct rule_parser *p, const struct phrase_source *phrase) {
    if (!p->diags || is_plain(phrase))
        return 0; // without diags it was read before and found right
    unsigned char code[PHRASE_CODE_MAX];
    size_t code_size;
    const size_t start = (size_t)(phrase->text - p->text);
    const int r = phrase_compile(phrase, code, &code_size);
    switch ((enum phrase_result)r) {
    case PHRASE_NO_WORD:
        return rule_wrong(p, start, phrase->size, NULL, "expected a word: a letter or a digit");
    case PHRASE_TOO_MANY_WORDS:
        return rule_wrong(p, start, phrase->size, "two or three words that say it are enough",
                          "this phrase has more than %d words", PHRASE_WORDS_MAX);
    case PHRASE_WORD_TOO_LONG:
        return rule_wrong(p, start, phrase->size, NULL, "this word is longer than %d bytes",
                          WORDS_FOLDED_MAX);
    case PHRASE_LITERAL_TOO_LONG:
        return rule_wrong(p, start, phrase->size, "leave a word out at either side",
                          "there are too many signs between two words");
    }
    return 0;
}

// The closing quote behind p->at, or SIZE_MAX; *ret_length is its bytes.
static size_t closing_quote(const struct rule_parser *p, size_t at, const char *quote) {
    for (; at < p->end; at++) {
        if (rule_begins_with(p, at, quote))
            return at;
    }
    return SIZE_MAX;
}

static int parse_quoted(struct rule_parser *p, struct phrase_source *phrase) {
    const bool is_curly = p->text[p->at] != '"';
    const char *open = is_curly ? "“" : "\"", *close = is_curly ? "”" : "\"";
    const size_t start = p->at;
    const size_t from = start + strlen(open);
    const size_t to = closing_quote(p, from, close);
    if (to == SIZE_MAX)
        return rule_wrong(p, start, strlen(open), "add a quote behind the last character meant",
                          "this quote is not closed");
    phrase->text = p->text + from;
    phrase->size = to - from;
    p->at = to + strlen(close);
    if (p->at < p->end && p->text[p->at] == '*') {
        phrase->is_prefix = true;
        p->at++;
    }
    p->stop = p->at;
    if (phrase->size == 0)
        return rule_wrong(p, start, p->at - start, NULL, "there is nothing between these quotes");
    rule_skip_blanks(p);
    const bool is_ended = rule_is_at_end(p) || p->text[p->at] == ',' ||
                          (p->at > p->stop && rule_is_operator(p, p->at));
    if (!is_ended)
        return rule_wrong(
            p, p->at, 1, "put the quotes around all of it, or take them away",
            "expected a comma, \" + \", \" - \" or the end of the line behind the quote");
    return check_phrase(p, phrase);
}

// Reads a phrase without quotes: up to a comma, an operator, the end of the line.
static int read_plain_phrase(struct rule_parser *p) {
    p->stop = p->at;
    while (p->at < p->end) {
        size_t at = p->at;
        while (CHARS_FOLDED[(unsigned char)p->text[at]]) // there is no letter behind the end
            at++;
        if (at > p->at) {
            p->stop = p->at = at;
            continue;
        }
        const char c = p->text[p->at];
        const size_t blank = rule_blank_at(p, p->at);
        if (blank > 0) {
            p->at += blank;
            if (rule_is_operator(p, p->at))
                break;
            if (check_missing_blank(p, p->at) != 0 || check_late_beginning(p, p->at) != 0)
                return RULE_WRONG;
            continue;
        }
        if (c == ',')
            break;
        const bool is_star_inside = c == '*' && p->at + 1 < p->end && p->text[p->at + 1] != ',' &&
                                    rule_blank_at(p, p->at + 1) == 0;
        if (is_star_inside)
            return rule_wrong(p, p->at, 1, "hack* finds all words that begin so",
                              "'*' can only stand at the end of a word");
        if (check_look_alike(p, p->at) != 0)
            return RULE_WRONG;
        size_t length;
        (void)chars_decode(p->text + p->at, &length);
        p->stop = p->at += length;
    }
    return 0;
}

int rule_read_phrase(struct rule_parser *p, struct phrase_source *phrase) {
    *phrase = (struct phrase_source){.written = p->text + p->at};
    if (p->at < p->end && p->text[p->at] == '=') {
        phrase->is_exact = true;
        p->at++;
        rule_skip_blanks(p);
    }
    const bool is_quoted =
        p->at < p->end && (p->text[p->at] == '"' || rule_begins_with(p, p->at, "“"));
    if (is_quoted)
        return parse_quoted(p, phrase);

    const size_t start = p->at;
    if (check_missing_blank(p, start) != 0 || check_late_beginning(p, start) != 0 ||
        read_plain_phrase(p) != 0)
        return RULE_WRONG;
    size_t end = p->stop;
    if (end > start && p->text[end - 1] == '*') {
        phrase->is_prefix = true;
        end--;
    }
    const char *star = memchr(p->text + start, '*', end - start);
    if (star)
        return rule_wrong(p, (size_t)(star - p->text), 1,
                          "hack* at the end of a phrase finds all "
                          "words that begin so",
                          "'*' can only stand at the end of a phrase");
    if (end == start)
        return rule_wrong(p, start, 1, NULL,
                          phrase->is_prefix ? "expected a word before '*'" : "expected a word");
    phrase->text = p->text + start;
    phrase->size = end - start;
    return check_phrase(p, phrase);
}
