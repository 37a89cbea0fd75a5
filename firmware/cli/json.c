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

static void write_number_or_null(FILE *out, uint32_t number) {
    if (number > 0)
        (void)fprintf(out, "%u", number);
    else
        (void)fputs("null", out);
}

void json_write_diag(FILE *out, const struct diag *diag) {
    (void)fprintf(
        out, "{\"severity\":\"%s\",\"file\":", diag->severity == DIAG_ERROR ? "error" : "warning");
    json_write_string_or_null(out, diag->file ? diag->file : "");
    (void)fputs(",\"line\":", out);
    write_number_or_null(out, diag->line);
    (void)fputs(",\"column\":", out);
    write_number_or_null(out, diag->column);
    (void)fputs(",\"width\":", out);
    write_number_or_null(out, diag->column > 0 ? diag->width : 0);
    (void)fputs(",\"message\":", out);
    json_write_string(out, diag->message);
    (void)fputs(",\"mend\":", out);
    json_write_string_or_null(out, diag->mend);
    (void)fputs(",\"source\":", out);
    json_write_string_or_null(out, diag->source ? diag->source : "");
    (void)fputs("}\n", out);
}
