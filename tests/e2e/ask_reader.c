// SPDX-License-Identifier: MIT
//
// ask_reader [--etag E] [--last-modified L] [--user-agent U] [--body-hash H] [--items H,H...]
//            [--socket PATH] URL...
//
// Asks the real reader for all addresses at once, as the daemon does, and prints each reading as
// it comes: one JSON object a line, with what the sub-commands of wirebell do not show (validators,
// hints, outcome, hashes). Validators are any bytes, so they are printed in hexadecimal, as hashes
// are, and as those are given.

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-event.h>

#include "cli/json.h"
#include "port/reader/reader_client.h"
#include "wirebell/limits.h"

static void print_text(const char *name, const char *text) {
    printf(",\"%s\":", name);
    json_write_string(stdout, text);
}

static void print_hex(const char *name, const char *bytes) {
    printf(",\"%s\":\"", name);
    for (; *bytes; bytes++)
        printf("%02x", (unsigned char)*bytes);
    putchar('"');
}

static void print_items(struct reading_items items) {
    printf(",\"items\":[");
    for (size_t i = 0; i < items.count; i++)
        printf("%s\"%016" PRIx64 "\"", i > 0 ? "," : "", items.hashes[i]);
    putchar(']');
}

static void on_reading(const struct reading_request *asked, const struct reading *reading,
                       void *userdata) {
    (void)userdata;
    printf("{\"url\":");
    json_write_string(stdout, asked->url);
    print_text("outcome", reading_outcome_name(reading->outcome));
    print_text("detail", reading->detail);
    print_hex("etag", reading->etag);
    print_hex("last_modified", reading->last_modified);
    print_text("moved_to", reading->moved_to);
    printf(",\"status\":%d,\"retry_after\":%" PRId64 ",\"max_age\":%" PRId64
           ",\"server_date\":%" PRId64,
           reading->http_status, reading->retry_after_s, reading->max_age_s,
           reading->server_date_s);
    printf(",\"ttl\":%" PRId64 ",\"update\":%" PRId64 ",\"skip_hours\":%" PRIu32
           ",\"skip_days\":%u",
           reading->ttl_s, reading->update_s, reading->skip_hours, reading->skip_days);
    printf(",\"body_bytes\":%" PRIu64 ",\"stories\":%zu", reading->body_bytes,
           reading->story_count);
    printf(",\"body_hash\":\"%016" PRIx64 "\"", reading->body_hash);
    print_items(reading->items);
    print_text("first", reading->story_count > 0 ? reading->stories[0].title : "");
    puts("}");
    (void)fflush(stdout);
}

static struct reading_items parse_items(const char *list) {
    static uint64_t hashes[LIMIT_STORIES_MAX];
    size_t count = 0;
    for (char *end = NULL; *list && count < LIMIT_STORIES_MAX; list = *end == ',' ? end + 1 : end) {
        hashes[count++] = strtoull(list, &end, 16);
        if (end == list)
            exit(2);
    }
    return (struct reading_items){hashes, count};
}

int main(int argc, char **argv) {
    static const struct option options[] = {
        {"etag", required_argument, NULL, 'e'},
        {"last-modified", required_argument, NULL, 'l'},
        {"user-agent", required_argument, NULL, 'u'},
        {"body-hash", required_argument, NULL, 'b'},
        {"items", required_argument, NULL, 'i'},
        {"socket", required_argument, NULL, 's'},
        {0},
    };
    struct reading_request request = {.url = "", .etag = "", .last_modified = "", .user_agent = ""};
    struct reader_client_options where = {0};
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'e':
            request.etag = optarg;
            break;
        case 'l':
            request.last_modified = optarg;
            break;
        case 'u':
            request.user_agent = optarg;
            break;
        case 'b':
            request.body_hash = strtoull(optarg, NULL, 16);
            break;
        case 'i':
            request.items = parse_items(optarg);
            break;
        case 's':
            where.socket_path = optarg;
            break;
        default:
            return 2;
        }
    }
    sd_event *event = NULL;
    struct reader_client *client = NULL;
    if (sd_event_new(&event) < 0 || reader_client_new(event, &where, &client) < 0)
        return 1;
    for (int i = optind; i < argc; i++) {
        request.url = argv[i];
        if (reader_client_read(client, &request, on_reading, NULL) < 0)
            return 1;
    }
    while (reader_client_pending(client) > 0)
        if (sd_event_run(event, UINT64_MAX) < 0)
            return 1;
    reader_client_free(client);
    sd_event_unref(event);
    return 0;
}
