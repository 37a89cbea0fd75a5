// SPDX-License-Identifier: MIT

#include "port/conf.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "port/text_file.h"
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

static void complain_at(const struct conf *conf, uint32_t line, const char *word, const char *mend,
                        const char *message) {
    const char *source = line_start(conf->text, line);
    const char *plain = line_start(conf->plain, line);
    const char *at = word ? find_word(plain, word) : NULL;
    size_t size = at ? strlen(word) : 0;
    const struct diag_place place = {
        .file = conf->file,
        .line = line,
        .source = source,
        .source_size = (size_t)(line_end(source) - source),
        .start = at ? (size_t)(at - plain) : SIZE_MAX,
        .size = size,
    };
    diag_add(conf->diags, DIAG_ERROR, &place, mend, "%s", message);
}

// "known here: gpio, active, chip" of a section's table.
static void list_keys(const cfg_t *section, size_t size, char *ret) {
    size_t used = (size_t)snprintf(ret, size, "known here:");
    for (const cfg_opt_t *opt = section->opts; opt->name && used < size; opt++) {
        int n =
            snprintf(ret + used, size - used, "%s %s", opt == section->opts ? "" : ",", opt->name);
        used += n > 0 ? (size_t)n : 0;
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
    const struct conf *conf = parsing;
    if (!conf)
        return;
    char message[200], keys[160];
    (void)vsnprintf(message, sizeof message, format, args);

    char word[64] = "";
    const char *quote = strchr(message, '\'');
    if (quote)
        (void)sscanf(quote, "'%63[^']'", word);
    uint32_t line = section->line > 0 ? (uint32_t)section->line : 1;
    for (uint32_t back = 0; word[0] && back < 3 && back < line; back++) {
        if (find_word(line_start(conf->plain, line - back), word)) {
            line -= back;
            break;
        }
    }

    bool is_unknown_key = strncmp(message, "no such option", strlen("no such option")) == 0;
    if (is_unknown_key) {
        list_keys(section, sizeof keys, keys);
        (void)snprintf(message, sizeof message, "unknown key '%s'", word);
    }
    complain_at(conf, line, word, is_unknown_key ? keys : NULL, message);
}

static int parse(struct conf *conf, cfg_opt_t *opts) {
    conf->cfg = cfg_init(opts, CFGF_NONE);
    if (!conf->cfg)
        return -ENOMEM;
    (void)cfg_set_error_function(conf->cfg, on_error);
    size_t errors_before = conf->diags->error_count;
    strip_comments(conf);
    if (conf->diags->error_count > errors_before)
        return -EINVAL;

    parsing = conf;
    int result = cfg_parse_buf(conf->cfg, conf->plain);
    parsing = NULL;
    if (result == CFG_SUCCESS)
        return 0;
    if (conf->diags->error_count == errors_before)
        complain_at(conf, 0, NULL, NULL, "cannot be read as a configuration file");
    return -EINVAL;
}

int conf_read(const char *path, cfg_opt_t *opts, struct diag_list *diags, struct conf *ret) {
    struct conf conf = {.file = path, .diags = diags};
    int error = read_text(path, &conf.text);
    if (error)
        return error;
    conf.plain = conf.text ? strdup(conf.text) : NULL;
    error = conf.plain ? parse(&conf, opts) : -ENOMEM;
    if (error) {
        conf_done(&conf);
        return error;
    }
    *ret = conf;
    return 0;
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

void conf_complain(const struct conf *conf, cfg_t *section, const char *word, const char *mend,
                   const char *format, ...) {
    char message[200];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);

    uint32_t start = section_start(conf, section);
    const char *source = line_start(conf->plain, start);
    for (uint32_t line = start; word && *source && line <= (uint32_t)section->line; line++) {
        if (find_word(source, word)) {
            complain_at(conf, line, word, mend, message);
            return;
        }
        source = line_start(source, 2);
    }
    bool is_whole_file = section == conf->cfg;
    complain_at(conf, is_whole_file ? 0 : start, is_whole_file ? NULL : section->name, mend,
                message);
}

int conf_choice(const struct conf *conf, cfg_t *section, const char *key, const char *const *words,
                size_t *ret_choice) {
    const char *value = cfg_getstr(section, key);
    char known[160];
    size_t used = (size_t)snprintf(known, sizeof known, "%s is one of:", key);
    for (size_t i = 0; words[i]; i++) {
        if (value && strcmp(value, words[i]) == 0) {
            *ret_choice = i;
            return 0;
        }
        if (used < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s %s", i ? "," : "",
                                     words[i]);
    }
    conf_complain(conf, section, value && value[0] ? value : key, known, "unknown %s '%s'", key,
                  value ? value : "");
    return -EINVAL;
}
