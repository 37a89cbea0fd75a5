// SPDX-License-Identifier: MIT

#include "port/files/conf.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/text/spelling.h"
#include "port/files/text_file.h"
#include "wirebell/limits.h"

// libconfuse's error callback gets no pointer of ours, and sections do not know their root. This
// is set during cfg_parse_buf() and nowhere else.
static _Thread_local struct conf *parsing;

static int read_text(const char *path, char **ret) {
    size_t size = 0;
    int r = text_file_read(path, LIMIT_CONF_FILE_MAX, ret, &size);
    // A NUL would end the text unseen.
    for (size_t i = 0; r == 0 && i < size; i++)
        if ((*ret)[i] == '\0')
            (*ret)[i] = '\x7F';
    return r;
}

static bool is_word_char(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static const char *line_end(const char *at) {
    return at + strcspn(at, "\n");
}

// First byte of line number @line (from 1), or the end of the text.
static const char *line_start(const char *text, uint32_t line) {
    for (; line > 1 && *text; line--) {
        text = line_end(text);
        text += *text == '\n';
    }
    return text;
}

// @word as a whole word of one line; NULL when it is not there.
static const char *find_word(const char *line, const char *word) {
    size_t size = strlen(word);
    const char *end = line_end(line);
    for (const char *at = line; size > 0 && at + size <= end; at++) {
        bool joins_left = at > line && is_word_char(at[-1]) && is_word_char(at[0]);
        bool joins_right = is_word_char(at[size - 1]) && is_word_char(at[size]);
        if (memcmp(at, word, size) == 0 && !joins_left && !joins_right)
            return at;
    }
    return NULL;
}

/**
 * struct spot - where in conf->plain a complaint points
 * @line: from 1; 0 = the file as a whole
 * @at:   first byte of the caret; NULL = the line as a whole
 * @size: bytes of the caret
 */
struct spot {
    uint32_t line;
    const char *at;
    size_t size;
};

static struct spot spot_of_word(const struct conf *conf, uint32_t line, const char *word) {
    const char *at = word ? find_word(line_start(conf->plain, line), word) : NULL;
    return (struct spot){.line = line, .at = at, .size = at ? strlen(word) : 0};
}

__attribute__((format(printf, 5, 0))) static void add_diag(const struct conf *conf,
                                                           enum diag_severity severity,
                                                           struct spot spot, const char *mend,
                                                           const char *format, va_list args) {
    const char *source = line_start(conf->text, spot.line);
    const struct diag_place place = {
        .file = conf->file,
        .line = spot.line,
        .source = source,
        .source_size = (size_t)(line_end(source) - source),
        .start = spot.at ? (size_t)(spot.at - line_start(conf->plain, spot.line)) : SIZE_MAX,
        .size = spot.size,
    };
    diag_addv(conf->diags, severity, &place, mend, format, args);
}

__attribute__((format(printf, 5, 6))) static void complain_at(const struct conf *conf,
                                                              uint32_t line, const char *word,
                                                              const char *mend, const char *format,
                                                              ...) {
    va_list args;
    va_start(args, format);
    add_diag(conf, DIAG_ERROR, spot_of_word(conf, line, word), mend, format, args);
    va_end(args);
}

// "did you mean gpio?", or "known here: gpio, active, chip", of a section's table.
static void list_keys(const cfg_t *section, const char *typed, size_t size, char *ret) {
    const char *nearest = NULL;
    size_t least = SPELLING_FAR;
    for (const cfg_opt_t *opt = section->opts; opt->name; opt++)
        if (spelling_is_nearer(typed, opt->name, &least))
            nearest = opt->name;
    if (nearest) {
        (void)snprintf(ret, size, "did you mean %s?", nearest);
        return;
    }
    size_t used = (size_t)snprintf(ret, size, "known here:");
    for (const cfg_opt_t *opt = section->opts; opt->name; opt++) {
        const char *more = opt[1].name ? ", ..." : "";
        if (used + strlen(", ") + strlen(opt->name) + strlen(more) >= size) {
            (void)snprintf(ret + used, size - used, "%s", ", ...");
            return;
        }
        used += (size_t)snprintf(ret + used, size - used, "%s %s", opt == section->opts ? "" : ",",
                                 opt->name);
    }
}

// Skips a string, from its opening quote to its closing one; to the line's end where there is none.
static char *skip_string(char *at) {
    char quote = *at;
    for (at++; *at && *at != '\n' && *at != quote; at++)
        if (*at == '\\' && at[1] && at[1] != '\n')
            at++;
    return at;
}

// Blanks a comment, keeping the line ends. Returns its last byte.
static char *blank_comment(char *at) {
    bool is_block = at[0] == '/' && at[1] == '*';
    char *end = is_block ? strstr(at + 2, "*/") : NULL;
    if (end)
        end += 2;
    else
        end = is_block ? at + strlen(at) : at + strcspn(at, "\n");
    for (; at < end; at++)
        if (*at != '\n')
            *at = ' ';
    return end - 1;
}

static bool starts_comment(const char *text, const char *at) {
    if (*at == '#')
        return true;
    bool is_slashes = at[0] == '/' && (at[1] == '/' || at[1] == '*');
    return is_slashes && (at == text || strchr(" \t\n,{}=", at[-1]));
}

/*
 * Makes conf->plain: the text without comments, for libconfuse 3.3 counts the line of a comment
 * twice and does not take one inside a list (libconfuse issue 150). On the way it looks for what
 * libconfuse takes without a word or explains badly: a section or a string that does not end.
 */
static void strip_comments(struct conf *conf) {
    uint32_t line = 1, open_line = 0;
    int depth = 0;
    for (char *at = conf->plain; *at; at++) {
        if (starts_comment(conf->plain, at)) {
            char *last = blank_comment(at);
            for (; at < last; at++)
                line += *at == '\n';
        } else if (*at == '"' || *at == '\'') {
            at = skip_string(at);
            if (*at == '"' || *at == '\'')
                continue;
            complain_at(conf, line, NULL, NULL, "this string has no closing quote");
            at--;
        } else if (*at == '\n') {
            line++;
        } else if (*at == '{' && depth++ == 0) {
            open_line = line;
        } else if (*at == '}') {
            depth--;
        }
    }
    if (depth > 0)
        complain_at(conf, open_line, "{", NULL, "this brace is never closed");
}

// libconfuse quotes the word it stumbled over, and may have read on to the next line by then.
__attribute__((format(printf, 2, 0))) static void on_error(cfg_t *section, const char *format,
                                                           va_list args) {
    struct conf *conf = parsing;
    if (!conf)
        return;
    char message[200], keys[160];
    (void)vsnprintf(message, sizeof message, format, args);

    char word[64] = "";
    const char *quote = strchr(message, '\'');
    if (quote)
        (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(quote + 1, "'"), quote + 1);
    uint32_t line = section->line > 0 ? (uint32_t)section->line : 1;
    for (uint32_t back = 0; word[0] && back < 3 && back < line; back++) {
        if (find_word(line_start(conf->plain, line - back), word)) {
            line -= back;
            break;
        }
    }

    bool is_unknown_key = strncmp(message, "no such option", strlen("no such option")) == 0;
    if (is_unknown_key) {
        list_keys(section, word, sizeof keys, keys);
        (void)snprintf(message, sizeof message, "unknown key '%s'", word);
        const char *at = find_word(line_start(conf->plain, line), word);
        conf->unknown = at ? conf->plain + (at - conf->plain) : NULL;
    }
    complain_at(conf, line, word, is_unknown_key ? keys : NULL, "%s", message);
}

// The end of a value, or of a section from its brace on.
static char *skip_value(char *at) {
    if (*at == '"' || *at == '\'') {
        at = skip_string(at);
        return at + (*at == '"' || *at == '\'');
    }
    if (*at != '{')
        return at + strcspn(at, " \t\r\n{}");
    int depth = 0;
    for (; *at; at++) {
        if (*at == '"' || *at == '\'')
            at = skip_string(at);
        else if (*at == '{')
            depth++;
        else if (*at == '}' && --depth == 0)
            return at + 1;
        if (!*at)
            break;
    }
    return at;
}

// Blanks a key nobody knows with its value, or a section with all that is in it. False when there
// was nothing to blank: a key may be a string of blanks.
static bool blank_statement(char *key) {
    char *end = key + strcspn(key, " \t\r\n=+{}");
    bool is_there = end > key;
    char *at = end + strspn(end, " \t+");
    if (*at == '=')
        end = skip_value(at + 1 + strspn(at + 1, " \t"));
    else if (at[strcspn(at, "={}\n")] == '{')
        end = skip_value(at + strcspn(at, "{"));
    for (at = key; is_there && at < end; at++)
        if (*at != '\n')
            *at = ' ';
    return is_there;
}

// libconfuse's scanner is one for the whole process, and when a text ended inside of a string it
// takes the next one for its rest. This text ends a string or a comment it may be in, and is
// nothing but comments where it is in none. Return: 0 or -ENOMEM.
static int settle_scanner(void) {
    cfg_opt_t none[] = {CFG_END()};
    errno = 0;
    cfg_t *cfg = cfg_init(none, CFGF_NONE);
    if (!cfg)
        return -ENOMEM;
    (void)cfg_set_error_function(cfg, on_error);
    (void)cfg_parse_buf(cfg, "#\"\n#'\n#*/\n");
    (void)cfg_free(cfg);
    return errno == ENOMEM ? -ENOMEM : 0;
}

// One go of libconfuse, which ends at the first mistake with what was read until then. Where it has
// no memory it may say anything, or nothing: malloc() does.
static int parse_once(struct conf *conf, cfg_opt_t *opts, bool is_quiet) {
    if (conf->cfg)
        (void)cfg_free(conf->cfg);
    conf->cfg = NULL;
    int r = settle_scanner();
    if (r == 0)
        conf->cfg = cfg_init(opts, CFGF_NONE);
    if (!conf->cfg)
        return -ENOMEM;
    (void)cfg_set_error_function(conf->cfg, on_error);
    conf->unknown = NULL;
    parsing = is_quiet ? NULL : conf;
    errno = 0;
    int result = cfg_parse_buf(conf->cfg, conf->plain);
    parsing = NULL;
    if (errno == ENOMEM)
        return -ENOMEM;
    return result == CFG_SUCCESS ? 0 : CONF_WRONG;
}

static int parse(struct conf *conf, cfg_opt_t *opts) {
    size_t errors_before = conf->diags->error_count;
    strip_comments(conf);
    bool is_torn = conf->diags->error_count > errors_before;
    int r;
    do // a key nobody knows was complained of; the rest shall count
        r = parse_once(conf, opts, is_torn);
    while (r == CONF_WRONG && conf->unknown && blank_statement(conf->unknown));
    if (r < 0)
        return r;
    if (r == CONF_WRONG && conf->diags->error_count == errors_before)
        complain_at(conf, 0, NULL, NULL, "cannot be read as a configuration file");
    return conf->diags->error_count == errors_before ? 0 : CONF_WRONG;
}

void conf_text_option(const char *key, cfg_opt_t *ret) {
    *ret = (cfg_opt_t)CFG_STR(key, NULL, CFGF_NODEFAULT);
}

void conf_section_option(const char *name, cfg_opt_t *options, cfg_flag_t flags, cfg_opt_t *ret) {
    *ret = (cfg_opt_t)CFG_SEC(name, options, flags);
}

int conf_read(const char *path, cfg_opt_t *opts, struct diag_list *diags, struct conf *ret) {
    struct conf conf = {.file = path, .diags = diags};
    int r = read_text(path, &conf.text);
    if (r < 0)
        return r;
    conf.plain = conf.text ? strdup(conf.text) : NULL;
    r = conf.plain ? parse(&conf, opts) : -ENOMEM;
    if (r < 0) {
        conf_done(&conf);
        return r;
    }
    *ret = conf;
    return r;
}

void conf_done(struct conf *conf) {
    if (conf->cfg)
        (void)cfg_free(conf->cfg);
    free(conf->plain);
    free(conf->text);
    *conf = CONF_NULL;
}

// A parsed section remembers the line of its closing brace; it opens where its kind is written.
static uint32_t section_start(const struct conf *conf, const cfg_t *section) {
    if (section == conf->cfg)
        return 1;
    for (uint32_t line = (uint32_t)section->line; line > 1; line--)
        if (find_word(line_start(conf->plain, line), section->name))
            return line;
    return 1;
}

// Where @word stands in a section; at NULL when it is not written there.
static struct spot find_in_section(const struct conf *conf, const cfg_t *section,
                                   const char *word) {
    uint32_t line = section_start(conf, section);
    const char *source = line_start(conf->plain, line);
    for (; word && *source && line <= (uint32_t)section->line; line++) {
        struct spot spot = spot_of_word(conf, line, word);
        if (spot.at)
            return spot;
        source = line_start(source, 2);
    }
    return (struct spot){0};
}

// Is this "key = value", as a person may have written it? Returns the value's first byte, or NULL.
static const char *match_value(const char *at, const char *key, const char *value) {
    at += strlen(key);
    at += strspn(at, " \t+");
    if (*at != '=')
        return NULL;
    at += 1 + strspn(at + 1, " \t\"'");
    return strncmp(at, value, strlen(value)) == 0 ? at : NULL;
}

// Where the value of a key stands in a section; at NULL when that cannot be told.
static struct spot find_value(const struct conf *conf, const cfg_t *section, const char *key,
                              const char *value) {
    uint32_t line = section_start(conf, section);
    const char *at = line_start(conf->plain, line);
    for (; *at && line <= (uint32_t)section->line; line++) {
        const char *found = at;
        while ((found = find_word(found, key)) != NULL) {
            const char *start = match_value(found, key, value);
            if (start)
                return (struct spot){.line = line, .at = start, .size = strlen(value)};
            found += strlen(key);
        }
        at = line_start(at, 2);
    }
    return (struct spot){0};
}

// The section as a whole, for want of a better place.
static struct spot spot_of_section(const struct conf *conf, const cfg_t *section) {
    if (section == conf->cfg)
        return (struct spot){0};
    return spot_of_word(conf, section_start(conf, section), section->name);
}

void conf_complain(const struct conf *conf, cfg_t *section, const char *word, const char *mend,
                   const char *format, ...) {
    struct spot spot = find_in_section(conf, section, word);
    if (!spot.at)
        spot = spot_of_section(conf, section);
    va_list args;
    va_start(args, format);
    add_diag(conf, DIAG_ERROR, spot, mend, format, args);
    va_end(args);
}

void conf_value_complain(const struct conf_value *value, enum diag_severity severity,
                         const char *mend, const char *format, ...) {
    const char *text = conf_value_text(value);
    struct spot spot = find_value(value->conf, value->section, value->key, text ? text : "");
    if (!spot.at)
        spot = find_in_section(value->conf, value->section, text);
    if (!spot.at)
        spot = find_in_section(value->conf, value->section, value->key);
    if (!spot.at)
        spot = spot_of_section(value->conf, value->section);
    va_list args;
    va_start(args, format);
    add_diag(value->conf, severity, spot, mend, format, args);
    va_end(args);
}

bool conf_value_is_given(const struct conf_value *value) {
    return cfg_size(value->section, value->key) > 0;
}

const char *conf_value_text(const struct conf_value *value) {
    const char *text = conf_value_is_given(value) ? cfg_getstr(value->section, value->key) : NULL;
    return text ? text : "";
}

int conf_value_copy(const struct conf_value *value, size_t size, char *ret) {
    const char *text = conf_value_text(value);
    if (strlen(text) >= size) {
        conf_value_complain(value, DIAG_ERROR, NULL, "longer than %zu bytes", size - 1);
        return -EINVAL;
    }
    memcpy(ret, text, strlen(text) + 1);
    return 0;
}

int conf_value_choice(const struct conf_value *value, const char *const *words,
                      size_t *ret_choice) {
    const char *text = conf_value_text(value);
    char known[160];
    size_t used = (size_t)snprintf(known, sizeof known, "%s is one of:", value->key);
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(text, words[i]) == 0) {
            *ret_choice = i;
            return 0;
        }
        if (used < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s %s", i ? "," : "",
                                     words[i]);
    }
    conf_value_complain(value, DIAG_ERROR, known, "unknown %s '%s'", value->key, text);
    return -EINVAL;
}

int conf_value_number(const struct conf_value *value, int64_t min, int64_t max,
                      int64_t *ret_number) {
    const char *text = conf_value_text(value);
    char *end;
    errno = 0;
    bool is_hexadecimal = strncmp(text, "0x", 2) == 0;
    long long number = strtoll(text, &end, is_hexadecimal ? 16 : 10);
    if (end == text || *end) {
        conf_value_complain(value, DIAG_ERROR, NULL, "%s is a number, not '%s'", value->key, text);
        return -EINVAL;
    }
    if (errno != 0 || number < min || number > max) {
        conf_value_complain(value, DIAG_ERROR, NULL,
                            "%s %s is out of range, %" PRId64 " to %" PRId64, value->key, text, min,
                            max);
        return -EINVAL;
    }
    *ret_number = number;
    return 0;
}
