// SPDX-License-Identifier: MIT
//
// snooze - silence for a while, of everything or of one rule.

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/remote.h"
#include "cli/when.h"
#include "core/keywords/setting.h"
#include "port/system/clock.h"

static int run(const struct options *options) {
    if (options->argument_count < 1)
        return cli_misuse("snooze", "for how long? 30m, 1h or 2d; 0 ends a snooze");
    if (options->argument_count > 2)
        return cli_misuse("snooze", "one rule at a time; put it in quotes: 'a + b'");
    const char *time = options->arguments[0];
    const char *rule = options->argument_count > 1 ? options->arguments[1] : "";
    int64_t for_s = 0, until_s = 0;
    if (strcmp(time, "0") != 0 && setting_duration(time, strlen(time), &for_s) < 0)
        return cli_misuse("snooze", "'%s' is no time such as 30m, 1h or 2d", time);
    struct bus_client *client = remote_open(options);
    if (!client)
        return CLI_NO;
    int r = bus_client_snooze(client, for_s, rule, &until_s);
    if (r >= 0 && until_s > 0) {
        char until[WHEN_SIZE];
        when_format(until_s, clock_wall_s(), until);
        printf("snoozed until %s: %s\n", until, rule[0] ? rule : "everything");
    } else if (r >= 0) {
        printf("not snoozed any more: %s\n", rule[0] ? rule : "everything");
    }
    return remote_end(client, r);
}

const struct cli_command COMMAND_SNOOZE = {
    .name = "snooze",
    .summary = "be silent for a while, of everything or of one rule",
    .arguments = "TIME [RULE]",
    .what =
        "Be dark and silent for so long (30m, 1h, 2d; at most 31 days). What is unacknowledged\n"
        "then shows again. With a rule, written as in the keywords file, only the stories it\n"
        "finds do not ring; 'wirebell history --all' shows them. A TIME of 0 ends a snooze.\n",
    .options = OPTION_USER,
    .exits = "0 done; 1 no rule is written so, or no wirebell could be asked",
    .run = run,
};
