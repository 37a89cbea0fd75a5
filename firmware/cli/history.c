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

static void print_help(void) {
    printf("Usage: wirebell history [OPTION...]\n"
           "List the alerts of the past, newest first.\n"
           "\n"
           "  --since WHEN  all since then: 2h, 7d, 2026-11-20, \"2026-11-20 14:30\"\n"
           "                (default: the last 20)\n"
           "  --all         those that matched and did not ring, too, and why not\n"
           "  --json        a JSON object for each, see wirebell-dbus(7) for the "
           "keys\n" REMOTE_HELP_USER "  -h, --help    print this help\n"
           "\n"
           "'wirebell why N' tells all about one of them.\n"
           "Exit codes: 0 there are some; 1 there are none, or the wirebell that runs could not\n"
           "be asked; 2 wrong use.\n");
}

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
    *ret_count = table_print(history.table, stdout, highlight_has_colour(stdout));
    table_free(history.table);
    return r;
}

int cmd_history(int argc, char **argv) {
    struct options options;
    int r =
        options_parse(OPTION_USER | OPTION_JSON | OPTION_ALL | OPTION_SINCE, argc, argv, &options);
    if (r != 0)
        return options_end(r, print_help);
    if (options.argument_count > 0)
        return cli_misuse("history", "it takes no argument such as '%s'", options.arguments[0]);
    struct bus_client_history query = {.limit = options.since ? 0 : SHOWN, .all = options.all};
    if (options.since && when_parse(options.since, clock_wall_s(), &query.since_s) < 0)
        return cli_misuse("history", "--since wants 2h, 7d or 2026-11-20, not '%s'", options.since);
    size_t count = 0;
    struct bus_client *client = remote_open(&options);
    r = client ? show(client, &query, options.json, &count) : 0;
    if (client && r >= 0 && count == 0 && !options.json)
        puts(options.all ? "nothing matched" : "nothing rang");
    const int code = remote_end(client, r);
    return count > 0 ? code : CLI_NO;
}
