// SPDX-License-Identifier: MIT
//
// status - what is lit, what ails the bell, and when it looks again.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/highlight.h"
#include "cli/json.h"
#include "cli/remote.h"
#include "cli/table.h"
#include "cli/when.h"
#include "port/system/clock.h"

struct status {
    int64_t now_s;
    bool is_well;
    struct table *table; // the alerts, while they are shown to people
    size_t count;        // of the JSON list being printed
};

// --- for people ------------------------------------------------------------------------------

static void print_since(const char *before, int64_t since_s, int64_t now_s) {
    char when[WHEN_SIZE], span[WHEN_SIZE];
    when_format(since_s, now_s, when);
    when_format_span(now_s - since_s, span);
    printf("%s%s (%s)", before, when, span);
}

static void print_status(const struct bus_record *record, void *userdata) {
    struct status *status = userdata;
    const char *lit = bus_record_text(record, "lit");
    const char *board = bus_record_text(record, "board");
    const int64_t count = bus_record_number(record, "unacknowledged");
    status->is_well = bus_record_number(record, "well");
    const int64_t dark_until_s = bus_record_number(record, "snoozed_until_at");
    if (dark_until_s != 0) {
        char until[WHEN_SIZE];
        when_format(dark_until_s, status->now_s, until);
        printf("dark and silent until %s; ", until);
    }
    if (lit[0]) {
        printf("%s", lit);
        print_since(" since ", bus_record_number(record, "lit_at"), status->now_s);
        printf(", %" PRId64 " unacknowledged\n", count);
    } else {
        puts("quiet, nothing is unacknowledged");
    }
    (void)table_print(status->table, stdout, highlight_has_colour());
    printf("feeds: %" PRId64 ", failing: %" PRId64 "; rules: %" PRId64,
           bus_record_number(record, "feed_count"), bus_record_number(record, "failing_count"),
           bus_record_number(record, "rule_count"));
    if (bus_record_number(record, "due_at") != 0) {
        char due[WHEN_SIZE];
        when_format(bus_record_number(record, "due_at"), status->now_s, due);
        printf("; next look: %s", due);
    }
    putchar('\n');
    printf("wirebell %s, board %s", bus_record_text(record, "version"), board[0] ? board : "none");
    print_since(", running since ", bus_record_number(record, "started_at"), status->now_s);
    putchar('\n');
}

static void add_alert(const struct bus_record *alert, void *userdata) {
    const struct status *status = userdata;
    char number[24], raised[WHEN_SIZE], level[DESCRIBE_SIZE];
    (void)snprintf(number, sizeof number, "%" PRId64, bus_record_number(alert, "id"));
    when_format(bus_record_number(alert, "raised_at"), status->now_s, raised);
    describe_level(alert, level);
    table_add(status->table, describe_style(alert),
              (const char *const[]){number, raised, level, bus_record_text(alert, "title")});
}

static void print_cause(const struct bus_record *item, void *userdata) {
    struct status *status = userdata;
    printf("health: %s", bus_record_text(item, "what"));
    print_since(", since ", bus_record_number(item, "since_at"), status->now_s);
    putchar('\n');
    if (bus_record_text(item, "advice")[0])
        printf("        %s\n", bus_record_text(item, "advice"));
}

static void print_snooze(const struct bus_record *snooze, void *userdata) {
    const struct status *status = userdata;
    const char *rule = bus_record_text(snooze, "rule");
    char until[WHEN_SIZE];
    when_format(bus_record_number(snooze, "until_at"), status->now_s, until);
    printf("snoozed until %s: %s\n", until, rule[0] ? rule : "everything");
}

static void print_failing(const struct bus_record *feed, void *userdata) {
    (void)userdata;
    if (bus_record_number(feed, "failing_at") != 0)
        printf("%s: %s: %s\n", bus_record_text(feed, "state"), bus_record_text(feed, "url"),
               bus_record_text(feed, "detail"));
}

static int show(struct bus_client *client, struct status *status) {
    status->table = table_new(4);
    int r = bus_client_alerts(client, add_alert, status);
    if (r >= 0)
        r = bus_client_status(client, print_status, status);
    if (r >= 0)
        r = bus_client_snoozes(client, print_snooze, status);
    if (r >= 0)
        r = bus_client_health(client, print_cause, status);
    if (r >= 0)
        r = bus_client_feeds(client, print_failing, NULL);
    status->table = table_free(status->table);
    return r;
}

// --- for scripts -----------------------------------------------------------------------------

static void print_members(const struct bus_record *record, void *userdata) {
    struct status *status = userdata;
    status->is_well = bus_record_number(record, "well");
    putchar('{');
    remote_print_json(record);
}

static void print_element(const struct bus_record *record, void *userdata) {
    struct status *status = userdata;
    fputs(status->count++ > 0 ? ",{" : "{", stdout);
    remote_print_json(record);
    putchar('}');
}

static int show_json(struct bus_client *client, struct status *status) {
    int r = bus_client_status(client, print_members, status);
    if (r < 0)
        return r;
    fputs(",\"health\":[", stdout);
    r = bus_client_health(client, print_element, status);
    fputs("],\"alerts\":[", stdout);
    status->count = 0;
    if (r >= 0)
        r = bus_client_alerts(client, print_element, status);
    fputs("],\"snoozes\":[", stdout);
    status->count = 0;
    if (r >= 0)
        r = bus_client_snoozes(client, print_element, status);
    puts("]}");
    return r;
}

static int run(const struct options *options) {
    struct status status = {.now_s = clock_wall_s()};
    struct bus_client *client = remote_open(options);
    if (!client)
        return CLI_NO;
    int r = options->json ? show_json(client, &status) : show(client, &status);
    const int code = remote_end(client, r);
    return status.is_well ? code : CLI_NO;
}

const struct cli_command COMMAND_STATUS = {
    .name = "status",
    .summary = "show what is lit, what ails the bell, how the feeds are",
    .what = "Show what is lit and since when, what is unacknowledged, what ails the bell and what\n"
            "to do about it, and how the feeds are.\n",
    .options = OPTION_USER | OPTION_JSON,
    .notes = "With --json an object, see wirebell-dbus(7) for the keys.\n",
    .exits = "0 it runs and nothing ails it; 1 something does, or it could not be asked",
    .run = run,
};
