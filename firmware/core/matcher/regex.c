// SPDX-License-Identifier: MIT

#include "core/matcher/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <errno.h>
#include <pcre2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Steps for one text: some tens of milliseconds on a Pi Zero. A sane expression needs a few for
// each byte of the 64 KB a story has at most.
enum { STEPS_MAX = 1000000, HEAP_MAX_KIB = 1024 };

enum { LITERAL_MAX = 64 };

struct regex {
    pcre2_code *code;            // owned
    pcre2_match_data *match;     // owned
    pcre2_match_context *bounds; // owned
    char literal[LITERAL_MAX];
    bool was_stopped;
};

static bool is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

// --- the literal -----------------------------------------------------------------------------

// A reading of an expression from left to right that collects runs of characters which must be in
// every match one after the other. It knows little, and gives up where it does not know.
struct reader {
    const char *at;
    const char *end;
    char run[LITERAL_MAX];
    size_t run_size;
    char best[LITERAL_MAX];
    size_t best_size;
};

static void end_run(struct reader *r) {
    if (r->run_size > r->best_size) {
        memcpy(r->best, r->run, r->run_size);
        r->best_size = r->run_size;
    }
    r->run_size = 0;
}

// k and s have other forms outside ASCII (the Kelvin sign, the long s), which match them too.
static void add_char(struct reader *r, char c) {
    c = lower(c);
    if (c == 'k' || c == 's' || (unsigned char)c >= 0x80 || r->run_size == LITERAL_MAX - 1) {
        end_run(r);
        return;
    }
    r->run[r->run_size++] = c;
}

// Behind a character: a quantifier may make it optional, or repeat it, so that the run ends.
static void read_quantifier(struct reader *r) {
    if (r->at >= r->end || !strchr("*?+{", *r->at))
        return;
    const bool is_optional = *r->at != '+';
    if (is_optional && r->run_size > 0)
        r->run_size--;
    end_run(r);
    if (*r->at == '{') {
        while (r->at < r->end && *r->at != '}')
            r->at++;
    }
    r->at += r->at < r->end;
    if (r->at < r->end && (*r->at == '?' || *r->at == '+'))
        r->at++;
}

// [...], from behind the '['. False when its end is not found.
static bool skip_class(struct reader *r) {
    if (r->at < r->end && *r->at == '^')
        r->at++;
    if (r->at < r->end && *r->at == ']')
        r->at++;
    for (; r->at < r->end; r->at++) {
        if (*r->at == '\\')
            r->at++;
        else if (*r->at == '[')
            return false; // [:alpha:] and the like
        else if (*r->at == ']') {
            r->at++;
            return true;
        }
    }
    return false;
}

// (...), from behind the '('. What is in it may be optional, so nothing of it is collected.
static bool skip_group(struct reader *r) {
    if (r->at < r->end &&
        (*r->at == '*' || (*r->at == '?' && r->at + 1 < r->end && r->at[1] != ':')))
        return false; // a verb, a setting, a look-around
    for (int depth = 1; r->at < r->end;) {
        const char c = *r->at++;
        if (c == '\\')
            r->at += r->at < r->end;
        else if (c == '[' && !skip_class(r))
            return false;
        else if (c == '(') {
            if (r->at < r->end && (*r->at == '*' || *r->at == '?'))
                return false;
            depth++;
        } else if (c == ')' && --depth == 0)
            return true;
    }
    return false;
}

// The character behind a backslash. False when it is one whose meaning is not known here.
static bool read_escape(struct reader *r) {
    if (r->at >= r->end)
        return false;
    const char c = *r->at++;
    if (strchr("bBdDsSwW", c)) {
        end_run(r);
        return true;
    }
    if (is_alpha(c) || (c >= '0' && c <= '9'))
        return false;
    add_char(r, c);
    return true;
}

// Reads all of it. False when nothing is known of what a match must contain.
static bool read_pattern(struct reader *r) {
    while (r->at < r->end) {
        const char c = *r->at++;
        bool is_known = true;
        if (c == '|')
            return false;
        if (c == '\\')
            is_known = read_escape(r);
        else if (c == '[' || c == '(') {
            end_run(r);
            is_known = c == '[' ? skip_class(r) : skip_group(r);
        } else if (strchr(".^$", c))
            end_run(r);
        else
            add_char(r, c);
        if (!is_known)
            return false;
        read_quantifier(r);
    }
    end_run(r);
    return true;
}

static void find_literal(const char *pattern, size_t size, char ret[static LITERAL_MAX]) {
    struct reader reader = {.at = pattern, .end = pattern + size};
    ret[0] = '\0';
    if (!read_pattern(&reader))
        return;
    memcpy(ret, reader.best, reader.best_size);
    ret[reader.best_size] = '\0';
}

static bool contains(const char *text, size_t size, const char *literal) {
    const size_t literal_size = strlen(literal);
    for (size_t i = 0; i + literal_size <= size; i++) {
        size_t j = 0;
        while (j < literal_size && lower(text[i + j]) == literal[j])
            j++;
        if (j == literal_size)
            return true;
    }
    return false;
}

// --- the expression --------------------------------------------------------------------------

int regex_new(const char *pattern, size_t size, struct regex **ret, struct regex_error *reterr) {
    struct regex *regex = calloc(1, sizeof *regex);
    if (!regex)
        return -ENOMEM;
    int error;
    PCRE2_SIZE offset;
    regex->code = pcre2_compile((PCRE2_SPTR)pattern, size,
                                PCRE2_UTF | PCRE2_UCP | PCRE2_CASELESS | PCRE2_MATCH_INVALID_UTF |
                                    PCRE2_NEVER_BACKSLASH_C,
                                &error, &offset, NULL);
    if (!regex->code) {
        regex_free(regex);
        if (error == PCRE2_ERROR_NOMEMORY)
            return -ENOMEM;
        reterr->offset = offset < size ? offset : size;
        if (pcre2_get_error_message(error, (PCRE2_UCHAR *)reterr->message, sizeof reterr->message) <
            0)
            reterr->message[0] = '\0';
        return REGEX_WRONG;
    }
    regex->match = pcre2_match_data_create(1, NULL);
    regex->bounds = pcre2_match_context_create(NULL);
    if (!regex->match || !regex->bounds) {
        regex_free(regex);
        return -ENOMEM;
    }
    (void)pcre2_set_match_limit(regex->bounds, STEPS_MAX); // cannot fail
    (void)pcre2_set_heap_limit(regex->bounds, HEAP_MAX_KIB);
    find_literal(pattern, size, regex->literal);
    *ret = regex;
    return 0;
}

struct regex *regex_free(struct regex *regex) {
    if (!regex)
        return NULL;
    pcre2_match_context_free(regex->bounds);
    pcre2_match_data_free(regex->match);
    pcre2_code_free(regex->code);
    free(regex);
    return NULL;
}

bool regex_find(struct regex *regex, const char *text, size_t size, size_t *ret_start,
                size_t *ret_stop) {
    regex->was_stopped = false;
    if (!contains(text, size, regex->literal))
        return false;
    const int found = pcre2_match(regex->code, (PCRE2_SPTR)text, size, 0, PCRE2_NOTEMPTY,
                                  regex->match, regex->bounds);
    if (found < 0) {
        regex->was_stopped = found != PCRE2_ERROR_NOMATCH;
        return false;
    }
    const PCRE2_SIZE *place = pcre2_get_ovector_pointer(regex->match);
    if (place[0] >= place[1]) // \K can turn them around
        return false;
    *ret_start = place[0];
    *ret_stop = place[1];
    return true;
}

bool regex_was_stopped(const struct regex *regex) {
    return regex->was_stopped;
}
