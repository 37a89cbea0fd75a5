// SPDX-License-Identifier: MIT

#include "cli/json.h"

#include "core/diag.h"

static const char short_escapes[0x20] = {
    ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
};

// A C1 control (U+0080 to U+009F) is C2 80 to C2 9F in UTF-8.
static int is_c1(const unsigned char *at) {
    return at[0] == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F;
}

void json_write_string(FILE *out, const char *text) {
    (void)fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (*at == '"' || *at == '\\') {
            (void)fputc('\\', out);
            (void)fputc(*at, out);
        } else if (*at < 0x20 && short_escapes[*at]) {
            (void)fputc('\\', out);
            (void)fputc(short_escapes[*at], out);
        } else if (*at < 0x20 || *at == 0x7F) {
            (void)fprintf(out, "\\u%04x", *at);
        } else if (is_c1(at)) {
            (void)fprintf(out, "\\u%04x", *++at);
        } else {
            (void)fputc(*at, out);
        }
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
