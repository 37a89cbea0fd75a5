// SPDX-License-Identifier: MIT

#include "daemon/bus_nouns.h"

#include "port/bus/bus_record.h"
#include "wirebell/story.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static struct bus_field text(const char *key, const char *value) {
    return (struct bus_field){key, 's', value, 0};
}

static struct bus_field flag(const char *key, bool value) {
    return (struct bus_field){key, 'b', NULL, value};
}

static struct bus_field count(const char *key, size_t value) {
    return (struct bus_field){key, 'u', NULL, value < UINT32_MAX ? (int64_t)value : UINT32_MAX};
}

static struct bus_field number(const char *key, int64_t value) {
    return (struct bus_field){key, 'x', NULL, value};
}

int bus_nouns_write_alert(sd_bus_message *message, const struct alert *alert,
                          struct arena *scratch) {
    const bool has_date = alert->published_s != STORY_NO_DATE;
    const bool has_lamp = alert->lamp < ROLE_COUNT;
    const struct bus_field fields[] = {
        number("id", alert->id),
        text("level", level_name(alert->level)),
        text("state", alert_state_name(alert->state)),
        text("disposition", disposition_name(alert->disposition)),
        flag("drill", alert->is_drill),
        number("raised_at", alert->raised_s),
        number("acknowledged_at", alert->acknowledged_s),
        number("cleared_at", alert->cleared_s),
        number("published_at", has_date ? alert->published_s : 0),
        text("title", alert->title),
        text("link", alert->link),
        text("feed", alert->feed),
        text("rule", alert->rule),
        text("rule_file", alert->rule_file),
        count("rule_line", alert->rule_line),
        text("section", alert->section),
        text("words", alert->words),
        text("spans", alert->spans),
        text("excerpt", alert->excerpt),
        text("lamp", has_lamp ? board_role_name(alert->lamp) : ""),
        flag("silent", alert->is_silent),
        count("rings", alert->rings),
        count("sources", alert->sources),
        count("stories", alert->stories),
        number("joined", alert->joined),
    };
    return bus_record_write(message, fields, ARRAY_SIZE(fields), scratch);
}

int bus_nouns_write_feed(sd_bus_message *message, const struct feed_status *feed,
                         struct arena *scratch) {
    const bool is_asked = feed->state != FEED_NEVER_ASKED;
    const struct bus_field fields[] = {
        text("url", feed->url),
        text("title", feed->title),
        text("state", feed_state_name(feed->state)),
        flag("under_way", feed->is_under_way),
        text("outcome", is_asked ? reading_outcome_name(feed->outcome) : ""),
        count("http_status", feed->http_status > 0 ? (size_t)feed->http_status : 0),
        text("detail", feed->detail),
        number("good_at", feed->good_s),
        number("failing_at", feed->failing_s),
        count("failures", feed->failures),
        number("due_at", feed->due_s),
        text("due_reason", feed->due_reason),
        text("moved_to", feed->moved_to),
    };
    return bus_record_write(message, fields, ARRAY_SIZE(fields), scratch);
}

int bus_nouns_write_status(sd_bus_message *message, const struct control_status *status,
                           struct arena *scratch) {
    const struct bus_field fields[] = {
        text("version", WIREBELL_VERSION),
        number("started_at", status->started_s),
        text("board", status->board),
        text("lit", status->is_lit ? level_name(status->lit) : ""),
        number("lit_at", status->is_lit ? status->lit_s : 0),
        count("unacknowledged", status->unacknowledged),
        number("snoozed_until_at", status->snoozed_until_s),
        count("feed_count", status->feeds),
        count("failing_count", status->failing),
        count("rule_count", status->rules),
        number("due_at", status->due_s),
        flag("well", status->is_well),
        flag("clock_trusted", status->is_clock_trusted),
        text("refused", status->refused),
    };
    return bus_record_write(message, fields, ARRAY_SIZE(fields), scratch);
}
