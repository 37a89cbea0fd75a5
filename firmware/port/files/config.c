// SPDX-License-Identifier: MIT

#include "port/files/config.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/files/board.h"
#include "port/files/board_lines.h"
#include "port/files/conf.h"
#include "port/files/config_values.h"
#include "port/files/text_file.h"
#include "wirebell/limits.h"

#define SECOND_US INT64_C(1000000)
// --- reading ---------------------------------------------------------------------------------

// A value into its field of the structure at @base. One that is wrong leaves the default there.
static void read_value(const struct conf_value *place, const struct config_value *value,
                       const char *initial, void *base) {
    const char *text = conf_value_text(place);
    if (!conf_value_is_given(place) ||
        value->read(value, text, (unsigned char *)base + value->offset) == 0)
        return;
    char mend[200];
    (void)snprintf(mend, sizeof mend, "%s is %s; until then %s holds", value->key, value->takes,
                   initial);
    conf_value_complain(place, DIAG_ERROR, mend, "%s cannot be '%s'", value->key, text);
}

// A ring that begins before the last one has ended never ends.
static void check_repeat(const struct conf *conf, cfg_t *section, struct level_plan *plan,
                         const struct level_plan *initial) {
    const int64_t ring_us = plan->strokes.count * (plan->strokes.on_us + plan->strokes.off_us);
    const bool is_long = (plan->repeat_us[0] > 0 && plan->repeat_us[0] <= ring_us) ||
                         (plan->repeat_us[1] > 0 && plan->repeat_us[1] <= ring_us);
    if (!is_long)
        return;
    const struct conf_value value = {.conf = conf, .section = section, .key = "repeat"};
    conf_value_complain(&value, DIAG_ERROR, "fewer strokes, or a longer repeat",
                        "%u strokes last longer than the time to the next ring",
                        plan->strokes.count);
    plan->strokes = initial->strokes;
    memcpy(plan->repeat_us, initial->repeat_us, sizeof plan->repeat_us);
}

static void check_presses(const struct conf *conf, const struct config *initial,
                          struct config *config) {
    if (config->test_press_us > config->snooze_press_us)
        return;
    struct conf_value value = {.conf = conf, .section = conf->cfg, .key = "test_press"};
    if (!conf_value_is_given(&value))
        value.key = "snooze_press";
    conf_value_complain(&value, DIAG_ERROR, "test_press must be longer than snooze_press",
                        "nobody could snooze: the lamp test would come first");
    config->snooze_press_us = initial->snooze_press_us;
    config->test_press_us = initial->test_press_us;
}

static void check_poll(const struct conf *conf, struct config *config) {
    if (config->poll_s >= LIMIT_POLL_MIN_S)
        return;
    const struct conf_value value = {.conf = conf, .section = conf->cfg, .key = "poll"};
    char mend[64];
    (void)snprintf(mend, sizeof mend, "%dm holds instead of %s", LIMIT_POLL_MIN_S / 60,
                   conf_value_text(&value));
    conf_value_complain(&value, DIAG_WARNING, mend, "no feed is asked more often than every %d min",
                        LIMIT_POLL_MIN_S / 60);
    config->poll_s = LIMIT_POLL_MIN_S;
}

static void read_level(const struct conf *conf, enum level level, struct level_plan *plan) {
    cfg_t *section = cfg_getsec(conf->cfg, level_name(level));
    if (!section)
        return;
    const struct level_plan initial = *plan;
    for (size_t i = 0; i < CONFIG_LEVEL_VALUES; i++) {
        const struct config_value *value = &config_level_values[i];
        const struct conf_value place = {conf, section, value->key};
        read_value(&place, value, value->initial[level], plan);
    }
    check_repeat(conf, section, plan, &initial);
}

static void read_values(const struct conf *conf, struct config *config) {
    const struct config initial = *config;
    for (size_t i = 0; i < CONFIG_DEVICE_VALUES; i++) {
        const struct config_value *value = &config_device_values[i];
        const struct conf_value place = {conf, conf->cfg, value->key};
        read_value(&place, value, value->initial[0], config);
    }
    check_presses(conf, &initial, config);
    check_poll(conf, config);
    for (enum level level = 0; level < LEVEL_COUNT; level++)
        read_level(conf, level, &config->policy.levels[level]);
}

// The board as its file says, then as this file changes it.
static int read_board(const struct conf *conf, const char *name, struct config *config) {
    const struct conf_value value = {.conf = conf, .section = conf->cfg, .key = "board"};
    if (!name)
        name = conf_value_is_given(&value) ? conf_value_text(&value) : "pi";
    int r = board_load(name, conf->diags, &config->board);
    config->has_board = r == 0;
    if (r == 0)
        (void)board_lines_read(conf, &config->board);
    return r == -EINVAL ? 0 : r; // complained of
}

// --- the file --------------------------------------------------------------------------------

struct options {
    struct board_line_options lines;
    cfg_opt_t level[CONFIG_LEVEL_VALUES + 1];
    cfg_opt_t root[1 + CONFIG_DEVICE_VALUES + LEVEL_COUNT + BOARD_LINE_SECTIONS + 1];
};

static void fill_options(struct options *ret) {
    for (size_t i = 0; i < CONFIG_LEVEL_VALUES; i++)
        conf_text_option(config_level_values[i].key, &ret->level[i]);
    ret->level[CONFIG_LEVEL_VALUES] = (cfg_opt_t)CFG_END();

    size_t count = 0;
    conf_text_option("board", &ret->root[count++]);
    for (size_t i = 0; i < CONFIG_DEVICE_VALUES; i++)
        conf_text_option(config_device_values[i].key, &ret->root[count++]);
    for (size_t i = LEVEL_COUNT; i-- > 0;)
        conf_section_option(level_name((enum level)i), ret->level, CFGF_NODEFAULT,
                            &ret->root[count++]);
    board_line_options(&ret->lines, &ret->root[count]);
    ret->root[count + BOARD_LINE_SECTIONS] = (cfg_opt_t)CFG_END();
}

static void set_defaults(struct config *ret) {
    *ret = (struct config){
        .policy = policy_default,
        .snooze_press_us = 2 * SECOND_US,
        .test_press_us = 5 * SECOND_US,
        .poll_s = DEFAULT_POLL_S,
    };
}

// No file: its board is the one asked for, or that of a Pi.
static int load_without(const char *board, struct diag_list *diags, struct config *config) {
    int r = board_load(board ? board : "pi", diags, &config->board);
    config->has_board = r == 0;
    return r;
}

int config_load(const char *path, bool is_given, const char *board, struct diag_list *diags,
                struct config *ret) {
    set_defaults(ret);
    struct options options;
    fill_options(&options);
    struct conf conf;
    size_t errors_before = diags->error_count;
    int r = conf_read(path, options.root, diags, &conf);
    if (r == -ENOMEM)
        return r;
    if (r < 0) {
        if (r != -ENOENT || is_given)
            text_file_complain(diags, path, "the defaults are used as long as it is so", r);
        r = load_without(board, diags, ret);
    } else {
        read_values(&conf, ret);
        r = read_board(&conf, board, ret);
        conf_done(&conf);
    }
    if (r == -ENOMEM)
        return r;
    return diags->error_count == errors_before ? 0 : -EINVAL;
}

struct config *config_keep(const struct config *config) {
    const size_t lines = config->has_board ? config->board.line_count : 0;
    const size_t size =
        offsetof(struct config, board.lines) + lines * sizeof config->board.lines[0];
    struct config *kept = malloc(size);
    return kept ? memcpy(kept, config, size) : NULL;
}
