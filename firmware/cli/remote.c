// SPDX-License-Identifier: MIT

#include "cli/remote.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "cli/json.h"

struct bus_client *remote_open(const struct options *options) {
    struct bus_client *client;
    if (bus_client_new(options->user, &client) == 0)
        return client;
    cli_error("%s", strerrordesc_np(ENOMEM));
    return NULL;
}

int remote_end(struct bus_client *client, int r) {
    if (r < 0)
        cli_error("%s", bus_client_error(client));
    bus_client_free(client);
    return r >= 0 ? CLI_OK : CLI_NO;
}

int remote_parse_id(const char *text, int64_t *ret) {
    char *end;
    errno = 0;
    const long long number = strtoll(text, &end, 10);
    if (errno || end == text || *end || number < 1)
        return -EINVAL;
    *ret = number;
    return 0;
}

static void print_time(int64_t at_s) {
    char text[CLI_TIME_SIZE] = "";
    if (at_s != 0)
        (void)cli_format_time(at_s, text); // "" where it cannot be written
    json_write_string_or_null(stdout, text);
}

void remote_print_json(const struct bus_record *record) {
    for (size_t i = 0; i < record->count; i++) {
        const struct bus_field *field = &record->fields[i];
        if (i > 0)
            (void)putchar(',');
        json_write_string(stdout, field->key);
        (void)putchar(':');
        if (field->type == 's')
            json_write_string_or_null(stdout, field->text);
        else if (field->type == 'b')
            fputs(field->number ? "true" : "false", stdout);
        else if (bus_record_is_time(field->key))
            print_time(field->number);
        else
            printf("%" PRId64, field->number);
    }
}

void remote_print_line(const struct bus_record *record, void *userdata) {
    (void)userdata;
    (void)putchar('{');
    remote_print_json(record);
    (void)puts("}");
}
