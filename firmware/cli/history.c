// SPDX-License-Identifier: MIT
//
// history - what rang, and with --all what matched and did not.

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/describe.h"
#include "cli/highlight.h"
#include "cli/remote.h"
#include "cli/table.h"
#include "cli/when.h"
#include "port/system/clock.h"

// As many as a terminal shows at once.
enum { SHOWN = 20 };

struct history {
    struct table *table;
    int64_t now_s;
};

static void add_row(const struct bus_record *alert, void *userdata) {
    const struct history *history = userdata;
    char number[24], raised[WHEN_SIZE], level[DESCRIBE_SIZE], became[DESCRIBE_SIZE];
    (void)snprintf(number, sizeof number, "%" PRId64, bus_record_number(alert, "id"));
    when_format(bus_record_number(alert, "raised_at"), history->now_s, raised);
    describe_level(alert, level);
    describe_end(alert, history->now_s, became);
    table_add(
        history->table, describe_style(alert),
        (const char *const[]){number, raised, level, became, bus_record_text(alert, "title")});
}

static void count_line(const struct bus_record *alert, void *userdata) {
    size_t *count = userdata;
    ++*count;
    remote_print_line(alert, NULL);
}

static int show(struct bus_client *client, const struct bus_client_history *query, bool is_json,
                size_t *ret_count) {
    if (is_json)
        return bus_client_history(client, query, count_line, ret_count);
    struct history history = {.table = table_new(5), .now_s = clock_wall_s()};
    int r = bus_client_history(client, query, add_row, &history);
    *ret_count = table_print(history.table, stdout, highlight_has_colour());
    table_free(history.table);
    return r;
}

static int run(const struct options *options) {
    struct bus_client_history query = {.limit = options->since ? 0 : SHOWN, .all = options->all};
    if (options->since && when_parse(options->since, clock_wall_s(), &query.since_s) < 0)
        return cli_misuse("history", "--since wants 2h, 7d or 2026-11-20, not '%s'",
                          options->since);
    size_t count = 0;
    struct bus_client *client = remote_open(options);
    if (!client)
        return CLI_NO;
    int r = show(client, &query, options->json, &count);
    if (r >= 0 && count == 0 && !options->json)
        puts(options->all ? "nothing matched" : "nothing rang");
    const int code = remote_end(client, r);
    return count > 0 ? code : CLI_NO;
}

const struct cli_command COMMAND_HISTORY = {
    .name = "history",
    .summary = "list what rang, and what did not and why",
    .what = "List the alerts of the past, newest first: the last 20.\n",
    .options = OPTION_USER | OPTION_JSON | OPTION_ALL | OPTION_SINCE,
    .notes = "'wirebell why N' tells all about one of them.\n"
             "With --json an object for each, see wirebell-dbus(7) for the keys.\n",
    .exits = "0 there are some; 1 there are none, or no wirebell could be asked",
    .run = run,
};
