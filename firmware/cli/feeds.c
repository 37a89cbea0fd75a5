// SPDX-License-Identifier: MIT
//
// feeds - each feed: how it is, when it is asked next, and why then.

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/highlight.h"
#include "cli/remote.h"
#include "cli/table.h"
#include "cli/when.h"
#include "port/system/clock.h"
#include "wirebell/feed_status.h"

struct feeds {
    struct table *table; // all feeds, in one line each
    FILE *details;       // what there is to say of those that are not well
    int64_t now_s;
    size_t count;
    size_t unwell;
};

static bool is_unwell(const struct bus_record *feed) {
    const char *state = bus_record_text(feed, "state");
    return strcmp(state, feed_state_name(FEED_FINE)) != 0 &&
           strcmp(state, feed_state_name(FEED_NEVER_ASKED)) != 0;
}

static void tell_details(const struct feeds *feeds, const struct bus_record *feed) {
    const char *url = bus_record_text(feed, "url");
    const char *detail = bus_record_text(feed, "detail");
    const char *moved_to = bus_record_text(feed, "moved_to");
    const int64_t failing_s = bus_record_number(feed, "failing_at");
    char since[WHEN_SIZE];
    if (is_unwell(feed)) {
        (void)fprintf(feeds->details, "\n%s\n    %s", url, bus_record_text(feed, "state"));
        when_format(failing_s, feeds->now_s, since);
        if (failing_s != 0)
            (void)fprintf(feeds->details, " since %s, looks in a row: %" PRId64, since,
                          bus_record_number(feed, "failures"));
        (void)fprintf(feeds->details, "%s%s\n", detail[0] ? "\n    " : "", detail);
    }
    if (moved_to[0])
        (void)fprintf(feeds->details, "\n%s\n    has moved for good; write the new address: %s\n",
                      url, moved_to);
}

static void add_feed(const struct bus_record *feed, void *userdata) {
    struct feeds *feeds = userdata;
    const char *state = bus_record_text(feed, "state");
    const bool is_under_way = bus_record_number(feed, "under_way");
    char good[WHEN_SIZE], due[WHEN_SIZE];
    when_format(bus_record_number(feed, "good_at"), feeds->now_s, good);
    when_format(bus_record_number(feed, "due_at"), feeds->now_s, due);
    table_add(feeds->table, is_unwell(feed) ? "31" : "",
              (const char *const[]){state, good, is_under_way ? "now" : due,
                                    bus_record_text(feed, "url"),
                                    is_under_way ? "" : bus_record_text(feed, "due_reason")});
    tell_details(feeds, feed);
    feeds->count++;
    feeds->unwell += is_unwell(feed);
}

static void print_line(const struct bus_record *feed, void *userdata) {
    struct feeds *feeds = userdata;
    remote_print_line(feed, NULL);
    feeds->count++;
    feeds->unwell += is_unwell(feed);
}

static int show(struct bus_client *client, struct feeds *feeds) {
    char *details = NULL;
    size_t size = 0;
    feeds->details = open_memstream(&details, &size);
    if (!feeds->details)
        return bus_client_feeds(client, print_line, feeds); // short of memory: unadorned
    feeds->table = table_new(5);
    table_add(feeds->table, "1",
              (const char *const[]){"state", "good look", "next look", "feed", "why then"});
    int r = bus_client_feeds(client, add_feed, feeds);
    if (r >= 0 && feeds->count > 0)
        (void)table_print(feeds->table, stdout, highlight_has_colour());
    if (fclose(feeds->details) == 0 && r >= 0)
        fputs(details, stdout);
    free(details);
    table_free(feeds->table);
    return r;
}

static int run(const struct options *options) {
    struct feeds feeds = {.now_s = clock_wall_s()};
    struct bus_client *client = remote_open(options);
    if (!client)
        return CLI_NO;
    int r = options->json ? bus_client_feeds(client, print_line, &feeds) : show(client, &feeds);
    if (r >= 0 && feeds.count == 0 && !options->json)
        puts("no feeds: write some below [feeds] in the keywords file");
    const int code = remote_end(client, r);
    return feeds.unwell == 0 ? code : CLI_NO;
}

const struct cli_command COMMAND_FEEDS = {
    .name = "feeds",
    .summary = "show each feed: how it is, when it is asked next, why then",
    .what = "Show each feed: how it is, its last good look, when it is asked next and why then;\n"
            "of one that fails, since when, why, and what to do.\n",
    .options = OPTION_USER | OPTION_JSON,
    .notes = "With --json an object for each, see wirebell-dbus(7) for the keys.\n",
    .exits = "0 none fails; 1 some do, or no wirebell could be asked",
    .run = run,
};
