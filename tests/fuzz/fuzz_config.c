// SPDX-License-Identifier: MIT
//
// libFuzzer door to wirebell.conf, libconfuse behind it: any bytes as the file. Asserted beside "no
// crash": whatever is wrong, what comes out can be run, each value within its bounds (the promise
// of config_load()); and a second reading says the same as the first: libconfuse's scanner keeps
// state.

#include <stdint.h>

#include "port/files/config.h"
#include "soundness.h"
#include "text_path.h"

#define SECOND_US INT64_C(1000000)
#define DAY_US    (86400 * SECOND_US)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_time(int64_t time_us, int64_t min_us, int64_t max_us) {
    check(time_us == 0 || (time_us >= min_us && time_us <= max_us));
}

static void check_plan(const struct level_plan *plan) {
    const int64_t ring_us = plan->strokes.count * (plan->strokes.on_us + plan->strokes.off_us);
    check((unsigned)plan->lamp <= ROLE_GREEN && plan->strokes.count <= 50);
    check(plan->rhythm.on_us >= 0 && plan->rhythm.off_us >= 0);
    check(plan->strokes.on_us >= 20000 && plan->strokes.on_us <= 2 * SECOND_US);
    check(plan->strokes.off_us >= 20000 && plan->strokes.off_us <= 2 * SECOND_US);
    for (int i = 0; i < 2; i++) {
        check_time(plan->repeat_us[i], 10 * SECOND_US, DAY_US);
        check(plan->repeat_us[i] == 0 || plan->repeat_us[i] > ring_us);
    }
    check_time(plan->hold_us, 10 * SECOND_US, 7 * DAY_US);
}

static void check_config(const struct config *config) {
    const struct policy *policy = &config->policy;
    for (size_t i = 0; i < LEVEL_COUNT; i++)
        check_plan(&policy->levels[i]);
    check(policy->quiet_from_min >= -1 && policy->quiet_from_min < 24 * 60);
    check(policy->quiet_until_min >= -1 && policy->quiet_until_min <= 24 * 60);
    check(policy->fresh_s >= 0 && policy->join_s >= 0 && policy->budget_s >= 0);
    check(config->snooze_press_us >= SECOND_US / 2 && config->snooze_press_us <= 10 * SECOND_US);
    check(config->test_press_us > config->snooze_press_us);
    check(config->test_press_us <= 30 * SECOND_US);
    check(config->poll_s >= LIMIT_POLL_MIN_S && config->poll_s <= LIMIT_POLL_MAX_S);
    if (config->has_board)
        check_board(&config->board);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct text_path text = text_path_open(data, size);
    size_t errors[2];
    for (int i = 0; i < 2; i++) {
        struct diag_list diags = DIAG_LIST_NULL;
        static struct config config;
        const int r = config_load(text.path, true, NULL, &diags, &config);
        check((r == 0) == (diags.error_count == 0));
        check_diags(&diags);
        check_config(&config);
        errors[i] = diags.error_count;
        diag_list_done(&diags);
    }
    check(errors[0] == errors[1]);
    text_path_close(&text);
    return 0;
}
