// SPDX-License-Identifier: MIT

#include "daemon/configuration.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/text/utf8.h"
#include "daemon/report.h"
#include "port/files/board.h"

enum { MISTAKE_SIZE = 512 };

const struct board *configuration_board(const struct configuration *c) {
    return c->config && c->config->has_board ? &c->config->board : NULL;
}

// The place of the first mistake, for people who look at the lamp and ask.
static const struct diag *first_error(const struct diag_list *diags) {
    for (size_t i = 0; i < diags->count; i++)
        if (diags->items[i].severity == DIAG_ERROR)
            return &diags->items[i];
    return NULL;
}

// --- wirebell.conf ---------------------------------------------------------------------------

// "FILE:3: what is wrong"; what is wrong with a file as a whole has no line.
static void format_mistake(const struct diag *error, size_t size, char *ret) {
    if (error->line > 0)
        (void)snprintf(ret, size, "%s:%u: %s", error->file, error->line, error->message);
    else
        (void)snprintf(ret, size, "%s: %s", error->file, error->message);
}

static void note_mistake(struct configuration *c, const struct diag_list *diags) {
    const struct diag *error = first_error(diags);
    free(c->config_mistake);
    c->config_mistake = NULL;
    if (!error)
        return;
    char text[MISTAKE_SIZE];
    format_mistake(error, sizeof text, text);
    c->config_mistake = strdup(text);
}

int configuration_load_config(struct configuration *c) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct config config;
    (void)config_load(c->options->config, c->options->is_config_given, c->options->board, &diags,
                      &config);
    c->config = config_keep(&config);
    report_diags(c->log, LOG_CONFIGURATION_REFUSED, &diags);
    note_mistake(c, &diags);
    diag_list_done(&diags);
    return c->config ? 0 : -ENOMEM;
}

// The board's lines are requested from the kernel once; all the rest can change under way.
static void take_config(struct configuration *c, const struct config *fresh) {
    if (fresh->has_board != c->config->has_board ||
        (fresh->has_board && !board_is_wired_alike(&fresh->board, &c->config->board)))
        log_event(c->log, LOG_CONFIGURATION_LOADED, NULL,
                  "%s: the board or its lines changed: restart wirebell to take that over",
                  c->options->config);
    c->config->policy = fresh->policy;
    c->config->poll_s = fresh->poll_s;
    memcpy(c->config->metrics, fresh->metrics, sizeof c->config->metrics);
}

// --- keywords --------------------------------------------------------------------------------

static void judge(struct configuration *c, const struct diag_list *diags, bool is_taken) {
    const struct diag *error = first_error(diags);
    char mistake[MISTAKE_SIZE] = "";
    if (error)
        format_mistake(error, sizeof mistake, mistake);
    const char *advice = "mend it and save it; 'wirebell check' shows all mistakes";
    if (c->config_mistake)
        monitor_set(c->monitor, HEALTH_CONFIGURATION, advice,
                    "what is wrong in it does not count, "
                    "%s",
                    c->config_mistake);
    else if (error)
        monitor_set(c->monitor, HEALTH_CONFIGURATION, advice, "%s, %s",
                    is_taken            ? "lines were left out"
                    : c->rules.keywords ? "an edit was refused"
                                        : "nothing is watched",
                    mistake);
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
enum { COMPLAINTS_SIZE = 4096 };

static void add_complaints(struct configuration *c, const struct diag_list *diags) {
    if (diags->count > 0 && !c->complaints)
        c->complaints = calloc(1, COMPLAINTS_SIZE);
    size_t used = c->complaints ? strlen(c->complaints) : 0;
    for (size_t i = 0; i < diags->count && c->complaints && used < COMPLAINTS_SIZE - 2; i++) {
        if (used > 0)
            c->complaints[used++] = '\n';
        diag_format(&diags->items[i], COMPLAINTS_SIZE - used, c->complaints + used);
        used += strlen(c->complaints + used);
    }
    if (c->complaints)
        utf8_mend(c->complaints, used); // the last may be cut within a character
}

const char *configuration_complaints(const struct configuration *c) {
    return c->complaints ? c->complaints : "";
}

static bool reload_config(struct configuration *c) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct config fresh;
    int r = config_load(c->options->config, c->options->is_config_given, c->options->board, &diags,
                        &fresh);
    report_diags(c->log, LOG_CONFIGURATION_REFUSED, &diags);
    note_mistake(c, &diags);
    add_complaints(c, &diags);
    diag_list_done(&diags);
    if (r == 0)
        take_config(c, &fresh);
    else
        log_event(c->log, LOG_CONFIGURATION_REFUSED, NULL,
                  "%s: not taken, what there was stays in force", c->options->config);
    return r == 0;
}

static void tell_rules(struct configuration *c, bool is_first, bool is_taken, size_t errors) {
    const struct keywords *keywords = c->rules.keywords;
    if (!is_taken)
        log_event(c->log, LOG_CONFIGURATION_REFUSED, NULL, "%s: not taken, %s",
                  c->options->keywords,
                  is_first ? "nothing is watched until it is mended"
                           : "the rules there were stay in force");
    else
        log_event(c->log, LOG_CONFIGURATION_LOADED, NULL, "%s: feeds: %zu, rules: %zu%s",
                  c->options->keywords, keywords_feed_count(keywords),
                  keywords_rule_count(keywords),
                  errors > 0 ? "; lines with mistakes were left out" : "");
}

static bool load_rules(struct configuration *c, configuration_take_fn take, void *userdata) {
    struct diag_list diags = DIAG_LIST_NULL;
    struct rules fresh = RULES_NULL;
    bool is_first = c->rules.keywords == NULL;
    int r = rules_load(c->options->keywords, &diags, &fresh);
    bool is_good = r >= 0 && (diags.error_count == 0 || is_first);
    report_diags(c->log, is_good ? LOG_CONFIGURATION_LOADED : LOG_CONFIGURATION_REFUSED, &diags);
    bool is_taken = is_good && take(&fresh, userdata) >= 0;
    struct rules *old = is_taken ? &c->rules : &fresh;
    rules_done(old);
    if (is_taken)
        c->rules = fresh;
    tell_rules(c, is_first, is_taken, diags.error_count);
    judge(c, &diags, is_taken);
    add_complaints(c, &diags);
    diag_list_done(&diags);
    return is_taken;
}

bool configuration_load(struct configuration *c, configuration_take_fn take, void *userdata) {
    free(c->complaints);
    c->complaints = NULL;
    // The first time wirebell.conf was read before, by itself: the board comes before the feeds.
    bool is_taken = c->rules.keywords ? reload_config(c) : true;
    is_taken = load_rules(c, take, userdata) && is_taken;
    c->is_refused = !is_taken;
    return is_taken;
}

void configuration_done(struct configuration *c) {
    rules_done(&c->rules);
    free(c->config);
    free(c->config_mistake);
    free(c->complaints);
    c->config_mistake = c->complaints = NULL;
}
