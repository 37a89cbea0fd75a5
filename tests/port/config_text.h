// SPDX-License-Identifier: MIT
//
// config_text.h - a configuration from text, and what it is compared with.

#ifndef TESTS_CONFIG_TEXT_H
#define TESTS_CONFIG_TEXT_H

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "port/files/config.h"
#include "port/files/config_values.h"
#include "port/files/text_file.h"
#include "wirebell/limits.h"

#define EXAMPLE WIREBELL_SOURCE "/firmware/etc/wirebell.conf"

// Reads a configuration from text; the file is called wirebell.conf in a folder of its own.
static inline int load_text(const char *text, struct diag_list *diags, struct config *ret) {
    char folder[] = "/tmp/wirebell-config-XXXXXX";
    char path[64];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/wirebell.conf", folder);
    unit_write_file(path, text, strlen(text));
    const int result = config_load(path, true, NULL, diags, ret);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
    return result;
}

static inline void load_good(const char *text, struct config *ret) {
    struct diag_list diags = DIAG_LIST_NULL;
    const int r = load_text(text, &diags, ret);
    for (size_t i = 0; i < diags.count; i++)
        print_error("%s\n", diags.items[i].message);
    assert_int_equal(r, 0);
    assert_int_equal(diags.error_count + diags.warning_count, 0);
}

static inline void assert_same_plan(const struct level_plan *a, const struct level_plan *b) {
    assert_int_equal(a->lamp, b->lamp);
    assert_int_equal(a->rhythm.on_us, b->rhythm.on_us);
    assert_int_equal(a->rhythm.off_us, b->rhythm.off_us);
    assert_int_equal(a->strokes.count, b->strokes.count);
    assert_int_equal(a->strokes.on_us, b->strokes.on_us);
    assert_int_equal(a->strokes.off_us, b->strokes.off_us);
    assert_int_equal(a->repeat_us[0], b->repeat_us[0]);
    assert_int_equal(a->repeat_us[1], b->repeat_us[1]);
    assert_int_equal(a->hold_us, b->hold_us);
    assert_int_equal(a->quiet, b->quiet);
}

static inline void assert_defaults(const struct config *config) {
    const struct policy *policy = &config->policy, *initial = &policy_default;
    for (size_t level = 0; level < LEVEL_COUNT; level++)
        assert_same_plan(&policy->levels[level], &initial->levels[level]);
    assert_int_equal(policy->quiet_from_min, initial->quiet_from_min);
    assert_int_equal(policy->quiet_until_min, initial->quiet_until_min);
    assert_int_equal(policy->fresh_s, initial->fresh_s);
    assert_int_equal(policy->join_s, initial->join_s);
    assert_int_equal(policy->raise_sources, initial->raise_sources);
    assert_int_equal(policy->budget_count, initial->budget_count);
    assert_int_equal(policy->budget_s, initial->budget_s);
    assert_int_equal(policy->snooze_s, initial->snooze_s);
    assert_int_equal(config->snooze_press_us, 2000000);
    assert_int_equal(config->test_press_us, 5000000);
    assert_int_equal(config->poll_s, DEFAULT_POLL_S);
    assert_string_equal(config->metrics, "");
    assert_true(config->has_board);
    assert_string_equal(config->board.name, "pi");
    assert_int_equal(config->board.line_count, 5);
}

static inline void read_whole(const char *path, char **ret) {
    size_t size;
    assert_int_equal(text_file_read(path, LIMIT_CONF_FILE_MAX, ret, &size), 0);
}

// The example with its commented values made real: '#' goes where no blank is behind it.
static inline char *uncomment(const char *text) {
    char *copy = strdup(text), *to = copy;
    assert_non_null(copy);
    bool is_line_start = true;
    for (const char *at = text; *at; at++) {
        if (*at == '#' && is_line_start && at[1] != ' ' && at[1] != '\n')
            continue;
        is_line_start = *at == '\n' || (is_line_start && *at == ' ');
        *to++ = *at;
    }
    *to = '\0';
    return copy;
}

#endif
