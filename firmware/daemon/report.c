// SPDX-License-Identifier: MIT

#include "daemon/report.h"

#include <inttypes.h>
#include <stdio.h>

void report_diags(struct log *log, enum log_event event, const struct diag_list *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        char text[1024];
        diag_format(&diags->items[i], sizeof text, text);
        log_event(log, event, NULL, "%s", text);
    }
    size_t found = diags->error_count + diags->warning_count;
    if (found > diags->count)
        log_event(log, event, NULL, "and %zu more like these", found - diags->count);
}

void report_alert(struct log *log, enum log_event event, const struct alert *alert) {
    char line[16], id[24], many[48] = "";
    (void)snprintf(line, sizeof line, "%u", alert->rule_line);
    (void)snprintf(id, sizeof id, "%" PRId64, alert->id);
    if (alert->stories > 1)
        (void)snprintf(many, sizeof many, " (one of %u stories)", alert->stories);
    const struct log_field fields[] = {
        {"WIREBELL_ALERT", id},
        {"WIREBELL_LEVEL", level_name(alert->level)},
        {"WIREBELL_FEED", alert->feed},
        {"WIREBELL_TITLE", alert->title},
        {"WIREBELL_LINK", alert->link},
        {"WIREBELL_RULE", alert->rule},
        {"WIREBELL_RULE_FILE", alert->rule_file},
        {"WIREBELL_RULE_LINE", line},
        {"WIREBELL_SECTION", alert->section},
        {"WIREBELL_WORDS", alert->words},
        {"WIREBELL_SPANS", alert->spans},
        {"WIREBELL_EXCERPT", alert->excerpt},
        {"WIREBELL_DISPOSITION", disposition_name(alert->disposition)},
        {"WIREBELL_DRILL", alert->is_drill ? "1" : NULL},
        {NULL, NULL},
    };
    if (alert->is_drill) {
        log_event(log, event, fields, "drill, %s: %s", level_name(alert->level), alert->title);
        return;
    }
    log_event(log, event, fields, "%s%s: %s%s\n         found %s, by %s:%u: %s%s%s",
              event == LOG_ALERT_RESTORED ? "still unacknowledged, " : "", level_name(alert->level),
              alert->title, many, alert->words, alert->rule_file, alert->rule_line, alert->rule,
              alert->link[0] ? "\n         " : "", alert->link);
}

void report_not_raised(struct log *log, const struct alert *alerts, size_t count) {
    size_t of[DISPOSITION_COUNT] = {0}, all = 0;
    char reasons[256] = "";
    for (size_t i = 0; i < count; i++) {
        if (alerts[i].state == ALERT_RAISED)
            continue;
        of[alerts[i].disposition]++;
        all++;
    }
    size_t used = 0;
    for (size_t i = 0; i < DISPOSITION_COUNT; i++)
        if (of[i] > 0)
            used += (size_t)snprintf(reasons + used, sizeof reasons - used, "%s%s: %zu",
                                     used > 0 ? ", " : "", disposition_name((enum disposition)i),
                                     of[i]);
    if (all > 0)
        log_event(log, LOG_NOT_RAISED,
                  (const struct log_field[]){{"WIREBELL_FEED", alerts[0].feed}, {NULL, NULL}},
                  "%s: met a rule and did not ring (%s); 'wirebell history --all' shows them",
                  alerts[0].feed, reasons);
}

void report_stopped_rules(struct log *log, const struct rules *rules) {
    for (size_t rule; rules->matcher && matcher_next_stopped(rules->matcher, &rule);) {
        const struct keyword_rule written = keywords_rule(rules->keywords, rule);
        log_event(log, LOG_TROUBLE, NULL,
                  "%s:%u: this expression takes too long on some stories, which then do not match; "
                  "make it simpler: %s",
                  written.file, written.line, written.text);
    }
}
