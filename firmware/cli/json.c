// SPDX-License-Identifier: MIT

#include "cli/json.h"

#include <stdbool.h>
#include <string.h>

#include "core/text/diag.h"
#include "core/text/utf8.h"

static const char short_escapes[0x20] = {
    ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
};

void json_write_string(FILE *out, const char *text) {
    const char *end = text + strlen(text);
    (void)fputc('"', out);
    for (size_t length; text < end; text += length) {
        length = utf8_length(text, (size_t)(end - text));
        const bool is_text = length > 0;
        const uint32_t code = is_text ? utf8_get(text, &length) : UTF8_REPLACEMENT;
        if (code == '"' || code == '\\')
            (void)fprintf(out, "\\%c", (char)code);
        else if (code < 0x20 && short_escapes[code])
            (void)fprintf(out, "\\%c", short_escapes[code]);
        else if (!is_text || utf8_is_unseen(code))
            (void)fprintf(out, "\\u%04x", code); // none of them is over U+FFFF
        else
            (void)fwrite(text, 1, length, out);
        length = is_text ? length : 1;
    }
    (void)fputc('"', out);
}

void json_write_string_or_null(FILE *out, const char *text) {
    if (text[0])
        json_write_string(out, text);
    else
        (void)fputs("null", out);
}

void json_write_member(FILE *out, char before, const char *key, const char *text) {
    (void)fprintf(out, "%c\"%s\":", before, key);
    json_write_string_or_null(out, text);
}

void json_write_number(FILE *out, const char *key, uint32_t number) {
    (void)fprintf(out, number > 0 ? ",\"%s\":%u" : ",\"%s\":null", key, number);
}

void json_write_diag(FILE *out, const struct diag *diag) {
    json_write_member(out, '{', "severity", diag->severity == DIAG_ERROR ? "error" : "warning");
    json_write_member(out, ',', "file", diag->file ? diag->file : "");
    json_write_number(out, "line", diag->line);
    json_write_number(out, "column", diag->column);
    json_write_number(out, "width", diag->column > 0 ? diag->width : 0);
    json_write_member(out, ',', "message", diag->message);
    json_write_member(out, ',', "mend", diag->mend);
    json_write_member(out, ',', "source", diag->source ? diag->source : "");
    (void)fputs("}\n", out);
}
