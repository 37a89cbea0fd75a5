// SPDX-License-Identifier: MIT

#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/text/diag.h"
#include "core/text/utf8.h"

// What a complaint quotes may be a stranger's.
__attribute__((format(printf, 1, 0))) static void print_screened(const char *format, va_list args) {
    char *text = NULL;
    if (vasprintf(&text, format, args) < 0)
        return; // no memory to say that there is no memory
    utf8_screen(text);
    (void)fprintf(stderr, "%s\n", text);
    free(text);
}

void cli_error(const char *format, ...) {
    (void)fflush(stdout); // in a terminal the complaint stands after the lines it is about
    va_list args;
    va_start(args, format);
    (void)fputs("wirebell: ", stderr);
    print_screened(format, args);
    va_end(args);
}

void cli_complain(struct diag_list *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        char text[1024];
        diag_format(&diags->items[i], sizeof text, text);
        cli_error("%s", text);
    }
    diag_list_done(diags);
}

int cli_misuse(const char *command, const char *format, ...) {
    const char *space = command ? " " : "";
    if (!command)
        command = "";
    if (format) {
        va_list args;
        va_start(args, format);
        (void)fprintf(stderr, "wirebell%s%s: ", space, command);
        print_screened(format, args);
        va_end(args);
    }
    (void)fprintf(stderr, "Try 'wirebell%s%s --help'.\n", space, command);
    return CLI_USAGE;
}

// gmtime is not used: time_t is 32 bits wide on a Pi with Debian 12's armhf.
int cli_format_time(int64_t time_s, char ret[static CLI_TIME_SIZE]) {
    const int64_t year_0_s = INT64_C(-62167219200);   // 0000-01-01T00:00:00Z
    const int64_t year_10k_s = INT64_C(253402300800); // 10000-01-01T00:00:00Z
    if (time_s < year_0_s || time_s >= year_10k_s)
        return -ERANGE;

    // Days since 0000-03-01, so that the leap day is the last of a year; 400 years repeat.
    const unsigned days_per_era = 146097, era_years = 400;
    int64_t since_march_s = time_s - year_0_s + (int64_t)(days_per_era - 60) * 86400;
    unsigned days = (unsigned)(since_march_s / 86400);
    unsigned second = (unsigned)(since_march_s % 86400);
    unsigned era = days / days_per_era;
    unsigned day = days % days_per_era;
    unsigned year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    unsigned month = (5 * day + 2) / 153; // 0 = March
    day = day - (153 * month + 2) / 5 + 1;
    year += era * era_years + (month >= 10) - era_years;
    month = month < 10 ? month + 3 : month - 9;

    (void)snprintf(ret, CLI_TIME_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000, month % 100,
                   day % 100, second / 3600 % 100, second / 60 % 60, second % 60);
    return 0;
}
