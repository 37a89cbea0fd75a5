// SPDX-License-Identifier: MIT
//
// Read from left to right by one function a level: rule, requirement, term, phrase. An operator
// counts as one only with blanks around it (zero-day, C++ and AT&T are words), so the places where
// somebody forgot a blank are looked for and named, instead of being read as something else.

#include "core/rule.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/chars.h"

struct parser {
    const struct diag_place *line;
    const char *text; // the line
    size_t end;       // its bytes
    size_t at;        // where reading is
    size_t stop;      // behind the last thing read that is no blank
    struct diag_list *diags;
    struct rule *rule;
};

// --- complaints ------------------------------------------------------------------------------

__attribute__((format(printf, 5, 6))) static int wrong(const struct parser *p, size_t start,
                                                       size_t size, const char *mend,
                                                       const char *format, ...) {
    if (!p->diags)
        return RULE_WRONG;
    char message[200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct diag_place place = *p->line;
    place.start = start;
    place.size = size;
    diag_add(p->diags, DIAG_ERROR, &place, mend, "%s", message);
    return RULE_WRONG;
}

// --- characters ------------------------------------------------------------------------------

// Bytes of the blank at @at; 0 when there is none.
static size_t blank_at(const struct parser *p, size_t at) {
    if (at >= p->end)
        return 0;
    const unsigned char c = (unsigned char)p->text[at];
    if (c < 0x80)
        return c == ' ' || c == '\t' ? 1 : 0;
    size_t length;
    return chars_class(chars_decode(p->text + at, &length)) == CHAR_BLANK ? length : 0;
}

static void skip_blanks(struct parser *p) {
    for (size_t length; (length = blank_at(p, p->at)) > 0;)
        p->at += length;
}

static bool is_end_or_blank(const struct parser *p, size_t at) {
    return at >= p->end || blank_at(p, at) > 0;
}

static bool begins_with(const struct parser *p, size_t at, const char *what) {
    const size_t size = strlen(what);
    return p->end - at >= size && memcmp(p->text + at, what, size) == 0;
}

// --- operators -------------------------------------------------------------------------------

// Is there, behind a blank, a sign that ends a phrase: + - # alone, or ~?
static bool is_operator(const struct parser *p, size_t at) {
    if (at >= p->end)
        return false;
    switch (p->text[at]) {
    case '+':
    case '-':
    case '#':
        return is_end_or_blank(p, at + 1);
    case '~':
        return true;
    default:
        return false;
    }
}

static bool is_comment(const struct parser *p) {
    return p->at < p->end && p->text[p->at] == '#' && is_end_or_blank(p, p->at + 1);
}

static bool is_at_end(const struct parser *p) {
    return p->at >= p->end || is_comment(p);
}

// A sign at the beginning of a phrase's word that looks like an operator without its blank.
static int check_missing_blank(const struct parser *p, size_t at) {
    if (at + 1 >= p->end || is_end_or_blank(p, at + 1))
        return 0;
    const char sign = p->text[at];
    if (sign == '+')
        return wrong(p, at, 1,
                     "write \" + \" with blanks for \"and also\", or put quotes around it",
                     "'+' needs a blank behind it");
    if (sign == '-')
        return wrong(p, at, 1, "write \" - \" with blanks for \"but not\", or put quotes around it",
                     "'-' needs a blank behind it");
    return 0;
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
};

static int check_look_alike(const struct parser *p, size_t at) {
    for (size_t i = 0; i < sizeof LOOK_ALIKES / sizeof LOOK_ALIKES[0]; i++) {
        const char *sign = LOOK_ALIKES[i].sign;
        if (!begins_with(p, at, sign))
            continue;
        // A dash is an operator's look-alike only where it stands alone.
        const bool is_dash =
            chars_class(chars_decode(sign, &(size_t){0})) == CHAR_HYPHEN || strcmp(sign, "—") == 0;
        const bool is_alone =
            (at == 0 || blank_at(p, at - 1) > 0) && is_end_or_blank(p, at + strlen(sign));
        if (is_dash && !is_alone)
            continue;
        return wrong(p, at, strlen(sign), LOOK_ALIKES[i].mend, "%s", LOOK_ALIKES[i].message);
    }
    return 0;
}

// --- phrase ----------------------------------------------------------------------------------

static int check_phrase(const struct parser *p, const struct phrase_source *phrase) {
    unsigned char code[PHRASE_CODE_MAX];
    size_t code_size;
    const size_t start = (size_t)(phrase->text - p->text);
    const int r = phrase_compile(phrase, code, &code_size);
    switch ((enum phrase_result)r) {
    case PHRASE_NO_WORD:
        return wrong(p, start, phrase->size, NULL, "expected a word: a letter or a digit");
    case PHRASE_TOO_MANY_WORDS:
        return wrong(p, start, phrase->size, "two or three words that say it are enough",
                     "this phrase has more than %d words", PHRASE_WORDS_MAX);
    case PHRASE_WORD_TOO_LONG:
        return wrong(p, start, phrase->size, NULL, "this word is longer than %d bytes",
                     WORDS_FOLDED_MAX);
    case PHRASE_LITERAL_TOO_LONG:
        return wrong(p, start, phrase->size, "leave a word out at either side",
                     "there are too many signs between two words");
    }
    return 0;
}

// The closing quote behind p->at, or SIZE_MAX; *ret_length is its bytes.
static size_t closing_quote(const struct parser *p, size_t at, const char *quote) {
    for (; at < p->end; at++) {
        if (begins_with(p, at, quote))
            return at;
    }
    return SIZE_MAX;
}

static int parse_quoted(struct parser *p, struct phrase_source *phrase) {
    const bool is_curly = p->text[p->at] != '"';
    const char *open = is_curly ? "“" : "\"", *close = is_curly ? "”" : "\"";
    const size_t start = p->at;
    const size_t from = start + strlen(open);
    const size_t to = closing_quote(p, from, close);
    if (to == SIZE_MAX)
        return wrong(p, start, strlen(open), "add a quote behind the last character meant",
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
        return wrong(p, start, p->at - start, NULL, "there is nothing between these quotes");
    skip_blanks(p);
    const bool is_ended =
        is_at_end(p) || p->text[p->at] == ',' || (p->at > p->stop && is_operator(p, p->at));
    if (!is_ended)
        return wrong(p, p->at, 1, "put the quotes around all of it, or take them away",
                     "expected a comma, \" + \", \" - \" or the end of the line behind the quote");
    return check_phrase(p, phrase);
}

// Reads a phrase without quotes: up to a comma, an operator, the end of the line.
static int read_plain_phrase(struct parser *p) {
    p->stop = p->at;
    while (p->at < p->end) {
        const char c = p->text[p->at];
        if (CHARS_FOLDED[(unsigned char)c]) {
            p->stop = ++p->at;
            continue;
        }
        const size_t blank = blank_at(p, p->at);
        if (blank > 0) {
            p->at += blank;
            if (is_operator(p, p->at))
                break;
            if (p->at < p->end && check_missing_blank(p, p->at) != 0)
                return RULE_WRONG;
            continue;
        }
        if (c == ',')
            break;
        const bool is_star_inside = c == '*' && p->at + 1 < p->end && p->text[p->at + 1] != ',' &&
                                    blank_at(p, p->at + 1) == 0;
        if (is_star_inside)
            return wrong(p, p->at, 1, "hack* finds all words that begin so",
                         "'*' can only stand at the end of a word");
        if (check_look_alike(p, p->at) != 0)
            return RULE_WRONG;
        size_t length;
        (void)chars_decode(p->text + p->at, &length);
        p->stop = p->at += length;
    }
    return 0;
}

static int parse_phrase(struct parser *p, struct phrase_source *phrase) {
    *phrase = (struct phrase_source){0};
    if (p->at < p->end && p->text[p->at] == '=') {
        phrase->is_exact = true;
        p->at++;
        skip_blanks(p);
    }
    if (begins_with(p, p->at, "\"") || begins_with(p, p->at, "“"))
        return parse_quoted(p, phrase);

    const size_t start = p->at;
    if (start < p->end && check_missing_blank(p, start) != 0)
        return RULE_WRONG;
    if (read_plain_phrase(p) != 0)
        return RULE_WRONG;
    size_t end = p->stop;
    if (end > start && p->text[end - 1] == '*') {
        phrase->is_prefix = true;
        end--;
    }
    const char *star = memchr(p->text + start, '*', end - start);
    if (star)
        return wrong(p, (size_t)(star - p->text), 1,
                     "hack* at the end of a phrase finds all "
                     "words that begin so",
                     "'*' can only stand at the end of a phrase");
    if (end == start)
        return wrong(p, start, 1, NULL,
                     phrase->is_prefix ? "expected a word before '*'" : "expected a word");
    phrase->text = p->text + start;
    phrase->size = end - start;
    return check_phrase(p, phrase);
}

// --- terms -----------------------------------------------------------------------------------

static int parse_regex(struct parser *p, struct rule_term *term) {
    (void)term;
    return wrong(p, p->at, 1, "to find the sign itself, put quotes around the phrase",
                 "regular expressions are not known yet");
}

// "~N" and the other phrase.
static int parse_near(struct parser *p, struct rule_term *term) {
    const size_t start = p->at++;
    uint32_t distance = 0;
    while (p->at < p->end && p->text[p->at] >= '0' && p->text[p->at] <= '9') {
        if (distance <= RULE_DISTANCE_MAX)
            distance = distance * 10 + (uint32_t)(p->text[p->at] - '0');
        p->at++;
    }
    if (p->at == start + 1 || !is_end_or_blank(p, p->at))
        return wrong(p, start, 1, "EU ~10 hack* finds both within 10 words",
                     "expected a number and a blank behind '~'");
    if (distance < 1 || distance > RULE_DISTANCE_MAX)
        return wrong(p, start, p->at - start, NULL, "expected a number of words from 1 to %d",
                     RULE_DISTANCE_MAX);
    skip_blanks(p);
    if (is_at_end(p) || p->text[p->at] == ',' || is_operator(p, p->at))
        return wrong(p, start, p->at - start, "EU ~10 hack* finds both within 10 words",
                     "expected a phrase behind \"~%u\"", distance);
    term->kind = RULE_NEAR;
    term->distance = distance;
    if (parse_phrase(p, &term->right) != 0)
        return RULE_WRONG;
    if (p->at < p->end && p->text[p->at] == '~')
        return wrong(p, p->at, 1, "write a second requirement: a ~5 b + b ~5 c",
                     "only one '~' can stand between commas");
    return 0;
}

static int parse_term(struct parser *p) {
    struct rule *rule = p->rule;
    if (rule->term_count == RULE_TERMS_MAX)
        return wrong(p, p->at, 1, "make it several lines",
                     "a rule can have at most %d alternatives in all", RULE_TERMS_MAX);
    struct rule_term *term = &rule->terms[rule->term_count];
    term->kind = RULE_PHRASE;
    const bool is_missing = is_at_end(p) || p->text[p->at] == ',' || is_operator(p, p->at);
    if (is_missing)
        return wrong(p, p->at < p->end ? p->at : p->end, 1,
                     "take the sign before it away, or add "
                     "the word",
                     "expected a word here");
    if (p->text[p->at] == '/') {
        if (parse_regex(p, term) != 0)
            return RULE_WRONG;
    } else {
        if (parse_phrase(p, &term->left) != 0)
            return RULE_WRONG;
        if (p->at < p->end && p->text[p->at] == '~' && parse_near(p, term) != 0)
            return RULE_WRONG;
    }
    rule->term_count++;
    return 0;
}

// --- requirements ----------------------------------------------------------------------------

static const char *const FIELDS[MATCH_FIELD_COUNT] = {
    [MATCH_TITLE] = "title:",   [MATCH_TEXT] = "text:",         [MATCH_LINK] = "link:",
    [MATCH_AUTHOR] = "author:", [MATCH_CATEGORY] = "category:",
};

static unsigned parse_fields(struct parser *p) {
    for (size_t i = 0; i < MATCH_FIELD_COUNT; i++) {
        if (!begins_with(p, p->at, FIELDS[i]))
            continue;
        p->at += strlen(FIELDS[i]);
        skip_blanks(p);
        return 1u << i;
    }
    return RULE_DEFAULT_FIELDS;
}

static int parse_requirement(struct parser *p, bool is_excluded) {
    struct rule *rule = p->rule;
    if (rule->requirement_count == RULE_REQUIREMENTS_MAX)
        return wrong(p, p->at, 1, NULL, "a rule can have at most %d requirements",
                     RULE_REQUIREMENTS_MAX);
    struct rule_requirement requirement = {
        .first_term = (uint32_t)rule->term_count,
        .is_excluded = is_excluded,
    };
    requirement.fields = parse_fields(p);
    for (;;) {
        if (parse_term(p) != 0)
            return RULE_WRONG;
        if (p->at >= p->end || p->text[p->at] != ',')
            break;
        p->at++;
        skip_blanks(p);
    }
    requirement.term_count = (uint32_t)rule->term_count - requirement.first_term;
    rule->requirements[rule->requirement_count++] = requirement;
    return 0;
}

// --- the rule --------------------------------------------------------------------------------

// "@bbc: ..." or "@bbc @ncsc: ...".
static int parse_tags(struct parser *p) {
    struct rule *rule = p->rule;
    while (p->at < p->end && p->text[p->at] == '@') {
        const size_t start = ++p->at;
        while (p->at < p->end && p->text[p->at] != ':' && p->text[p->at] != '@' &&
               blank_at(p, p->at) == 0)
            p->at++;
        if (p->at == start)
            return wrong(p, start - 1, 1, NULL, "expected a tag behind '@'");
        if (rule->tag_count == RULE_TAGS_MAX)
            return wrong(p, start - 1, p->at - start + 1, NULL, "a rule can have at most %d tags",
                         RULE_TAGS_MAX);
        rule->tags[rule->tag_count++] = (struct rule_tag){p->text + start, p->at - start};
        skip_blanks(p);
        if (p->at < p->end && p->text[p->at] == ':') {
            p->at++;
            skip_blanks(p);
            return 0;
        }
    }
    return wrong(p, p->at, 1,
                 "@bbc: crisis is for feeds tagged @bbc; to find the sign itself, put quotes "
                 "around the phrase",
                 "expected ':' behind the tag");
}

static int check_positive(const struct parser *p) {
    const struct rule *rule = p->rule;
    for (size_t i = 0; i < rule->requirement_count; i++) {
        if (!rule->requirements[i].is_excluded)
            return 0;
    }
    return wrong(p, p->line->start, 1, "say first what is wanted: word - film, game",
                 "a rule cannot only say what must not be there");
}

int rule_parse(const struct diag_place *line, struct diag_list *diags, struct rule *ret) {
    struct parser p = {
        .line = line,
        .text = line->source,
        .end = line->source_size,
        .at = line->start,
        .stop = line->start,
        .diags = diags,
        .rule = ret,
    };
    skip_blanks(&p);
    ret->text = p.text + p.at;
    ret->tag_count = ret->requirement_count = ret->term_count = 0;
    if (p.at < p.end && p.text[p.at] == '@' && parse_tags(&p) != 0)
        return RULE_WRONG;

    bool is_excluded = false;
    if (p.at < p.end && p.text[p.at] == '-' && is_operator(&p, p.at)) {
        is_excluded = true;
        p.at++;
        skip_blanks(&p);
    }
    for (;;) {
        if (parse_requirement(&p, is_excluded) != 0)
            return RULE_WRONG;
        if (is_at_end(&p))
            break;
        is_excluded = p.text[p.at] == '-';
        p.at++;
        skip_blanks(&p);
    }
    ret->size = (size_t)(p.text + p.stop - ret->text);
    return check_positive(&p);
}

bool rule_is_plain_word(const struct rule *rule) {
    if (rule->tag_count > 0 || rule->requirement_count != 1 || rule->term_count != 1)
        return false;
    const struct rule_term *term = &rule->terms[0];
    if (term->kind != RULE_PHRASE || term->left.is_prefix || term->left.is_exact ||
        term->left.text != rule->text || term->left.size != rule->size ||
        rule->requirements[0].fields != RULE_DEFAULT_FIELDS)
        return false;
    struct words words;
    words_begin(&words, rule->text, rule->size);
    return words_next(&words) && words.class == CHAR_LETTER && words.start == 0 &&
           words.stop == rule->size;
}
