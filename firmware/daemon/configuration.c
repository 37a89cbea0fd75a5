// SPDX-License-Identifier: MIT

#include "daemon/configuration.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/report.h"

void configuration_load_config(struct configuration *c) {
    struct diag_list diags = DIAG_LIST_NULL;
    (void)config_load(c->options->config, c->options->is_config_given, c->options->board, &diags,
                      &c->config);
    report_diags(c->log, LOG_CONFIGURATION_REFUSED, &diags);
    diag_list_done(&diags);
}

const struct board *configuration_board(const struct configuration *c) {
    return c->config.has_board ? &c->config.board : NULL;
}

// The place of the first mistake, for people who look at the lamp and ask.
static const struct diag *first_error(const struct diag_list *diags) {
    for (size_t i = 0; i < diags->count; i++)
        if (diags->items[i].severity == DIAG_ERROR)
            return &diags->items[i];
    return NULL;
}

static void judge(struct configuration *c, const struct diag_list *diags, bool is_taken) {
    const struct diag *error = first_error(diags);
    const char *advice = "mend it and save it; 'wirebell check' shows all mistakes";
    if (error)
        monitor_set(c->monitor, HEALTH_CONFIGURATION, advice, "%s, %s:%u: %s",
                    is_taken ? "lines were left out" : "an edit was refused", error->file,
                    error->line, error->message);
    else if (!is_taken)
        monitor_set(c->monitor, HEALTH_CONFIGURATION, advice, "%s could not be taken",
                    c->options->keywords);
    else
        monitor_clear(c->monitor, HEALTH_CONFIGURATION);

    if (is_taken && c->rules.failed_selftests > 0)
        monitor_set(c->monitor, HEALTH_SELFTEST, "'wirebell check' shows them",
                    "%zu of the keywords' self-tests do not hold", c->rules.failed_selftests);
    else if (is_taken)
        monitor_clear(c->monitor, HEALTH_SELFTEST);
}

// Kept for who asks over the bus; the log has them all.
static char *format_complaints(const struct diag_list *diags) {
    enum { COMPLAINTS_SIZE = 4096 };
    char *text = diags->count > 0 ? calloc(1, COMPLAINTS_SIZE) : NULL;
    size_t used = 0;
    for (size_t i = 0; text && i < diags->count && used < COMPLAINTS_SIZE - 1; i++) {
        if (i > 0)
            text[used++] = '\n';
        diag_format(&diags->items[i], COMPLAINTS_SIZE - used, text + used);
        used += strlen(text + used);
    }
    return text;
}

const char *configuration_complaints(const struct configuration *c) {
    return c->complaints ? c->complaints : "";
}

bool configuration_load_rules(struct configuration *c, configuration_take_fn take, void *userdata) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct rules fresh = RULES_NULL;
    bool is_first = c->rules.keywords == NULL;
    int r = rules_load(c->options->keywords, &diags, &fresh);
    bool is_refused = r < 0 || (diags.error_count > 0 && !is_first);

    report_diags(c->log, is_refused ? LOG_CONFIGURATION_REFUSED : LOG_CONFIGURATION_LOADED, &diags);
    if (!is_refused) {
        r = take(&fresh, userdata);
        is_refused = r < 0;
    }
    if (is_refused) {
        rules_done(&fresh);
        log_event(c->log, LOG_CONFIGURATION_REFUSED, NULL, "%s: not taken, %s",
                  c->options->keywords,
                  is_first ? "nothing is watched until it is mended"
                           : "the rules there were stay in force");
    } else {
        rules_done(&c->rules);
        c->rules = fresh;
        log_event(c->log, LOG_CONFIGURATION_LOADED, NULL, "%s: feeds: %zu, rules: %zu%s",
                  c->options->keywords, keywords_feed_count(fresh.keywords),
                  keywords_rule_count(fresh.keywords),
                  diags.error_count > 0 ? "; lines with mistakes were left out" : "");
    }
    judge(c, &diags, !is_refused);
    free(c->complaints);
    c->complaints = format_complaints(&diags);
    c->is_refused = is_refused;
    diag_list_done(&diags);
    (void)malloc_trim(0);
    return !is_refused;
}

void configuration_done(struct configuration *c) {
    rules_done(&c->rules);
    free(c->complaints);
    c->complaints = NULL;
}
