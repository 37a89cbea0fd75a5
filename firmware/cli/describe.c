// SPDX-License-Identifier: MIT

#include "cli/describe.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/when.h"
#include "wirebell/alert.h"

void describe_level(const struct bus_record *alert, char ret[static DESCRIBE_SIZE]) {
    (void)snprintf(ret, DESCRIBE_SIZE, "%s%s", bus_record_text(alert, "level"),
                   bus_record_number(alert, "drill") ? ", drill" : "");
}

const char *describe_silence(enum disposition disposition) {
    static const char *const words[DISPOSITION_COUNT] = {
        [DISPOSITION_JOINED] = "the same story rang before",
        [DISPOSITION_OLD] = "published too long ago",
        [DISPOSITION_NEVER] = "a rule of [never] is met",
        [DISPOSITION_SNOOZED] = "the rule was snoozed",
        [DISPOSITION_COOLDOWN] = "its rule rang a moment before",
        [DISPOSITION_HOURS] = "outside the hours of its section",
        [DISPOSITION_FLOOD] = "over the budget, counted in one alert",
        [DISPOSITION_OUTAGE] = "counted in one alert after an outage",
        [DISPOSITION_QUIET] = "in quiet hours, its bell does not ring",
    };
    return words[disposition];
}

// Why an alert of that disposition was not raised; NULL when it was, though its bell may be quiet.
static const char *silence(const char *name) {
    for (enum disposition i = 0; i < DISPOSITION_COUNT; i++)
        if (i != DISPOSITION_QUIET && strcmp(name, disposition_name(i)) == 0)
            return describe_silence(i);
    return NULL;
}

void describe_end(const struct bus_record *alert, int64_t now_s, char ret[static DESCRIBE_SIZE]) {
    const char *disposition = bus_record_text(alert, "disposition");
    const char *state = bus_record_text(alert, "state");
    const char *why = silence(disposition);
    const int64_t raised_s = bus_record_number(alert, "raised_at");
    const int64_t seen_s = bus_record_number(alert, "acknowledged_at");
    const int64_t joined = bus_record_number(alert, "joined");
    char span[WHEN_SIZE];
    if (why && joined > 0)
        (void)snprintf(ret, DESCRIBE_SIZE, "did not ring: %s (%" PRId64 ")", why, joined);
    else if (why)
        (void)snprintf(ret, DESCRIBE_SIZE, "did not ring: %s", why);
    else if (strcmp(state, alert_state_name(ALERT_RAISED)) == 0) {
        when_format_span(now_s - raised_s, span);
        (void)snprintf(ret, DESCRIBE_SIZE, "unacknowledged for %s", span);
    } else if (seen_s > 0) {
        when_format_span(seen_s - raised_s, span);
        (void)snprintf(ret, DESCRIBE_SIZE, "acknowledged after %s", span);
    } else {
        (void)snprintf(ret, DESCRIBE_SIZE, "%s", state);
    }
}

const char *describe_style(const struct bus_record *alert) {
    static const char *const styles[LEVEL_COUNT] = {
        [LEVEL_ROUTINE] = "32",
        [LEVEL_URGENT] = "33",
        [LEVEL_BULLETIN] = "31",
        [LEVEL_FLASH] = "1;31",
    };
    enum level level;
    const bool is_raised =
        strcmp(bus_record_text(alert, "state"), alert_state_name(ALERT_RAISED)) == 0;
    return is_raised && level_parse(bus_record_text(alert, "level"), &level) == 0 ? styles[level]
                                                                                  : "";
}
